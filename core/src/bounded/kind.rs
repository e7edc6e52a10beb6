//! What a file holds: a network or a mixture. With `GAPS` numbers of a frame may be missing, as NaN says, and
//! the score is of those that are there; who does not ask has no code of it.

use super::features::AnyFeatures;
use super::mixture::{Mixture, memory_of};
use super::network::{Network, Sizes};
use crate::architecture::{Architecture, LatentKind};
use crate::ensemble::fingerprint;
use crate::features::FrameError;
use crate::format::{LoadError, ModelFile, Sections};
use crate::score::Score;
use crate::unit::Nats;

/// A model of any shape, which computes in memory that it is lent.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "there is no heap for the larger one")]
pub(super) enum Kind<'a> {
    Network(Network<'a>),
    Mixture(Mixture<'a>),
}

/// Evaluates an expression for the model that there is.
macro_rules! each {
    ($any:expr, $model:ident => $value:expr) => {
        match $any {
            Kind::Network($model) => $value,
            Kind::Mixture($model) => $value,
        }
    };
}

impl<'a> Kind<'a> {
    /// Takes the parts of one model in the order of the file.
    #[inline(always)]
    pub(super) fn read(sections: &mut Sections<'a>, architecture: &Architecture) -> Result<Self, LoadError> {
        let features = AnyFeatures::read(architecture, sections)?;
        Ok(match architecture.latent {
            LatentKind::Component { gaussians, kernels } => {
                Kind::Mixture(Mixture::read(features, gaussians, kernels, sections)?)
            }
            _ => Kind::Network(Network::read(architecture, features, sections)?),
        })
    }

    /// Numbers in a frame.
    pub(super) fn dims(&self) -> usize {
        each!(self, model => model.dims())
    }

    /// Coordinates of the latent; none of a mixture.
    pub(super) fn latent_dims(&self) -> usize {
        match self {
            Kind::Network(model) => model.latent_dims(),
            Kind::Mixture(_) => 0,
        }
    }

    /// [`Explain::add_without`](crate::Explain::add_without), and where `without` is empty a score alone.
    #[inline(always)]
    pub(super) fn add_without<const GAPS: bool>(
        &self,
        memory: &mut [f32],
        frame: &[f32],
        samples: u32,
        without: &mut [f32],
        is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        each!(self, model => model.add_without::<GAPS>(memory, frame, samples, without, is_enough))
    }

    /// The mode of q(z|x).
    #[inline]
    pub(super) fn encode<const GAPS: bool>(
        &self,
        memory: &mut [f32],
        frame: &[f32],
        z: &mut [f32],
    ) -> Result<(), FrameError> {
        match self {
            Kind::Network(model) => model.encode::<GAPS>(memory, frame, z),
            Kind::Mixture(_) => Err(FrameError::NoLatent),
        }
    }

    /// `E[x|z]`
    #[inline]
    pub(super) fn decode(&self, memory: &mut [f32], z: &[f32], frame: &mut [f32]) -> Result<(), FrameError> {
        match self {
            Kind::Network(model) => model.decode(memory, z, frame),
            Kind::Mixture(_) => Err(FrameError::NoLatent),
        }
    }

    /// What a normal frame near this one looks like.
    #[inline]
    pub(super) fn reconstruct<const GAPS: bool>(
        &self,
        memory: &mut [f32],
        frame: &[f32],
        to: &mut [f32],
    ) -> Result<(), FrameError> {
        each!(self, model => model.reconstruct::<GAPS>(memory, frame, to))
    }
}

/// The shape that a file says of itself, which must be the one of its hash, and how many models it holds.
#[inline(never)]
pub(super) fn shape(file: &ModelFile<'_>) -> Result<(Architecture, u32), LoadError> {
    let (architecture, members) = (file.metadata()?.architecture, file.members()?);
    if !architecture.is_sound() {
        return Err(LoadError::Malformed);
    }
    let (expected, found) = (fingerprint(members, architecture.fingerprint()), file.fingerprint);
    if expected != found {
        return Err(LoadError::WrongShape { expected, found });
    }
    Ok((architecture, members))
}

/// Numbers of scratch that a shape needs.
pub(super) fn memory<const GAPS: bool>(shape: &Architecture, explained: bool) -> usize {
    match shape.latent {
        LatentKind::Component { .. } => memory_of::<GAPS>(shape.features as usize, explained),
        _ => Sizes::of(shape).memory(explained),
    }
}
