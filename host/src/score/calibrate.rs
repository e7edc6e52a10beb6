//! Calibration: from scores of normal frames to the part of a model file that decisions rest on.

use elbow::decision::{margin, statistic};
use elbow::format::{CALIBRATION, checksum};
use elbow::{Calibrated, FrameError};
use rayon::prelude::*;

use crate::error::{Counted, Error};
use crate::file::parts::FileParts;
use crate::file::write::Sections;
use crate::model::{HostModel, ModelBytes};
use crate::score::evaluate::frame_error;
use crate::score::seen::Seen;
use elbow_reader::Dataset;

/// Every rank up to this one is kept.
const EXACT_RANKS: u32 = 16;
/// Above it, ranks rise by at most this part of themselves …
const RELATIVE: u32 = 8;
/// … and by at most this part of all.
const ABSOLUTE: u32 = 64;
/// `0.29·100` is a little less than 29 in floats: a rate within this part
/// of a whole number of frames means that number.
const DECIMAL: f64 = 1e-9;

/// Which rank the threshold has: `⌊false_alarm·(n + 1)⌋`; `None` where there are too few rows for any.
pub fn threshold_rank(false_alarm: f64, rows: usize) -> Option<u32> {
    let rank = (false_alarm * (rows as f64 + 1.0) * (1.0 + DECIMAL)) as u32;
    (rank > 0).then_some(rank)
}

/// Fewest rows for a rate of false alarms: `⌈1/false_alarm⌉ − 1`.
pub fn rows_needed(false_alarm: f64) -> usize {
    ((1.0 - DECIMAL) / false_alarm).ceil() as usize - 1
}

/// The model with a calibration on these frames, all of which must be normal and unseen by the fit.
///
/// # Errors
/// [`Error::TooFewToCalibrate`]; [`Error::SeenRows`] where the fit saw too many of them; [`Error::Frame`],
/// [`Error::TooLarge`].
pub fn calibrate(
    model: &HostModel<'_>,
    new_name: &str,
    data: &Dataset,
    false_alarm: f64,
    samples: u32,
    scored: impl Fn() + Sync,
) -> Result<ModelBytes, Error> {
    let too_few = |independent| Error::TooFewToCalibrate {
        path: data.path.clone(),
        found: Counted { rows: data.rows, independent },
        needed: rows_needed(false_alarm),
        false_alarm,
    };
    let apart = data.places().apart();
    threshold_rank(false_alarm, apart).ok_or_else(|| too_few(apart))?;
    if let Some(part) = Seen::read(model.metadata.seen).and_then(|seen| seen.part_of(data)) {
        return Err(Error::SeenRows { path: data.path.clone(), part, false_alarm });
    }
    let engine = &*model.engine;
    let statistics = each_row(data, |frame| {
        scored();
        statistic(&engine, frame, samples, margin(data.dims))
    })?;
    let independent = data.independent(&statistics);
    let statistics = counted_as(statistics, independent);
    let mut block = Block::new(statistics, false_alarm, samples, margin(data.dims))
        .ok_or_else(|| too_few(independent))?;
    block.data = fingerprint(data);
    block.parameters = checksum(model.parameters);
    let mut metadata = model.metadata.clone();
    metadata.name = new_name;
    let assemble = |block: &Block| {
        let parts = FileParts {
            members: model.members,
            calibration: &block.encode(),
            plan: model.extras.plan_bytes,
            ..FileParts::new(&metadata, model.parameters)
        };
        Ok::<_, Error>(ModelBytes::new(&parts.encode()?))
    };
    // Once more, for the scores that the device will return.
    block.moments = moments(&assemble(&block)?, data)?;
    assemble(&block)
}

/// As many of the statistics as there are independent rows, with the same law: of n the `⌈jn/(m + 1)⌉`-th
/// smallest for j = 1 … m. Of rows that repeat one another it is each one once.
pub(super) fn counted_as(mut statistics: Vec<f32>, independent: usize) -> Vec<f32> {
    statistics.sort_by(f32::total_cmp);
    let (n, m) = (statistics.len(), independent);
    let rank = |j: usize| (j * n).div_ceil(m + 1);
    if m >= n { statistics } else { (1..=m).map(|j| statistics[rank(j) - 1]).collect() }
}

/// What the sections of a calibration are made of.
#[derive(Clone, Debug)]
pub struct Block {
    samples: u32,
    false_alarm: f32,
    threshold: f32,
    margin: f32,
    data: u32,
    parameters: u32,
    ranks: Vec<u32>,
    /// rising
    statistics: Vec<f32>,
    /// mean and standard deviation of the scores, and how many frames in a row count as one
    moments: [f32; 3],
}

impl Block {
    /// Threshold and quantiles of these statistics, in any order; `None` where they are too few.
    pub fn new(mut statistics: Vec<f32>, false_alarm: f64, samples: u32, margin: f32) -> Option<Block> {
        let rank = threshold_rank(false_alarm, statistics.len())?;
        statistics.sort_by(f32::total_cmp);
        Some(Block {
            samples,
            false_alarm: false_alarm as f32,
            threshold: statistics[rank as usize - 1],
            margin,
            data: 0,
            parameters: 0,
            ranks: kept_ranks(statistics.len() as u32, rank),
            statistics,
            moments: [0.0, 1.0, 1.0],
        })
    }

    /// As `docs/model-format.md` has it.
    pub fn encode(&self) -> Vec<u8> {
        let Block { samples, false_alarm, threshold, margin, ranks, statistics, moments, .. } = self;
        let mut out = Sections(Vec::new());
        let [rows, quantiles] = [statistics.len(), ranks.len()].map(|n| n as u32);
        let counts = [CALIBRATION, *samples, rows, quantiles, self.data, 0, self.parameters];
        out.numbers(counts.map(u32::to_le_bytes));
        out.floats(&[*false_alarm, *threshold, *margin, moments[0], moments[1], moments[2]]);
        let quantiles: Vec<f32> = ranks.iter().map(|rank| statistics[*rank as usize - 1]).collect();
        out.floats(&quantiles);
        out.numbers(ranks.iter().map(|rank| rank.to_le_bytes()));
        out.0
    }
}

/// The ranks of the quantiles that a file keeps: dense at the low end,
/// where decisions are made, and that of the threshold.
fn kept_ranks(rows: u32, threshold: u32) -> Vec<u32> {
    let mut ranks = vec![threshold];
    let mut rank = 1;
    while rank <= rows {
        ranks.push(rank);
        rank += if rank < EXACT_RANKS { 1 } else { (rank / RELATIVE).min(rows / ABSOLUTE).max(1) };
    }
    ranks.sort_unstable();
    ranks.dedup();
    ranks
}

/// Deviations within which a drift monitor holds a score.
const HELD_WITHIN: f64 = 3.0;
/// Steps towards moments of what is held within so many of them.
const STEPS: usize = 20;

/// Mean and standard deviation of the scores that [`Calibrated::judge`] returns, of frames that are not
/// anomalous and held within three deviations, as a drift monitor adds them up; and how many frames count as
/// one.
fn moments(bytes: &ModelBytes, data: &Dataset) -> Result<[f32; 3], Error> {
    let model = bytes.open().map_err(Error::model(&data.path))?;
    let judge = |judge: Calibrated<'_, _>| {
        each_row(data, move |frame| judge.judge(frame).map(|v| (v.score.log_density.0, v.is_anomalous())))
    };
    let verdicts = model.calibrated().map_or(Ok(Vec::new()), judge)?;
    let all: Vec<f32> = verdicts.iter().map(|verdict| verdict.0).collect();
    let normal: Vec<f64> = verdicts.iter().filter(|verdict| !verdict.1).map(|v| f64::from(v.0)).collect();
    let n = normal.len().max(1) as f64;
    let mut within = [f64::NEG_INFINITY, f64::INFINITY];
    let (mut mean, mut deviation) = (0.0, 1.0);
    for _ in 0..STEPS {
        let held = normal.iter().map(|score| score.clamp(within[0], within[1]));
        mean = held.clone().sum::<f64>() / n;
        let square = held.map(|score| (score - mean).powi(2)).sum::<f64>();
        deviation = (square / (n - 1.0).max(1.0)).sqrt();
        within = [mean - HELD_WITHIN * deviation, mean + HELD_WITHIN * deviation];
    }
    let as_one = data.rows as f32 / data.independent(&all) as f32;
    Ok([mean as f32, deviation as f32, as_one])
}

/// Something of each frame, in order.
///
/// # Errors
/// [`Error::Frame`], of the first row that has none.
pub fn each_row<T: Send>(
    data: &Dataset,
    of: impl Fn(&[f32]) -> Result<T, FrameError> + Sync,
) -> Result<Vec<T>, Error> {
    each_numbered_row(data, |_, frame| of(frame))
}

/// As [`each_row`], of its place among them too.
///
/// # Errors
/// As there.
pub fn each_numbered_row<T: Send>(
    data: &Dataset,
    of: impl Fn(usize, &[f32]) -> Result<T, FrameError> + Sync,
) -> Result<Vec<T>, Error> {
    let all: Vec<_> = (0..data.rows).into_par_iter().map(|row| of(row, data.row(row))).collect();
    let named = |(row, result): (usize, Result<T, FrameError>)| {
        result.map_err(|source| frame_error(data, row, source))
    };
    all.into_iter().enumerate().map(named).collect()
}

fn fingerprint(data: &Dataset) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    data.values.iter().for_each(|x| sum.update(&x.to_le_bytes()));
    sum.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_has_the_rank_that_the_theorem_says() {
        for (rate, rows, rank) in
            [(0.001, 999, 1), (0.001, 998, 0), (0.01, 999, 10), (0.29, 99, 29), (0.5, 1, 1)]
        {
            assert_eq!(threshold_rank(rate, rows).unwrap_or(0), rank, "{rate} {rows}");
        }
        for (rate, rows) in [(0.001, 999), (0.01, 99), (0.05, 19), (0.3, 3), (0.5, 1)] {
            assert_eq!(rows_needed(rate), rows, "{rate}");
            assert_eq!(
                (threshold_rank(rate, rows), threshold_rank(rate, rows - 1)),
                (Some(1), None),
                "{rate}"
            );
        }
    }

    #[test]
    fn quantiles_are_as_dense_as_promised() {
        for rows in [1, 2, 15, 16, 17, 100, 999, 2_000, 100_000] {
            let ranks = kept_ranks(rows, rows.div_ceil(3));
            assert!(ranks.contains(&rows.div_ceil(3)) && ranks[0] == 1, "{rows}");
            for pair in ranks.windows(2) {
                let (step, exact) = (pair[1] - pair[0], pair[1] <= EXACT_RANKS);
                assert!(
                    step == 1 || (!exact && step <= pair[0] / RELATIVE && step <= rows / ABSOLUTE),
                    "{pair:?}"
                );
            }
            assert!(ranks.len() < 200, "{rows}: {}", ranks.len());
        }
    }
}
