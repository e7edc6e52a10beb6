//! A model file on the host: the engine of `core`, with sizes read from the file.
//!
//! Nothing is computed here. [`Dynamic`] gives the engine memory of run-time size, `layers` a run-time number of
//! layers; every formula, and so every bit of a score, is the device's.

mod any;
mod any_head;
mod build;
mod ensemble;
mod extras;
mod judge;
mod layers;
mod logs;
mod memory;
mod mixture;
mod wide;

pub use extras::Extras;
pub use logs::LogError;
pub use memory::{Buffer, Dynamic};

use elbow::codec::{Predictor, VaePredictor};
use elbow::ensemble::{MAX_MEMBERS, fingerprint};
use elbow::features::Features;
use elbow::format::{ALIGNMENT, Metadata, ModelFile};
use elbow::latent::{Head, Posterior};
use elbow::{Elbo, Explain, FrameError, LoadError, Nats, Parts, Score, Vae};
use std::path::Path;

use self::build::build;
use self::ensemble::Together;
use crate::error::Error;
use crate::score::latent_use::HostPosterior;
use crate::simd::wide;

/// Frames side by side on a host: two AVX-512 registers, so that a weight is spread over a register for both.
pub const LANES: usize = 32;
/// Samples of one frame side by side: few are asked for more.
const SAMPLES: usize = 16;

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
    /// [`Explain::explain_until`]; without terms it is [`log_density_until`](elbow::Density::log_density_until). Unless it says otherwise a model has one block,
    /// and nothing to explain by.
    ///
    /// # Errors
    /// As there.
    fn explain_until(
        &self,
        frame: &[f32],
        samples: u32,
        terms: &mut [f32],
        is_enough: &mut dyn FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        let score = self.log_density(frame, samples)?;
        terms.fill(0.0);
        is_enough(&score, Nats(0.0));
        Ok(score)
    }
    /// [`Vae::reconstruct`], [`Mixture::reconstruct`](elbow::Mixture::reconstruct).
    ///
    /// # Errors
    /// As there.
    fn reconstruct(&self, frame: &[f32]) -> Result<Vec<f32>, FrameError>;
    /// The latent, where the model is a network with one.
    fn latent(&self) -> Option<&dyn LatentEngine>;
}

/// What the host asks of a model with a network, of its latent.
pub trait LatentEngine: Sync {
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
    /// [`Vae::encode`], for questions about q(z|x) itself.
    ///
    /// # Errors
    /// As there.
    fn posterior(&self, frame: &[f32]) -> Result<Box<dyn HostPosterior + '_>, FrameError>;
    /// The log weights of the default noise, in nats.
    ///
    /// # Errors
    /// As [`Vae::log_density`].
    fn log_weights(&self, frame: &[f32], samples: u32) -> Result<Vec<f32>, FrameError>;
    /// A window of integers to its latents, in steps: [`VaePredictor`]. `None` where there are none.
    fn find_latents(&self, units: Units<'_>, window: &[i32], latents: &mut [i32]) -> Option<()>;
    /// Latents, in steps, to a window of integers: [`VaePredictor`]. `None` where the model cannot.
    fn predict(&self, units: Units<'_>, latents: &[i32], window: &mut [i32]) -> Option<()>;
    /// The latents of the default noise, one after another.
    ///
    /// # Errors
    /// As [`Vae::encode`].
    fn latents(&self, frame: &[f32], samples: u32) -> Result<Vec<f32>, FrameError>;
}

/// Parts whose sizes are known at run time.
trait HostParts:
    Part
    + Parts<
        Features: Features<Shape = Dynamic> + Part,
        Encoder: Part,
        Head: Head<Latent = Dynamic, Posterior: HostPosterior> + Part,
        Decoder: Part,
        Likelihood: Part,
    >
{
}

impl<P> HostParts for P where
    P: Part
        + Parts<
            Features: Features<Shape = Dynamic> + Part,
            Encoder: Part,
            Head: Head<Latent = Dynamic, Posterior: HostPosterior> + Part,
            Decoder: Part,
            Likelihood: Part,
        >
{
}

/// What threads may share.
trait Part: Send + Sync + std::fmt::Debug {}

impl<T: Send + Sync + std::fmt::Debug> Part for T {}

impl<P: HostParts> Engine for Vae<P> {
    fn log_density(&self, frame: &[f32], samples: u32) -> Result<Score, FrameError> {
        wide(
            #[inline(always)]
            || self.log_density_lanes::<SAMPLES, _>(frame, samples, &mut self.noise()),
        )
    }

    fn log_densities(&self, frames: [&[f32]; LANES], samples: u32) -> [Result<Score, FrameError>; LANES] {
        wide(
            #[inline(always)]
            || self.log_densities(frames, samples),
        )
    }

    fn explain_until(
        &self,
        frame: &[f32],
        samples: u32,
        terms: &mut [f32],
        is_enough: &mut dyn FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        wide(
            #[inline(always)]
            || Explain::explain_until(self, frame, samples, terms, is_enough),
        )
    }

    fn reconstruct(&self, frame: &[f32]) -> Result<Vec<f32>, FrameError> {
        Ok(self.reconstruct(frame)?.as_ref().to_vec())
    }

    fn latent(&self) -> Option<&dyn LatentEngine> {
        Some(self)
    }
}

impl<P: HostParts> LatentEngine for Vae<P> {
    fn elbo(&self, frame: &[f32], samples: u32) -> Result<Elbo, FrameError> {
        self.elbo(frame, samples)
    }

    fn encode(&self, frame: &[f32]) -> Result<Encoding, FrameError> {
        let posterior = self.encode(frame)?;
        Ok(Encoding { mode: posterior.mode().to_vec(), kl: posterior.kl() })
    }

    fn posterior(&self, frame: &[f32]) -> Result<Box<dyn HostPosterior + '_>, FrameError> {
        Ok(Box::new(self.encode(frame)?))
    }

    fn log_weights(&self, frame: &[f32], samples: u32) -> Result<Vec<f32>, FrameError> {
        let mut weights = Vec::with_capacity(samples as usize);
        let mut noise = self.noise();
        self.for_each_log_weight::<SAMPLES, _>(frame, samples, &mut noise, |weight| weights.push(weight))?;
        Ok(weights)
    }

    fn latents(&self, frame: &[f32], samples: u32) -> Result<Vec<f32>, FrameError> {
        let (posterior, mut noise) = (self.encode(frame)?, self.noise());
        let mut latents = vec![0.0; samples as usize * self.latent_dims()];
        for z in latents.chunks_exact_mut(self.latent_dims()) {
            posterior.sample_log_ratio(&mut noise, z);
        }
        Ok(latents)
    }

    fn find_latents(&self, units: Units<'_>, window: &[i32], latents: &mut [i32]) -> Option<()> {
        VaePredictor::new(self, 0, units.resolution, units.latent_scales).ok()?.encode(window, latents)
    }

    fn predict(&self, units: Units<'_>, latents: &[i32], window: &mut [i32]) -> Option<()> {
        VaePredictor::new(self, 0, units.resolution, units.latent_scales).ok()?.decode(latents, window)
    }
}

/// In which units a codec's integers are.
#[derive(Clone, Copy, Debug)]
pub struct Units<'a> {
    /// the unit of each channel's integers
    pub resolution: &'a [f32],
    /// the scale of each latent's steps
    pub latent_scales: &'a [u8],
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
        let (metadata, members, found) = (file.metadata()?, file.members()?, file.fingerprint);
        if !metadata.architecture.is_sound() || !(1..=MAX_MEMBERS).contains(&members) {
            return Err(LoadError::Malformed);
        }
        let expected = fingerprint(members, metadata.architecture.fingerprint());
        if expected != found {
            return Err(LoadError::WrongShape { expected, found });
        }
        let mut sections = file.sections();
        let mut member = || build(&metadata.architecture, &mut sections);
        let engine = match members {
            1 => member()?,
            _ => Box::new(Together((0..members).map(|_| member()).collect::<Result<_, _>>()?)),
        };
        sections.finish()?;
        let extras = Extras::read(&metadata.architecture, file.extras())?;
        Ok(HostModel { metadata, members, engine, extras, parameters: file.parameters() })
    }
}

/// A loaded model.
#[derive(Debug)]
pub struct HostModel<'a> {
    /// what the file says of itself
    pub metadata: Metadata<'a>,
    /// models of that shape in the file: one, or as many as an ensemble has
    pub members: u32,
    /// the engine
    pub engine: Box<dyn Engine + 'a>,
    /// what alarms rest on and what packets are made of, if it was calibrated
    pub extras: Extras<'a>,
    /// the parameters' bytes
    pub parameters: &'a [u8],
}
