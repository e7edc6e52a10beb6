//! The entropy of a file's frames: from above by a model, and by nearest neighbours.

use elbow::FrameError;
use elbow::architecture::LatentKind;
use elbow_reader::Dataset;
use rayon::prelude::*;
use serde::Serialize;

use super::calibrate::each_row;
use super::estimate::Estimate;
use super::information::Information;
use super::measure::Measure;
#[cfg(doc)]
use super::neighbours::Points;
use super::whiten::Whitening;
use crate::error::Error;
use crate::model::{Engine, HostModel, HostPosterior};
use crate::random::{Purpose, stream};

/// The neighbour whose distance counts: the fourth varies less than the first, and is still near.
const NEIGHBOUR: usize = 4;
/// ψ′ of it.
const TRIGAMMA: f64 = 0.283_822_955_737_115_3;
/// Rows that are held against each other, at most.
pub const MOST_ROWS: usize = 4_000;

/// What is known of the entropy of frames, in nats with respect to raw units.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entropy {
    /// frames, spread evenly over the file
    pub rows: usize,
    /// `−E log p(x)`: the cross-entropy of the data and the model, and no less than the entropy of the data
    pub upper: Estimate,
    /// by nearest neighbours; nothing where frames have no density, or are equal
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<Nearest>,
    /// why there is none
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without_nearest: Option<&'static str>,
    /// `−E log p(x)` of frames that are drawn from the model: its own entropy
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_model: Option<Estimate>,
    /// what the latent tells of a frame; of one network with a prior
    #[serde(skip_serializing_if = "Option::is_none")]
    pub information: Option<Information>,
}

/// What nearest neighbours say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Nearest {
    /// the entropy of the data, corrected by what the estimator gets wrong of frames that the model draws,
    /// whose entropy it knows
    pub entropy: Estimate,
    /// the same estimator as it is
    pub uncorrected: Estimate,
    /// `upper − entropy`: `KL(data ‖ model)`, what a better model could gain
    pub divergence: Estimate,
}

impl Entropy {
    /// Of the frames of a file, of which at most `most` are looked at; `samples` of a score, and a seed for
    /// what is drawn from the model.
    ///
    /// With `t_i` the surprise of a frame by its neighbours ([`Points::surprises`]), x the data and y as many
    /// draws from the model, `H = E[t(x)] − (E[t(y)] + E[log p(y)])`: the bias of t is nearly the same for
    /// both where the model is near the data, and cancels.
    ///
    /// # Errors
    /// [`Error::Frame`] of a frame that has no score.
    pub fn of(
        model: &HostModel<'_>,
        data: &Dataset,
        samples: u32,
        seed: u64,
        most: usize,
    ) -> Result<Entropy, Error> {
        let taken = data.rows.min(most);
        let rows: Vec<usize> = (0..taken).map(|n| n * data.rows / taken).collect();
        let (data, engine) = (data.select(&rows), &*model.engine);
        let score = |frame: &[f32]| Ok(f64::from(engine.log_density(frame, samples)?.log_density.0));
        let of_data = each_row(&data, score)?;
        let drawn = draws(engine, data.rows, samples, seed);
        let nearest = nearest(model, &data, &of_data, drawn.as_deref());
        let of_model = drawn.map(|drawn| Estimate::mean(drawn.iter().map(|(_, log_density)| -log_density)));
        Ok(Entropy {
            rows: data.rows,
            upper: Estimate::mean(of_data.iter().map(|log_density| -log_density)),
            without_nearest: nearest.as_ref().err().copied(),
            nearest: nearest.ok(),
            of_model,
            information: information(model, &data)?,
        })
    }
}

/// Frames that are drawn from a model, each with its log density; nothing where it cannot be drawn from or
/// finds a draw too large.
pub(super) fn draws(
    engine: &dyn Engine,
    count: usize,
    samples: u32,
    seed: u64,
) -> Option<Vec<(Vec<f32>, f64)>> {
    let draw = |row: usize| -> Option<(Vec<f32>, f64)> {
        let frame = engine.sample(&mut stream(seed, Purpose::Rows, row as u64, 0))?.ok()?;
        let score = engine.log_density(&frame, samples).ok()?;
        Some((frame, score.log_density.0.into()))
    };
    (0..count).into_par_iter().map(draw).collect()
}

fn nearest(
    model: &HostModel<'_>,
    data: &Dataset,
    of_data: &[f64],
    drawn: Option<&[(Vec<f32>, f64)]>,
) -> Result<Nearest, &'static str> {
    if Measure::of(&model.metadata.architecture) != Measure::Numbers {
        return Err("whole numbers and words have probabilities, and no distances that tell a density");
    }
    let drawn = drawn.ok_or("a draw of the model is too large for a number")?;
    let of_drawn: Vec<f32> = drawn.iter().flat_map(|(frame, _)| frame.iter().copied()).collect();
    // by both: units of one alone would fit it better
    let both = [&data.values[..], &of_drawn].concat();
    let whitening = Whitening::of(&both, data.dims, model.periods)
        .ok_or("a column never changes, or is given by the others")?;
    let surprises = |values: &[f32]| {
        whitening.points(values).surprises(NEIGHBOUR).ok_or("rows repeat each other, or are too few")
    };
    let (here, there) = (surprises(&data.values)?, surprises(&of_drawn)?);
    // −log p is what a surprise should be
    let beyond = |surprise: &[f64], log_density: &mut dyn Iterator<Item = f64>| {
        let terms: Vec<f64> = surprise.iter().zip(log_density).map(|(t, log)| t + log).collect();
        Estimate::mean(terms.into_iter())
    };
    let bias = beyond(&there, &mut drawn.iter().map(|(_, log)| *log));
    // Surprises of neighbours go together, so that their spread tells too little: an estimator of the entropy
    // varies no less than the mean of log p (Berrett, Samworth and Yuan 2019, "Efficient multivariate entropy
    // estimation via k-nearest neighbour distances", theorem 1), and at this k by ψ′(4) more.
    let least =
        Estimate::mean(of_data.iter().copied()).ci95.hypot(1.96 * (TRIGAMMA / data.rows as f64).sqrt());
    let uncorrected = Estimate::mean(here.iter().copied());
    let uncorrected = Estimate { ci95: uncorrected.ci95.max(least), ..uncorrected };
    Ok(Nearest {
        entropy: uncorrected.minus(bias),
        uncorrected,
        divergence: bias.minus(beyond(&here, &mut of_data.iter().copied())),
    })
}

fn information(model: &HostModel<'_>, data: &Dataset) -> Result<Option<Information>, Error> {
    let is_point = matches!(model.metadata.architecture.latent, LatentKind::Point { .. });
    let Some(latent) = model.engine.latent().filter(|_| !is_point) else { return Ok(None) };
    let posteriors: Vec<Box<dyn HostPosterior + '_>> =
        each_row(data, |frame| -> Result<_, FrameError> { latent.posterior(frame) })?;
    let posteriors: Vec<&dyn HostPosterior> = posteriors.iter().map(|posterior| &**posterior).collect();
    Ok(Information::of(&posteriors))
}
