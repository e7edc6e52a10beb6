//! A run in the middle of its epochs.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rand_core::Rng;

use super::{EpochRecord, Event, FitConfig, FitError, Progress};
use crate::adam::Adam;
use crate::net::layout::Layout;
use crate::net::simd::{map, sum_of_squares};
use crate::objective::Objective;
use crate::random::{Purpose, stream};
use crate::step::{Shards, Stepper, TrainingRows};

/// How often the step is halved in one epoch before the run is given up.
const MOST_HALVINGS: u32 = 8;

/// How an epoch ended.
pub(super) enum Epoch {
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

pub(super) struct Run<'a, R> {
    stepper: Stepper,
    rows: &'a R,
    config: &'a FitConfig,
    stop: &'a AtomicBool,
    state: State,
    /// the state before the epoch in hand
    saved: State,
    shards: Shards,
    order: Vec<u32>,
    /// of the step, in the epoch in hand
    halvings: u32,
    started: Instant,
    now: Progress,
}

impl<'a, R: TrainingRows> Run<'a, R> {
    pub(super) fn new(
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

    /// As they are now.
    pub(super) fn params(&self) -> &[f32] {
        &self.state.params
    }

    /// One pass over the rows, and its validation.
    pub(super) fn epoch(
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
        let done = self.epochs_done();
        let objectives = (&mut self.stepper.objective, self.config.objective);
        if let (Objective::Elbo { weight }, Objective::Elbo { weight: full }) = objectives {
            // Without a warm-up 0/0, which min takes for 1.
            *weight = full * (done / f64::from(self.config.warmup)).min(1.0) as f32;
        }
        let factor = self.config.schedule.factor(done / f64::from(self.config.epochs)) as f32;
        let State { params, adam } = &mut self.state;
        let place = (self.now.epoch, batch);
        let chosen = &self.order[chosen];
        let (bound, gradient) = self.stepper.step(params, self.rows, chosen, place, &mut self.shards);
        if self.config.clip_norm.is_finite() {
            clip(gradient, self.config.clip_norm);
        }
        adam.step(params, gradient, factor * self.now.learning_rate);
        bound
    }

    /// Back to the state before the epoch, with half the step.
    pub(super) fn restart(&mut self, progress: &mut impl FnMut(&Progress)) -> Result<(), FitError> {
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

    /// The one in hand in part.
    fn epochs_done(&self) -> f64 {
        let Progress { epoch, batch, batches, .. } = self.now;
        f64::from(epoch - 1) + f64::from(batch) / f64::from(batches)
    }

    fn report(&mut self, event: Event, progress: &mut impl FnMut(&Progress)) {
        let (done, epochs) = (self.epochs_done(), f64::from(self.config.epochs));
        let elapsed = self.started.elapsed();
        let remaining = if done > 0.0 { elapsed.mul_f64((epochs - done) / done) } else { Duration::ZERO };
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
