//! Frames drawn from models: they follow the density, and a device draws the host's.

use elbow::{Ensemble, Gaussians, Kernels, Mixture, Standardize};
use elbow_host::model::{Dispersion, Engine, ModelBytes};
use elbow_host::random::{Purpose, stream};
use elbow_reader::Dataset;
use elbow_tests::tolerance::draws::{DEVIATIONS, KOLMOGOROV_SMIRNOV};
use rand_pcg::Pcg32;

use crate::ensemble::{Member, fitted as ensemble};
use crate::mixture::{clusters, fitted};

const DRAWS: usize = 4_000;

fn drawn(engine: &dyn Engine) -> Vec<Vec<f32>> {
    let draw = |row| engine.sample(&mut stream(3, Purpose::Rows, row, 0)).unwrap().unwrap();
    (0..DRAWS as u64).map(draw).collect()
}

/// Two columns that hang together, of which no mixture of few normals is the truth.
fn moons() -> Dataset {
    let row = |i: usize| {
        let part = |a: f64| (a * i as f64).fract();
        let (u, v) = (3.2 * part(0.618_033_988_749_895), part(0.414_213_562_373_095) - 0.5);
        [10.0 + (u.cos() + 0.2 * v), 0.01 * (u.sin() + 0.3 * v)].map(|x| x as f32)
    };
    Dataset::of("a test", (0..300).flat_map(row).collect(), 2)
}

const STEPS: usize = 400;
const FROM: [f64; 2] = [7.5, -0.015];
const TO: [f64; 2] = [12.5, 0.025];

fn at(column: usize, i: usize) -> f64 {
    FROM[column] + (TO[column] - FROM[column]) * i as f64 / STEPS as f64
}

/// The masses of the cells of a grid, by the density in their middle.
fn masses(engine: &dyn Engine) -> Vec<[f64; STEPS]> {
    let cell = (TO[0] - FROM[0]) * (TO[1] - FROM[1]) / (STEPS * STEPS) as f64;
    let middle = |column, i: usize| 0.5 * (at(column, i) + at(column, i + 1)) as f32;
    let mass = |i, j| {
        let score = engine.log_density(&[middle(0, i), middle(1, j)], 1).unwrap();
        f64::from(score.log_density.0).exp() * cell
    };
    (0..STEPS).map(|i| std::array::from_fn(|j| mass(i, j))).collect()
}

/// Kolmogorov and Smirnov: the largest distance of the draws' distribution function from the density's, both
/// known at the edges of a grid of 400 cells.
#[test]
fn draws_of_mixtures_follow_the_density() {
    for name in ["gaussian", "gmm:3", "gmm:auto", "auto"] {
        let bytes = fitted(name, &moons());
        let model = bytes.open().unwrap();
        let (engine, draws) = (&*model.engine, drawn(&*model.engine));
        let masses = masses(engine);
        for column in [0, 1] {
            let of_cell = |n: usize| match column {
                0 => masses[n].iter().sum::<f64>(),
                _ => masses.iter().map(|row| row[n]).sum(),
            };
            let (mut below, mut furthest) = (0.0, 0.0_f64);
            for n in 0..STEPS {
                below += of_cell(n);
                let edge = at(column, n + 1);
                let count = draws.iter().filter(|draw| f64::from(draw[column]) < edge).count();
                furthest = furthest.max((count as f64 / DRAWS as f64 - below).abs());
            }
            let limit = KOLMOGOROV_SMIRNOV / (DRAWS as f64).sqrt();
            assert!(furthest < limit, "{name}, column {column}: {furthest}, at most {limit}");
        }
        covariance(name, &masses, &draws);
    }
}

/// Columns one by one do not show that they hang together.
fn covariance(name: &str, masses: &[[f64; STEPS]], draws: &[Vec<f32>]) {
    let scaled = |column: usize, x: f64| (x - FROM[column]) / (TO[column] - FROM[column]) - 0.5;
    let product = |draw: &Vec<f32>| scaled(0, draw[0].into()) * scaled(1, draw[1].into());
    let of_cell = |i: usize, j: usize| {
        let middle = |column, i| 0.5 * (at(column, i) + at(column, i + 1));
        scaled(0, middle(0, i)) * scaled(1, middle(1, j))
    };
    let expected: f64 = (0..STEPS).flat_map(|i| (0..STEPS).map(move |j| masses[i][j] * of_cell(i, j))).sum();
    let mean = draws.iter().map(product).sum::<f64>() / DRAWS as f64;
    let variance = draws.iter().map(|draw| (product(draw) - mean).powi(2)).sum::<f64>() / DRAWS as f64;
    let apart = (mean - expected).abs() / (variance / DRAWS as f64).sqrt();
    assert!(apart < DEVIATIONS, "{name}: {mean}, not {expected}");
}

/// The types that stand beside such models.
type Both<'a> = Mixture<Standardize<'a, 3>, (Gaussians<'a, 3, 2>, Kernels<'a, 3, 60>)>;

#[test]
fn device_and_host_draw_the_same_bits() {
    let bytes = fitted("auto", &clusters());
    let device = Both::from_bytes(bytes.as_bytes()).unwrap();
    same(&bytes, |rng| device.sample(rng).unwrap().to_vec());
    let bytes = ensemble(3, 5, "f32");
    let device = Ensemble::<Member<'_>, 3>::from_bytes(bytes.as_bytes()).unwrap();
    same(&bytes, |rng| device.sample(rng).unwrap().to_vec());
}

fn same(bytes: &ModelBytes, device: impl Fn(&mut Pcg32) -> Vec<f32>) {
    let host = bytes.open().unwrap();
    for seed in 0..50 {
        let [mut here, mut there] = [0; 2].map(|_| Pcg32::new(seed, 7));
        let drawn = host.engine.sample(&mut here).unwrap().unwrap();
        assert_eq!(drawn, device(&mut there));
        assert_eq!(here, there, "as many words");
    }
}

#[test]
fn members_of_an_ensemble_have_latents_of_their_own() {
    let bytes = ensemble(3, 5, "f32");
    let device = Ensemble::<Member<'_>, 3>::from_bytes(bytes.as_bytes()).unwrap();
    let host = bytes.open().unwrap();
    let frame = [0.5, -0.2];
    for at in 0..3 {
        let latent = host.engine.member(at).unwrap().latent().unwrap();
        let [there, here] =
            [device.encode(at, &frame).unwrap(), device.members()[at].encode(&frame).unwrap()];
        assert_eq!(there.q().loc(), here.q().loc());
        assert_eq!(latent.encode(&frame).unwrap().mode, there.q().loc());
        let z = [0.25];
        assert_eq!(latent.decode(&z).unwrap(), device.decode(at, &z).unwrap());
    }
    assert!(device.encode(3, &frame).is_err() && host.engine.member(3).is_none());
    assert!(host.engine.latent().is_none());
}

/// With K samples one is chosen by its weight: the mean over many choices is that of the weighted samples.
#[test]
fn a_resampled_latent_is_one_of_the_posterior_and_nearer_to_the_truth() {
    let bytes = ensemble(1, 5, "f32");
    let model = bytes.open().unwrap();
    let latent = model.engine.latent().unwrap();
    let frame = [1.5, 0.4];
    let encoding = latent.encode(&frame).unwrap();
    let Dispersion::Scale(scale) = &encoding.dispersion else { panic!("a Gaussian") };
    let mean = |samples| {
        let z = |n| latent.resample(&frame, samples, &mut stream(1, Purpose::Noise, n, 0)).unwrap()[0];
        (0..DRAWS as u64).map(|n| f64::from(z(n))).sum::<f64>() / DRAWS as f64
    };
    // self-normalised weights of many samples
    let (mut total, mut sum) = (0.0, 0.0);
    let (weights, latents) = (latent.log_weights(&frame, 50_000, None), latent.latents(&frame, 50_000));
    for (weight, z) in weights.unwrap().into_iter().zip(latents.unwrap()) {
        let weight = f64::from(weight).exp();
        (total, sum) = (total + weight, sum + weight * f64::from(z));
    }
    // p(z|x) may be wider than q(z|x), not twice as wide
    let truth = sum / total;
    let limit = DEVIATIONS * 2.0 * f64::from(scale[0]) / (DRAWS as f64).sqrt();
    let mode = f64::from(encoding.mode[0]);
    assert!((mean(1) - mode).abs() < limit, "K = 1 is q(z|x): {} {mode}", mean(1));
    assert!((mean(256) - truth).abs() < limit, "{} {truth}", mean(256));
}
