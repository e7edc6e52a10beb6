//! Mixtures: what they fit, that they are densities, that a device reads what a host wrote.

use std::sync::atomic::AtomicBool;

use elbow::architecture::LatentKind;
use elbow::features::Features;
use elbow::format::{Load, ModelFile, checksum};
use elbow::math::normal_quantile;
use elbow::{Density, Explain, Gaussians, Kernels, LoadError, Mixture, Standardize};
use elbow_host::model::{LANES, ModelBytes};
use elbow_reader::Dataset;
use elbow_tests::models::generator;
use elbow_tests::tolerance::mixture as tolerance;
use elbow_trainer::settings::Settings;
use elbow_trainer::train::train;
use rand_core::Rng;

fn dataset(dims: usize, values: Vec<f32>) -> Dataset {
    Dataset::of("a test", values, dims)
}

/// Two clusters of 30 rows in three dimensions, by multiples of irrational numbers.
pub(crate) fn clusters() -> Dataset {
    let row = |i: usize| {
        let part = |a: f64| (a * i as f64).fract();
        let (u, v, w) =
            (part(0.618_033_988_749_895), part(0.414_213_562_373_095), part(0.732_050_807_568_877));
        let c = (i % 2) as f64;
        [10.0 * c + 2.0 * u + v, -6.0 * c + v - 0.5 * u, 3.0 * w + c * w].map(|x| x as f32)
    };
    dataset(3, (0..60).flat_map(row).collect())
}

pub(crate) fn fitted(model: &str, data: &Dataset) -> ModelBytes {
    let settings = Settings { model: model.parse().unwrap(), ..Settings::default() };
    train("test", data.clone(), &settings, None, &AtomicBool::new(false), |_| ()).unwrap().bytes
}

pub(crate) fn log_density(bytes: &ModelBytes, frame: &[f32]) -> f32 {
    bytes.open().unwrap().engine.log_density(frame, 1).unwrap().log_density.0
}

/// Golden values: `GaussianMixture(k, reg_covar=1e-3, tol=1e-9, max_iter=1000)` of scikit-learn 1.9 on
/// the standardised rows, `score_samples` less the logarithms of the standard deviations. Clusters
/// this far apart have one maximum of the likelihood.
#[test]
fn as_scikit_learn_has_it() {
    let frames = [[1.0, 0.5, 1.0], [11.0, -5.5, 3.0], [5.0, -3.0, 2.0], [20.0, 4.0, -3.0]];
    let golden = [
        ("gaussian", [-4.481_513_4, -4.717_552_2, -5.951_144_3, -384.867_24]),
        ("gmm:2", [-2.400_153_5, -2.931_077_4, -72.304_742, -459.258_21]),
    ];
    for (model, expected) in golden {
        let bytes = fitted(model, &clusters());
        for (frame, expected) in frames.iter().zip(expected) {
            let found = f64::from(log_density(&bytes, frame));
            let error = (found - expected).abs() / (1.0 + expected.abs());
            assert!(error < tolerance::SCIKIT_LEARN, "{model} {frame:?}: {found}, not {expected}");
        }
    }
}

#[test]
fn the_density_integrates_to_one() {
    let values: Vec<f32> = (0..80)
        .flat_map(|i| [(f64::from(i).sin() * 3.0 + 100.0) as f32, (i * i % 17) as f32 * 1e-3])
        .collect();
    let data = dataset(2, values);
    for model in ["gaussian", "gmm:3", "gmm:auto", "auto"] {
        let bytes = fitted(model, &data);
        let model = bytes.open().unwrap();
        // ± 5 or more standard deviations around the data
        let (steps, from, to) = (400, [86.0, -0.025], [114.0, 0.041]);
        let step = [0, 1].map(|i| (to[i] - from[i]) / f64::from(steps));
        let mut sum = 0.0;
        for (i, j) in (0..steps).flat_map(|i| (0..steps).map(move |j| (i, j))) {
            let frame =
                [(from[0] + f64::from(i) * step[0]) as f32, (from[1] + f64::from(j) * step[1]) as f32];
            let score = model.engine.log_density(&frame, 1).unwrap();
            assert_eq!((score.standard_error, score.samples), (0.0, 1));
            sum += f64::from(score.log_density.0).exp() * step[0] * step[1];
        }
        assert!((sum - 1.0).abs() < tolerance::INTEGRAL, "{:?}: {sum}", model.metadata.architecture.latent);
    }
}

/// The type that stands beside such a model.
type Both<'a> = Mixture<Standardize<'a, 3>, (Gaussians<'a, 3, 2>, Kernels<'a, 3, 60>)>;

#[test]
fn device_and_host_have_the_same_bits() {
    let bytes = fitted("auto", &clusters());
    let host = bytes.open().unwrap();
    let device = Both::from_bytes(bytes.as_bytes()).unwrap();
    assert_eq!((device.dims(), device.components()), (3, 62));
    let frames: [[f32; 3]; LANES] =
        std::array::from_fn(|i| [i as f32, 1.0 - i as f32, 0.3 * i as f32 * i as f32]);
    let together = host.engine.log_densities(frames.each_ref().map(|frame| frame.as_slice()), 7);
    for (frame, lane) in frames.iter().zip(together) {
        let score = device.log_density(frame).unwrap();
        let [alone, lane] = [host.engine.log_density(frame, 7), lane].map(|score| score.unwrap());
        assert_eq!((alone, alone.samples), (lane, 7));
        assert_eq!(alone.log_density.0.to_bits(), score.log_density.0.to_bits(), "{frame:?}");
        let reconstruction = device.reconstruct(frame).unwrap();
        assert_eq!(host.engine.reconstruct(frame).unwrap(), reconstruction);
        // p(c|x) of all components
        let (mut sum, log_density) = (0.0, f64::from(score.log_density.0));
        device
            .for_each_log_joint(frame, |log_joint| sum += (f64::from(log_joint) - log_density).exp())
            .unwrap();
        assert!((sum - 1.0).abs() < tolerance::SUM * (1.0 + log_density.abs()), "{frame:?}: {sum}");
    }
    assert!(host.engine.log_density(&[f32::NAN; 3], 1).is_err());
    assert!(host.engine.log_density(&[0.0; 3], 0).is_err());
    assert!(host.engine.latent().is_none());
}

/// `−log p(x_i | the others)` in units of the features: the density's integral over the i-th number, by the
/// trapezoidal rule in doubles, is what it is without that number. Nats are of the
/// feature, not of the raw number.
#[test]
fn surprises_are_those_of_marginals() {
    let frames = [[1.5, 0.4, 1.0], [1.0, 0.5, 7.0], [1.5, 0.4, 4.0], [11.0, 0.4, 3.0], [3.0, -1.0, 2.5]];
    for name in ["gaussian", "gmm:2", "auto"] {
        let bytes = fitted(name, &clusters());
        let model = bytes.open().unwrap();
        let file = ModelFile::parse(bytes.as_bytes()).unwrap();
        let features = Standardize::<3>::load(&mut file.sections()).unwrap();
        let log_of = |frame: &[f32]| model.engine.log_density(frame, 1).unwrap().log_density.0;
        for frame in frames {
            let mut surprises = [0.0; 3];
            let score = model.engine.explain_until(&frame, 4, &mut surprises, |_, _| true).unwrap();
            assert_eq!(Ok(score), model.engine.log_density(&frame, 4));
            for (i, found) in surprises.into_iter().enumerate() {
                let (steps, from, step) = (6000, -12.0, 40.0 / 6000.0);
                let at = |k: i32| {
                    let mut moved = frame;
                    moved[i] = (from + step * f64::from(k)) as f32;
                    f64::from(log_of(&moved) - log_of(&frame)).exp()
                };
                let expected = ((0..=steps).map(at).sum::<f64>() * step).ln();
                let expected = expected + f64::from(features.log_slope(i, frame[i]));
                let error = (f64::from(found) - expected).abs() / (1.0 + expected.abs());
                assert!(error < tolerance::MARGINAL, "{name} {frame:?} {i}: {found}");
            }
        }
    }
}

#[test]
fn surprises_have_the_bits_of_a_device() {
    let both = fitted("auto", &clusters());
    let (host, device) = (both.open().unwrap(), Both::from_bytes(both.as_bytes()).unwrap());
    for frame in [[1.5, 0.4, 1.0], [11.0, -5.5, 30.0], [3.0, -1.0, 2.5], [1e4, 0.0, 0.0]] {
        let (mut surprises, mut of_host) = ([0.0; 3], [0.0; 3]);
        let score = device.explain_until(&frame, 4, &mut surprises, |_, _| false).unwrap();
        assert_eq!(Ok(score), device.log_density_until(&frame, 4, |_, _| false));
        host.engine.explain_until(&frame, 4, &mut of_host, |_, _| false).unwrap();
        assert_eq!(surprises.map(f32::to_bits), of_host.map(f32::to_bits), "{frame:?}");
    }
    let mut surprises = [0.0; 3];
    device.explain_until(&[11.0, -5.5, 30.0], 4, &mut surprises, |_, _| false).unwrap();
    assert!(surprises[2] > 4.0 * surprises[0].max(surprises[1]), "the third is the odd one: {surprises:?}");
    assert!(device.explain_until(&[f32::NAN; 3], 4, &mut [0.0; 3], |_, _| false).is_err());
    assert!(device.explain_until(&[0.0; 3], 0, &mut [0.0; 3], |_, _| false).is_err());
}

#[test]
fn a_reconstruction_is_near_the_data() {
    let bytes = fitted("auto", &clusters());
    let model = bytes.open().unwrap();
    // the first two coordinates are those of the first cluster, the last is of neither
    let reconstruction = model.engine.reconstruct(&[1.5, 0.4, 9.0]).unwrap();
    assert!((0.0..4.0).contains(&reconstruction[2]), "{reconstruction:?}");
}

#[test]
fn constant_and_repeated_columns_are_no_trouble() {
    let row = |i: i32| {
        let x = f64::from(i).sin() as f32;
        [x, 7.0, x, 2.0 * x - 1e4]
    };
    let data = dataset(4, (0..200).flat_map(row).collect());
    for model in ["gaussian", "gmm:4", "auto"] {
        let bytes = fitted(model, &data);
        let normal = log_density(&bytes, &row(300));
        for frame in [[0.5, 9.0, 0.5, -9_999.0], [0.5, 7.0, -0.5, -9_999.0]] {
            assert!(log_density(&bytes, &frame) < normal - 2.0, "{model} {frame:?}");
        }
    }
    // nothing but one row, again and again
    let bytes = fitted("auto", &dataset(2, [3.0, 4.0].repeat(40)));
    assert!(log_density(&bytes, &[3.0, 4.0]) > log_density(&bytes, &[4.0, 4.0]));
}

/// Normal numbers of a seed.
fn normal(seed: u64) -> impl FnMut() -> f32 {
    let mut rng = generator(seed);
    move || normal_quantile(rng.next_u32())
}

/// How many of `found` are less likely than all but a hundredth of `like`.
fn found(bytes: &ModelBytes, like: &[f32], found: &[f32], dims: usize) -> usize {
    let nats = |rows: &[f32]| rows.chunks_exact(dims).map(|row| log_density(bytes, row)).collect::<Vec<_>>();
    let mut normal = nats(like);
    normal.sort_by(f32::total_cmp);
    let least = normal[normal.len() / 100];
    nats(found).iter().filter(|nats| **nats < least).count()
}

/// A pump idles at 0.10 ± 0.01 A and runs at 12 ± 0.05 A. Six deviations from either are a hundredth of the
/// range, and seen.
#[test]
fn regimes_that_are_tight_against_their_distance() {
    let mut normal = normal(1);
    let mut row = |n: usize, off: f32| {
        let (level, deviation) = [(0.10, 0.01), (12.0, 0.05)][n % 2];
        [level + deviation * (normal() + off), 20.0 + 3.0 * normal()]
    };
    let mut rows = |off| (0..400).flat_map(|n| row(n, off)).collect::<Vec<_>>();
    let (fit, like, above, below) = (rows(0.0), rows(0.0), rows(6.0), rows(-6.0));
    let bytes = fitted("auto", &dataset(2, fit));
    for anomalies in [above, below] {
        let found = found(&bytes, &like, &anomalies, 2);
        assert!(found > 360, "{found}");
    }
}

/// Of 24 columns of three causes and a little noise, 120 rows: there are too few for a mixture, and enough to
/// know that the columns go together.
#[test]
fn few_rows_that_go_together() {
    let mut normal = normal(2);
    let mut row = |noise: f32| {
        let causes = [normal(), normal(), normal()];
        std::array::from_fn::<f32, 24, _>(|i| {
            let angle = i as f32;
            causes[0] * (angle % 5.0 - 2.0) + causes[1] * (angle % 7.0 - 3.0) + causes[2] + noise * normal()
        })
    };
    let mut rows = |count, noise| (0..count).flat_map(|_| row(noise)).collect::<Vec<_>>();
    let (fit, like, noisy) = (rows(120, 0.2), rows(200, 0.2), rows(200, 0.6));
    let bytes = fitted("auto", &dataset(24, fit));
    let LatentKind::Component { gaussians, .. } = bytes.open().unwrap().metadata.architecture.latent else {
        unreachable!()
    };
    assert_eq!(gaussians, 1);
    let found = found(&bytes, &like, &noisy, 24);
    assert!(found > 190, "{found}");
}

/// A column that is there three times, and two that are constant, leave the density of the others as it is:
/// what they add is a factor of their own, the same for every normal row.
#[test]
fn repeats_count_once() {
    let (plain, row) = (clusters(), |row: &[f32]| [row[0], row[1], 5.0, row[0], row[2], row[0], -2.0]);
    let wide = dataset(7, plain.values.chunks_exact(3).flat_map(row).collect());
    let (narrow, wide) = (fitted("auto", &plain), fitted("auto", &wide));
    let difference = |frame: &[f32; 3]| log_density(&wide, &row(frame)) - log_density(&narrow, frame);
    let frames = [[1.0, 0.5, 1.0], [11.0, -5.5, 3.0], [5.0, -3.0, 2.0], [20.0, 4.0, -3.0]];
    for frame in &frames {
        let error = (difference(frame) - difference(&frames[0])).abs();
        assert!(error < tolerance::REPEATS * (1.0 + log_density(&narrow, frame).abs()), "{frame:?}: {error}");
    }
}

#[test]
fn broken_files_are_refused() {
    let bytes = fitted("auto", &clusters());
    let sound = bytes.as_bytes();
    let word = |at: usize| u32::from_le_bytes(sound[at..at + 4].try_into().unwrap()) as usize;
    let (start, end) = (word(24), sound.len() - 4);
    // loc, 1/scale, clip and Jacobian; 2 means, 2 triangles of 3 rows, 2 constants; 8 tiles of 3 rows
    let means = start + 3 * 16;
    let precisions = means + 32 + 2 * 3 * 32 + 16 + 8 * 3 * 32;
    let changed = |at: usize, value: f32| {
        let mut bytes = sound.to_vec();
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        let sum = checksum(&bytes[..end]);
        bytes[end..].copy_from_slice(&sum.to_le_bytes());
        let bytes = ModelBytes::new(&bytes);
        let both = Both::from_bytes(bytes.as_bytes()).map(drop);
        assert_eq!(both, bytes.open().map(drop));
        both
    };
    assert_eq!(changed(means, f32::NAN), Err(LoadError::NonFinite));
    assert_eq!(changed(precisions, -1.0), Err(LoadError::Malformed));
    // the first number of the first triangle's diagonal
    assert_eq!(changed(means + 32, 0.0), Err(LoadError::Malformed));
    assert_eq!(changed(means + 32, -1.0), Err(LoadError::Malformed));
    assert_eq!(changed(means + 32, 1.0), Ok(()));
    assert_eq!(changed(precisions, 1.0), Ok(()));
    type Other<'a> = Mixture<Standardize<'a, 3>, (Gaussians<'a, 3, 3>, Kernels<'a, 3, 60>)>;
    assert!(matches!(Other::from_bytes(sound), Err(LoadError::WrongShape { .. })));
    assert!(matches!(Both::from_bytes(&sound[..sound.len() - 16]), Err(LoadError::WrongLength { .. })));
}
