//! The model file: what is written is read, and nothing else is.

use elbow::architecture::{Activation, LatentKind, LikelihoodKind};
use elbow::format::fields::PARAMETERS;
use elbow::format::{ALIGNMENT, MAGIC, checksum};
use elbow::{
    Angles, Bernoulli, BetaBinomial, Binary, Counts, Dense, DiscretizedLogistic, Gaussian, GaussianHead,
    GaussianPerOutput, Integers, LoadError, NegativeBinomial, PassThrough, PointHead, Relu, SineCosine,
    Standardize, StudentT, Tanh, Vae, VonMises,
};
use elbow_host::model::ModelBytes;
use elbow_tests::files::{Message, place, signed};
use elbow_tests::models::{Model, architecture};

type Continuous<'a> = Vae<(
    Standardize<'a, 5>,
    (Dense<'a, 5, 9, Tanh>, Dense<'a, 9, 4, Tanh>),
    GaussianHead<Dense<'a, 4, 2>, Dense<'a, 4, 2>>,
    (Dense<'a, 2, 9, Tanh>,),
    Gaussian<'a, Dense<'a, 9, 5>>,
)>;
type PerOutput<'a> = Vae<(
    Standardize<'a, 5>,
    PassThrough<5>,
    GaussianHead<Dense<'a, 5, 3>, Dense<'a, 5, 3>>,
    PassThrough<3>,
    GaussianPerOutput<Dense<'a, 3, 5>, Dense<'a, 3, 5>>,
)>;
type Autoencoder<'a> = Vae<(
    Standardize<'a, 5>,
    (Dense<'a, 5, 9, Tanh>,),
    PointHead<Dense<'a, 9, 2, Relu>>,
    (Dense<'a, 2, 9, Tanh>,),
    Gaussian<'a, Dense<'a, 9, 5>>,
)>;
type Whole<'a> = Vae<(
    Integers<'a, 9>,
    (Dense<'a, 9, 8, Tanh>,),
    GaussianHead<Dense<'a, 8, 2>, Dense<'a, 8, 2>>,
    (Dense<'a, 2, 8, Tanh>,),
    DiscretizedLogistic<'a, Dense<'a, 8, 9>, Dense<'a, 8, 9>>,
)>;
type HeavyTails<'a> = Vae<(
    Standardize<'a, 9>,
    (Dense<'a, 9, 8, Tanh>,),
    GaussianHead<Dense<'a, 8, 2>, Dense<'a, 8, 2>>,
    (Dense<'a, 2, 8, Tanh>,),
    StudentT<'a, Dense<'a, 8, 9>, Dense<'a, 8, 9>>,
)>;
type Bytes<'a> = Vae<(
    Counts<9>,
    (Dense<'a, 9, 8, Tanh>,),
    GaussianHead<Dense<'a, 8, 2>, Dense<'a, 8, 2>>,
    (Dense<'a, 2, 8, Tanh>,),
    BetaBinomial<Dense<'a, 8, 9>, Dense<'a, 8, 9>>,
)>;
type Events<'a> = Vae<(
    Counts<9>,
    (Dense<'a, 9, 8, Tanh>,),
    GaussianHead<Dense<'a, 8, 2>, Dense<'a, 8, 2>>,
    (Dense<'a, 2, 8, Tanh>,),
    NegativeBinomial<Dense<'a, 8, 9>, Dense<'a, 8, 9>>,
)>;
type Angular<'a> = Vae<(
    Angles<'a, Standardize<'a, 9>>,
    SineCosine<'a, 9, (Dense<'a, 11, 8, Tanh>,)>,
    GaussianHead<Dense<'a, 8, 2>, Dense<'a, 8, 2>>,
    (Dense<'a, 2, 8, Tanh>,),
    VonMises<'a, Dense<'a, 8, 9>, Dense<'a, 8, 9>>,
)>;
type Bits<'a> = Vae<(
    Binary<17>,
    (Dense<'a, 17, 8, Tanh>,),
    GaussianHead<Dense<'a, 8, 2>, Dense<'a, 8, 2>>,
    (Dense<'a, 2, 8, Tanh>, Dense<'a, 8, 8, Tanh>),
    Bernoulli<Dense<'a, 8, 17>>,
)>;

fn continuous() -> Model {
    Model::random(architecture(5, &[9, 4], 2, &[9], LikelihoodKind::Gaussian), 1)
}

/// Both loaders, which must agree on everything but the shape that the type asks for.
fn load(bytes: &[u8]) -> Result<(), LoadError> {
    let aligned = ModelBytes::new(bytes);
    let fixed = Continuous::from_bytes(aligned.as_bytes()).map(|_| ());
    let dynamic = aligned.open().map(|_| ());
    assert_eq!(fixed.is_ok(), dynamic.is_ok(), "{fixed:?} {dynamic:?}");
    fixed
}

#[test]
fn a_device_and_a_host_read_the_same_model() {
    fn check<M>(model: &Model, score: impl Fn(&[u8], &[f32], u32) -> M, bits: impl Fn(&M) -> [u32; 3]) {
        let bytes = ModelBytes::new(&model.encode());
        let host = bytes.open().unwrap();
        for (row, frame) in model.frames(50, 9).iter().enumerate() {
            for samples in [1, 2, 3, 4, 5, 16, 21, 64] {
                let expected = host.engine.log_density(frame, samples).unwrap();
                let expected =
                    [expected.log_density.0, expected.effective_sample_size, expected.standard_error];
                let found = bits(&score(bytes.as_bytes(), frame, samples));
                assert_eq!(found, expected.map(f32::to_bits), "row {row}, K = {samples}");
            }
        }
    }
    let bits = |score: &elbow::Score| {
        [score.log_density.0, score.effective_sample_size, score.standard_error].map(f32::to_bits)
    };
    macro_rules! check_type {
        ($type:ident, $model:expr) => {
            check(
                &$model,
                |bytes, frame, samples| {
                    let model = $type::from_bytes(bytes).unwrap();
                    model.log_density(frame.try_into().unwrap(), samples).unwrap()
                },
                bits,
            )
        };
    }
    check_type!(Continuous, continuous());
    check_type!(PerOutput, Model::random(architecture(5, &[], 3, &[], LikelihoodKind::GaussianPerOutput), 2));
    check_type!(Whole, Model::random(architecture(9, &[8], 2, &[8], LikelihoodKind::DiscretizedLogistic), 5));
    check_type!(HeavyTails, Model::random(architecture(9, &[8], 2, &[8], LikelihoodKind::StudentT), 6));
    for most in [1, 100, 255] {
        let counts = LikelihoodKind::BetaBinomial { most };
        check_type!(Bytes, Model::random(architecture(9, &[8], 2, &[8], counts), 7));
    }
    check_type!(Events, Model::random(architecture(9, &[8], 2, &[8], LikelihoodKind::NegativeBinomial), 8));
    let angles = LikelihoodKind::VonMises { angles: 2 };
    check_type!(Angular, Model::random(architecture(9, &[8], 2, &[8], angles), 8));
    let mut point = architecture(5, &[9], 2, &[9], LikelihoodKind::Gaussian);
    point.latent = LatentKind::Point { dim: 2, activation: Activation::Relu };
    check_type!(Autoencoder, Model::random(point, 4));
    check_type!(Bits, Model::random(architecture(17, &[8], 2, &[8, 8], LikelihoodKind::Bernoulli), 3));
}

#[test]
fn every_truncation_is_refused() {
    let bytes = continuous().encode();
    load(&bytes).unwrap();
    for length in 0..bytes.len() {
        assert!(
            matches!(load(&bytes[..length]), Err(LoadError::WrongLength { found, .. }) if found == length)
        );
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert!(matches!(load(&longer), Err(LoadError::WrongLength { .. })));
}

#[test]
fn every_flipped_bit_is_refused() {
    let bytes = continuous().encode();
    for position in 0..8 * bytes.len() {
        let mut flipped = bytes.clone();
        flipped[position / 8] ^= 1 << (position % 8);
        let error = load(&flipped).unwrap_err();
        let expected = match position / 8 {
            0..8 => matches!(error, LoadError::NotAModel),
            // of versions 1 and 2
            8 if position % 8 < 2 => matches!(error, LoadError::BadChecksum),
            8..10 => matches!(error, LoadError::UnsupportedVersion { .. }),
            10..12 => matches!(error, LoadError::UnsupportedNumericProfile { .. }),
            16..20 => matches!(error, LoadError::WrongLength { .. }),
            _ => matches!(error, LoadError::BadChecksum),
        };
        assert!(expected, "byte {}, bit {}: {error:?}", position / 8, position % 8);
    }
}

#[test]
fn another_shape_is_refused() {
    let other = Model::random(architecture(5, &[9, 5], 2, &[9], LikelihoodKind::Gaussian), 1).encode();
    let aligned = ModelBytes::new(&other);
    assert!(matches!(Continuous::from_bytes(aligned.as_bytes()), Err(LoadError::WrongShape { .. })));
    assert!(matches!(Bits::from_bytes(aligned.as_bytes()), Err(LoadError::WrongShape { .. })));
}

#[test]
fn parameters_that_are_not_finite_are_refused() {
    let bytes = continuous().encode();
    // every number of every section, padding excluded: padding is zeros that nobody reads
    let mut refused = 0;
    for at in place(&bytes, PARAMETERS).step_by(4) {
        for poison in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut broken = bytes.clone();
            broken[at..at + 4].copy_from_slice(&poison.to_le_bytes());
            match load(&signed(broken)) {
                Err(LoadError::NonFinite | LoadError::Malformed) => refused += 1,
                Ok(()) => assert_eq!(bytes[at..at + 4], [0; 4], "a number at {at} was not checked"),
                Err(other) => panic!("{other:?}"),
            }
        }
    }
    assert!(refused >= 3 * continuous().params.len());
}

#[test]
fn misaligned_bytes_are_refused() {
    let bytes = continuous().encode();
    let shifted = ModelBytes::new(&[&[0], bytes.as_slice()].concat());
    assert!(matches!(Continuous::from_bytes(&shifted.as_bytes()[1..]), Err(LoadError::Misaligned)));
}

#[test]
fn the_file_is_one_postcard_message_as_documented() {
    let model = continuous();
    let bytes = model.encode();
    let message = Message::read(&bytes);
    assert_eq!((message.magic, message.version, message.profile), (MAGIC, 3, 1));
    assert_eq!(message.fingerprint, model.architecture.fingerprint());
    assert_eq!(message.length as usize, bytes.len());
    assert_eq!(message.checksum, checksum(&bytes[..bytes.len() - 4]));
    assert!(message.fields.iter().filter(|(key, _)| *key > 0).is_sorted_by_key(|(key, _)| *key));
    assert_eq!(place(&bytes, PARAMETERS).start % ALIGNMENT, 0);
    assert_eq!(message.clone().write(), bytes);
    // the checksum that zip and PNG use: CRC-32 of "123456789" is cbf43926
    assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
}

#[test]
fn random_bytes_never_panic() {
    use rand_core::Rng;
    let mut rng = elbow_tests::models::generator(5);
    let sound = continuous().encode();
    for round in 0..20_000 {
        let mut bytes = sound.clone();
        for _ in 0..1 + rng.next_u32() % 8 {
            let at = rng.next_u32() as usize % bytes.len();
            bytes[at] = rng.next_u32() as u8;
        }
        if round % 2 == 0 {
            bytes = signed(bytes);
        }
        let aligned = ModelBytes::new(&bytes);
        let _ = Continuous::from_bytes(aligned.as_bytes());
        if let Ok(model) = aligned.open() {
            let _ = model.engine.log_density(&[0.5; 5], 4);
        }
    }
}

/// The worked example of the specification: one number, a linear encoder and decoder, one latent coordinate.
pub(crate) fn documented() -> Vec<u8> {
    use elbow_trainer::preprocess::Preprocessing;
    let mut model = Model::random(architecture(1, &[], 1, &[], LikelihoodKind::Gaussian), 0);
    // loc, log_scale, output: weight and bias each; then the likelihood's log scale
    model.params = vec![0.5, 0.0, 0.0, -0.25, 0.75, 0.0, 0.0];
    model.preprocessing = Preprocessing::Standardize {
        log_rate: None,
        loc: vec![20.0],
        inverse_scale: vec![0.5],
        clip: 8.0,
        integers: false,
    };
    model.encode()
}

pub(crate) fn hex_dump(bytes: &[u8]) -> String {
    let line = |(row, bytes): (usize, &[u8])| {
        let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{:04x}  {}\n", 16 * row, hex.join(" "))
    };
    bytes.chunks(16).enumerate().map(line).collect()
}

#[test]
fn the_dump_in_the_specification_is_what_is_written() {
    let specification = include_str!("../../../docs/model-format.md");
    let dump = hex_dump(&documented());
    assert!(specification.contains(&dump), "docs/model-format.md should contain:\n{dump}");
}
