//! A run in the middle of its epochs.

use std::ops::Range;
use std::time::{Duration, Instant};

use rand_core::Rng;

use super::state::{State, Weights};
use super::{EpochRecord, Event, FitConfig, FitError, Fitted, Progress, Validation, check};
use crate::layout::Layout;
use crate::minibatch::{Shards, Stepper, TrainingRows};
use crate::net::simd::{map, sum_of_squares};
use crate::objective::Objective;
use crate::posterior_spread::PosteriorNorm;
use elbow_host::random::{Purpose, stream};

/// How often the step is halved in one epoch before the run is given up.
const MOST_HALVINGS: u32 = 8;

/// A run that is taken step by step.
#[derive(Debug)]
pub struct Run<'a, R> {
    stepper: Stepper,
    rows: &'a R,
    config: &'a FitConfig,
    shards: Shards,
    norm: PosteriorNorm,
    /// rows of the epoch in hand
    order: Vec<u32>,
    /// steps in an epoch
    batches: u32,
    state: State,
    /// when the state's seconds were 0
    started: Instant,
}

impl<'a, R: TrainingRows> Run<'a, R> {
    /// From its start.
    ///
    /// # Errors
    /// [`FitError::NoRows`], [`FitError::Setting`].
    pub fn new(
        layout: &Layout,
        start: Vec<f32>,
        rows: &'a R,
        config: &'a FitConfig,
    ) -> Result<Self, FitError> {
        Run::resume(layout, State::new(start, config), rows, config)
    }

    /// From a [state](Run::state) of the same run.
    ///
    /// # Errors
    /// As [`new`](Run::new), and [`FitError::OtherState`].
    pub fn resume(
        layout: &Layout,
        state: State,
        rows: &'a R,
        config: &'a FitConfig,
    ) -> Result<Self, FitError> {
        check(config, rows.rows())?;
        let batches = rows.rows().div_ceil(config.batch) as u32;
        if !state.fits(layout.len, batches, config) {
            return Err(FitError::OtherState);
        }
        let FitConfig { objective, samples, seed, .. } = *config;
        let ago = Duration::try_from_secs_f64(state.seconds).unwrap_or_default();
        let mut run = Run {
            stepper: Stepper { layout: layout.clone(), objective, samples, seed },
            rows,
            config,
            shards: Shards::default(),
            norm: PosteriorNorm::default(),
            order: Vec::with_capacity(rows.rows()),
            batches,
            state,
            started: Instant::now().checked_sub(ago).unwrap_or_else(Instant::now),
        };
        run.shuffle();
        Ok(run)
    }

    /// Where it stands.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Steps in an epoch.
    pub fn batches(&self) -> u32 {
        self.batches
    }

    /// Samples that took part in the last gradient.
    pub fn kept(&self) -> usize {
        self.shards.kept()
    }

    /// Whether all epochs are done, or the last better one is too long ago.
    pub fn is_finished(&self) -> bool {
        let done = self.state.history.len() as u32;
        // While the weight of the divergence still rises, a worse validation may be its doing.
        let waited = done.saturating_sub(self.state.best_epoch.max(self.config.warmup));
        done >= self.config.epochs || waited >= self.config.patience
    }

    /// Does the next step, or validates an epoch whose steps are all done, or, where something is not finite,
    /// goes back to the state before the epoch, to go on with half the step.
    /// [`is_finished`](Run::is_finished) says when to stop.
    ///
    /// # Errors
    /// [`FitError::Diverged`] where halving the step has not helped.
    pub fn advance<V: Into<Validation>>(
        &mut self,
        validate: impl FnMut(u32, &[f32]) -> V,
    ) -> Result<Event, FitError> {
        let event = if self.state.batch < self.batches { self.step() } else { self.close_epoch(validate) };
        self.state.seconds = self.started.elapsed().as_secs_f64();
        event.map_or_else(|| self.restart(), Ok)
    }

    /// What it gave so far.
    pub fn into_fitted(self) -> Fitted {
        let stopped = !self.is_finished();
        let State { best, best_epoch, history, .. } = self.state;
        Fitted { params: best, best_epoch, history, stopped }
    }

    /// One step of the optimiser; `None` where the bound is not finite.
    fn step(&mut self) -> Option<Event> {
        let done = self.epochs_done();
        let objectives = (&mut self.stepper.objective, self.config.objective);
        if let (Objective::Elbo { weight, .. }, Objective::Elbo { weight: full, .. }) = objectives {
            // Without a warm-up 0/0, which min takes for 1.
            *weight = full * (done / f64::from(self.config.warmup)).min(1.0) as f32;
        }
        let (rate, place) = (self.rate(done), (self.epoch(), self.state.batch));
        let chosen = self.rows_of(self.state.batch);
        let Weights { params, adam, average } = &mut self.state.weights;
        let (bound, gradient) =
            self.stepper.step(params, self.rows, &self.order[chosen.clone()], place, &mut self.shards);
        if self.config.clip_norm.is_finite() {
            clip(gradient, self.config.clip_norm);
        }
        adam.step(params, gradient, rate);
        if self.config.posterior_spread > 0.0 {
            let Stepper { layout, .. } = &self.stepper;
            self.norm.pull(layout, self.config.posterior_spread, self.shards.posterior_means(), params);
        }
        average.iter_mut().for_each(|average| average.add(params));
        self.state.total += bound * chosen.len() as f64;
        self.state.batch += 1;
        self.state.total.is_finite().then_some(Event::Step)
    }

    /// Validates the epoch and begins the next; `None` where something is not finite.
    fn close_epoch<V: Into<Validation>>(
        &mut self,
        mut validate: impl FnMut(u32, &[f32]) -> V,
    ) -> Option<Event> {
        let is_finite = |params: &[f32]| params.iter().all(|p| p.is_finite());
        if !is_finite(&self.state.weights.params) {
            return None;
        }
        let Validation { nats: valid_nats, ci95: valid_ci95, latent, stopped } =
            validate(self.epoch(), self.state.weights.told()).into();
        if stopped {
            return Some(Event::Stopped);
        }
        if !valid_nats.is_finite() {
            return None;
        }
        let record = EpochRecord {
            train_nats: self.mean_bound(self.rows.rows()),
            valid_nats,
            valid_ci95,
            latent,
            learning_rate: self.rate(self.epochs_done() - 1.0 / f64::from(self.batches)),
        };
        let state = &mut self.state;
        let is_better = state.best().is_none_or(|(_, best)| valid_nats > best.valid_nats);
        state.history.push(record);
        state.times.push(self.started.elapsed().as_secs_f64());
        if is_better {
            state.best_epoch = state.history.len() as u32;
            state.best.copy_from_slice(state.weights.told());
        }
        state.saved.clone_from(&state.weights);
        (state.batch, state.total, state.halvings) = (0, 0.0, 0);
        self.shuffle();
        Some(Event::Epoch)
    }

    /// Back to the state before the epoch, with half the step.
    fn restart(&mut self) -> Result<Event, FitError> {
        if self.state.halvings == MOST_HALVINGS {
            let learning_rate = self.rate(self.epochs_done());
            return Err(FitError::Diverged { epoch: self.epoch(), learning_rate });
        }
        let state = &mut self.state;
        state.weights.clone_from(&state.saved);
        (state.batch, state.total) = (0, 0.0);
        (state.scale, state.halvings) = (0.5 * state.scale, state.halvings + 1);
        Ok(Event::Restart)
    }

    /// Where it stands, told because of `event`, the last one.
    pub fn progress(&self, event: Event) -> Progress {
        let State { history, batch, seconds, .. } = &self.state;
        let (epoch, batch, train_nats) = match (event, history.last()) {
            (Event::Epoch, Some(last)) => (self.epoch() - 1, self.batches, last.train_nats),
            _ => (self.epoch(), *batch, self.mean_bound(self.rows_of(*batch).start)),
        };
        let (done, epochs) = (self.epochs_done(), f64::from(self.config.epochs));
        let remaining = if done > 0.0 { seconds * (epochs - done) / done } else { 0.0 };
        let duration = |seconds| Duration::try_from_secs_f64(seconds).unwrap_or_default();
        Progress {
            event,
            epoch,
            epochs: self.config.epochs,
            batch,
            batches: self.batches,
            train_nats,
            valid_nats: history.last().map(|last| last.valid_nats),
            learning_rate: self.rate(done),
            elapsed: duration(*seconds),
            remaining: duration(remaining),
        }
    }

    /// Of the epoch's rows so far, in the reader's units.
    fn mean_bound(&self, rows: usize) -> f64 {
        self.state.total / rows.max(1) as f64 + self.rows.mean_log_jacobian()
    }

    /// The one in hand, from 1.
    fn epoch(&self) -> u32 {
        self.state.history.len() as u32 + 1
    }

    /// The one in hand in part.
    fn epochs_done(&self) -> f64 {
        self.state.history.len() as f64 + f64::from(self.state.batch) / f64::from(self.batches)
    }

    fn rate(&self, done: f64) -> f32 {
        let FitConfig { learning_rate, epochs, .. } = *self.config;
        self.state.scale * self.config.schedule.rate(learning_rate, done, epochs)
    }

    /// Where a batch lies in the order. Batches of equal size: a small last
    /// one would be the noisiest step of the epoch.
    fn rows_of(&self, batch: u32) -> Range<usize> {
        let (rows, batches, batch) = (self.rows.rows(), self.batches as usize, batch as usize);
        batch * rows / batches..(batch + 1) * rows / batches
    }

    /// The order of the rows in the epoch in hand (Fisher and Yates, as in Durstenfeld 1964).
    fn shuffle(&mut self) {
        let mut rng = stream(self.config.seed, Purpose::Order, self.epoch().into(), 0);
        self.order.clear();
        self.order.extend(0..self.rows.rows() as u32);
        for i in (1..self.order.len()).rev() {
            // ⌊u (i + 1) / 2³²⌋: even to within (i + 1) / 2³²
            let j = (u64::from(rng.next_u32()) * (i as u64 + 1)) >> 32;
            self.order.swap(i, j as usize);
        }
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
