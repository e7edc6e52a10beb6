//! All that a run moves.

use serde::{Deserialize, Serialize};

use super::{EpochRecord, FitConfig};
use crate::adam::Adam;
use crate::average::Average;

/// What a step moves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Weights {
    pub(super) params: Vec<f32>,
    pub(super) adam: Adam,
    pub(super) average: Option<Average>,
}

impl Weights {
    /// Those that are validated and kept.
    pub(super) fn told(&self) -> &[f32] {
        self.average.as_ref().map_or(&self.params, Average::params)
    }

    fn are_of(&self, len: usize, averaged: bool) -> bool {
        let average = self.average.as_ref().map(|average| average.params().len());
        self.params.len() == len && self.adam.fits(len) && average == averaged.then_some(len)
    }
}

/// Where a run stands between two steps. Randomness is a function of the place where it is used
/// ([`elbow_host::random`]), so settings, rows and this decide all that follows, bit for bit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub(super) weights: Weights,
    /// before the epoch in hand
    pub(super) saved: Weights,
    /// steps done in the epoch in hand
    pub(super) batch: u32,
    /// Σ bound over the rows of these steps
    pub(super) total: f64,
    /// how often the step was halved in this epoch
    pub(super) halvings: u32,
    /// what all halvings of the run have left of the step
    pub(super) scale: f32,
    pub(super) best: Vec<f32>,
    pub(super) best_epoch: u32,
    pub(super) history: Vec<EpochRecord>,
    /// when each of them was made
    pub(super) times: Vec<f64>,
    pub(super) seconds: f64,
}

impl State {
    pub(super) fn new(start: Vec<f32>, config: &FitConfig) -> State {
        let adam = Adam::new(config.adam, start.len());
        let average = (config.average > 0.0).then(|| Average::new(config.average, &start));
        let weights = Weights { params: start.clone(), adam, average };
        State {
            saved: weights.clone(),
            weights,
            batch: 0,
            total: 0.0,
            halvings: 0,
            scale: 1.0,
            best: start,
            best_epoch: 0,
            history: Vec::new(),
            times: Vec::new(),
            seconds: 0.0,
        }
    }

    /// Whether it is one of a run with so many parameters and steps in an
    /// epoch: a state from a file may be of any other.
    pub(super) fn fits(&self, len: usize, batches: u32, config: &FitConfig) -> bool {
        let epochs = self.history.len();
        let averaged = config.average > 0.0;
        self.batch <= batches
            && epochs <= config.epochs as usize
            && self.times.len() == epochs
            && self.best_epoch as usize <= epochs
            && self.best.len() == len
            && self.weights.are_of(len, averaged)
            && self.saved.are_of(len, averaged)
    }

    /// The parameters of the best epoch and its record; `None` before the first epoch is done.
    pub fn best(&self) -> Option<(&[f32], &EpochRecord)> {
        let record = self.history.get((self.best_epoch as usize).checked_sub(1)?)?;
        Some((&self.best, record))
    }

    /// The parameters as they are told after a step, and the last epoch's record.
    pub fn last(&self) -> Option<(&[f32], &EpochRecord)> {
        Some((self.weights.told(), self.history.last()?))
    }

    /// One record per completed epoch.
    pub fn history(&self) -> &[EpochRecord] {
        &self.history
    }

    /// When each of them was made, in seconds since the start of the run.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// Since the start of the run.
    pub fn seconds(&self) -> f64 {
        self.seconds
    }
}
