//! Models of integers: probabilities of the integers themselves.

use elbow::architecture::LikelihoodKind;
use elbow::{Dense, DiscretizedLogistic, FrameError, GaussianHead, Integers, PassThrough, Vae};
use elbow_host::model::ModelBytes;
use elbow_tests::models::{Model, architecture, generator};
use elbow_tests::tolerance::scoring as tolerance;
use elbow_trainer::preprocess::Preprocessing;
use std::collections::HashMap;

/// Where the law of a counter lies, about.
const LOC: i32 = 7;

type Counter<'a> = Vae<(
    Integers<'a, 1>,
    PassThrough<1>,
    GaussianHead<Dense<'a, 1, 1>, Dense<'a, 1, 1>>,
    PassThrough<1>,
    DiscretizedLogistic<'a, Dense<'a, 1, 1>, Dense<'a, 1, 1>>,
)>;

/// One integer, whose standard deviation is `spread`. q(z|x) is the prior, so that a score is the log mean of
/// the same densities p(x|z_k) for every x: a law of x.
fn counter(spread: f32, seed: u64) -> ModelBytes {
    let mut model = Model::random(architecture(1, &[], 1, &[], LikelihoodKind::DiscretizedLogistic), seed);
    for dense in &model.layout.posterior_heads {
        model.params[dense.weights()].fill(0.0);
        model.params[dense.bias()].fill(0.0);
    }
    model.preprocessing = Preprocessing::Standardize {
        log_rate: None,
        loc: vec![LOC as f32 + 0.3],
        inverse_scale: vec![1.0 / spread],
        clip: 8.0,
        integers: true,
    };
    ModelBytes::new(&model.encode())
}

fn mass(model: &Counter<'_>, n: i32, samples: u32) -> f64 {
    f64::from(model.log_density(&[n as f32], samples).unwrap().log_density.0).exp()
}

#[test]
fn probabilities_of_all_integers_add_up_to_one() {
    for (spread, reach) in [(0.02, 60), (0.4, 100), (1.0, 300), (50.0, 10_000), (500.0, 100_000)] {
        for seed in 1..4 {
            let bytes = counter(spread, seed);
            let model = Counter::from_bytes(bytes.as_bytes()).unwrap();
            let sum: f64 = (LOC - reach..=LOC + reach).map(|n| mass(&model, n, 16)).sum();
            assert!((sum - 1.0).abs() < tolerance::TOTAL_MASS, "spread {spread}, seed {seed}: {sum}");
        }
    }
}

#[test]
fn draws_follow_the_probabilities() {
    const DRAWS: i32 = 20_000;
    let bytes = counter(2.0, 1);
    let model = Counter::from_bytes(bytes.as_bytes()).unwrap();
    let mut counts = HashMap::<i32, i32>::new();
    let mut rng = generator(5);
    for _ in 0..DRAWS {
        let [x] = model.sample(&mut rng).unwrap();
        assert_eq!(x.fract(), 0.0);
        *counts.entry(x as i32).or_default() += 1;
    }
    for n in LOC - 6..LOC + 6 {
        let (expected, found) = (mass(&model, n, 1 << 16), f64::from(counts[&n]) / f64::from(DRAWS));
        // four and a half standard deviations of a binomial fraction
        let error = (expected * (1.0 - expected) / f64::from(DRAWS)).sqrt();
        assert!((found - expected).abs() < 4.5 * error, "{n}: {found} {expected}");
    }
}

#[test]
fn what_is_no_integer_is_refused() {
    let bytes = counter(50.0, 1);
    let model = Counter::from_bytes(bytes.as_bytes()).unwrap();
    for x in [0.5, -3.25, 16_777_218.0, -16_777_218.0, f32::MAX] {
        assert_eq!(model.log_density(&[x], 4), Err(FrameError::OutOfSupport { index: 0 }), "{x}");
    }
    for x in [f32::NAN, f32::INFINITY] {
        assert_eq!(model.log_density(&[x], 4), Err(FrameError::NonFinite { index: 0 }), "{x}");
    }
    for x in [-0.0, 0.0, 16_777_216.0, -16_777_216.0] {
        assert!(model.log_density(&[x], 4).is_ok(), "{x}");
    }
}

#[test]
fn what_a_model_gives_back_are_integers() {
    let model = Model::random(architecture(9, &[8], 2, &[8], LikelihoodKind::DiscretizedLogistic), 5);
    let bytes = ModelBytes::new(&model.encode());
    let engine = bytes.open().unwrap().engine;
    for frame in model.frames(20, 3) {
        let back = engine.reconstruct(&frame).unwrap();
        assert!(back.iter().all(|x| x.fract() == 0.0), "{back:?}");
        assert!(engine.log_density(&back, 4).is_ok());
    }
}
