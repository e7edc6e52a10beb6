//! The fitting loop: what it reaches, what it repeats bit for bit, and what it does when something is wrong.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use elbow::architecture::{Activation, Architecture, Hidden, LatentKind, LikelihoodKind};
use elbow_host::random::Words;
use elbow_trainer::fit::{
    Event, FitConfig, FitError, Fitted, Frames, Progress, Schedule, TrainingRows, Validation, fit,
};
use elbow_trainer::layout::Layout;
use elbow_trainer::objective::Objective;
use rand_core::Rng;
use rand_pcg::Pcg32;

mod linear;
mod resume;

pub(crate) static NEVER: AtomicBool = AtomicBool::new(false);

pub(crate) fn layout(features: u32, widths: &[u32], dim: u32, likelihood: LikelihoodKind) -> Layout {
    let chain =
        || widths.iter().map(|width| Hidden { width: *width, activation: Activation::Tanh }).collect();
    let latent = LatentKind::Gaussian { dim };
    Layout::new(&Architecture {
        preprocessing: elbow::architecture::FeaturesKind::plain(likelihood),
        features,
        encoder: chain(),
        latent,
        decoder: chain(),
        likelihood,
        weights: elbow::architecture::WeightKind::F32,
    })
}

pub(crate) fn normals(n: usize) -> Vec<f32> {
    let mut rng = Pcg32::new(1, 1);
    (0..n).map(|_| elbow::math::normal_quantile(rng.next_u32())).collect()
}

/// Bits that are drawn anew whenever they are read, and how often each row was.
struct Bits {
    rows: usize,
    reads: Mutex<HashMap<usize, u32>>,
}

impl TrainingRows for Bits {
    fn rows(&self) -> usize {
        self.rows
    }

    fn read(&self, row: usize, words: &mut Words, input: &mut [f32], target: &mut [f32]) {
        *self.reads.lock().unwrap().entry(row).or_default() += 1;
        target.fill_with(|| if words.next_u32() >> 28 < row as u32 % 16 { 1.0 } else { 0.0 });
        input.copy_from_slice(target);
    }
}

fn fit_bits(seed: u64) -> Fitted {
    // Several shards in a step, several chunks in the optimiser.
    let layout = layout(400, &[160], 3, LikelihoodKind::Bernoulli);
    let rows = Bits { rows: 250, reads: Mutex::default() };
    let config = FitConfig {
        objective: Objective::Iwae,
        samples: 3,
        epochs: 3,
        batch: 100,
        seed,
        ..FitConfig::default()
    };
    let start = layout.init(seed, &[0.0; 400]);
    let fitted = fit(&layout, start, &rows, &config, &NEVER, |epoch, _| f64::from(epoch), |_| ()).unwrap();
    let reads = rows.reads.lock().unwrap();
    assert!((0..250).all(|row| reads[&row] == 3), "an epoch shows every row once");
    fitted
}

#[test]
fn threads_change_no_bit_and_the_seed_does() {
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit_bits(5))
    };
    let one = with_threads(1);
    assert_eq!(one, with_threads(1));
    assert_eq!(one, with_threads(2));
    assert_eq!(one, with_threads(3));
    assert_ne!(one.params, fit_bits(6).params);
    assert_eq!(one.best_epoch, 3);
}

/// A small run whose validation is told by `validate`.
fn validated<V: Into<Validation>>(
    config: FitConfig,
    stop: &AtomicBool,
    validate: impl FnMut(u32, &[f32]) -> V,
    progress: impl FnMut(&Progress),
) -> (Vec<f32>, Result<Fitted, FitError>) {
    let layout = layout(3, &[4], 2, LikelihoodKind::Gaussian);
    let (data, start) = (normals(30), layout.init(1, &[0.0; 3]));
    let frames = Frames { input: &data, target: &data, features: 3 };
    (start.clone(), fit(&layout, start, &frames, &config, stop, validate, progress))
}

/// The same, told by its number alone.
fn small(
    config: FitConfig,
    stop: &AtomicBool,
    validate: impl FnMut(u32, &[f32]) -> f64,
    progress: impl FnMut(&Progress),
) -> (Vec<f32>, Result<Fitted, FitError>) {
    validated(config, stop, validate, progress)
}

#[test]
fn the_best_weights_are_kept_and_patience_ends_the_run() {
    let config = FitConfig { patience: 3, ..FitConfig::default() };
    let mut seen = Vec::new();
    let validate = |epoch, params: &[f32]| {
        seen.push(params.to_vec());
        [0.0, -3.0, -1.0, -2.0, -1.0, -1.5, 9.0][epoch as usize]
    };
    let fitted = small(config, &NEVER, validate, |_| ()).1.unwrap();
    assert_eq!((fitted.best_epoch, fitted.history.len(), fitted.stopped), (2, 5, false));
    assert_eq!(fitted.params, seen[1]);
    assert!(fitted.history.iter().all(|record| record.train_nats.is_finite()));
}

#[test]
fn a_warm_up_does_not_count_as_patience() {
    let run = |warmup, patience| {
        let config = FitConfig { epochs: 20, warmup, patience, ..FitConfig::default() };
        small(config, &NEVER, |epoch, _| -f64::from(epoch), |_| ()).1.unwrap()
    };
    assert_eq!(run(0, 3).history.len(), 4);
    let warm = run(5, 3);
    assert_eq!((warm.history.len(), warm.best_epoch), (8, 1));
    // the first step of a warm-up leaves the divergence out
    assert_ne!(warm.params, run(0, 3).params);
}

#[test]
fn a_cosine_ends_at_rest() {
    let run = |schedule| {
        let config = FitConfig { epochs: 8, patience: 8, schedule, ..FitConfig::default() };
        let mut seen = Vec::new();
        let keep = |epoch: u32, params: &[f32]| {
            seen.push(params.to_vec());
            epoch.into()
        };
        small(config, &NEVER, keep, |_| ()).1.unwrap();
        let moved = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        moved(&seen[6], &seen[7]) / moved(&seen[0], &seen[1])
    };
    let (constant, cosine) = (run(Schedule::Constant), run(Schedule::Cosine { warmup: 0 }));
    assert!(cosine < 0.1 && constant > 3.0 * cosine, "{constant} {cosine}");
}

#[test]
fn averaged_weights_are_validated_and_kept() {
    let run = |average| {
        let config = FitConfig { epochs: 3, average, ..FitConfig::default() };
        let mut seen = Vec::new();
        let keep = |epoch: u32, params: &[f32]| {
            seen.push(params.to_vec());
            epoch.into()
        };
        let fitted = small(config, &NEVER, keep, |_| ()).1.unwrap();
        assert_eq!(fitted.params, seen[2]);
        (fitted, seen)
    };
    let ((plain, _), (averaged, seen)) = (run(0.0), run(0.9));
    // the average changes what is told, not the way
    let nats = |fitted: &Fitted| fitted.history.iter().map(|record| record.train_nats).collect::<Vec<_>>();
    assert_eq!(nats(&plain), nats(&averaged));
    assert!(plain.params != averaged.params && seen[1] != seen[2]);
}

#[test]
fn a_broken_epoch_starts_again_with_half_the_step() {
    let config = FitConfig { epochs: 2, ..FitConfig::default() };
    let (mut calls, mut restarts) = (0, Vec::new());
    let validate = |_, _: &[f32]| {
        calls += 1;
        if calls == 2 { f64::NAN } else { f64::from(calls) }
    };
    let progress = |now: &Progress| {
        if now.event == Event::Restart {
            restarts.push((now.epoch, now.learning_rate));
        }
    };
    let fitted = small(config, &NEVER, validate, progress).1.unwrap();
    assert_eq!(restarts, [(2, 0.5e-3)]);
    assert_eq!(fitted.history.iter().map(|record| record.learning_rate).collect::<Vec<_>>(), [1e-3, 0.5e-3]);
}

#[test]
fn a_hopeless_run_says_what_to_do() {
    let layout = layout(3, &[4], 2, LikelihoodKind::Gaussian);
    let (data, start) = ([1e30; 30], layout.init(1, &[0.0; 3]));
    let frames = Frames { input: &data, target: &data, features: 3 };
    let error = fit(&layout, start, &frames, &FitConfig::default(), &NEVER, |_, _| 0.0, |_| ()).unwrap_err();
    assert!(matches!(error, FitError::Diverged { epoch: 1, .. }), "{error:?}");
    assert!(error.to_string().contains("smaller learning rate"), "{error}");
}

#[test]
fn a_run_stops_when_told() {
    let stop = AtomicBool::new(false);
    let config = FitConfig { batch: 2, ..FitConfig::default() };
    let progress = |now: &Progress| stop.store(now.epoch == 2 && now.batch == 3, Ordering::Relaxed);
    let fitted = small(config.clone(), &stop, |epoch, _| epoch.into(), progress).1.unwrap();
    assert_eq!((fitted.best_epoch, fitted.history.len(), fitted.stopped), (1, 1, true));
    let (start, fitted) = small(config, &AtomicBool::new(true), |_, _| 0.0, |_| ());
    assert_eq!(fitted.unwrap(), Fitted { params: start, best_epoch: 0, history: Vec::new(), stopped: true });
}

#[test]
fn a_validation_that_is_stopped_is_done_again() {
    let config = FitConfig { epochs: 3, ..FitConfig::default() };
    let whole = small(config.clone(), &NEVER, |epoch, _| epoch.into(), |_| ()).1.unwrap();
    let (mut calls, mut waits) = (0, 0);
    let validate = |epoch: u32, _: &[f32]| {
        calls += 1;
        Validation { nats: epoch.into(), stopped: calls == 2, ..Validation::default() }
    };
    let fitted =
        validated(config, &NEVER, validate, |now: &Progress| waits += u32::from(now.event == Event::Stopped))
            .1
            .unwrap();
    assert_eq!((fitted, waits), (whole, 1));
}

#[test]
fn progress_counts_to_the_end() {
    let config = FitConfig { epochs: 3, batch: 4, ..FitConfig::default() };
    let mut steps = Vec::new();
    let mut last = None;
    let progress = |now: &Progress| {
        if now.event == Event::Step {
            steps.push((now.epoch, now.batch));
        }
        last = Some(*now);
    };
    small(config, &NEVER, |epoch, _| epoch.into(), progress).1.unwrap();
    // Ten rows in batches of at most four: three of them.
    assert_eq!(steps, (1..=3).flat_map(|epoch| (1..=3).map(move |batch| (epoch, batch))).collect::<Vec<_>>());
    let last = last.unwrap();
    assert_eq!((last.event, last.valid_nats, last.remaining.as_nanos()), (Event::Epoch, Some(3.0), 0));
}

#[test]
fn a_clipped_gradient_moves_less_only_where_it_is_longer() {
    let run = |clip_norm| {
        let config = FitConfig { epochs: 1, clip_norm, ..FitConfig::default() };
        small(config, &NEVER, |_, _| 0.0, |_| ()).1.unwrap().params
    };
    assert_eq!(run(f32::INFINITY), run(1e6));
    assert_ne!(run(f32::INFINITY), run(1e-9));
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    for (config, message) in [
        (
            FitConfig { samples: 0, ..FitConfig::default() },
            "the number of samples is 0: it must be at least 1",
        ),
        (FitConfig { batch: 0, ..FitConfig::default() }, "the batch is 0"),
        (FitConfig { patience: 0, ..FitConfig::default() }, "the patience is 0"),
        (FitConfig { learning_rate: f32::NAN, ..FitConfig::default() }, "the learning rate is NaN"),
        (FitConfig { learning_rate: -1.0, ..FitConfig::default() }, "the learning rate is -1"),
        (FitConfig { clip_norm: 0.0, ..FitConfig::default() }, "the gradient norm to clip at is 0"),
    ] {
        let error = small(config, &NEVER, |_, _| 0.0, |_| ()).1.unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
    let layout = layout(3, &[], 1, LikelihoodKind::Gaussian);
    let none = Frames { input: &[], target: &[], features: 3 };
    let start = layout.init(1, &[0.0; 3]);
    let error = fit(&layout, start, &none, &FitConfig::default(), &NEVER, |_, _| 0.0, |_| ());
    assert_eq!(error, Err(FitError::NoRows));
}
