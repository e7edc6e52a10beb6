//! Fitting: epochs of mini-batches, validation after each, the best weights kept.

mod checkpoint;
mod run;
mod schedule;
mod state;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::adam::AdamConfig;
pub use crate::error::{CheckpointError, FitError};
use crate::layout::Layout;
pub use crate::minibatch::{Frames, TrainingRows};
use crate::objective::Objective;
pub use checkpoint::{Checkpoint, Fingerprint};
use elbow_host::score::latent_use::LatentUse;
pub use run::Run;
pub use schedule::Schedule;
pub use state::State;

/// How to fit.
#[derive(Clone, Debug, PartialEq)]
pub struct FitConfig {
    /// what is raised
    pub objective: Objective,
    /// posterior samples per row
    pub samples: usize,
    /// times that every row is seen, at most
    pub epochs: u32,
    /// epochs over which the weight of the ELBO's divergence rises from 0 to 1 (Bowman and others 2016): an
    /// encoder that is charged from the start for what it says may learn to say nothing
    pub warmup: u32,
    /// rows in a mini-batch, at most: an epoch is cut into batches of equal size
    pub batch: usize,
    /// step size at the start
    pub learning_rate: f32,
    /// what becomes of it over the epochs
    pub schedule: Schedule,
    /// the optimiser's other constants
    pub adam: AdamConfig,
    /// a longer gradient is shortened to this norm; infinite: never
    pub clip_norm: f32,
    /// part that each step leaves of the running mean of the parameters, which is then what is validated and
    /// kept; 0: the parameters themselves are
    pub average: f32,
    /// what the spread over the rows of each coordinate of a Gaussian posterior's mean is held at, see
    /// [`posterior_spread`](crate::posterior_spread); 0: it is free
    pub posterior_spread: f32,
    /// epochs without a better validation before stopping, those of the warm-up not counted
    pub patience: u32,
    /// of the order of rows, of their bits and of the noise
    pub seed: u64,
}

impl Default for FitConfig {
    fn default() -> Self {
        FitConfig {
            objective: Objective::ELBO,
            samples: 1,
            epochs: 100,
            warmup: 0,
            batch: 64,
            learning_rate: 1e-3,
            schedule: Schedule::Constant,
            adam: AdamConfig::default(),
            clip_norm: f32::INFINITY,
            average: 0.0,
            posterior_spread: 0.0,
            patience: 20,
            seed: 0,
        }
    }
}

/// What is known of the parameters after an epoch, from rows that were held out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Validation {
    /// mean log density in nats: the largest chooses the epoch that is kept
    pub nats: f64,
    /// half the width of its 95 % interval
    pub ci95: f64,
    /// what the latent carries, where that is asked for
    pub latent: Option<LatentUse>,
    /// nothing is known: the run was stopped before all rows were scored
    pub stopped: bool,
}

impl From<f64> for Validation {
    fn from(nats: f64) -> Validation {
        Validation { nats, ..Validation::default() }
    }
}

/// One epoch's outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// mean bound over the epoch's batches, as the weights moved, in nats
    pub train_nats: f64,
    /// what the validation gave after it
    pub valid_nats: f64,
    /// half the width of its 95 % interval
    pub valid_ci95: f64,
    /// step size of its last step
    pub learning_rate: f32,
    /// what the latent carries of the rows held out, where the validation tells it
    pub latent: Option<LatentUse>,
}

/// What a run gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// parameters after the best epoch; the start where none was completed
    pub params: Vec<f32>,
    /// the epoch, from 1, with the largest validation; 0 where none was completed
    pub best_epoch: u32,
    /// one record per completed epoch
    pub history: Vec<EpochRecord>,
    /// whether the run was told to stop
    pub stopped: bool,
}

/// What has just happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// a step is done
    Step,
    /// an epoch is done and validated
    Epoch,
    /// the bound or the weights were no longer finite: the epoch starts again
    /// from the state before it, with half the step
    Restart,
    /// the validation was stopped: the epoch waits for another
    Stopped,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// why this is told
    pub event: Event,
    /// from 1
    pub epoch: u32,
    /// at most
    pub epochs: u32,
    /// steps done in this epoch
    pub batch: u32,
    /// steps in an epoch
    pub batches: u32,
    /// mean bound of this epoch's rows so far, in nats
    pub train_nats: f64,
    /// the last validation
    pub valid_nats: Option<f64>,
    /// step size of the next step, or of the last one where the run has ended
    pub learning_rate: f32,
    /// since the start
    pub elapsed: Duration,
    /// to the end if no early stop comes first
    pub remaining: Duration,
}

/// Raises the objective from the parameters `start`. `validate` tells the nats per row of given parameters
/// after each epoch, larger is better; once `stop` is set, the run ends after the step in hand.
///
/// # Errors
/// [`FitError`].
pub fn fit<R: TrainingRows, V: Into<Validation>>(
    layout: &Layout,
    start: Vec<f32>,
    rows: &R,
    config: &FitConfig,
    stop: &AtomicBool,
    mut validate: impl FnMut(u32, &[f32]) -> V,
    mut progress: impl FnMut(&Progress),
) -> Result<Fitted, FitError> {
    let mut run = Run::new(layout, start, rows, config)?;
    while !run.is_finished() && !stop.load(Ordering::Relaxed) {
        let event = run.advance(&mut validate)?;
        progress(&run.progress(event));
    }
    Ok(run.into_fitted())
}

fn check(config: &FitConfig, rows: usize) -> Result<(), FitError> {
    let setting = |name, value, good, must| {
        if good { Ok(()) } else { Err(FitError::Setting { name, value, must }) }
    };
    let FitConfig { learning_rate, clip_norm, average, .. } = *config;
    if rows == 0 {
        return Err(FitError::NoRows);
    }
    setting("the number of rows", rows as f64, u32::try_from(rows).is_ok(), "less than 2^32")?;
    setting("the number of samples", config.samples as f64, config.samples > 0, "at least 1")?;
    setting("the batch", config.batch as f64, config.batch > 0, "at least 1")?;
    setting("the patience", config.patience.into(), config.patience > 0, "at least 1")?;
    let is_rate = learning_rate > 0.0 && learning_rate.is_finite();
    setting("the learning rate", learning_rate.into(), is_rate, "a positive number")?;
    setting("the gradient norm to clip at", clip_norm.into(), clip_norm > 0.0, "positive")?;
    setting("the average's decay", average.into(), (0.0..1.0).contains(&average), "from 0 to below 1")?;
    let is_spread = config.posterior_spread >= 0.0 && config.posterior_spread.is_finite();
    setting("the posterior's spread", config.posterior_spread.into(), is_spread, "0 or a positive number")?;
    match config.schedule {
        Schedule::Cosine { warmup } => {
            let must = "shorter than the run";
            setting("the rise of the learning rate", warmup.into(), warmup < config.epochs, must)
        }
        _ => Ok(()),
    }
}
