//! Models whose shape is read from their file, without allocation: one image runs them all.
//!
//! A [`Vae`](crate::Vae) or [`Mixture`](crate::Mixture) has its sizes in its type, so a model of another
//! shape needs another image. A [`Bounded`] model takes its sizes, likelihood, latent and weights from the
//! file; all that it computes lies in a slice of the caller's, whose length is the only bound. Formulas, and
//! so the bits of every score, are the same.

mod chain;
mod dense;
mod features;
mod latent;
mod likelihood;
mod memory;
mod mixture;
mod network;

pub use self::features::{AnyFeatures, AnyNumbers};
use self::mixture::{Mixture, memory_of};
use self::network::{Network, Sizes};
use crate::architecture::{Architecture, LatentKind};
use crate::decision::{Calibrated, Calibration, MAX_SAMPLES};
use crate::ensemble::fingerprint;
use crate::features::FrameError;
use crate::format::{LoadError, ModelFile};
use crate::score::{Density, Explain, Score};
use crate::unit::Nats;
use core::cell::Cell;
use core::fmt;

/// A model of any shape, in memory of the caller's.
///
/// ```
/// use elbow::Bounded;
///
/// static MODEL: &[u8] = elbow::include_model!("../../examples/thermometer.elbow");
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut scratch = [0.0; 64];
/// let model = Bounded::from_bytes(MODEL, &mut scratch)?;
/// let score = model.log_density(&[20.5], 64)?;
/// assert!(score.log_density.0 > model.log_density(&[35.0], 64)?.log_density.0 + 10.0);
/// # Ok(())
/// # }
/// ```
///
/// **Memory.** `scratch`, of which [`scratch_len`](Self::scratch_len) says how much a file needs, and a
/// kilobyte for the model itself. **Cost.** That of the type, and a tenth or two more.
///
/// It may go to another thread, but is not shared by two: they would share the scratch.
pub struct Bounded<'a> {
    model: Kind<'a>,
    /// none while a score runs
    scratch: Cell<&'a mut [f32]>,
}

#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "there is no heap for the larger one")]
enum Kind<'a> {
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
    #[inline(always)]
    fn read(file: &ModelFile<'a>, architecture: &Architecture) -> Result<Self, LoadError> {
        let mut sections = file.sections();
        let features = AnyFeatures::read(architecture, &mut sections)?;
        let model = match architecture.latent {
            LatentKind::Component { gaussians, kernels } => {
                Kind::Mixture(Mixture::read(features, gaussians, kernels, &mut sections)?)
            }
            _ => Kind::Network(Network::read(architecture, features, &mut sections)?),
        };
        sections.finish()?;
        Ok(model)
    }
}

/// Numbers of scratch that a shape needs.
fn memory(shape: &Architecture, explained: bool) -> usize {
    match shape.latent {
        LatentKind::Component { .. } => memory_of(shape.features as usize, explained),
        _ => Sizes::of(shape).memory(explained),
    }
}

/// The shape that a file says of itself, which must be the one of its hash.
#[inline(never)]
fn shape(file: &ModelFile<'_>) -> Result<Architecture, LoadError> {
    let (architecture, members) = (file.metadata()?.architecture, file.members()?);
    if !architecture.is_sound() {
        return Err(LoadError::Malformed);
    }
    let (expected, found) = (fingerprint(members, architecture.fingerprint()), file.fingerprint);
    if expected != found {
        return Err(LoadError::WrongShape { expected, found });
    }
    if members == 1 { Ok(architecture) } else { Err(LoadError::Ensemble { members }) }
}

impl<'a> Bounded<'a> {
    /// Numbers of scratch that the model of a file needs: for scores alone, and for explained ones.
    ///
    /// # Errors
    /// As [`new`](Self::new), for a shape that is none; parameters are not looked at.
    pub fn scratch_len(file: &ModelFile<'_>) -> Result<[usize; 2], LoadError> {
        let shape = shape(file)?;
        Ok([false, true].map(|explained| memory(&shape, explained)))
    }

    /// The model of a verified file.
    ///
    /// # Errors
    /// [`LoadError::ScratchTooShort`]; [`LoadError::Ensemble`], which has no room here; and what is wrong
    /// with the file.
    #[inline(never)]
    pub fn new(file: &ModelFile<'a>, scratch: &'a mut [f32]) -> Result<Self, LoadError> {
        let shape = shape(file)?;
        let needed = memory(&shape, false);
        if scratch.len() < needed {
            return Err(LoadError::ScratchTooShort { needed, found: scratch.len() });
        }
        Ok(Bounded { model: Kind::read(file, &shape)?, scratch: Cell::new(scratch) })
    }

    /// Verifies a file and loads its model; weights stay where `bytes` are.
    ///
    /// # Errors
    /// As [`new`](Self::new); a [`LoadError`] of its own for everything that can be wrong with the bytes.
    ///
    /// # Cost
    /// Two passes over the bytes (checksum, finiteness).
    pub fn from_bytes(bytes: &'a [u8], scratch: &'a mut [f32]) -> Result<Self, LoadError> {
        Self::new(&ModelFile::parse(bytes)?, scratch)
    }

    /// As [`from_bytes`](Self::from_bytes), with the file's calibration: what judges frames.
    ///
    /// # Errors
    /// As there, and as [`Calibration::of`].
    pub fn calibrated(bytes: &'a [u8], scratch: &'a mut [f32]) -> Result<Calibrated<'a, Self>, LoadError> {
        let file = ModelFile::parse(bytes)?;
        Ok(Calibrated::new(Self::new(&file, scratch)?, Calibration::of(&file, MAX_SAMPLES)?))
    }

    /// Numbers in a frame.
    pub fn dims(&self) -> usize {
        each!(&self.model, model => model.dims())
    }

    /// As [`Vae::log_density`](crate::Vae::log_density), to the bits; of a mixture, whose density is exact,
    /// as of so many samples that all say the same.
    ///
    /// # Errors
    /// [`FrameError`] for a frame or a K that has no score.
    #[inline]
    pub fn log_density(&self, frame: &[f32], samples: u32) -> Result<Score, FrameError> {
        self.log_density_until(frame, samples, |_, _| false)
    }
}

/// Of the scratch there is nothing to be said.
impl fmt::Debug for Bounded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.model.fmt(f)
    }
}

impl Density for Bounded<'_> {
    type Frame = [f32];

    #[inline]
    fn log_density_until(
        &self,
        frame: &[f32],
        samples: u32,
        is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        self.add_without(frame, samples, &mut [], is_enough)
    }
}

impl Explain for Bounded<'_> {
    /// # Errors
    /// [`FrameError::NoMemory`] where the scratch is enough for scores alone, or a score is asked for by
    /// `is_enough`.
    #[inline]
    fn add_without(
        &self,
        frame: &[f32],
        samples: u32,
        without: &mut [f32],
        is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        let scratch = self.scratch.take();
        let score = each!(&self.model, model => {
            model.add_without(scratch, frame, samples, without, is_enough)
        });
        self.scratch.set(scratch);
        score
    }
}
