//! Fitting: epochs of mini-batches, validation after each, the best weights kept.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rand_core::Rng;

use crate::adam::{Adam, AdamConfig};
use crate::net::layout::Layout;
use crate::net::simd::{map, sum_of_squares};
use crate::objective::Objective;
use crate::random::{Purpose, stream};
pub use crate::step::{Frames, TrainingRows};
use crate::step::{Shards, Stepper};

/// How often the step is halved in one epoch before the run is given up.
const MOST_HALVINGS: u32 = 8;

/// How to fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FitConfig {
    /// what is raised
    pub objective: Objective,
    /// posterior samples per row
    pub samples: usize,
    /// times that every row is seen, at most
    pub epochs: u32,
    /// rows in a mini-batch, at most: an epoch is cut into batches of equal size
    pub batch: usize,
    /// step size
    pub learning_rate: f32,
    /// the optimiser's other constants
    pub adam: AdamConfig,
    /// a longer gradient is shortened to this norm; infinite: never
    pub clip_norm: f32,
    /// epochs without a better validation before stopping
    pub patience: u32,
    /// of the order of rows, of their bits and of the noise
    pub seed: u64,
}

impl Default for FitConfig {
    fn default() -> Self {
        FitConfig {
            objective: Objective::Elbo,
            samples: 1,
            epochs: 100,
            batch: 64,
            learning_rate: 1e-3,
            adam: AdamConfig::default(),
            clip_norm: f32::INFINITY,
            patience: 20,
            seed: 0,
        }
    }
}

/// One epoch's outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EpochRecord {
    /// mean bound over the epoch's batches, as the weights moved, in nats
    pub train_nats: f64,
    /// what the validation gave after it
    pub valid_nats: f64,
    /// step size it ended with
    pub learning_rate: f32,
}

/// What a run gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// parameters after the best epoch
    pub params: Vec<f32>,
    /// the epoch, from 1, with the largest validation; 0 where none was completed
    pub best_epoch: u32,
    /// one record per completed epoch
    pub history: Vec<EpochRecord>,
    /// whether the run was told to stop
    pub stopped: bool,
}

/// Why a progress report is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// a step is done
    Step,
    /// an epoch is done and validated
    Epoch,
    /// the bound or the weights were no longer finite: the epoch starts again from the state before it, with half the step
    Restart,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// what has just happened
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
    /// step size
    pub learning_rate: f32,
    /// since the start
    pub elapsed: Duration,
    /// to the end if no early stop comes first
    pub remaining: Duration,
}

/// Why a run failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// Nothing to fit to.
    #[error("there are no training rows")]
    NoRows,
    /// A setting makes no sense.
    #[error("{name} is {value}: it must be {must}")]
    Setting {
        /// which
        name: &'static str,
        /// what was given
        value: f64,
        /// what is asked
        must: &'static str,
    },
    /// Smaller steps did not help.
    #[error(
        "the bound is not finite in epoch {epoch}, even with a learning rate of {learning_rate:e}: start with a \
         smaller learning rate, set a gradient norm to clip at, or look for extreme values in the data"
    )]
    Diverged {
        /// from 1
        epoch: u32,
        /// the last one tried
        learning_rate: f32,
    },
}

/// Raises the objective from the parameters `start`. `validate` tells the nats per row of given parameters after each
/// epoch, larger is better; once `stop` is set, the run ends after the step in hand.
///
/// # Errors
/// [`FitError`].
pub fn fit<R: TrainingRows>(
    layout: &Layout,
    start: Vec<f32>,
    rows: &R,
    config: &FitConfig,
    stop: &AtomicBool,
    mut validate: impl FnMut(u32, &[f32]) -> f64,
    mut progress: impl FnMut(&Progress),
) -> Result<Fitted, FitError> {
    check(config, rows.rows())?;
    let mut run = Run::new(layout, start, rows, config, stop);
    let mut fitted = Fitted { params: Vec::new(), best_epoch: 0, history: Vec::new(), stopped: false };
    while fitted.history.len() < config.epochs as usize {
        match run.epoch(&mut validate, &mut progress) {
            Epoch::Done(record) => {
                fitted.history.push(record);
                if record.valid_nats > run.best_nats {
                    (run.best_nats, fitted.best_epoch) = (record.valid_nats, fitted.history.len() as u32);
                    fitted.params.clone_from(&run.state.params);
                }
                if fitted.history.len() as u32 - fitted.best_epoch >= config.patience {
                    break;
                }
            }
            Epoch::Broken => run.restart(&mut progress)?,
            Epoch::Stopped => {
                fitted.stopped = true;
                break;
            }
        }
    }
    if fitted.best_epoch == 0 {
        fitted.params = run.state.params;
    }
    Ok(fitted)
}

fn check(config: &FitConfig, rows: usize) -> Result<(), FitError> {
    let setting = |name, value, good, must| {
        if good { Ok(()) } else { Err(FitError::Setting { name, value, must }) }
    };
    let FitConfig { learning_rate, clip_norm, .. } = *config;
    if rows == 0 {
        return Err(FitError::NoRows);
    }
    setting("the number of rows", rows as f64, u32::try_from(rows).is_ok(), "less than 2^32")?;
    setting("the number of samples", config.samples as f64, config.samples > 0, "at least 1")?;
    setting("the batch", config.batch as f64, config.batch > 0, "at least 1")?;
    setting("the patience", config.patience.into(), config.patience > 0, "at least 1")?;
    let is_rate = learning_rate > 0.0 && learning_rate.is_finite();
    setting("the learning rate", learning_rate.into(), is_rate, "a positive number")?;
    setting("the gradient norm to clip at", clip_norm.into(), clip_norm > 0.0, "positive")
}

/// How an epoch ended.
enum Epoch {
    Done(EpochRecord),
    /// something was not finite
    Broken,
    Stopped,
}

/// What an epoch moves.
#[derive(Clone)]
struct State {
    params: Vec<f32>,
    adam: Adam,
}

struct Run<'a, R> {
    stepper: Stepper,
    rows: &'a R,
    config: &'a FitConfig,
    stop: &'a AtomicBool,
    state: State,
    /// the state before the epoch in hand
    saved: State,
    shards: Shards,
    order: Vec<u32>,
    halvings: u32,
    best_nats: f64,
    started: Instant,
    now: Progress,
}

impl<'a, R: TrainingRows> Run<'a, R> {
    fn new(
        layout: &Layout,
        params: Vec<f32>,
        rows: &'a R,
        config: &'a FitConfig,
        stop: &'a AtomicBool,
    ) -> Self {
        let adam = Adam::new(config.adam, params.len());
        let state = State { params, adam };
        let FitConfig { objective, samples, seed, .. } = *config;
        Run {
            stepper: Stepper { layout: layout.clone(), objective, samples, seed },
            rows,
            config,
            stop,
            saved: state.clone(),
            state,
            shards: Shards::default(),
            order: Vec::with_capacity(rows.rows()),
            halvings: 0,
            best_nats: f64::NEG_INFINITY,
            started: Instant::now(),
            now: Progress {
                event: Event::Step,
                epoch: 1,
                epochs: config.epochs,
                batch: 0,
                batches: rows.rows().div_ceil(config.batch) as u32,
                train_nats: 0.0,
                valid_nats: None,
                learning_rate: config.learning_rate,
                elapsed: Duration::ZERO,
                remaining: Duration::ZERO,
            },
        }
    }

    /// One pass over the rows, and its validation.
    fn epoch(
        &mut self,
        validate: &mut impl FnMut(u32, &[f32]) -> f64,
        progress: &mut impl FnMut(&Progress),
    ) -> Epoch {
        let (rows, batches) = (self.rows.rows(), self.now.batches as usize);
        shuffle(&mut self.order, rows as u32, self.config.seed, self.now.epoch);
        let mut total = 0.0;
        for batch in 0..batches {
            if self.stop.load(Ordering::Relaxed) {
                return Epoch::Stopped;
            }
            // Batches of equal size: a small last one would be the noisiest step of the epoch.
            let (from, to) = (batch * rows / batches, (batch + 1) * rows / batches);
            total += self.step(from..to, batch as u32) * (to - from) as f64;
            if !total.is_finite() {
                return Epoch::Broken;
            }
            (self.now.batch, self.now.train_nats) = (batch as u32 + 1, total / to as f64);
            self.report(Event::Step, progress);
        }
        if self.state.params.iter().any(|p| !p.is_finite()) {
            return Epoch::Broken;
        }
        let valid_nats = validate(self.now.epoch, &self.state.params);
        if !valid_nats.is_finite() {
            return Epoch::Broken;
        }
        self.now.valid_nats = Some(valid_nats);
        self.report(Event::Epoch, progress);
        self.saved.clone_from(&self.state);
        (self.now.epoch, self.now.batch, self.halvings) = (self.now.epoch + 1, 0, 0);
        let Progress { train_nats, learning_rate, .. } = self.now;
        Epoch::Done(EpochRecord { train_nats, valid_nats, learning_rate })
    }

    /// One step of the optimiser; the mean bound of the batch before it.
    fn step(&mut self, chosen: Range<usize>, batch: u32) -> f64 {
        let State { params, adam } = &mut self.state;
        let place = (self.now.epoch, batch);
        let chosen = &self.order[chosen];
        let (bound, gradient) = self.stepper.step(params, self.rows, chosen, place, &mut self.shards);
        if self.config.clip_norm.is_finite() {
            clip(gradient, self.config.clip_norm);
        }
        adam.step(params, gradient, self.now.learning_rate);
        bound
    }

    /// Back to the state before the epoch, with half the step.
    fn restart(&mut self, progress: &mut impl FnMut(&Progress)) -> Result<(), FitError> {
        let Progress { epoch, learning_rate, .. } = self.now;
        if self.halvings == MOST_HALVINGS {
            return Err(FitError::Diverged { epoch, learning_rate });
        }
        self.halvings += 1;
        self.state.clone_from(&self.saved);
        (self.now.learning_rate, self.now.batch) = (0.5 * learning_rate, 0);
        self.report(Event::Restart, progress);
        Ok(())
    }

    fn report(&mut self, event: Event, progress: &mut impl FnMut(&Progress)) {
        let Progress { epoch, epochs, batch, batches, .. } = self.now;
        let done = f64::from(epoch - 1) + f64::from(batch) / f64::from(batches);
        let elapsed = self.started.elapsed();
        let remaining =
            if done > 0.0 { elapsed.mul_f64((f64::from(epochs) - done) / done) } else { Duration::ZERO };
        self.now = Progress { event, elapsed, remaining, ..self.now };
        progress(&self.now);
    }
}

/// The order of the rows in an epoch (Fisher and Yates, as in Durstenfeld 1964).
fn shuffle(order: &mut Vec<u32>, rows: u32, seed: u64, epoch: u32) {
    order.clear();
    order.extend(0..rows);
    let mut rng = stream(seed, Purpose::Order, epoch.into(), 0);
    for i in (1..order.len()).rev() {
        // ⌊u (i + 1) / 2³²⌋: even to within (i + 1) / 2³²
        let j = (u64::from(rng.next_u32()) * (i as u64 + 1)) >> 32;
        order.swap(i, j as usize);
    }
}

/// Shortens the gradient to `norm` where it is longer.
fn clip(gradient: &mut [f32], norm: f32) {
    let length = sum_of_squares(gradient).sqrt();
    if length > norm.into() {
        let factor = (f64::from(norm) / length) as f32;
        map(gradient, |g| factor * g);
    }
}
