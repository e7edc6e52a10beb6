//! Models of the run-time shape: of every kind the host's bits, which are the device's.

use crate::side_by_side;
use elbow::architecture::{Activation, LatentKind, LikelihoodKind, WeightKind};
use elbow::format::ModelFile;
use elbow::{Bounded, Explain as _, FrameError, LoadError, Score};
use elbow_host::model::{Engine, HostModel, ModelBytes};
use elbow_reader::Dataset;
use elbow_tests::hostile::MODELS;
use elbow_tests::models::{Model, architecture};
use elbow_trainer::quantize::quantize;

pub(crate) fn bits(score: Result<Score, FrameError>) -> Result<[u32; 3], FrameError> {
    score.map(|score| {
        [score.log_density.0, score.effective_sample_size, score.standard_error].map(f32::to_bits)
    })
}

fn scratch(bytes: &ModelBytes, explained: usize) -> Vec<f32> {
    let file = ModelFile::parse(bytes.as_bytes()).unwrap();
    vec![f32::NAN; Bounded::scratch_len(&file).unwrap()[explained]]
}

pub(crate) fn bits_of(numbers: &[f32]) -> Vec<u32> {
    numbers.iter().map(|x| x.to_bits()).collect()
}

/// What was written, if it was; of what was refused nobody reads it.
pub(crate) fn written(
    dims: usize,
    write: impl FnOnce(&mut [f32]) -> Result<(), FrameError>,
) -> Result<Vec<u32>, FrameError> {
    let mut to = vec![f32::NAN; dims];
    write(&mut to).map(|()| bits_of(&to))
}

/// The ways into a latent and out of it: of a frame, and of what is none.
pub(crate) fn check_latents(
    host: &dyn Engine,
    frame: &[f32],
    dims: [usize; 2],
    encode: impl Fn(&[f32], &mut [f32]) -> Result<(), FrameError>,
    decode: impl Fn(&[f32], &mut [f32]) -> Result<(), FrameError>,
) {
    let [dims, latents] = dims;
    let encoded = written(latents, |z| encode(frame, z));
    let Some(latent) = host.latent() else {
        assert_eq!((latents, encoded), (0, Err(FrameError::NoLatent)));
        assert_eq!(decode(&[], &mut vec![0.0; dims]), Err(FrameError::NoLatent));
        return;
    };
    assert_eq!(encoded, latent.encode(frame).map(|encoding| bits_of(&encoding.mode)));
    let far: Vec<f32> = (0..latents).map(|i| 3.0 - i as f32).collect();
    let spoilt: Vec<f32> = far.iter().map(|z| z / 0.0).collect();
    for z in [&far, &spoilt, &vec![0.5; latents + 1]] {
        let expected = latent.decode(z).map(|frame| bits_of(&frame));
        assert_eq!(written(dims, |frame| decode(z, frame)), expected);
    }
    let wrong = FrameError::WrongLength { expected: dims, found: dims + 1 };
    assert_eq!(decode(&far, &mut vec![0.0; dims + 1]), Err(wrong));
    if encode(frame, &mut vec![0.0; latents]).is_ok() {
        let wrong = FrameError::WrongLength { expected: latents, found: latents + 1 };
        assert_eq!(encode(frame, &mut vec![0.0; latents + 1]), Err(wrong));
    }
}

/// Scores, verdicts and causes, in exactly as much scratch as is asked for.
fn check(bytes: &ModelBytes, frames: &[Vec<f32>]) {
    let host: HostModel<'_> = bytes.open().unwrap();
    let (mut for_scores, mut for_causes) = (scratch(bytes, 0), scratch(bytes, 1));
    let model = Bounded::from_bytes(bytes.as_bytes(), &mut for_scores).unwrap();
    let explained = Bounded::from_bytes(bytes.as_bytes(), &mut for_causes).unwrap();
    for frame in frames {
        for samples in [0, 1, 3, 4, 21] {
            let expected = host.engine.log_density(frame, samples);
            assert_eq!(bits(model.log_density(frame, samples)), bits(expected));
            let [mut ours, mut theirs] = [(); 2].map(|()| vec![0.0_f32; frame.len()]);
            let score = explained.explain_until(frame, samples, &mut ours, |_, _| false);
            let expected = host.engine.explain_until(frame, samples, &mut theirs, |_, _| false);
            assert_eq!(bits(score), bits(expected));
            assert_eq!(bits_of(&ours), bits_of(&theirs));
        }
        let expected = host.engine.reconstruct(frame).map(|mean| bits_of(&mean));
        assert_eq!(written(frame.len(), |to| model.reconstruct(frame, to)), expected);
        let dims = [model.dims(), model.latent_dims()];
        let (encode, decode) =
            (|x: &[f32], z: &mut _| model.encode(x, z), |z: &[f32], x: &mut _| model.decode(z, x));
        check_latents(&*host.engine, frame, dims, encode, decode);
    }
    let Some(judge) = host.calibrated() else { return };
    let mut again = scratch(bytes, 0);
    let bounded = Bounded::calibrated(bytes.as_bytes(), &mut again).unwrap();
    for frame in frames {
        assert_eq!(bounded.judge(frame), judge.judge(frame));
        assert_eq!(bounded.judge_in_full(frame), judge.judge_in_full(frame));
    }
}

#[test]
fn every_likelihood_and_latent_has_its_bits() {
    let mut models = side_by_side::models();
    for activation in [Activation::Identity, Activation::Silu] {
        let mut shape = architecture(13, &[17], 3, &[9], LikelihoodKind::Gaussian);
        shape.latent = LatentKind::Point { dim: 3, activation };
        models.push(Model::random(shape, 5));
    }
    // no hidden layer at all, and a latent wider than all else
    models.push(Model::random(architecture(5, &[], 3, &[], LikelihoodKind::GaussianPerOutput), 5));
    models.push(Model::random(architecture(3, &[4], 70, &[4], LikelihoodKind::StudentT), 5));
    for model in models {
        check(&ModelBytes::new(&model.encode()), &model.frames(6, 3));
    }
}

#[test]
fn weights_of_eight_bits_have_their_bits() {
    let shapes = [
        architecture(20, &[19, 8], 3, &[17, 8], LikelihoodKind::Gaussian),
        architecture(17, &[8], 2, &[8, 8], LikelihoodKind::Bernoulli),
        architecture(13, &[17, 9], 3, &[9, 17], LikelihoodKind::StudentT),
        architecture(13, &[17, 9], 3, &[9, 17], elbow_tests::models::categories(13)),
        architecture(13, &[17, 9], 3, &[9, 17], LikelihoodKind::VonMises { angles: 4 }),
    ];
    for (shape, weights) in shapes
        .into_iter()
        .flat_map(|shape| [WeightKind::Int8, WeightKind::Int8x8].map(|w| (shape.clone(), w)))
    {
        let model = Model::random(shape, 1);
        let bytes = ModelBytes::new(&model.encode());
        let data = Dataset::of("frames", model.frames(200, 9).concat(), model.layout.features);
        let small = quantize(&bytes.open().unwrap(), &bytes, "small", weights, Some(&data)).unwrap();
        check(&small, &model.frames(6, 3));
    }
}

#[test]
fn committed_models_have_their_bits() {
    for bytes in MODELS.iter().map(|bytes| ModelBytes::new(bytes)) {
        let dims = bytes.open().unwrap().metadata.architecture.features as usize;
        let number = |row: usize, i: usize| ((row * 31 + i * 7) % 5) as f32;
        // of some models a part of the frames is impossible: the error is then the same
        let frames: Vec<Vec<f32>> =
            (0..6).map(|row| (0..dims).map(|i| number(row, i).min(row as f32)).collect()).collect();
        check(&bytes, &frames);
    }
}

#[test]
fn memory_that_is_too_short_is_refused() {
    let bytes = ModelBytes::new(MODELS[0]);
    let (mut short, mut enough) = (scratch(&bytes, 0), scratch(&bytes, 0));
    let needed = short.len();
    short.pop();
    let refused = Bounded::from_bytes(bytes.as_bytes(), &mut short).map(|_| ()).unwrap_err();
    assert_eq!(refused, LoadError::ScratchTooShort { needed, found: needed - 1 });
    let model = Bounded::from_bytes(bytes.as_bytes(), &mut enough).unwrap();
    let frame = vec![1.0; model.dims()];
    let explained = model.explain_until(&frame, 4, &mut vec![0.0; frame.len()], |_, _| false);
    assert!(matches!(explained, Err(FrameError::NoMemory { found, .. }) if found == needed));
    let mut inner = Ok(());
    let score = model.log_density(&frame, 4);
    let outer = elbow::Density::log_density_until(&model, &frame, 4, |_, _| {
        inner = model.log_density(&frame, 4).map(|_| ());
        false
    });
    assert!(matches!(inner, Err(FrameError::NoMemory { found: 0, .. })));
    assert_eq!(bits(outer), bits(score));
    assert_eq!(
        model.log_density(&frame[1..], 4),
        Err(FrameError::WrongLength { expected: frame.len(), found: frame.len() - 1 })
    );
}
