//! Latents under a mixture of Gaussians: the formula, the integral and the bits.

use std::sync::atomic::AtomicBool;

use elbow::architecture::{LatentKind, LikelihoodKind};
use elbow::distribution::GaussianMixture;
use elbow::format::Sections;
use elbow::latent::Posterior;
use elbow::likelihood::{LOG_SCALE_MAX, LOG_SCALE_MIN};
use elbow::shape::Width;
use elbow::{
    Calibrated, Dense, DenseInt8, Gaussian, GaussianPerOutput, LoadError, MixtureHead, Standardize, Tanh, Vae,
};
use elbow_host::model::{LANES, ModelBytes};
use elbow_host::score::calibrate::calibrate;
use elbow_reader::Dataset;
use elbow_tests::models::{Model, architecture, generator, uniform};
use elbow_tests::tolerance::mixture_prior::{INTEGRAL, KL, TERM};
use elbow_trainer::net::dense::Dense as Slot;
use elbow_trainer::settings::Settings;
use elbow_trainer::train::train;

const COMPONENTS: u32 = 5;

/// Two numbers, two latents, no hidden layer, and a prior that is nothing special.
pub(crate) fn linear() -> Model {
    let mut shape = architecture(2, &[], 2, &[], LikelihoodKind::GaussianPerOutput);
    shape.latent = LatentKind::GaussianMixture { dim: 2, components: COMPONENTS };
    let mut model = Model::random(shape, 3);
    let mut rng = generator(4);
    for i in model.layout.prior.clone() {
        model.params[i] += 0.7 * uniform(&mut rng);
    }
    model
}

/// Where the prior's parameters lie.
struct Prior {
    logits: std::ops::Range<usize>,
    means: std::ops::Range<usize>,
    log_scales: std::ops::Range<usize>,
    dim: usize,
}

fn prior(model: &Model) -> Prior {
    let (start, dim) = (model.layout.prior.start, model.layout.latent_dims);
    let [means, log_scales, end] = [1, 1 + dim, 1 + 2 * dim].map(|n| start + COMPONENTS as usize * n);
    Prior { logits: start..means, means: means..log_scales, log_scales: log_scales..end, dim }
}

/// `log Σ_c w_c Π_j N(z_j; μ_cj, σ_cj)` in double precision.
fn log_prior(model: &Model, z: &[f64]) -> f64 {
    let (prior, params) = (prior(model), |i: usize| f64::from(model.params[i]));
    let total: f64 = prior.logits.clone().map(|i| libm::exp(params(i))).sum();
    let density = |c: usize| {
        let term = |(j, z): (usize, &f64)| {
            let at = c * prior.dim + j;
            let s = params(prior.log_scales.start + at);
            let u = (z - params(prior.means.start + at)) / libm::exp(s);
            -0.5 * u * u - s - 0.5 * std::f64::consts::TAU.ln()
        };
        let log_density: f64 = z.iter().enumerate().map(term).sum();
        libm::exp(params(prior.logits.start + c)) / total * libm::exp(log_density)
    };
    libm::log((0..COMPONENTS as usize).map(density).sum())
}

/// `W x + b` in double precision.
fn affine(model: &Model, dense: &Slot, x: &[f64]) -> Vec<f64> {
    let of = |o: usize| {
        let weights = &model.params[dense.weights()][o * dense.inputs..];
        let bias = f64::from(model.params[dense.bias()][o]);
        weights.iter().zip(x).fold(bias, |sum, (w, x)| sum + f64::from(*w) * x)
    };
    (0..dense.outputs).map(of).collect()
}

fn log_normal(x: &[f64], loc: &[f64], log_scale: &[f64]) -> f64 {
    let term = |((x, m), s): ((&f64, &f64), &f64)| -0.5 * ((x - m) / libm::exp(*s)).powi(2) - s;
    x.iter().zip(loc).zip(log_scale).map(term).sum::<f64>()
        - 0.5 * x.len() as f64 * std::f64::consts::TAU.ln()
}

#[test]
fn log_weights_are_those_of_the_formula() {
    let model = linear();
    let bytes = ModelBytes::new(&model.encode());
    let host = bytes.open().unwrap();
    let latent = host.engine.latent().unwrap();
    let elbow_trainer::preprocess::Preprocessing::Standardize { loc, inverse_scale, .. } =
        &model.preprocessing
    else {
        unreachable!()
    };
    let [mean, log_scale] = &model.layout.posterior_heads[..] else { unreachable!() };
    let [of_x, scale_of_x] = &model.layout.likelihood_heads[..] else { unreachable!() };
    let log_jacobian: f64 = inverse_scale.iter().map(|inverse| f64::from(*inverse).ln()).sum();
    for frame in [[1.0f32, 0.5], [-0.7, 2.0], [0.0, -1.5]] {
        let features: Vec<f64> =
            (0..2).map(|i| (f64::from(frame[i]) - f64::from(loc[i])) * f64::from(inverse_scale[i])).collect();
        let seen: Vec<f64> = features.iter().map(|x| x.clamp(-3.0, 3.0)).collect();
        let (q_loc, q_scale) = (affine(&model, mean, &seen), affine(&model, log_scale, &seen));
        let weights = latent.log_weights(&frame, 20, None).unwrap();
        let drawn = latent.latents(&frame, 20).unwrap();
        let posterior = latent.posterior(&frame).unwrap();
        for (weight, z) in weights.into_iter().zip(drawn.chunks_exact(2)) {
            let double: Vec<f64> = z.iter().map(|z| f64::from(*z)).collect();
            let ratio = log_prior(&model, &double) - log_normal(&double, &q_loc, &q_scale);
            let of_scale = affine(&model, scale_of_x, &double);
            let of_scale: Vec<f64> =
                of_scale.iter().map(|s| s.clamp(LOG_SCALE_MIN.into(), LOG_SCALE_MAX.into())).collect();
            let likelihood = log_normal(&features, &affine(&model, of_x, &double), &of_scale);
            let expected = likelihood + ratio + log_jacobian;
            let limit = TERM * (1.0 + expected.abs());
            assert!((f64::from(weight) - expected).abs() < limit, "{frame:?}: {weight}, not {expected}");
            let found = f64::from(posterior.log_ratio_at(z));
            assert!((found - ratio).abs() < TERM * (1.0 + ratio.abs()), "{frame:?}: {found}, not {ratio}");
        }
    }
}

/// Squares of side 0.05 out to where nothing is left, of the prior and of a model's density.
#[test]
fn it_integrates_to_one() {
    let model = linear();
    let prior = prior(&model);
    let numbers = |range: std::ops::Range<usize>| &model.params[range];
    let inverse: Vec<f32> = numbers(prior.log_scales.clone()).iter().map(|s| libm::expf(-s)).collect();
    let total: f32 = numbers(prior.logits.clone()).iter().map(|logit| libm::expf(*logit)).sum();
    let constant = |c: usize| {
        let log_scales: f32 = numbers(prior.log_scales.clone())[2 * c..][..2].iter().sum();
        numbers(prior.logits.clone())[c] - libm::logf(total) - log_scales
    };
    let bytes = sections(&[numbers(prior.means.clone()), &inverse, &[0, 1, 2, 3, 4].map(constant)]);
    let read = |bytes: &ModelBytes| {
        let mixture = GaussianMixture::<Width<2>>::read(&mut Sections::new(bytes.as_bytes()), 2, 5);
        mixture.map(|mixture| mixture.log_prob(&[0.3, -0.4]))
    };
    let expected = log_prior(&model, &[f64::from(0.3f32), f64::from(-0.4f32)]);
    assert!((f64::from(read(&bytes).unwrap()) - expected).abs() < TERM * (1.0 + expected.abs()));
    let mixture = GaussianMixture::<Width<2>>::read(&mut Sections::new(bytes.as_bytes()), 2, 5).unwrap();
    let at = |i: i32| 0.05 * i as f32;
    let grid = |n: i32| (-n..=n).flat_map(move |x| (-n..=n).map(move |y| [at(x), at(y)]));
    let of_prior: f64 = grid(200).map(|z| libm::exp(f64::from(mixture.log_prob(&z)))).sum();
    assert!((0.0025 * of_prior - 1.0).abs() < INTEGRAL, "{}", 0.0025 * of_prior);
    // what is drawn has the means of what is integrated
    let (mut drawn, mut rng, mut z) = ([0.0; 2], generator(7), [0.0; 2]);
    for _ in 0..100_000 {
        mixture.sample(&mut rng, &mut z);
        drawn.iter_mut().zip(z).for_each(|(sum, z)| *sum += f64::from(z) * 1e-5);
    }
    for j in 0..2 {
        let mean =
            grid(200).map(|z| f64::from(z[j]) * libm::exp(f64::from(mixture.log_prob(&z)))).sum::<f64>();
        assert!((0.0025 * mean - drawn[j]).abs() < 0.02, "{} {}", 0.0025 * mean, drawn[j]);
    }
    let bytes = fitted(1, "f32");
    let model = bytes.open().unwrap();
    let at = |i: i32| 0.1 * i as f32;
    let density = |x: i32, y: i32| {
        let score = model.engine.log_density(&[at(x), at(y)], 1024).unwrap();
        libm::exp(f64::from(score.log_density.0))
    };
    let of_model: f64 = (-70..=70).flat_map(|x| (-50..=50).map(move |y| density(x, y))).sum();
    assert!((0.01 * of_model - 1.0).abs() < 0.01, "{}", 0.01 * of_model);
}

/// Sections of floats.
pub(crate) fn sections(parts: &[&[f32]]) -> ModelBytes {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend(part.iter().flat_map(|number| number.to_le_bytes()));
        bytes.resize(bytes.len().next_multiple_of(16), 0u8);
    }
    ModelBytes::new(&bytes)
}

/// Rows in three clumps, by multiples of irrational numbers.
fn rows() -> Dataset {
    rows_from(0)
}

/// 300 of them, from this one on.
fn rows_from(first: usize) -> Dataset {
    let row = |i: usize| {
        let part = |a: f64| (a * i as f64).fract() - 0.5;
        let (u, v) = (part(0.618_033_988_749_895), part(0.414_213_562_373_095));
        let clump = (i % 3) as f64 - 1.0;
        [2.0 * clump + 0.5 * u, 1.5 * clump * clump + 0.5 * v].map(|x| x as f32)
    };
    Dataset::of("a test", (first..first + 300).flat_map(row).collect(), 2)
}

fn fitted(ensemble: u32, weights: &str) -> ModelBytes {
    let settings = Settings {
        ensemble,
        weights: weights.parse().unwrap(),
        hidden: vec![6],
        latent: "gaussian:1".parse().unwrap(),
        prior: "gmm:3".parse().unwrap(),
        epochs: 12,
        ..Settings::default()
    };
    train("test", rows(), &settings, None, &AtomicBool::new(false), |_| ()).unwrap().bytes
}

type Typed<'a> = Vae<(
    Standardize<'a, 2>,
    (Dense<'a, 2, 6, Tanh>,),
    MixtureHead<'a, Dense<'a, 6, 1>, Dense<'a, 6, 1>, 3>,
    (Dense<'a, 1, 6, Tanh>,),
    Gaussian<'a, Dense<'a, 6, 2>>,
)>;
type Small<'a> = Vae<(
    Standardize<'a, 2>,
    (DenseInt8<'a, 2, 6, Tanh>,),
    MixtureHead<'a, DenseInt8<'a, 6, 1>, DenseInt8<'a, 6, 1>, 3>,
    (DenseInt8<'a, 1, 6, Tanh>,),
    Gaussian<'a, DenseInt8<'a, 6, 2>>,
)>;
type Linear<'a> = Vae<(
    Standardize<'a, 2>,
    elbow::PassThrough<2>,
    MixtureHead<'a, Dense<'a, 2, 2>, Dense<'a, 2, 2>, 5>,
    elbow::PassThrough<2>,
    GaussianPerOutput<Dense<'a, 2, 2>, Dense<'a, 2, 2>>,
)>;

#[test]
fn device_and_host_have_the_same_bits() {
    let files = (fitted(1, "f32"), fitted(1, "int8"), ModelBytes::new(&linear().encode()));
    let device = (
        Typed::from_bytes(files.0.as_bytes()).unwrap(),
        Small::from_bytes(files.1.as_bytes()).unwrap(),
        Linear::from_bytes(files.2.as_bytes()).unwrap(),
    );
    let hosts = [&files.0, &files.1, &files.2].map(|bytes| bytes.open().unwrap());
    let frames: [[f32; 2]; LANES] = std::array::from_fn(|i| [0.3 * i as f32 - 2.0, 1.0 - 0.1 * i as f32]);
    for samples in [1, 7, 16] {
        let lanes = frames.each_ref().map(|frame| frame.as_slice());
        let together = hosts.each_ref().map(|host| host.engine.log_densities(lanes, samples));
        for (l, frame) in frames.iter().enumerate() {
            let scores = [
                device.0.log_density(frame, samples),
                device.1.log_density(frame, samples),
                device.2.log_density(frame, samples),
            ];
            for ((score, host), together) in scores.iter().zip(&hosts).zip(&together) {
                let score = score.unwrap();
                assert_eq!((Ok(score), Ok(score)), (host.engine.log_density(frame, samples), together[l]));
            }
        }
    }
    // the divergence is that of its samples, and the bound's
    for frame in frames {
        let posterior = device.0.encode(&frame).unwrap();
        let (kl, elbow) = (posterior.kl(), device.0.elbo(&frame, 64).unwrap());
        assert_eq!((kl, Ok(elbow)), (elbow.kl.0, hosts[0].engine.latent().unwrap().elbo(&frame, 64)));
        let mut ratios = 0.0;
        let (mut noise, mut z) = (generator(1), [0.0]);
        for _ in 0..10_000 {
            ratios -= f64::from(posterior.sample_log_ratio(&mut noise, &mut z)) / 10_000.0;
        }
        assert!((f64::from(kl) - ratios).abs() < KL, "{kl} {ratios}");
    }
    assert!(device.0.sample(&mut generator(2)).is_ok());
    assert!(matches!(Typed::from_bytes(files.1.as_bytes()), Err(LoadError::WrongShape { .. })));
}

#[test]
fn it_is_calibrated_like_any_model() {
    let bytes = fitted(1, "f32");
    let calibrated = calibrate(&bytes.open().unwrap(), "test", &rows_from(300), 0.05, 16, || ()).unwrap();
    let device = Calibrated::<Typed<'_>>::from_bytes(calibrated.as_bytes()).unwrap();
    let host = calibrated.open().unwrap();
    let judge = host.calibrated().unwrap();
    for frame in [[0.0, 0.1], [1.9, 1.5], [4.0, -1.0], [-1.0, 0.7]] {
        assert_eq!(device.judge(&frame).unwrap(), judge.judge(&frame).unwrap());
    }
    assert!(device.judge(&[4.0, -1.0]).unwrap().is_anomalous());
    let ensemble = fitted(2, "f32");
    assert!(elbow::Ensemble::<Typed<'_>, 2>::from_bytes(ensemble.as_bytes()).is_ok());
    assert_eq!(fitted(2, "f32").as_bytes(), ensemble.as_bytes(), "the same seed gives the same bytes");
}
