//! Files of several models in the run-time shape, and frames with gaps: the host's bits.

use crate::bounded::{bits, bits_of, check_latents, written};
use crate::side_by_side;
use elbow::bounded::BoundedMembers;
use elbow::format::ModelFile;
use elbow::{Bounded, BoundedEnsemble, Calibrated, Density as _, Explain as _, FrameError, LoadError};
use elbow_host::file::parts::FileParts;
use elbow_host::model::{HostModel, ModelBytes};
use elbow_tests::hostile::MODELS;
use elbow_tests::models::Model;

/// Scores, causes, latents, reconstructions and verdicts, in exactly as much scratch as is asked for.
fn check<const GAPS: bool>(bytes: &ModelBytes, frames: &[Vec<f32>]) {
    let host = if GAPS { bytes.open_with_gaps() } else { bytes.open() }.unwrap();
    let file = ModelFile::parse(bytes.as_bytes()).unwrap();
    let lengths = BoundedMembers::<3, GAPS>::scratch_len(&file).unwrap();
    let [mut for_scores, mut for_causes] = lengths.map(|numbers| vec![f32::NAN; numbers]);
    let model = BoundedMembers::<3, GAPS>::new(&file, &mut for_scores).unwrap();
    let explained = BoundedMembers::<3, GAPS>::new(&file, &mut for_causes).unwrap();
    assert_eq!(model.members(), host.members as usize);
    for frame in frames {
        assert!(model.log_density(frame, 0).is_err());
        for samples in [1, 6] {
            let expected = host.engine.log_density(frame, samples);
            assert_eq!(bits(model.log_density(frame, samples)), bits(expected), "{frame:?}");
            assert_eq!(
                expected.map(|score| score.dims),
                model.log_density(frame, samples).map(|score| score.dims)
            );
            let [mut ours, mut theirs] = [(); 2].map(|()| vec![0.0_f32; frame.len()]);
            let score = explained.explain_until(frame, samples, &mut ours, |_, _| false);
            let expected = host.engine.explain_until(frame, samples, &mut theirs, |_, _| false);
            assert_eq!(bits(score), bits(expected));
            if score.is_ok() {
                assert_eq!(bits_of(&ours), bits_of(&theirs));
            }
        }
        assert_eq!(model.missing(frame), host.engine.missing(frame));
        let expected = host.engine.reconstruct(frame).map(|mean| bits_of(&mean));
        assert_eq!(written(model.dims(), |to| model.reconstruct(frame, to)), expected);
        let members = host.members as usize;
        for member in 0..members {
            let of_member = host.engine.member(member).unwrap_or(&*host.engine);
            let dims = [model.dims(), model.latent_dims()];
            let encode = |x: &[f32], z: &mut [f32]| model.encode(member, x, z);
            let decode = |z: &[f32], x: &mut [f32]| model.decode(member, z, x);
            check_latents(of_member, frame, dims, encode, decode);
        }
        let none = Err(FrameError::NoMember);
        let found = (model.encode(members, frame, &mut []), model.decode(members, &[], &mut []));
        assert_eq!(found, (none, none));
    }
    let (Some(calibration), Some(theirs)) = (host.extras.calibration, host.calibrated()) else { return };
    let ours = Calibrated::new(&model, calibration);
    for frame in frames {
        assert_eq!(ours.judge(frame), theirs.judge(frame));
        assert_eq!(ours.judge_in_full(frame), theirs.judge_in_full(frame));
    }
}

/// Frames as they are, and some of their numbers missing; one that lacks all, one with a number that is none,
/// and one too long.
fn with_gaps(frames: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let without = |gone: fn(usize) -> bool| {
        let hide = move |(i, x): (usize, &f32)| if gone(i) { f32::NAN } else { *x };
        frames.iter().map(move |frame| frame.iter().enumerate().map(hide).collect::<Vec<f32>>())
    };
    let mut all = frames.to_vec();
    all.extend(without(|i| i == 1).chain(without(|i| i % 3 != 0)).chain(without(|i| i > 0)));
    all.extend(without(|_| true).take(1));
    let mut odd = frames[0].clone();
    odd[0] = f32::INFINITY;
    let mut long = frames[0].clone();
    long.push(f32::NAN);
    all.extend([odd, long]);
    all
}

/// As a frame with a gap is an error, and as one that is scored.
fn check_all(bytes: &ModelBytes, frames: &[Vec<f32>]) {
    let frames = with_gaps(frames);
    check::<false>(bytes, &frames);
    check::<true>(bytes, &frames);
}

/// Several models of one shape as an ensemble.
fn together(models: &[ModelBytes]) -> ModelBytes {
    let models: Vec<HostModel<'_>> = models.iter().map(|bytes| bytes.open().unwrap()).collect();
    let parameters: Vec<u8> = models.iter().flat_map(|model| model.parameters).copied().collect();
    let parts = FileParts::new(&models[0].metadata, &parameters);
    ModelBytes::new(&FileParts { members: models.len() as u32, ..parts }.encode().unwrap())
}

#[test]
fn networks_of_every_kind_have_their_bits() {
    for shape in side_by_side::models().into_iter().map(|model| model.architecture) {
        let models = [3, 4, 5].map(|seed| Model::random(shape.clone(), seed));
        let bytes = models.each_ref().map(|model| ModelBytes::new(&model.encode()));
        let frames = models[0].frames(3, 3);
        check_all(&together(&bytes), &frames);
        check_all(&bytes[1], &frames);
    }
}

#[test]
fn committed_models_have_their_bits() {
    for bytes in MODELS.iter().map(|bytes| ModelBytes::new(bytes)) {
        let dims = bytes.open().unwrap().metadata.architecture.features as usize;
        let frames = [0.0, 1.0, 2.0].map(|x| (0..dims).map(|i| f32::min(x, i as f32)).collect());
        check_all(&together(&[bytes.clone(), bytes.clone()]), &frames);
        check_all(&bytes, &frames);
    }
}

#[test]
fn too_many_members_are_refused() {
    let bytes = together(&[ModelBytes::new(MODELS[0]), ModelBytes::new(MODELS[0])]);
    let file = ModelFile::parse(bytes.as_bytes()).unwrap();
    let refused = Some(LoadError::Ensemble { members: 2 });
    let mut scratch = vec![0.0; BoundedEnsemble::<2>::scratch_len(&file).unwrap()[0]];
    assert_eq!(BoundedEnsemble::<1>::new(&file, &mut scratch).err(), refused);
    assert_eq!(Bounded::new(&file, &mut scratch).err(), refused);
    assert!(BoundedEnsemble::<2>::new(&file, &mut scratch).is_ok());
    let (_, short) = scratch.split_first_mut().unwrap();
    let refused = BoundedEnsemble::<2>::new(&file, short).err();
    assert!(matches!(refused, Some(LoadError::ScratchTooShort { .. })), "{refused:?}");
}
