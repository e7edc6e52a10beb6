//! Parameters and frames of any magnitude: whatever overflows on the way, a row's result is the same
//! alone, among others, in blocks of samples and by a device's type.

use elbow::format::{ModelFile, checksum};
use elbow::{Density, Explain, FrameError, Score};
use elbow_firmware::{demo::Demo, mixture::Mixture};
use elbow_host::model::{Engine, LANES, ModelBytes};
use elbow_tests::hostile::MODELS;
use elbow_tests::models::generator;
use rand_core::Rng;

use crate::side_by_side::models;

/// Sound files that are changed, each as often.
const ROUNDS: usize = 150;
const SAMPLES: [u32; 3] = [1, 5, 18];
/// Those by a device's type.
const BY_TYPE: u32 = 5;

type Answer = Result<[Option<u32>; 3], FrameError>;

/// The bits of a score; of a NaN only that it is one.
fn bits_of(score: Result<Score, FrameError>) -> Answer {
    let bits = |x: f32| (!x.is_nan()).then_some(x.to_bits());
    score.map(|score| [score.log_density.0, score.effective_sample_size, score.standard_error].map(bits))
}

/// A number of any magnitude and sign, often at an end of what there is.
fn any(rng: &mut impl Rng) -> f32 {
    const ENDS: [f32; 10] = [0.0, 1.0, 3.4e38, 1e30, 1e19, 1e12, 1e-19, 1e-38, 1e-45, -0.0];
    let size = match rng.next_u32() % 16 {
        end @ 0..10 => ENDS[end as usize],
        _ => f32::from_bits(rng.next_u32() % f32::INFINITY.to_bits()),
    };
    if rng.next_u32().is_multiple_of(2) { -size } else { size }
}

/// A sound file with some of its parameters changed, and the checksum that it should have.
fn changed(sound: &[u8], rng: &mut impl Rng) -> ModelBytes {
    let mut bytes = sound.to_vec();
    let words = ModelFile::parse(ModelBytes::new(sound).as_bytes()).unwrap().parameters().len() / 4;
    let end = bytes.len() - 4;
    for _ in 0..1 + rng.next_u32() % 8 {
        let at = end - 4 * (1 + rng.next_u32() as usize % words);
        bytes[at..at + 4].copy_from_slice(&any(rng).to_le_bytes());
    }
    let sum = checksum(&bytes[..end]);
    bytes[end..].copy_from_slice(&sum.to_le_bytes());
    ModelBytes::new(&bytes)
}

/// Frames about `like`, some of whose numbers are anything.
fn frames(like: &[Vec<f32>], rng: &mut impl Rng) -> Vec<Vec<f32>> {
    let mut frames: Vec<Vec<f32>> = like.iter().cycle().take(LANES).cloned().collect();
    for frame in frames.iter_mut().skip(3) {
        for _ in 0..rng.next_u32() % 3 {
            let at = rng.next_u32() as usize % frame.len();
            frame[at] = any(rng);
        }
    }
    frames
}

fn lanes(frames: &[Vec<f32>]) -> [&[f32]; LANES] {
    std::array::from_fn(|l| frames[l].as_slice())
}

/// Every way of the host to score these frames gives the same; how many have a score.
fn compare(engine: &dyn Engine, frames: &[Vec<f32>], samples: u32, what: &str) -> usize {
    let together = engine.log_densities(lanes(frames), samples).map(bits_of);
    let mut scored = 0;
    for (l, frame) in frames.iter().enumerate() {
        let alone = bits_of(engine.log_density(frame, samples));
        assert_eq!(together[l], alone, "{what}: frame {l} of many, {samples} samples, {frame:?}");
        let mut terms = vec![0.0; frame.len()];
        let explained = engine.explain_until(frame, samples, &mut terms, |_, _| false);
        assert_eq!(bits_of(explained), alone, "{what}: frame {l} in blocks, {samples} samples, {frame:?}");
        scored += usize::from(alone.is_ok());
    }
    let same = engine.log_densities([&frames[0]; LANES], samples).map(bits_of);
    assert!(same.iter().all(|score| *score == together[0]), "{what}: {LANES} times the same frame");
    scored
}

/// Changes a file again and again; what loads is compared.
fn attack(
    sound: &[u8],
    like: &[Vec<f32>],
    seed: u64,
    what: &str,
    device: impl Fn(&ModelBytes, &[f32]) -> Option<Answer>,
) {
    let mut rng = generator(seed);
    let (mut loaded, mut scored) = (0, 0);
    for round in 0..ROUNDS {
        let bytes = changed(sound, &mut rng);
        let Ok(model) = bytes.open() else { continue };
        loaded += 1;
        let frames = frames(like, &mut rng);
        let samples = SAMPLES[round % SAMPLES.len()];
        scored += compare(&*model.engine, &frames, samples, what);
        for frame in &frames {
            let Some(by_type) = device(&bytes, frame) else { break };
            let by_host = bits_of(model.engine.log_density(frame, BY_TYPE));
            assert_eq!(by_type, by_host, "{what}: by the type, {frame:?}");
        }
    }
    println!("{what}: {loaded} of {ROUNDS} load, {scored} frames have a score");
    assert!(loaded > ROUNDS / 20 && scored > 0, "{what}: {loaded} {scored}");
}

fn of_no_type(_: &ModelBytes, _: &[f32]) -> Option<Answer> {
    None
}

#[test]
fn networks_of_every_kind() {
    for (i, model) in models().iter().enumerate() {
        let what = format!("{:?}, {:?}", model.architecture.likelihood, model.architecture.latent);
        attack(&model.encode(), &model.frames(LANES, 3), i as u64, &what, of_no_type);
    }
}

#[test]
fn devices_and_integer_weights() {
    let recorded: Vec<_> = elbow_firmware::demo::frames().map(|frame| frame.to_vec()).collect();
    attack(MODELS[0], &recorded, 1, "demo", |bytes, frame| {
        let model = Demo::from_bytes(bytes.as_bytes()).unwrap();
        Some(bits_of(model.log_density(frame.try_into().unwrap(), BY_TYPE)))
    });
    attack(MODELS[5], &recorded, 2, "int8x8", of_no_type);
    attack(MODELS[6], &recorded, 3, "int8 on a sphere", of_no_type);
}

#[test]
fn mixtures() {
    let like: Vec<_> = elbow_firmware::mixture::frames().map(|frame| frame.to_vec()).collect();
    attack(MODELS[8], &like, 4, "mixture", |bytes, frame| {
        let model = Mixture::from_bytes(bytes.as_bytes()).unwrap();
        let frame = frame.try_into().unwrap();
        Some(bits_of(model.log_density_until(frame, BY_TYPE, |_, _| false)))
    });
}

/// The third of three components overflows to no number at all: so does the score, however many rows
/// there are.
#[test]
fn one_is_not_many() {
    let bytes = ModelBytes::new(include_bytes!("fixtures/one-is-not-many.elbow"));
    let model = bytes.open().unwrap();
    let frame = vec![3.4e38, -3.4e38, 1e-45, 0.0, 1.0];
    assert_eq!(compare(&*model.engine, &vec![frame; LANES], 1, "a mixture"), 0);
}
