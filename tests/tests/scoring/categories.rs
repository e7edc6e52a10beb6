//! Frames of numbers and categories: densities of the ones, probabilities of the others.

use elbow::architecture::{FeaturesKind, LikelihoodKind, WeightKind};
use elbow::features::MAX_LEVELS;
use elbow::format::checksum;
use elbow::{
    Categories, Dense, Explain, FrameError, GaussianCategorical, GaussianHead, LoadError, LogStandardize,
    OneHot, PassThrough, Standardize, Tanh, Vae,
};
use elbow_host::model::ModelBytes;
use elbow_tests::models::{Model, architecture, generator};
use elbow_tests::tolerance::scoring as tolerance;
use elbow_trainer::preprocess::Preprocessing;
use rand_core::Rng;

/// A number, a category of four values, another number.
const LEVELS: [u16; 3] = [0, 4, 0];
const KIND: LikelihoodKind = LikelihoodKind::GaussianCategorical { outputs: 6 };

type Linear<'a> = Vae<(
    Categories<'a, Standardize<'a, 3>>,
    OneHot<'a, 3, PassThrough<6>>,
    GaussianHead<Dense<'a, 6, 1>, Dense<'a, 6, 1>>,
    PassThrough<1>,
    GaussianCategorical<'a, 3, Dense<'a, 1, 6>>,
)>;

fn model(seed: u64) -> Model {
    let mut model = Model::random(architecture(3, &[], 1, &[], KIND), seed);
    model.preprocessing = Preprocessing::Standardize {
        log_rate: None,
        loc: vec![20.0, 3.0, -1.0],
        inverse_scale: vec![0.5, 7.0, 1.0],
        clip: 8.0,
        integers: false,
    };
    model.set_levels(&LEVELS);
    model
}

/// Makes q(z|x) the prior, so that a score is the log mean of the same
/// densities p(x|z_k) for every x: a law of x.
fn with_prior(mut model: Model) -> Model {
    for dense in &model.layout.posterior_heads {
        model.params[dense.weights()].fill(0.0);
        model.params[dense.bias()].fill(0.0);
    }
    model
}

/// A decoder that does not look at its latent: the density of x is the likelihood itself.
fn blind(outputs: [f32; 6], log_scales: [f32; 3]) -> ModelBytes {
    let mut model = with_prior(model(1));
    let (dense, log_scale) = (&model.layout.likelihood_heads[0], &model.layout.learned);
    model.params[dense.weights()].fill(0.0);
    model.params[dense.bias()].copy_from_slice(&outputs);
    model.params[log_scale.clone()].copy_from_slice(&log_scales);
    ModelBytes::new(&model.encode())
}

/// By the definition, in doubles.
fn exact([a, code, b]: [f32; 3], outputs: [f32; 6], log_scales: [f32; 3]) -> f64 {
    let normal = |x: f64, loc: f32, log_scale: f32| {
        let scale = f64::from(log_scale).exp();
        -0.5 * ((x - f64::from(loc)) / scale).powi(2) - scale.ln() - 0.5 * std::f64::consts::TAU.ln()
    };
    let logits: Vec<f64> = outputs[1..5].iter().map(|logit| f64::from(*logit)).collect();
    let largest = logits.iter().copied().fold(f64::MIN, f64::max);
    let log_sum = largest + logits.iter().map(|logit| (logit - largest).exp()).sum::<f64>().ln();
    normal(0.5 * (f64::from(a) - 20.0), outputs[0], log_scales[0])
        + (logits[code as usize] - log_sum)
        + normal(f64::from(b) + 1.0, outputs[5], log_scales[2])
        + 0.5_f64.ln()
}

#[test]
fn densities_are_those_of_the_definition() {
    // logits that rise, fall, are far apart, are equal
    let logits = [[-1.0, 0.5, 1.5, 2.0], [3.0, 1.0, -2.0, -7.5], [0.0, 60.0, -2000.0, 59.0], [0.25; 4]];
    for [l0, l1, l2, l3] in logits {
        let (outputs, log_scales) = ([0.75, l0, l1, l2, l3, -0.5], [-1.5, 3.0, 0.5]);
        let bytes = blind(outputs, log_scales);
        let engine = bytes.open().unwrap().engine;
        for (a, b) in [(21.5, -1.5), (17.0, 4.0), (400.0, -100.0)] {
            for code in 0..4 {
                let frame = [a, code as f32, b];
                let expected = exact(frame, outputs, log_scales);
                let found = f64::from(engine.log_density(&frame, 3).unwrap().log_density.0);
                let limit = tolerance::EXACT_TERM * expected.abs().max(1.0);
                assert!((found - expected).abs() < limit, "{frame:?}: {found} {expected}");
            }
        }
    }
}

/// Over the codes a sum, over the numbers an integral.
#[test]
fn densities_integrate_to_one() {
    for seed in 1..4 {
        let bytes = ModelBytes::new(&with_prior(model(seed)).encode());
        let model = Linear::from_bytes(bytes.as_bytes()).unwrap();
        let (step, mut total) = (0.5, 0.0);
        for i in -80..80 {
            for j in -40..40 {
                for code in 0..4 {
                    let frame = [20.0 + step * i as f32, code as f32, step * j as f32];
                    total += f64::from(model.log_density(&frame, 16).unwrap().log_density.0).exp();
                }
            }
        }
        total *= f64::from(step * step);
        assert!((total - 1.0).abs() < tolerance::TOTAL_MASS, "seed {seed}: {total}");
    }
}

#[test]
fn what_is_no_code_is_refused() {
    let bytes = ModelBytes::new(&model(1).encode());
    let model = Linear::from_bytes(bytes.as_bytes()).unwrap();
    for code in [5.0, 0.5, -1.0, 65_535.0, 65_536.0, 1e30, -1e-30, f32::MIN_POSITIVE] {
        let expected = Err(FrameError::OutOfSupport { index: 1 });
        assert_eq!(model.log_density(&[20.0, code, 0.0], 4), expected, "{code}");
    }
    for code in [f32::NAN, f32::INFINITY] {
        assert_eq!(
            model.log_density(&[20.0, code, 0.0], 4),
            Err(FrameError::NonFinite { index: 1 }),
            "{code}"
        );
    }
    // one past the last was never seen: less likely than any that was, and a number
    let density = |code| model.log_density(&[20.0, code, 0.0], 4).unwrap().log_density.0;
    assert!((0..4).all(|seen| density(seen as f32) > density(4.0) + 40.0) && density(4.0).is_finite());
    assert_eq!(model.log_density(&[20.0, -0.0, 0.0], 4), model.log_density(&[20.0, 0.0, 0.0], 4));
}

/// A far code at the encoder is one-hot and not a large number: the
/// latent's mean is a weight of its own for each.
#[test]
fn the_encoder_sees_categories_one_hot() {
    let model = model(2);
    let loc = &model.layout.posterior_heads[0];
    let (weights, bias) = (&model.params[loc.weights()], model.params[loc.bias()][0]);
    let bytes = ModelBytes::new(&model.encode());
    let linear = Linear::from_bytes(bytes.as_bytes()).unwrap();
    for code in 0..4 {
        let posterior = linear.encode(&[23.0, code as f32, 0.5]).unwrap();
        let expected = bias + weights[0] * 1.5 + weights[1 + code] + weights[5] * 1.5;
        assert!((elbow::latent::Posterior::mode(&posterior)[0] - expected).abs() < 1e-6, "{code}");
    }
}

#[test]
fn draws_follow_the_probabilities_and_what_comes_back_is_the_likeliest() {
    const DRAWS: usize = 20_000;
    let outputs = [0.75, -1.0, 0.5, 1.5, 1.0, -0.5];
    let bytes = blind(outputs, [-1.5, 0.0, 0.5]);
    let model = Linear::from_bytes(bytes.as_bytes()).unwrap();
    let (mut counts, mut rng) = ([0_usize; 4], generator(5));
    for _ in 0..DRAWS {
        let [_, code, _] = model.sample(&mut rng).unwrap();
        counts[code as usize] += 1;
    }
    let total: f64 = outputs[1..5].iter().map(|logit| f64::from(*logit).exp()).sum();
    for (logit, count) in outputs[1..5].iter().zip(counts) {
        let (expected, found) = (f64::from(*logit).exp() / total, count as f64 / DRAWS as f64);
        // four and a half standard deviations of a binomial fraction
        let error = (expected * (1.0 - expected) / DRAWS as f64).sqrt();
        assert!((found - expected).abs() < 4.5 * error, "{logit}: {found} {expected}");
    }
    let [a, code, b] = model.reconstruct(&[0.0, 0.0, 0.0]).unwrap();
    assert!((a - 21.5).abs() < 1e-5 && code == 2.0 && (b + 1.5).abs() < 1e-6, "{a} {code} {b}");
}

/// A decoder that does not look at its latent: the other numbers say nothing of a number, whose surprise is
/// then its own term, of a normal distribution counted from its peak.
#[test]
fn the_surprise_of_a_number_that_is_alone_is_its_term() {
    let (outputs, log_scales) = ([0.75, -1.0, 0.5, 1.5, 1.0, -0.5], [-1.5, 3.0, 0.5]);
    let bytes = blind(outputs, log_scales);
    let model = Linear::from_bytes(bytes.as_bytes()).unwrap();
    for samples in [4, 7] {
        let frame = [22.0, 1.0, 0.25];
        let mut terms = [f32::NAN; 3];
        let score = model.explain_until(&frame, samples, &mut terms, |_, _| false).unwrap();
        let other = exact([22.0, 3.0, 0.25], outputs, log_scales);
        let difference = f64::from(score.log_density.0) - other;
        assert!((difference - f64::from(outputs[2] - outputs[4])).abs() < 1e-5, "{difference}");
        // a number's term is −½ u²
        let u = (0.5 * (frame[0] - 20.0) - outputs[0]) / elbow::math::exp(-1.5);
        // a sum of four is exact by binary logarithms, one of seven is not
        let limit = if samples == 4 { 1e-4 } else { 0.06 };
        assert!((terms[0] - 0.5 * u * u).abs() < limit, "{terms:?}");
        let log_sum = elbow::math::ln(outputs[1..5].iter().map(|logit| elbow::math::exp(*logit)).sum());
        assert!((terms[1] + (outputs[2] - log_sum)).abs() < limit, "{terms:?}");
    }
}

/// The type beside a file of every weight type and scaling has the file's fingerprint, and the host's bits.
#[test]
fn a_device_has_the_bits_of_the_host() {
    type Deep<'a> = Vae<(
        Categories<'a, LogStandardize<'a, 3>>,
        OneHot<'a, 3, (Dense<'a, 6, 7, Tanh>,)>,
        GaussianHead<Dense<'a, 7, 2>, Dense<'a, 7, 2>>,
        (Dense<'a, 2, 5, Tanh>,),
        GaussianCategorical<'a, 3, Dense<'a, 5, 6>>,
    )>;
    let mut shape = architecture(3, &[7], 2, &[5], KIND);
    shape.preprocessing = FeaturesKind::LogStandardize;
    let mut model = Model::random(shape, 3);
    model.preprocessing = Preprocessing::Standardize {
        log_rate: Some(vec![0.1, 0.2, 0.0]),
        loc: vec![2.0, 3.0, -1.0],
        inverse_scale: vec![0.5, 7.0, 1.0],
        clip: 3.0,
        integers: false,
    };
    model.set_levels(&LEVELS);
    let bytes = ModelBytes::new(&model.encode());
    let device = Deep::from_bytes(bytes.as_bytes()).unwrap();
    let engine = bytes.open().unwrap().engine;
    for frame in model.frames(40, 9) {
        let frame: [f32; 3] = frame.try_into().unwrap();
        for samples in [1, 6] {
            assert_eq!(device.log_density(&frame, samples), engine.log_density(&frame, samples));
        }
        assert_eq!(device.reconstruct(&frame).unwrap().to_vec(), engine.reconstruct(&frame).unwrap());
    }
}

fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let at = bytes.len() - 4;
    let sum = checksum(&bytes[..at]);
    bytes[at..].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// Levels that contradict the layers, or are too many, are refused; those that only contradict each other
/// give some score or an error, and no panic.
#[test]
fn damaged_levels_do_no_harm() {
    let bytes = model(1).encode();
    let levels: Vec<u8> = LEVELS.iter().flat_map(|levels| levels.to_le_bytes()).collect();
    let places: Vec<usize> =
        (0..bytes.len() - levels.len()).filter(|at| bytes[*at..].starts_with(&levels)).collect();
    assert_eq!(places.len(), 3, "of features, encoder and likelihood");
    for (part, at) in places.iter().enumerate() {
        for level in [0, 1, 3, 5, MAX_LEVELS + 1, u16::MAX] {
            for place in 0..3 {
                let mut changed = bytes.clone();
                changed[at + 2 * place..][..2].copy_from_slice(&level.to_le_bytes());
                let changed = ModelBytes::new(&with_checksum(changed));
                let model = Linear::from_bytes(changed.as_bytes());
                let is_same = usize::from(level).max(1) == usize::from(LEVELS[place]).max(1);
                if level > MAX_LEVELS || part > 0 && !is_same {
                    assert_eq!(model.err(), Some(LoadError::Malformed), "{part} {level} {place}");
                    assert!(changed.open().is_err());
                    continue;
                }
                let model = model.unwrap();
                for code in [0.0, 3.0, 4.0, 1000.0] {
                    let _ = model.log_density(&[20.0, code, code], 5);
                    let _ = model.reconstruct(&[20.0, code, code]);
                }
            }
        }
    }
}

/// Any bytes, with the right checksum, are a model or an error.
#[test]
fn damaged_files_do_no_harm() {
    let mut shape = architecture(3, &[7], 2, &[5], KIND);
    shape.weights = WeightKind::F32;
    let mut model = Model::random(shape, 3);
    model.set_levels(&LEVELS);
    let bytes = model.encode();
    let mut rng = generator(3);
    for _ in 0..2000 {
        let mut changed = bytes.clone();
        for _ in 0..1 + rng.next_u32() % 3 {
            let at = 8 + rng.next_u32() as usize % (changed.len() - 8);
            changed[at] = rng.next_u32() as u8;
        }
        let changed = ModelBytes::new(&with_checksum(changed));
        if let Ok(model) = changed.open() {
            let _ = model.engine.log_density(&[20.0, 3.0, 0.5], 4);
            let _ = model.engine.reconstruct(&[20.0, 3.0, 0.5]);
        }
    }
}
