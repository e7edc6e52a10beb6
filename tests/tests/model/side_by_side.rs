//! Frames side by side, in registers of any width: the bits of one frame on its own.

use elbow::architecture::{ConcentrationKind, LatentKind, LikelihoodKind};
use elbow::{Dense, FrameError, Gaussian, GaussianHead, Score, Standardize, Tanh, Vae};
use elbow_host::model::{LANES, ModelBytes};
use elbow_tests::models::{Model, architecture, categories};

fn bits_of(score: &Result<Score, FrameError>) -> Result<[u32; 3], FrameError> {
    score.map(|score| {
        [score.log_density.0, score.effective_sample_size, score.standard_error].map(f32::to_bits)
    })
}

fn lanes(frames: &[Vec<f32>]) -> [&[f32]; LANES] {
    std::array::from_fn(|l| frames[l].as_slice())
}

/// Every likelihood and head, with widths that are no multiple of a tile.
pub(crate) fn models() -> Vec<Model> {
    let gaussian = LatentKind::Gaussian { dim: 3 };
    let mixture = LatentKind::GaussianMixture { dim: 3, components: 9 };
    let sphere = |concentration| LatentKind::VonMisesFisher { dim: 3, concentration };
    let kinds = [
        (LikelihoodKind::Gaussian, gaussian),
        (LikelihoodKind::GaussianPerOutput, gaussian),
        (LikelihoodKind::Bernoulli, gaussian),
        (LikelihoodKind::DiscretizedLogistic, gaussian),
        (LikelihoodKind::StudentT, gaussian),
        (LikelihoodKind::BetaBinomial { most: 9 }, gaussian),
        (LikelihoodKind::NegativeBinomial, gaussian),
        (LikelihoodKind::VonMises { angles: 4 }, gaussian),
        (LikelihoodKind::Gaussian, mixture),
        (categories(13), gaussian),
        (LikelihoodKind::Gaussian, sphere(ConcentrationKind::Learned)),
        (LikelihoodKind::Gaussian, sphere(ConcentrationKind::Fixed { kappa: 5.0 })),
        (LikelihoodKind::Bernoulli, sphere(ConcentrationKind::Tabled { kappa: 5.0 })),
    ];
    let model = |(likelihood, latent)| {
        let mut shape = architecture(13, &[17, 9], 3, &[9, 17], likelihood);
        shape.latent = latent;
        Model::random(shape, 5)
    };
    kinds.into_iter().map(model).collect()
}

#[test]
fn neighbours_do_not_matter() {
    for model in models() {
        let bytes = ModelBytes::new(&model.encode());
        let engine = bytes.open().unwrap().engine;
        let frames = model.frames(LANES, 3);
        for samples in [1, 3, 16, 37] {
            let together = engine.log_densities(lanes(&frames), samples);
            for (frame, score) in frames.iter().zip(together) {
                assert!(score.is_ok());
                assert_eq!(bits_of(&score), bits_of(&engine.log_density(frame, samples)));
            }
        }
    }
}

#[test]
fn a_refused_frame_leaves_the_others_alone() {
    for model in models() {
        let bytes = ModelBytes::new(&model.encode());
        let engine = bytes.open().unwrap().engine;
        let mut frames = model.frames(LANES, 3);
        let alone: Vec<_> = frames.iter().map(|frame| engine.log_density(frame, 5)).collect();
        frames[2][7] = f32::NAN;
        frames[3][0] = f32::NEG_INFINITY;
        frames[11].pop();
        let together = engine.log_densities(lanes(&frames), 5);
        assert_eq!(together[2], Err(FrameError::NonFinite { index: 7 }));
        assert_eq!(together[3], Err(FrameError::NonFinite { index: 0 }));
        assert_eq!(together[11], Err(FrameError::WrongLength { expected: 13, found: 12 }));
        for l in (0..LANES).filter(|l| ![2, 3, 11].contains(l)) {
            assert_eq!(bits_of(&together[l]), bits_of(&alone[l]));
        }
        assert_eq!(engine.log_densities(lanes(&frames), 0), [Err(FrameError::NoSamples); LANES]);
    }
}

type Typed<'a> = Vae<(
    Standardize<'a, 13>,
    (Dense<'a, 13, 17, Tanh>, Dense<'a, 17, 9, Tanh>),
    GaussianHead<Dense<'a, 9, 3>, Dense<'a, 9, 3>>,
    (Dense<'a, 3, 9, Tanh>, Dense<'a, 9, 17, Tanh>),
    Gaussian<'a, Dense<'a, 17, 13>>,
)>;

/// The engine compiled for vector instructions that fuse multiplication and addition must not use that.
#[test]
#[cfg(target_arch = "x86_64")]
fn registers_of_any_width_give_the_same_bits() {
    let model = &models()[0];
    let bytes = ModelBytes::new(&model.encode());
    let typed = Typed::from_bytes(bytes.as_bytes()).unwrap();
    let frames = model.frames(LANES, 4);
    let frames: [&[f32; 13]; LANES] = std::array::from_fn(|l| frames[l].as_slice().try_into().unwrap());
    let (v3, v4) = (pulp::x86::V3::try_new(), pulp::x86::V4::try_new());
    println!("AVX2: {}, AVX-512: {}", v3.is_some(), v4.is_some());
    for samples in [1, 21] {
        let together = || typed.log_densities(frames, samples).map(|score| bits_of(&score));
        let baseline = together();
        assert!(v3.is_none_or(|v3| v3.vectorize(together) == baseline));
        assert!(v4.is_none_or(|v4| v4.vectorize(together) == baseline));
        for (frame, score) in frames.into_iter().zip(baseline) {
            let alone = || bits_of(&typed.log_density_lanes::<16, _>(frame, samples, &mut typed.noise()));
            assert_eq!(bits_of(&typed.log_density(frame, samples)), score);
            assert!(alone() == score);
            assert!(v3.is_none_or(|v3| v3.vectorize(alone) == score));
            assert!(v4.is_none_or(|v4| v4.vectorize(alone) == score));
        }
    }
}
