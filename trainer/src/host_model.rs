//! A model file on the host: the engine of `core`, with sizes read from the file.
//!
//! Nothing is computed here. [`Dynamic`] gives the engine memory of run-time size, [`Chain`] a run-time number of
//! layers; every formula, and so every bit of a score, is the device's.

mod memory;
mod wide;

pub use memory::{Buffer, Dynamic};

use elbow::architecture::{
    Activation, Architecture, ConcentrationKind, FeaturesKind, Hidden, LatentKind, LikelihoodKind,
};
use elbow::features::{Binary, Features, LogStandardize, Standardize};
use elbow::format::{ALIGNMENT, Metadata, ModelFile, Sections};
use elbow::latent::{
    FixedConcentration, GaussianHead, Head, LearnedConcentration, PointHead, Posterior, TabledConcentration,
    VmfHead,
};
use elbow::layer::{DenseLayer, Layer};
use elbow::likelihood::{Bernoulli, Gaussian, GaussianPerOutput, Likelihood};
use elbow::{Elbo, FrameError, Identity, LoadError, Score, Vae};
use std::path::Path;

use self::wide::Wide;
use crate::error::Error;
use crate::net::simd::wide;

/// Samples or frames side by side on a host: one AVX-512 register, two of AVX.
pub const LANES: usize = 16;

type Dense<'a> = DenseLayer<'a, Dynamic, Dynamic, Activation>;
type Linear<'a> = DenseLayer<'a, Dynamic, Dynamic, Identity>;

/// Hidden layers one after another; none at all hands its input on.
#[derive(Clone, Debug)]
pub struct Chain<'a> {
    layers: Vec<Dense<'a>>,
    outputs: usize,
}

impl<'a> Chain<'a> {
    fn read(sections: &mut Sections<'a>, inputs: u32, layers: &[Hidden]) -> Result<Self, LoadError> {
        let mut width = inputs;
        let layers = layers.iter().map(|layer| {
            let inputs = std::mem::replace(&mut width, layer.width);
            DenseLayer::read(sections, inputs as usize, layer.width as usize, layer.activation)
        });
        let layers = layers.collect::<Result<Vec<_>, _>>()?;
        Ok(Chain { layers, outputs: width as usize })
    }
}

impl Layer for Chain<'_> {
    type In = Dynamic;
    type Out = Dynamic;

    fn outputs(&self) -> usize {
        self.outputs
    }

    fn forward<const L: usize>(&self, x: &[[f32; L]]) -> Buffer<[f32; L]> {
        let Some((first, rest)) = self.layers.split_first() else { return Buffer::of(x) };
        wide(
            #[inline(always)]
            || {
                let mut h = first.forward(x);
                for layer in rest {
                    h = layer.forward(h.as_ref());
                }
                h
            },
        )
    }
}

/// What a posterior says of one frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoding {
    /// the most likely latent
    pub mode: Vec<f32>,
    /// `KL(q(z|x) ‖ p(z))`, in nats
    pub kl: f32,
}

/// What the host asks of a model, whatever its parts.
pub trait Engine: Send + Sync + std::fmt::Debug {
    /// [`Vae::log_density`].
    ///
    /// # Errors
    /// As there.
    fn log_density(&self, frame: &[f32], samples: u32) -> Result<Score, FrameError>;
    /// [`Vae::log_densities`]: [`log_density`](Self::log_density) of each frame, faster than one by one.
    ///
    /// # Errors
    /// As there, each frame its own.
    fn log_densities(&self, frames: [&[f32]; LANES], samples: u32) -> [Result<Score, FrameError>; LANES];
    /// [`Vae::elbo`].
    ///
    /// # Errors
    /// As there.
    fn elbo(&self, frame: &[f32], samples: u32) -> Result<Elbo, FrameError>;
    /// [`Vae::encode`].
    ///
    /// # Errors
    /// As there.
    fn encode(&self, frame: &[f32]) -> Result<Encoding, FrameError>;
    /// [`Vae::reconstruct`].
    ///
    /// # Errors
    /// As there.
    fn reconstruct(&self, frame: &[f32]) -> Result<Vec<f32>, FrameError>;
    /// The log weights of the default noise, in nats.
    ///
    /// # Errors
    /// As [`Vae::log_density`].
    fn log_weights(&self, frame: &[f32], samples: u32) -> Result<Vec<f32>, FrameError>;
}

impl<F, E, H, D, L> Engine for Vae<F, E, H, D, L>
where
    F: Features<Shape = Dynamic> + Send + Sync + std::fmt::Debug,
    E: Layer<In = Dynamic, Out = Dynamic> + Send + Sync + std::fmt::Debug,
    H: Head<In = Dynamic, Latent = Dynamic> + Send + Sync + std::fmt::Debug,
    D: Layer<In = Dynamic, Out = Dynamic> + Send + Sync + std::fmt::Debug,
    L: Likelihood<In = Dynamic, Out = Dynamic> + Send + Sync + std::fmt::Debug,
{
    fn log_density(&self, frame: &[f32], samples: u32) -> Result<Score, FrameError> {
        wide(
            #[inline(always)]
            || self.log_density_lanes::<LANES, _>(frame, samples, &mut self.noise()),
        )
    }

    fn log_densities(&self, frames: [&[f32]; LANES], samples: u32) -> [Result<Score, FrameError>; LANES] {
        wide(
            #[inline(always)]
            || self.log_densities(frames, samples),
        )
    }

    fn elbo(&self, frame: &[f32], samples: u32) -> Result<Elbo, FrameError> {
        self.elbo(frame, samples)
    }

    fn encode(&self, frame: &[f32]) -> Result<Encoding, FrameError> {
        let posterior = self.encode(frame)?;
        Ok(Encoding { mode: posterior.mode().to_vec(), kl: posterior.kl() })
    }

    fn reconstruct(&self, frame: &[f32]) -> Result<Vec<f32>, FrameError> {
        Ok(self.reconstruct(frame)?.as_ref().to_vec())
    }

    fn log_weights(&self, frame: &[f32], samples: u32) -> Result<Vec<f32>, FrameError> {
        let mut weights = Vec::with_capacity(samples as usize);
        let mut noise = self.noise();
        self.for_each_log_weight::<LANES, _>(frame, samples, &mut noise, |weight| weights.push(weight))?;
        Ok(weights)
    }
}

/// The bytes of a model file, aligned so that its weights can be used in place.
#[derive(Clone, Debug)]
pub struct ModelBytes {
    blocks: Vec<u128>,
    len: usize,
}

const _: () = assert!(align_of::<u128>() == ALIGNMENT);

impl ModelBytes {
    /// Copies the bytes to an aligned place.
    pub fn new(bytes: &[u8]) -> Self {
        let mut blocks = vec![0_u128; bytes.len().div_ceil(ALIGNMENT)];
        bytemuck::cast_slice_mut(&mut blocks)[..bytes.len()].copy_from_slice(bytes);
        ModelBytes { blocks, len: bytes.len() }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be read.
    pub fn read(path: &Path) -> Result<Self, Error> {
        Ok(Self::new(&std::fs::read(path).map_err(Error::io("read", path))?))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &bytemuck::cast_slice(&self.blocks)[..self.len]
    }

    /// Verifies the bytes and puts the model together.
    ///
    /// # Errors
    /// A [`LoadError`] for everything that can be wrong with them.
    pub fn open(&self) -> Result<HostModel<'_>, LoadError> {
        let file = ModelFile::parse(self.as_bytes())?;
        let metadata = file.metadata()?;
        let found = file.fingerprint;
        if !metadata.architecture.is_sound() {
            return Err(LoadError::Malformed);
        }
        if metadata.architecture.fingerprint() != found {
            return Err(LoadError::WrongShape { expected: metadata.architecture.fingerprint(), found });
        }
        let mut sections = file.sections();
        let engine = build(&metadata.architecture, &mut sections)?;
        sections.finish()?;
        Ok(HostModel { metadata, engine, parameter_bytes: file.parameter_bytes() })
    }
}

/// A loaded model.
#[derive(Debug)]
pub struct HostModel<'a> {
    /// what the file says of itself
    pub metadata: Metadata<'a>,
    /// the engine
    pub engine: Box<dyn Engine + 'a>,
    /// bytes of parameters
    pub parameter_bytes: usize,
}

/// Takes the parts in the order of the file; the choice of types is the only thing made here.
fn build<'a>(shape: &Architecture, sections: &mut Sections<'a>) -> Result<Box<dyn Engine + 'a>, LoadError> {
    let dims = shape.features as usize;
    match shape.preprocessing {
        FeaturesKind::Binary => with_features(shape, Binary::<Dynamic>::new(dims), sections),
        FeaturesKind::Standardize => {
            let features = Standardize::<Dynamic>::read(sections, dims)?;
            with_features(shape, features, sections)
        }
        FeaturesKind::LogStandardize => {
            let features = LogStandardize::<Dynamic>::read(sections, dims)?;
            with_features(shape, features, sections)
        }
    }
}

fn with_features<'a, F>(
    shape: &Architecture,
    features: F,
    sections: &mut Sections<'a>,
) -> Result<Box<dyn Engine + 'a>, LoadError>
where
    F: Features<Shape = Dynamic> + Send + Sync + std::fmt::Debug + 'a,
{
    let encoder = Chain::read(sections, shape.features, &shape.encoder)?;
    match shape.latent {
        LatentKind::Gaussian { dim } => {
            let mut linear = || linear(sections, shape.encoder_width(), dim);
            let head = GaussianHead::new(linear()?, linear()?);
            with_head(shape, features, encoder, head, sections)
        }
        LatentKind::VonMisesFisher { dim, concentration } => {
            let mean = linear(sections, shape.encoder_width(), dim)?;
            match concentration {
                ConcentrationKind::Learned => {
                    let kappa = LearnedConcentration::new(linear(sections, shape.encoder_width(), 1)?);
                    with_head(shape, features, encoder, VmfHead::new(mean, kappa), sections)
                }
                ConcentrationKind::Fixed { .. } => {
                    let kappa = FixedConcentration::read(sections, dim as usize)?;
                    with_head(shape, features, encoder, VmfHead::new(mean, kappa), sections)
                }
                ConcentrationKind::Tabled { .. } => {
                    let kappa = TabledConcentration::read(sections, dim as usize)?;
                    with_head(shape, features, encoder, VmfHead::new(mean, kappa), sections)
                }
            }
        }
        LatentKind::Point { dim, activation } => {
            let head = PointHead::new(dense(sections, shape.encoder_width(), dim, activation)?);
            with_head(shape, features, encoder, head, sections)
        }
    }
}

fn with_head<'a, F, H>(
    shape: &Architecture,
    features: F,
    encoder: Chain<'a>,
    head: H,
    sections: &mut Sections<'a>,
) -> Result<Box<dyn Engine + 'a>, LoadError>
where
    F: Features<Shape = Dynamic> + Send + Sync + std::fmt::Debug + 'a,
    H: Head<In = Dynamic, Latent = Dynamic> + Send + Sync + std::fmt::Debug + 'a,
{
    let head = Wide(head);
    let decoder = Chain::read(sections, shape.latent_dims(), &shape.decoder)?;
    let output = linear(sections, shape.decoder_width(), shape.features)?;
    match shape.likelihood {
        LikelihoodKind::Bernoulli => {
            Ok(Box::new(Vae::new(features, encoder, head, decoder, Wide(Bernoulli::new(output)))))
        }
        LikelihoodKind::Gaussian => {
            let likelihood = Wide(Gaussian::read(output, sections)?);
            Ok(Box::new(Vae::new(features, encoder, head, decoder, likelihood)))
        }
        LikelihoodKind::GaussianPerOutput => {
            let log_scale = linear(sections, shape.decoder_width(), shape.features)?;
            let likelihood = Wide(GaussianPerOutput::new(output, log_scale));
            Ok(Box::new(Vae::new(features, encoder, head, decoder, likelihood)))
        }
    }
}

fn linear<'a>(sections: &mut Sections<'a>, inputs: u32, outputs: u32) -> Result<Linear<'a>, LoadError> {
    DenseLayer::read(sections, inputs as usize, outputs as usize, Identity)
}

fn dense<'a>(
    sections: &mut Sections<'a>,
    inputs: u32,
    outputs: u32,
    activation: Activation,
) -> Result<Dense<'a>, LoadError> {
    DenseLayer::read(sections, inputs as usize, outputs as usize, activation)
}
