//! Models of angles beside numbers: densities against the definition, and what wraps.

use elbow::architecture::{LikelihoodKind, WeightKind};
use elbow::{
    Angles, Dense, Explain, FrameError, GaussianHead, PassThrough, SineCosine, Standardize, Vae, VonMises,
};
use elbow_host::model::ModelBytes;
use elbow_tests::models::{Model, architecture, generator};
use elbow_tests::tolerance::scoring as tolerance;
use elbow_trainer::columns::{Angles as Periods, Columns};
use std::f64::consts::TAU;

/// An angle in degrees, a number, an angle in hours.
const PERIODS: [f32; 3] = [360.0, 0.0, 24.0];
const KIND: LikelihoodKind = LikelihoodKind::VonMises { angles: 2 };

type Wind<'a> = Vae<(
    Angles<'a, Standardize<'a, 3>>,
    SineCosine<'a, 3, PassThrough<5>>,
    GaussianHead<Dense<'a, 5, 1>, Dense<'a, 5, 1>>,
    PassThrough<1>,
    VonMises<'a, Dense<'a, 1, 3>, Dense<'a, 1, 3>>,
)>;

fn model(seed: u64) -> Model {
    let mut model = Model::random(architecture(3, &[], 1, &[], KIND), seed);
    model.set_columns(Columns::Angles(Periods::new(PERIODS.to_vec(), vec![-180.0, 0.0, 0.0])));
    model
}

/// Makes q(z|x) the prior, so that a score is the log mean of the same densities p(x|z_k): a law of x.
fn with_prior(mut model: Model) -> Model {
    for dense in &model.layout.posterior_heads {
        model.params[dense.weights()].fill(0.0);
        model.params[dense.bias()].fill(0.0);
    }
    model
}

/// A decoder that does not look at its latent: the density of x is the likelihood itself.
fn blind(outputs: [[f32; 3]; 2]) -> ModelBytes {
    let mut model = with_prior(model(1));
    for (dense, outputs) in model.layout.likelihood_heads.iter().zip(outputs) {
        model.params[dense.weights()].fill(0.0);
        model.params[dense.bias()].copy_from_slice(&outputs);
    }
    ModelBytes::new(&model.encode())
}

/// `log I₀(κ) − κ` as the integral of the definition.
fn log_bessel_over_exp(kappa: f64) -> f64 {
    const STEPS: u32 = 200_000;
    // e^(κ (cos t − 1)) is smooth and periodic: the sum converges faster than any power
    let at = |i| (kappa * ((TAU * f64::from(i) / f64::from(STEPS)).cos() - 1.0)).exp();
    ((0..STEPS).map(at).sum::<f64>() / f64::from(STEPS)).ln()
}

/// By the definition, in doubles, for each unit of the column.
fn exact(x: f32, period: f32, [v0, v1]: [f32; 2]) -> f64 {
    let (v0, v1) = (f64::from(v0), f64::from(v1));
    let (root, mean) = (v0.hypot(v1), v1.atan2(v0));
    let kappa = root * root;
    let off = TAU * f64::from(x) / f64::from(period) - mean;
    // cos t − 1 = −2 sin² t/2
    -2.0 * kappa * (0.5 * off).sin().powi(2) - log_bessel_over_exp(kappa) - f64::from(period).ln()
}

#[test]
fn densities_are_those_of_the_definition() {
    let columns = |v: [f32; 2], w: [f32; 2]| [[v[0], 0.0, w[0]], [v[1], 0.0, w[1]]];
    for (v, w) in [
        ([0.0, 0.0], [1e-4, 2e-4]),
        ([0.3, -0.2], [-1.0, 0.5]),
        ([2.0, 1.0], [0.0, -4.0]),
        ([-20.0, 3.0], [-150.0, 0.1]),
    ] {
        let bytes = blind(columns(v, w));
        let wind = Wind::from_bytes(bytes.as_bytes()).unwrap();
        // at the mean directions nothing is so large that the number's part is lost beside it
        let at = |period: f32, [v0, v1]: [f32; 2]| period * (v1.atan2(v0) / std::f32::consts::TAU);
        let (north, noon) = (at(360.0, v), at(24.0, w));
        let number = wind.log_density(&[north, 0.3, noon], 1).unwrap().log_density.0;
        let of_number = f64::from(number) - exact(north, 360.0, v) - exact(noon, 24.0, w);
        for (degrees, hours) in [(0.0, 0.0), (10.0, 23.9), (-170.0, 12.0), (179.9, 6.1), (270.0, 18.0)] {
            let found = wind.log_density(&[degrees, 0.3, hours], 1).unwrap().log_density.0;
            let exact = exact(degrees, 360.0, v) + exact(hours, 24.0, w) + of_number;
            let error = (f64::from(found) - exact).abs();
            assert!(
                error < 2e-5 + tolerance::EXACT_TERM * exact.abs(),
                "{v:?} {w:?} {degrees}: {found} {exact}"
            );
        }
    }
}

/// Of each angle over one turn, of the number over all of its reach.
#[test]
fn densities_integrate_to_one() {
    for seed in 1..4 {
        let mut model = with_prior(model(seed));
        // one scale of the number for all z, so that what is summed over holds it
        let log_scales = model.layout.likelihood_heads[1].weights();
        model.params[log_scales][1] = 0.0;
        let bytes = ModelBytes::new(&model.encode());
        let wind = Wind::from_bytes(bytes.as_bytes()).unwrap();
        let (mut sum, turns, steps) = (0.0, 32, 160);
        let all = (0..turns).flat_map(|i| (0..turns).map(move |k| (i, k)));
        for ((i, k), j) in all.flat_map(|at| (0..steps).map(move |j| (at, j))) {
            let part = |i: i32, of: i32| (i as f32 + 0.5) / of as f32;
            let frame = [360.0 * part(i, turns), 60.0 * (part(j, steps) - 0.5), 24.0 * part(k, turns)];
            sum += f64::from(wind.log_density(&frame, 8).unwrap().log_density.0).exp();
        }
        let cell = 360.0 * 60.0 * 24.0 / f64::from(turns * turns * steps);
        assert!((sum * cell - 1.0).abs() < 2e-3, "{seed}: {}", sum * cell);
    }
}

#[test]
fn whole_turns_change_nothing() {
    let bytes = ModelBytes::new(&model(4).encode());
    let (wind, host) = (Wind::from_bytes(bytes.as_bytes()).unwrap(), bytes.open().unwrap());
    let bits = |frame: [f32; 3]| {
        let of_type = wind.log_density(&frame, 16).unwrap().log_density.0.to_bits();
        assert_eq!(host.engine.log_density(&frame, 16).unwrap().log_density.0.to_bits(), of_type);
        of_type
    };
    let at = bits([5.0, 0.5, 23.0]);
    for frame in [[725.0, 0.5, 23.0], [-355.0, 0.5, -1.0], [360_005.0, 0.5, 47.0]] {
        assert_eq!(bits(frame), at, "{frame:?}");
    }
    // north from both sides
    let score = |degrees| wind.log_density(&[degrees, 0.5, 1.0], 16).unwrap().log_density.0;
    assert!((score(359.99) - score(0.01)).abs() < 0.01 && (score(180.01) - score(-180.01)).abs() < 0.01);
}

#[test]
fn what_is_no_angle_is_refused() {
    let bytes = ModelBytes::new(&model(5).encode());
    let wind = Wind::from_bytes(bytes.as_bytes()).unwrap();
    let refused = |frame: [f32; 3]| wind.log_density(&frame, 4).unwrap_err();
    assert_eq!(refused([f32::NAN, 0.0, 0.0]), FrameError::NonFinite { index: 0 });
    assert_eq!(refused([0.0, 0.0, f32::INFINITY]), FrameError::NonFinite { index: 2 });
    // 24 · 16,384 hours are 16,384 turns
    assert_eq!(refused([0.0, 0.0, 393_240.0]), FrameError::OutOfSupport { index: 2 });
}

#[test]
fn the_expected_angle_lies_in_the_turn_of_its_column() {
    let bytes = blind([[-3.0, 0.2, -3.0], [-0.1, 0.0, -0.1]]);
    let wind = Wind::from_bytes(bytes.as_bytes()).unwrap();
    let [degrees, _, hours] = wind.reconstruct(&[0.0, 0.0, 0.0]).unwrap();
    let expected = (-0.1_f64).atan2(-3.0) / TAU;
    assert!((f64::from(degrees) - 360.0 * expected).abs() < 1e-3 && (-180.0..180.0).contains(&degrees));
    assert!((f64::from(hours) - 24.0 * (expected + 1.0)).abs() < 1e-4 && (0.0..24.0).contains(&hours));
}

/// Mean resultant length of draws: A(κ) = I₁(κ)/I₀(κ).
#[test]
fn draws_follow_the_density() {
    const DRAWS: u32 = 20_000;
    for root in [0.5_f32, 2.0, 30.0, 900.0] {
        let bytes = blind([[0.0, 0.0, root], [root, 0.0, 0.0]]);
        let (wind, mut rng) = (Wind::from_bytes(bytes.as_bytes()).unwrap(), generator(9));
        let (mut along, mut across) = (0.0, 0.0);
        for _ in 0..DRAWS {
            let [degrees, ..] = wind.sample(&mut rng).unwrap();
            // off the mean direction, which is east
            let off = (f64::from(degrees) - 90.0).to_radians();
            (along, across) = (along + 1.0 - off.cos(), across + off.sin());
        }
        let kappa = f64::from(root * root);
        let mean_t = elbow::distribution::vmf_normalizer(2, kappa).mean_t;
        let (along, across) = (along / f64::from(DRAWS), across / f64::from(DRAWS));
        // four and a half standard errors; t = 1 − cos is about χ²/2κ or less spread
        let spread = (2.0 * mean_t / f64::from(DRAWS)).sqrt() * mean_t.sqrt().max(1e-9);
        assert!((along - mean_t).abs() < 4.5 * spread, "{root}: {along} {mean_t}");
        assert!(across.abs() < 4.5 * (2.0 * mean_t / f64::from(DRAWS)).sqrt(), "{root}: {across}");
    }
}

/// The wrong angle is what a frame is unlikely for.
#[test]
fn terms_say_which_angle_it_is() {
    let bytes = blind([[10.0, 0.0, 10.0], [0.0; 3]]);
    let wind = Wind::from_bytes(bytes.as_bytes()).unwrap();
    let mut terms = [0.0; 3];
    let mut explain = |frame: [f32; 3]| {
        terms.fill(0.0);
        let score = wind.explain_until(&frame, 1, &mut terms, |_, _| false).unwrap();
        (score.log_density.0, terms)
    };
    let (typical, of_typical) = explain([0.0, 0.0, 0.0]);
    let (wrong, of_wrong) = explain([0.0, 0.0, 12.0]);
    // of one sample, what the angle adds to −log p is what it is surprising by
    let surprise = of_wrong[2] - of_typical[2];
    assert!(surprise > 150.0 && (surprise - (typical - wrong)).abs() < 1e-3, "{of_typical:?} {of_wrong:?}");
    let moved = of_typical.iter().zip(&of_wrong).take(2).map(|(one, other)| (one - other).abs());
    assert!(moved.fold(0.0, f32::max) < 1e-4, "{of_typical:?} {of_wrong:?}");
}

#[test]
fn weights_of_eight_bits_lose_little() {
    use elbow_trainer::quantize::quantize;
    let bytes = ModelBytes::new(&Model::random(architecture(9, &[20], 3, &[20], KIND), 6).encode());
    let before = bytes.open().unwrap();
    let small = quantize(&before, &bytes, "small", WeightKind::Int8, None).unwrap();
    let after = small.open().unwrap();
    let model = Model::random(architecture(9, &[20], 3, &[20], KIND), 6);
    let (mut lost, mut size) = (0.0, 0.0);
    for frame in model.frames(50, 2) {
        let score = |model: &elbow_host::model::HostModel<'_>| {
            f64::from(model.engine.log_density(&frame, 16).unwrap().log_density.0)
        };
        lost += (score(&before) - score(&after)).abs();
        size += score(&before).abs();
    }
    assert!(lost < 0.02 * size, "{lost} {size}");
}
