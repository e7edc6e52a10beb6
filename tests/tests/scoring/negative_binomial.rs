//! Models of counts without an upper end: their probabilities, and what a fit finds.

use elbow::architecture::LikelihoodKind;
use elbow::{Counts, Dense, FrameError, GaussianHead, NegativeBinomial, PassThrough, Vae};
use elbow_host::model::ModelBytes;
use elbow_tests::models::{Model, architecture, generator};
use elbow_tests::tolerance::scoring as tolerance;

type Count<'a> = Vae<(
    Counts<1>,
    PassThrough<1>,
    GaussianHead<Dense<'a, 1, 1>, Dense<'a, 1, 1>>,
    PassThrough<1>,
    NegativeBinomial<Dense<'a, 1, 1>, Dense<'a, 1, 1>>,
)>;

/// One count, its μ and r about e^mean and e^shape. q(z|x) is the prior, so that a score is the log mean of
/// the same probabilities p(x|z_k) for every x: a law of x.
fn count(mean: f32, shape: f32, seed: u64) -> ModelBytes {
    let mut model = Model::random(architecture(1, &[], 1, &[], LikelihoodKind::NegativeBinomial), seed);
    for dense in &model.layout.posterior_heads {
        model.params[dense.weights()].fill(0.0);
        model.params[dense.bias()].fill(0.0);
    }
    for (dense, log) in model.layout.likelihood_heads.iter().zip([mean, shape]) {
        model.params[dense.bias()].fill(log);
    }
    ModelBytes::new(&model.encode())
}

fn mass(model: &Count<'_>, n: u16, samples: u32) -> f64 {
    f64::from(model.log_density(&[n.into()], samples).unwrap().log_density.0).exp()
}

#[test]
fn probabilities_of_all_counts_add_up_to_one() {
    for (mean, shape, seed) in [(-2.0, 0.0, 1), (1.0, 30.0, 2), (3.0, 2.0, 3), (4.0, -1.0, 4)] {
        let bytes = count(mean, shape, seed);
        let model = Count::from_bytes(bytes.as_bytes()).unwrap();
        let sum: f64 = (0..20_000).map(|n| mass(&model, n, 16)).sum();
        assert!((sum - 1.0).abs() < tolerance::TOTAL_MASS_OF_COUNTS, "e^{mean}, e^{shape}: {sum}");
    }
}

#[test]
fn draws_follow_the_probabilities() {
    const DRAWS: u32 = 20_000;
    let bytes = count(1.2, 0.7, 1);
    let model = Count::from_bytes(bytes.as_bytes()).unwrap();
    let (mut found, mut rng) = ([0_u32; 10], generator(5));
    for _ in 0..DRAWS {
        let [x] = model.sample(&mut rng).unwrap();
        if let Some(found) = found.get_mut(x as usize) {
            *found += 1;
        }
    }
    for (n, found) in (0..).zip(found) {
        let (expected, found) = (mass(&model, n, 1 << 14), f64::from(found) / f64::from(DRAWS));
        // four and a half standard deviations of a binomial fraction
        let error = (expected * (1.0 - expected) / f64::from(DRAWS)).sqrt();
        assert!((found - expected).abs() < 4.5 * error, "{n}: {found} {expected}");
    }
}

#[test]
fn what_is_no_count_is_refused() {
    let bytes = count(2.0, 0.0, 1);
    let model = Count::from_bytes(bytes.as_bytes()).unwrap();
    for x in [0.5, -1.0, 16_777_218.0, f32::MAX] {
        assert_eq!(model.log_density(&[x], 4), Err(FrameError::OutOfSupport { index: 0 }), "{x}");
    }
    for x in [f32::NAN, f32::INFINITY] {
        assert_eq!(model.log_density(&[x], 4), Err(FrameError::NonFinite { index: 0 }), "{x}");
    }
    for x in [-0.0, 0.0, 300.0, 16_777_216.0] {
        assert!(model.log_density(&[x], 4).is_ok(), "{x}");
    }
}
