//! How far two models are from each other.

use elbow::FrameError;
use elbow_reader::Dataset;
use rayon::prelude::*;
use serde::Serialize;

use super::calibrate::each_row;
use super::estimate::Estimate;
use crate::error::Error;
use crate::model::Engine;
use crate::random::{Purpose, stream};

/// `KL(one ‖ other) = E_one[log p_one(x) − log p_other(x)]` by draws, in nats.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Divergence {
    /// over the draws that both take
    #[serde(flatten)]
    pub estimate: Estimate,
    /// draws that the other refuses, as it knows no such word: one makes the divergence infinite
    pub refused: usize,
    /// draws in all
    pub draws: usize,
    /// the whole interval lies below 0, where no divergence lies: scores by so few samples are too far off
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_biased: bool,
}

impl Divergence {
    /// By `count` draws of one model. `None` where it cannot be drawn from.
    ///
    /// # Errors
    /// [`FrameError`] of a draw that the model itself finds too large.
    pub fn of(
        [one, other]: [&dyn Engine; 2],
        count: usize,
        samples: u32,
        seed: u64,
    ) -> Result<Option<Divergence>, FrameError> {
        let term = |row: usize| -> Result<Option<Option<f64>>, FrameError> {
            let Some(frame) = one.sample(&mut stream(seed, Purpose::Rows, row as u64, 0)) else {
                return Ok(None);
            };
            let frame = frame?;
            let here = one.log_density(&frame, samples)?.log_density.0;
            let there = other.log_density(&frame, samples).map(|score| score.log_density.0);
            Ok(Some(there.ok().map(|there| f64::from(here) - f64::from(there))))
        };
        let terms: Vec<_> = (0..count).into_par_iter().map(term).collect();
        let Some(terms) = terms.into_iter().collect::<Result<Option<Vec<_>>, _>>()? else { return Ok(None) };
        let both: Vec<f64> = terms.iter().flatten().copied().collect();
        let (refused, draws) = (terms.len() - both.len(), terms.len());
        let estimate = Estimate::mean(both.iter().copied());
        let is_biased = estimate.nats + estimate.ci95 < 0.0;
        Ok(Some(Divergence { estimate, refused, draws, is_biased }))
    }
}

/// `log p_one(x) − log p_other(x)` of each frame of a file, in nats: above 0 on average, the first model is
/// nearer to them.
///
/// # Errors
/// [`Error::Frame`] of a frame that has no score.
pub fn advantage([one, other]: [&dyn Engine; 2], data: &Dataset, samples: u32) -> Result<Vec<f64>, Error> {
    each_row(data, |frame| {
        let score = |engine: &dyn Engine| Ok(f64::from(engine.log_density(frame, samples)?.log_density.0));
        Ok(score(one)? - score(other)?)
    })
}
