//! Models with a von Mises–Fisher head: the same on device and host,
//! refused where they are broken, and right about p(x).

use elbow::architecture::{ConcentrationKind, LatentKind, LikelihoodKind};
use elbow::format::fields::PARAMETERS;
use elbow::{
    Bernoulli, Binary, Dense, FixedConcentration, Gaussian, GaussianPerOutput, LearnedConcentration,
    LoadError, PassThrough, Score, Standardize, TabledConcentration, Tanh, Vae, VmfHead,
};
use elbow_host::model::ModelBytes;
use elbow_tests::files::{place, signed};
use elbow_tests::models::{Model, architecture};

type OfWidth<'a, const D: usize, C> = Vae<(
    Standardize<'a, 5>,
    (Dense<'a, 5, 9, Tanh>,),
    VmfHead<Dense<'a, 9, D>, C>,
    (Dense<'a, D, 9, Tanh>,),
    Gaussian<'a, Dense<'a, 9, 5>>,
)>;
type Learned<'a> = OfWidth<'a, 4, LearnedConcentration<Dense<'a, 9, 1>>>;
type Fixed<'a> = OfWidth<'a, 4, FixedConcentration>;
type Tabled<'a> = OfWidth<'a, 4, TabledConcentration<'a>>;
type Bits<'a> = Vae<(
    Binary<17>,
    (Dense<'a, 17, 8, Tanh>,),
    VmfHead<Dense<'a, 8, 3>, FixedConcentration>,
    (Dense<'a, 3, 8, Tanh>, Dense<'a, 8, 8, Tanh>),
    Bernoulli<Dense<'a, 8, 17>>,
)>;
type PerOutput<'a> = Vae<(
    Standardize<'a, 5>,
    PassThrough<5>,
    VmfHead<Dense<'a, 5, 2>, TabledConcentration<'a>>,
    PassThrough<2>,
    GaussianPerOutput<Dense<'a, 2, 5>, Dense<'a, 2, 5>>,
)>;

/// A number that no other parameter is, so that it can be found in a file.
const KAPPA: f32 = 7.123_457;
const FIXED: ConcentrationKind = ConcentrationKind::Fixed { kappa: KAPPA };
const TABLED: ConcentrationKind = ConcentrationKind::Tabled { kappa: KAPPA };

fn sphere(dim: u32, concentration: ConcentrationKind) -> Model {
    let mut shape = architecture(5, &[9], dim, &[9], LikelihoodKind::Gaussian);
    shape.latent = LatentKind::VonMisesFisher { dim, concentration };
    Model::random(shape, 1)
}

fn bits_of(score: &Score) -> [u32; 3] {
    [score.log_density.0, score.effective_sample_size, score.standard_error].map(f32::to_bits)
}

#[test]
fn a_device_and_a_host_read_the_same_sphere() {
    macro_rules! check {
        ($type:ident, $model:expr) => {
            let model = $model;
            let bytes = ModelBytes::new(&model.encode());
            let (host, typed) = (bytes.open().unwrap(), $type::from_bytes(bytes.as_bytes()).unwrap());
            for frame in model.frames(50, 9) {
                for samples in [1, 3, 4, 16, 21, 64] {
                    let device = typed.log_density(frame.as_slice().try_into().unwrap(), samples).unwrap();
                    let host = host.engine.log_density(&frame, samples).unwrap();
                    assert_eq!(bits_of(&device), bits_of(&host), "{} K = {samples}", stringify!($type));
                    assert!(device.log_density.0.is_finite());
                }
            }
        };
    }
    let other = |mut shape: elbow::Architecture, dim, concentration| {
        shape.latent = LatentKind::VonMisesFisher { dim, concentration };
        Model::random(shape, 2)
    };
    check!(Learned, sphere(4, ConcentrationKind::Learned));
    check!(Fixed, sphere(4, FIXED));
    check!(Tabled, sphere(4, TABLED));
    check!(Bits, other(architecture(17, &[8], 3, &[8, 8], LikelihoodKind::Bernoulli), 3, FIXED));
    check!(PerOutput, other(architecture(5, &[], 2, &[], LikelihoodKind::GaussianPerOutput), 2, TABLED));
}

/// The file with numbers written over those from `offset` numbers after κ on, its checksum right.
fn overwritten(model: &Model, offset: usize, numbers: &[f32]) -> ModelBytes {
    let mut bytes = model.encode();
    let sections = place(&bytes, PARAMETERS).start;
    let is_kappa = |at: &usize| bytes[*at..*at + 4] == KAPPA.to_le_bytes();
    let found: Vec<usize> = (sections..bytes.len() - 4).step_by(4).filter(is_kappa).collect();
    let [at] = found[..] else { panic!("{KAPPA} is there {} times", found.len()) };
    for (i, number) in numbers.iter().enumerate() {
        bytes[at + 4 * (offset + i)..][..4].copy_from_slice(&number.to_le_bytes());
    }
    ModelBytes::new(&signed(bytes))
}

#[test]
fn impossible_concentrations_are_refused() {
    let (fixed, tabled) = (sphere(4, FIXED), sphere(4, TABLED));
    let bad = |kappa: f32| if kappa.is_finite() { LoadError::BadConcentration } else { LoadError::NonFinite };
    for kappa in [-1.0, -f32::MIN_POSITIVE, 10_001.0, f32::MAX, f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let bytes = overwritten(&fixed, 0, &[kappa]);
        assert_eq!(Fixed::from_bytes(bytes.as_bytes()).unwrap_err(), bad(kappa), "{kappa}");
        assert_eq!(bytes.open().unwrap_err(), bad(kappa), "{kappa}");
        let bytes = overwritten(&tabled, 0, &[kappa]);
        assert_eq!(Tabled::from_bytes(bytes.as_bytes()).unwrap_err(), bad(kappa), "{kappa}, table");
        assert_eq!(bytes.open().unwrap_err(), bad(kappa), "{kappa}, table");
    }
    for kappa in [0.0, 10_000.0] {
        let bytes = overwritten(&fixed, 0, &[kappa]);
        assert!(Fixed::from_bytes(bytes.as_bytes()).is_ok() && bytes.open().is_ok(), "{kappa}");
    }
}

#[test]
fn broken_tables_are_refused() {
    // the pairs [t, F(t)] are the section after κ's, which is padded to four numbers
    let (tabled, first, last) = (sphere(4, TABLED), 4, 4 + 2 * 64);
    for (offset, numbers, expected) in [
        (first, [0.5, 0.1], LoadError::BadConcentration),
        (first + 2, [-0.5, 0.1], LoadError::BadConcentration),
        (first + 2, [0.5, -0.1], LoadError::BadConcentration),
        (last, [2.5, 1.0], LoadError::BadConcentration),
        (last, [0.0, 0.5], LoadError::BadConcentration),
        (first + 4, [f32::NAN, 0.1], LoadError::NonFinite),
        (first + 4, [0.5, f32::INFINITY], LoadError::NonFinite),
    ] {
        let bytes = overwritten(&tabled, offset, &numbers);
        assert_eq!(Tabled::from_bytes(bytes.as_bytes()).unwrap_err(), expected, "{offset} {numbers:?}");
        assert_eq!(bytes.open().unwrap_err(), expected, "{offset} {numbers:?}");
    }
}

#[test]
fn a_sphere_has_two_coordinates_at_least() {
    type LearnedPoint<'a> = OfWidth<'a, 1, LearnedConcentration<Dense<'a, 9, 1>>>;
    type FixedPoint<'a> = OfWidth<'a, 1, FixedConcentration>;
    type TabledPoint<'a> = OfWidth<'a, 1, TabledConcentration<'a>>;
    let refused = |concentration, load: fn(&[u8]) -> Option<LoadError>| {
        let bytes = ModelBytes::new(&sphere(1, concentration).encode());
        assert_eq!(load(bytes.as_bytes()), Some(LoadError::BadConcentration), "{concentration:?}");
        assert!(bytes.open().is_err(), "{concentration:?}");
    };
    refused(ConcentrationKind::Learned, |bytes| LearnedPoint::from_bytes(bytes).err());
    refused(FIXED, |bytes| FixedPoint::from_bytes(bytes).err());
    refused(TABLED, |bytes| TabledPoint::from_bytes(bytes).err());
    assert!(LoadError::BadConcentration.to_string().contains("fewer than 2 dimensions"));
}

/// Mean log density of frames, and the standard error that its Monte-Carlo noise gives it.
fn mean_score(concentration: ConcentrationKind, dim: u32, samples: u32) -> (f64, f64) {
    let model = sphere(dim, concentration);
    let bytes = ModelBytes::new(&model.encode());
    let host = bytes.open().unwrap();
    let frames = model.frames(24, 3);
    let scores = frames.iter().map(|frame| host.engine.log_density(frame, samples).unwrap());
    let n = frames.len() as f64;
    // the noise is the same for every frame, so their errors add up rather than cancel
    scores.fold((0.0, 0.0), |(mean, error), score| {
        (mean + f64::from(score.log_density.0) / n, error + f64::from(score.standard_error) / n)
    })
}

/// Models that differ in q(z|x) alone have the same p(x), whatever q is:
/// uniform, wide, narrow, by rejection or by table.
#[test]
fn every_posterior_of_one_decoder_tells_the_same_density() {
    const K: u32 = 1 << 14;
    for dim in [2, 3, 4, 8] {
        let (prior, error) = mean_score(ConcentrationKind::Fixed { kappa: 0.0 }, dim, 4 * K);
        println!("d = {dim}: uniform {prior:.4} ± {error:.4}");
        for kappa in [0.5, 2.0, 5.0] {
            for concentration in [ConcentrationKind::Fixed { kappa }, ConcentrationKind::Tabled { kappa }] {
                let (mean, of_mean) = mean_score(concentration, dim, K);
                println!("       {concentration:?} {mean:.4} ± {of_mean:.4}");
                let limit = 4.0 * (error + of_mean);
                assert!(
                    (mean - prior).abs() < limit,
                    "d = {dim} {concentration:?}: {mean} {prior} ± {limit}"
                );
            }
        }
    }
}

#[test]
fn scores_converge() {
    // A narrow q that was never fitted misses most of p(z|x) and converges slowly; a wide one shows the rule.
    let (fixed, tabled) = (ConcentrationKind::Fixed { kappa: 2.0 }, ConcentrationKind::Tabled { kappa: 2.0 });
    for concentration in [ConcentrationKind::Learned, fixed, tabled] {
        let (limit, _) = mean_score(concentration, 4, 1 << 16);
        let errors = [1 << 3, 1 << 7, 1 << 11].map(|k| (mean_score(concentration, 4, k).0 - limit).abs());
        println!("{concentration:?}: {errors:?}");
        assert!(errors[2] < 0.1 && errors[2] < 0.5 * errors[0], "{concentration:?}: {errors:?}");
    }
}
