//! Scores of many frames, by the engine of `core` on all cores. No formula of a density stands here.

use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use elbow::{Bits, FrameError, Nats, Score};
use rayon::prelude::*;
use serde::Serialize;

use crate::error::Error;
use crate::model::{Engine, LANES};
pub use crate::numbers::median;
use crate::numbers::median_in_place;
use crate::score::estimate::Estimate;
use crate::score::latent_use::{LatentUse, MOST_PAIRED, Spread};
use crate::score::metrics::{auprc, auroc, auroc_ci95};
use elbow_reader::Dataset;

/// Fewer blocks of frames than this for each thread would leave one waiting for another.
const BLOCKS_PER_THREAD: usize = 4;
/// Samples between two looks at whether to stop: some tenths of a second of a large network.
const SAMPLES_AT_ONCE: usize = 1 << 15;

/// Scores every frame, in order.
///
/// # Errors
/// [`Error::Frame`] naming the first row that has no score. `scored` is
/// called after some frames with their number.
pub fn score_all(
    engine: &dyn Engine,
    data: &Dataset,
    samples: u32,
    scored: impl Fn(usize) + Sync,
) -> Result<Vec<Score>, Error> {
    score_rows(engine, data, 0..data.rows, samples, scored)
}

/// As [`score_all`], unless `stop` is set before the end: then `None`, after some tens of thousands of
/// samples.
///
/// # Errors
/// As [`score_all`].
pub fn score_until(
    engine: &dyn Engine,
    data: &Dataset,
    samples: u32,
    stop: &AtomicBool,
) -> Result<Option<Vec<Score>>, Error> {
    let some = SAMPLES_AT_ONCE / samples.max(1) as usize;
    let some = some.max(LANES * BLOCKS_PER_THREAD * rayon::current_num_threads());
    let mut scores = Vec::with_capacity(data.rows);
    while scores.len() < data.rows {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let rows = scores.len()..data.rows.min(scores.len() + some);
        scores.extend(score_rows(engine, data, rows, samples, |_| ())?);
    }
    Ok(Some(scores))
}

fn score_rows(
    engine: &dyn Engine,
    data: &Dataset,
    rows: Range<usize>,
    samples: u32,
    scored: impl Fn(usize) + Sync,
) -> Result<Vec<Score>, Error> {
    // Frames side by side, but no thread without work; the others and the
    // last few on their own. The bits are the same.
    let blocks = rows.len() / LANES;
    let blocks = if blocks < BLOCKS_PER_THREAD * rayon::current_num_threads() { 0 } else { blocks };
    let block = |block: usize| {
        let first = rows.start + block * LANES;
        let scores = engine.log_densities(std::array::from_fn(|l| data.row(first + l)), samples);
        scored(LANES);
        scores
    };
    let row = |row: usize| {
        let score = engine.log_density(data.row(row), samples);
        scored(1);
        score
    };
    // The rows stay in order; the first error by row is found after all are done, so that the
    // message does not depend on the number of threads.
    let mut scores: Vec<_> = (0..blocks).into_par_iter().flat_map_iter(block).collect();
    scores.par_extend((rows.start + blocks * LANES..rows.end).into_par_iter().map(row));
    let named = |(row, score): (usize, Result<Score, FrameError>)| {
        score.map_err(|source| frame_error(data, rows.start + row, source))
    };
    scores.into_iter().enumerate().map(named).collect()
}

/// How odd a frame is beside others, which may lack other numbers: `−log p(x)` by number that is there.
pub fn oddness(log_density: f32, numbers: u32) -> f64 {
    -f64::from(log_density) / f64::from(numbers)
}

/// Says which row of which file has no score.
pub fn frame_error(data: &Dataset, row: usize, source: FrameError) -> Error {
    let (path, at) = data.source(row);
    Error::Frame { path: path.to_path_buf(), row: at + 1, source }
}

/// What a model makes of a file of frames.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// frames
    pub rows: usize,
    /// numbers in a frame
    pub dims: usize,
    /// K
    pub samples: u32,
    /// mean of −log p(x), in nats; of the normal frames where there are labels. It estimates
    /// the cross-entropy of the data and the model, and no model's is less than the entropy
    /// of the data; fewer samples only make it larger
    pub nats_per_row: f64,
    /// the median of the same, which a few extreme rows do not move
    pub median_nats_per_row: f64,
    /// half the width of the mean's 95 % interval, from the spread over rows
    pub nats_per_row_ci95: f64,
    /// both in bits
    pub bits_per_row: f64,
    #[allow(missing_docs, reason = "said above")]
    pub bits_per_row_ci95: f64,
    /// the mean in bits, by the number of dimensions, of those that are there
    pub bits_per_dim: f64,
    /// frames with gaps
    #[serde(skip_serializing_if = "is_zero")]
    pub rows_with_gaps: usize,
    /// mean of −log p(x) of the anomalous frames
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anomalous_nats_per_row: Option<f64>,
    /// their median
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anomalous_median_nats_per_row: Option<f64>,
    /// mean effective sample size
    pub effective_sample_size: f64,
    /// frames labelled anomalous
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anomalous_rows: Option<usize>,
    /// area under the ROC curve, low density = anomalous; where frames have gaps, low density by number that
    /// is there
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auroc: Option<f64>,
    /// its 95 % interval, rows taken for independent
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auroc_ci95: Option<[f64; 2]>,
    /// average precision, likewise
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auprc: Option<f64>,
    /// what the latent carries, of the same frames as `nats_per_row`; nothing where the model has none
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latent: Option<LatentUse>,
    /// seconds that the scores took
    pub seconds: f64,
}

/// An evaluation of frames without labels that come some at a time: what it holds is four bytes a frame, and
/// the posteriors of some.
#[allow(missing_debug_implementations, reason = "it holds posteriors and engines")]
pub struct Evaluator<'a> {
    dims: usize,
    samples: u32,
    rows: usize,
    /// −log p(x), as narrow as scores are
    nats: Vec<f32>,
    effective: f64,
    /// numbers of the frames that `nats` are of
    numbers: u64,
    with_gaps: usize,
    latent: Option<Spread<'a>>,
}

impl<'a> Evaluator<'a> {
    /// Of no frames yet.
    pub fn new(engine: &'a dyn Engine) -> Self {
        let latent = engine.latent().map(Spread::new);
        let (nats, effective) = (Vec::new(), 0.0);
        Evaluator { dims: 0, samples: 0, rows: 0, nats, effective, numbers: 0, with_gaps: 0, latent }
    }

    /// Takes frames and their scores, and encodes some again to see what the latent carries.
    ///
    /// # Errors
    /// [`Error::Frame`], though frames that were scored have a posterior.
    pub fn push(&mut self, data: &Dataset, scores: &[Score]) -> Result<(), Error> {
        let rows: Vec<usize> = (0..data.rows).collect();
        self.push_rows(data, scores, &rows)
    }

    fn push_rows(&mut self, data: &Dataset, scores: &[Score], rows: &[usize]) -> Result<(), Error> {
        self.dims = data.dims;
        self.rows += rows.len();
        self.samples = scores.first().map_or(self.samples, |score| score.samples);
        self.nats.extend(rows.iter().map(|row| -scores[*row].log_density.0));
        self.numbers += rows.iter().map(|row| u64::from(scores[*row].dims)).sum::<u64>();
        for score in scores {
            self.effective += f64::from(score.effective_sample_size);
            self.with_gaps += usize::from((score.dims as usize) < data.dims);
        }
        let pushed = self.latent.as_mut().map(|latent| latent.push(rows.len(), |n| data.row(rows[n])));
        let failed = |(n, source): (usize, FrameError)| frame_error(data, rows[n], source);
        pushed.transpose().map_err(failed).map(|_| ())
    }

    /// Sums up; `seconds` are those that the scores took.
    pub fn finish(mut self, seconds: f64) -> Evaluation {
        let Estimate { nats: mean, ci95 } = Estimate::mean(self.nats.iter().map(|nats| f64::from(*nats)));
        let bits = |nats| f64::from(Bits::from(Nats(1.0)).0) * nats;
        let told = self.nats.len() as f64;
        Evaluation {
            rows: self.rows,
            dims: self.dims,
            samples: self.samples,
            nats_per_row: mean,
            median_nats_per_row: median_in_place(&mut self.nats),
            nats_per_row_ci95: ci95,
            bits_per_row: bits(mean),
            bits_per_row_ci95: bits(ci95),
            bits_per_dim: bits(mean) / (self.numbers as f64 / told),
            rows_with_gaps: self.with_gaps,
            anomalous_nats_per_row: None,
            anomalous_median_nats_per_row: None,
            effective_sample_size: self.effective / self.rows as f64,
            anomalous_rows: None,
            auroc: None,
            auroc_ci95: None,
            auprc: None,
            latent: self.latent.and_then(|latent| latent.finish(MOST_PAIRED)),
            seconds,
        }
    }
}

impl Evaluation {
    /// Sums up scores of frames, apart for normal and anomalous ones where there are labels.
    ///
    /// # Errors
    /// As [`Evaluator::push`].
    pub fn new(engine: &dyn Engine, data: &Dataset, scores: &[Score], seconds: f64) -> Result<Self, Error> {
        let anomalous = data.labels.as_ref().map(|labels| labels.anomalous.as_slice());
        let of_class = |class: bool| -> Vec<usize> {
            let member = |row: &usize| anomalous.map_or(!class, |labels| labels[*row] == class);
            (0..data.rows).filter(member).collect()
        };
        let (normal, abnormal) = (of_class(false), of_class(true));
        // A file of anomalies only is summed up as it is.
        let told = if normal.is_empty() { &abnormal } else { &normal };
        let mut evaluator = Evaluator::new(engine);
        evaluator.push_rows(data, scores, told)?;
        evaluator.rows = data.rows;
        let of_told = evaluator.finish(seconds);
        let Some(labels) = anomalous else { return Ok(of_told) };
        let nats: Vec<f64> = scores.iter().map(|score| -f64::from(score.log_density.0)).collect();
        let ranked: Vec<f64> = scores.iter().map(|score| oddness(score.log_density.0, score.dims)).collect();
        let of_abnormal: Vec<f64> = abnormal.iter().map(|row| nats[*row]).collect();
        let (is_any, auroc) = (!abnormal.is_empty(), auroc(&ranked, labels));
        Ok(Evaluation {
            anomalous_nats_per_row: is_any.then(|| Estimate::mean(of_abnormal.iter().copied()).nats),
            anomalous_median_nats_per_row: is_any.then(|| median(of_abnormal)),
            anomalous_rows: Some(abnormal.len()),
            auroc,
            auroc_ci95: auroc.map(|auroc| auroc_ci95(auroc, abnormal.len(), normal.len())),
            auprc: auprc(&ranked, labels),
            ..of_told
        })
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde wants it")]
pub(super) fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Checks that a file's frames are of the model's size.
///
/// # Errors
/// [`Error::Dims`] naming both.
pub fn check_dims(data: &Dataset, model: &Path, expected: u32) -> Result<(), Error> {
    let expected = expected as usize;
    if data.dims == expected {
        return Ok(());
    }
    Err(Error::Dims { data: data.path.clone(), model: model.to_path_buf(), expected, found: data.dims })
}
