//! Ensembles: the mean of their members, the same bits on a device and on a host, in one file.

use std::sync::atomic::AtomicBool;

use elbow::decision::margin;
use elbow::{
    Calibrated, Dense, DenseInt8, Density, Ensemble, Gaussian, GaussianHead, LoadError, Standardize, Tanh,
    Vae,
};
use elbow_host::model::{LANES, ModelBytes};
use elbow_host::score::calibrate::calibrate;
use elbow_reader::Dataset;
use elbow_tests::tolerance::ensemble::MEAN;
use elbow_trainer::settings::Settings;
use elbow_trainer::train::train;

const SAMPLES: u32 = 8;

pub(crate) type Member<'a> = Vae<(
    Standardize<'a, 2>,
    (Dense<'a, 2, 6, Tanh>,),
    GaussianHead<Dense<'a, 6, 1>, Dense<'a, 6, 1>>,
    (Dense<'a, 1, 6, Tanh>,),
    Gaussian<'a, Dense<'a, 6, 2>>,
)>;
type Small<'a> = Vae<(
    Standardize<'a, 2>,
    (DenseInt8<'a, 2, 6, Tanh>,),
    GaussianHead<DenseInt8<'a, 6, 1>, DenseInt8<'a, 6, 1>>,
    (DenseInt8<'a, 1, 6, Tanh>,),
    Gaussian<'a, DenseInt8<'a, 6, 2>>,
)>;

/// Rows along a bent line, by multiples of irrational numbers.
fn rows() -> Dataset {
    rows_from(0)
}

/// 300 of them, from this one on.
fn rows_from(first: usize) -> Dataset {
    let row = |i: usize| {
        let part = |a: f64| (a * i as f64).fract() - 0.5;
        let (u, v) = (part(0.618_033_988_749_895), part(0.414_213_562_373_095));
        [4.0 * u, 3.0 * u * u + 0.4 * v].map(|x| x as f32)
    };
    Dataset::of("a test", (first..first + 300).flat_map(row).collect(), 2)
}

pub(crate) fn fitted(ensemble: u32, seed: u64, weights: &str) -> ModelBytes {
    let settings = Settings {
        ensemble,
        seed,
        weights: weights.parse().unwrap(),
        hidden: vec![6],
        latent: "gaussian:1".parse().unwrap(),
        epochs: 12,
        ..Settings::default()
    };
    train("test", rows(), &settings, None, &AtomicBool::new(false), |_| ()).unwrap().bytes
}

#[test]
fn device_and_host_have_the_same_bits() {
    let (bytes, small) = (fitted(3, 5, "f32"), fitted(3, 5, "int8"));
    let devices = (
        Ensemble::<Member<'_>, 3>::from_bytes(bytes.as_bytes()).unwrap(),
        Ensemble::<Small<'_>, 3>::from_bytes(small.as_bytes()).unwrap(),
    );
    let (host, host_small) = (bytes.open().unwrap(), small.open().unwrap());
    assert_eq!((host.members, host_small.members), (3, 3));
    let frames: [[f32; 2]; LANES] = std::array::from_fn(|i| [0.3 * i as f32 - 2.0, 1.0 - 0.1 * i as f32]);
    let together = host.engine.log_densities(frames.each_ref().map(|frame| frame.as_slice()), SAMPLES);
    for (frame, lane) in frames.iter().zip(together) {
        let score = devices.0.log_density(frame, SAMPLES).unwrap();
        assert_eq!((Ok(score), Ok(score)), (host.engine.log_density(frame, SAMPLES), lane));
        let score = devices.1.log_density(frame, SAMPLES).unwrap();
        assert_eq!(Ok(score), host_small.engine.log_density(frame, SAMPLES));
        // what it is the mean of
        let alone = devices.0.members().each_ref().map(|member| member.log_density(frame, SAMPLES).unwrap());
        let mean = alone.iter().map(|score| f64::from(score.log_density.0).exp()).sum::<f64>() / 3.0;
        let found = f64::from(devices.0.log_density(frame, SAMPLES).unwrap().log_density.0);
        assert!(
            (found - mean.ln()).abs() < MEAN * (1.0 + found.abs()),
            "{frame:?}: {found}, not {}",
            mean.ln()
        );
    }
    assert!(host.engine.log_density(&[f32::NAN, 0.0], SAMPLES).is_err());
    assert!(devices.0.log_density(&[0.0; 2], 0).is_err());
}

#[test]
fn it_is_calibrated_like_any_model() {
    let bytes = fitted(2, 3, "f32");
    let model = bytes.open().unwrap();
    let calibrated = calibrate(&model, "test", &rows_from(300), 0.05, SAMPLES, || ()).unwrap();
    let device = Calibrated::<Ensemble<Member<'_>, 2>>::from_bytes(calibrated.as_bytes()).unwrap();
    let host = calibrated.open().unwrap();
    assert_eq!((host.members, device.calibration().margin), (2, margin(2)));
    for frame in [[0.2, 0.1], [1.9, 2.9], [4.0, -1.0], [-0.5, 0.2]] {
        let verdict = device.judge(&frame).unwrap();
        assert_eq!(verdict, host.calibrated().unwrap().judge(&frame).unwrap());
        let (mut causes, mut of_host) = ([0.0; 2], [0.0; 2]);
        assert_eq!(verdict, device.judge_explained(&frame, &mut causes).unwrap());
        host.calibrated().unwrap().judge_explained(&frame, &mut of_host).unwrap();
        assert_eq!(causes, of_host);
    }
    assert!(device.judge(&[4.0, -1.0]).unwrap().is_anomalous());
    assert!(device.model().log_density_until(&[0.2, 0.1], SAMPLES, |_, _| true).is_ok());
}

#[test]
fn shapes_are_told_apart() {
    let (alone, two) = (fitted(1, 1, "f32"), fitted(2, 1, "f32"));
    assert!(matches!(Member::from_bytes(two.as_bytes()), Err(LoadError::WrongShape { .. })));
    assert!(matches!(
        Ensemble::<Member<'_>, 3>::from_bytes(two.as_bytes()),
        Err(LoadError::WrongShape { .. })
    ));
    assert!(Ensemble::<Member<'_>, 2>::from_bytes(alone.as_bytes()).is_err());
    // one member is the model itself
    assert!(Ensemble::<Member<'_>, 1>::from_bytes(alone.as_bytes()).is_ok());
    assert_eq!(fitted(2, 1, "f32").as_bytes(), two.as_bytes(), "the same seed gives the same bytes");
}

/// Of few samples the integral is that of their fixed noise; of many it comes to 1.
/// Squares of side 0.1, out to where nothing is left.
#[test]
fn the_density_integrates_to_one() {
    let bytes = fitted(3, 5, "f32");
    let model = bytes.open().unwrap();
    let at = |i: i32| 0.1 * i as f32;
    let density = |x: i32, y: i32| {
        let score = model.engine.log_density(&[at(x), at(y)], 1024).unwrap();
        libm::exp(f64::from(score.log_density.0))
    };
    let integral: f64 =
        (-70..=70).flat_map(|x| (-50..=50).map(move |y| (x, y))).map(|(x, y)| density(x, y)).sum();
    assert!((0.01 * integral - 1.0).abs() < 0.01, "{}", 0.01 * integral);
}
