//! Models of eight-bit weights: device and host agree, damage is refused, and little is lost.

use elbow::architecture::{Activation, LikelihoodKind, WeightKind};
use elbow::format::fields::{PARAMETERS, WEIGHTS};
use elbow::{
    Bernoulli, Binary, DenseInt8, DenseInt8x8, Gaussian, GaussianHead, GaussianPerOutput, LinearInt8x8,
    LoadError, PassThrough, Quantize, Score, Standardize, Tanh, Vae,
};
use elbow_host::model::ModelBytes;
use elbow_reader::Dataset;
use elbow_tests::files::{place, signed};
use elbow_tests::models::{Model, architecture, generator};
use elbow_tests::tolerance::quantized::{INT8, INT8X8};
use elbow_trainer::quantize::{Cost, quantize};
use rand_core::Rng;

type Int8<'a> = Vae<(
    Standardize<'a, 20>,
    (DenseInt8<'a, 20, 19, Tanh>, DenseInt8<'a, 19, 8, Tanh>),
    GaussianHead<DenseInt8<'a, 8, 3>, DenseInt8<'a, 8, 3>>,
    (DenseInt8<'a, 3, 17, Tanh>,),
    Gaussian<'a, DenseInt8<'a, 17, 20>>,
)>;
type Int8x8<'a> = Vae<(
    Standardize<'a, 20>,
    (Quantize<20>, DenseInt8x8<'a, 20, 19, u16>, DenseInt8x8<'a, 19, 8>),
    GaussianHead<LinearInt8x8<'a, 8, 3>, LinearInt8x8<'a, 8, 3>>,
    (Quantize<3>, DenseInt8x8<'a, 3, 17, u16>),
    Gaussian<'a, LinearInt8x8<'a, 17, 20>>,
)>;
type Linear<'a> = Vae<(
    Standardize<'a, 5>,
    PassThrough<5>,
    GaussianHead<DenseInt8<'a, 5, 3>, DenseInt8<'a, 5, 3>>,
    PassThrough<3>,
    GaussianPerOutput<DenseInt8<'a, 3, 5>, DenseInt8<'a, 3, 5>>,
)>;
type Bits<'a> = Vae<(
    Binary<17>,
    (Quantize<17>, DenseInt8x8<'a, 17, 8, u16>),
    GaussianHead<LinearInt8x8<'a, 8, 2>, LinearInt8x8<'a, 8, 2>>,
    (Quantize<2>, DenseInt8x8<'a, 2, 8, u16>, DenseInt8x8<'a, 8, 8>),
    Bernoulli<LinearInt8x8<'a, 8, 17>>,
)>;

fn continuous() -> Model {
    Model::random(architecture(20, &[19, 8], 3, &[17], LikelihoodKind::Gaussian), 1)
}

fn bits() -> Model {
    Model::random(architecture(17, &[8], 2, &[8, 8], LikelihoodKind::Bernoulli), 3)
}

fn dataset(model: &Model, rows: usize) -> Dataset {
    let values = model.frames(rows, 9).concat();
    Dataset::of("frames", values, model.layout.features)
}

fn small(model: &Model, weights: WeightKind) -> ModelBytes {
    let bytes = ModelBytes::new(&model.encode());
    let data = dataset(model, 200);
    quantize(&bytes.open().unwrap(), &bytes, "quantized", weights, Some(&data)).unwrap()
}

#[test]
fn a_device_and_a_host_read_the_same_model() {
    fn check(model: &Model, weights: WeightKind, score: impl Fn(&[u8], &[f32], u32) -> Score) {
        let bytes = small(model, weights);
        let host = bytes.open().unwrap();
        assert_eq!(host.metadata.architecture.weights, weights);
        for (row, frame) in model.frames(50, 10).iter().enumerate() {
            for samples in [1, 3, 4, 21] {
                let bits = |score: Score| {
                    [score.log_density.0, score.effective_sample_size, score.standard_error].map(f32::to_bits)
                };
                let expected = host.engine.log_density(frame, samples).unwrap();
                let found = score(bytes.as_bytes(), frame, samples);
                assert_eq!(bits(found), bits(expected), "{weights:?}, row {row}, K = {samples}");
            }
        }
    }
    macro_rules! check_type {
        ($type:ident, $model:expr, $weights:ident) => {
            check(&$model, WeightKind::$weights, |bytes, frame, samples| {
                let model = $type::from_bytes(bytes).unwrap();
                model.log_density(frame.try_into().unwrap(), samples).unwrap()
            })
        };
    }
    check_type!(Int8, continuous(), Int8);
    check_type!(Int8x8, continuous(), Int8x8);
    check_type!(
        Linear,
        Model::random(architecture(5, &[], 3, &[], LikelihoodKind::GaussianPerOutput), 2),
        Int8
    );
    check_type!(Bits, bits(), Int8x8);
}

#[test]
fn little_is_lost_with_every_activation() {
    use Activation::{Elu, Identity, LeakyRelu, Relu, Sigmoid, Silu, Softplus, Tanh};
    for activation in [Identity, Relu, LeakyRelu, Tanh, Sigmoid, Silu, Elu, Softplus] {
        let mut shape = continuous().architecture;
        shape.encoder.iter_mut().chain(&mut shape.decoder).for_each(|layer| layer.activation = activation);
        let mut model = Model::random(shape, 4);
        // a posterior whose width is that of a fitted one, rather than anything up to e^10
        let log_scale = model.layout.posterior_heads[1].weights();
        model.params[log_scale].iter_mut().for_each(|w| *w *= 0.1);
        let (bytes, data) = (ModelBytes::new(&model.encode()), dataset(&model, 200));
        let before = bytes.open().unwrap();
        for (weights, limit) in [(WeightKind::Int8, INT8), (WeightKind::Int8x8, INT8X8)] {
            let after = quantize(&before, &bytes, "quantized", weights, Some(&data)).unwrap();
            let cost = Cost::measure(&before, &after.open().unwrap(), &data, 16).unwrap();
            println!("{activation:?}, {weights:?}: {:+.3} %", 100.0 * cost.nats_lost_relative);
            assert!(cost.nats_lost_relative.abs() < limit, "{activation:?}, {weights:?}: {cost:?}");
            assert!(after.as_bytes().len() < bytes.as_bytes().len(), "{activation:?}, {weights:?}");
        }
    }
}

#[test]
fn a_model_that_cannot_be_quantised_says_so() {
    let model = continuous();
    let (bytes, data) = (ModelBytes::new(&model.encode()), dataset(&model, 20));
    let refuse = |bytes: &ModelBytes, weights, data| {
        let error = quantize(&bytes.open().unwrap(), bytes, "quantized", weights, data).unwrap_err();
        error.to_string()
    };
    assert!(refuse(&bytes, WeightKind::F32, Some(&data)).contains("has them already"));
    assert!(refuse(&bytes, WeightKind::Int8x8, None).contains("--calibration"));
    assert!(refuse(&small(&model, WeightKind::Int8), WeightKind::Int8x8, Some(&data)).contains("already"));
    let linear = Model::random(architecture(5, &[], 3, &[], LikelihoodKind::Gaussian), 2);
    let bytes = ModelBytes::new(&linear.encode());
    assert!(refuse(&bytes, WeightKind::Int8x8, Some(&dataset(&linear, 20))).contains("choose int8"));
    // without data the weights are rounded all the same
    assert!(quantize(&bytes.open().unwrap(), &bytes, "quantized", WeightKind::Int8, None).is_ok());
}

fn with_checksum(bytes: Vec<u8>) -> ModelBytes {
    ModelBytes::new(&signed(bytes))
}

/// Both loaders, which must agree.
fn load(bytes: &ModelBytes) -> Result<(), LoadError> {
    let fixed = Int8x8::from_bytes(bytes.as_bytes()).map(|_| ());
    assert_eq!(fixed.is_ok(), bytes.open().is_ok(), "{fixed:?}");
    fixed
}

#[test]
fn shifts_that_no_register_has_are_refused() {
    let sound = small(&continuous(), WeightKind::Int8x8);
    load(&sound).unwrap();
    let bytes = sound.as_bytes();
    // loc, 1/scale, limits; scale and zero, top; then of 20 inputs and 19 outputs the weights, biases,
    // multipliers, nodes
    let nodes = place(bytes, PARAMETERS).start + (80 + 80 + 16) + (16 + 16) + (3 * 20 * 8) + 2 * (3 * 8 * 4);
    for shift in [nodes + 2 * 65, nodes + 2 * 66] {
        assert!(bytes[shift] < 32 && bytes[shift + 1] == 0);
        let mut broken = bytes.to_vec();
        broken[shift] = 32;
        assert_eq!(load(&with_checksum(broken)), Err(LoadError::Malformed));
    }
}

#[test]
fn other_weights_are_another_shape() {
    let model = continuous();
    let (int8, int8x8) = (small(&model, WeightKind::Int8), small(&model, WeightKind::Int8x8));
    assert!(matches!(Int8::from_bytes(int8x8.as_bytes()), Err(LoadError::WrongShape { .. })));
    assert!(matches!(Int8x8::from_bytes(int8.as_bytes()), Err(LoadError::WrongShape { .. })));
    let bytes = int8.as_bytes();
    let end = place(bytes, WEIGHTS).end;
    for (kind, is_named) in [(0, true), (2, true), (3, false)] {
        let mut broken = bytes.to_vec();
        assert_eq!(std::mem::replace(&mut broken[end - 1], kind), 1);
        let error = with_checksum(broken).open().map(|_| ()).unwrap_err();
        let shape = matches!(error, LoadError::WrongShape { .. });
        assert!(shape == is_named && (shape || error == LoadError::Malformed), "{kind}: {error}");
    }
}

#[test]
fn random_bytes_never_panic() {
    let mut rng = generator(5);
    let sound = small(&continuous(), WeightKind::Int8x8);
    let parameters = place(sound.as_bytes(), PARAMETERS).start;
    for _ in 0..5_000 {
        let mut bytes = sound.as_bytes().to_vec();
        for _ in 0..1 + rng.next_u32() % 8 {
            let at = parameters + rng.next_u32() as usize % (bytes.len() - parameters);
            bytes[at] = rng.next_u32() as u8;
        }
        let broken = with_checksum(bytes);
        let _ = load(&broken);
        if let Ok(model) = broken.open() {
            let _ = model.engine.log_density(&[0.5; 20], 4);
        }
    }
}
