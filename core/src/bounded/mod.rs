//! Models whose shape is read from their file, without allocation: one image runs them all.
//!
//! A [`Vae`](crate::Vae) or [`Mixture`](crate::Mixture) has its sizes in its type, so a model of another
//! shape needs another image. A [`Bounded`] model takes its sizes, likelihood, latent and weights from the
//! file; all that it computes lies in a slice of the caller's, whose length is the only bound. Formulas, and
//! so the bits of every score, are the same.

mod chain;
mod dense;
mod ensemble;
mod features;
mod kind;
mod latent;
mod likelihood;
mod memory;
mod mixture;
mod network;

pub use self::ensemble::{BoundedEnsemble, BoundedMembers, BoundedWithGaps};
pub use self::features::{AnyFeatures, AnyNumbers};
use self::kind::{Kind, memory, shape};
use self::memory::Scratch;
use crate::architecture::Architecture;
use crate::decision::{Calibrated, Calibration, MAX_SAMPLES};
use crate::features::FrameError;
use crate::format::{LoadError, ModelFile};
use crate::score::{Density, Explain, Score};
use crate::unit::Nats;
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
    scratch: Scratch<'a>,
}

/// The shape of a file of one model.
fn one(file: &ModelFile<'_>) -> Result<Architecture, LoadError> {
    match shape(file)? {
        (shape, 1) => Ok(shape),
        (_, members) => Err(LoadError::Ensemble { members }),
    }
}

impl<'a> Bounded<'a> {
    /// Numbers of scratch that the model of a file needs: for scores alone, and for explained ones.
    ///
    /// # Errors
    /// As [`new`](Self::new), for a shape that is none; parameters are not looked at.
    pub fn scratch_len(file: &ModelFile<'_>) -> Result<[usize; 2], LoadError> {
        let shape = one(file)?;
        Ok([false, true].map(|explained| memory::<false>(&shape, explained)))
    }

    /// The model of a verified file.
    ///
    /// # Errors
    /// [`LoadError::ScratchTooShort`]; [`LoadError::Ensemble`], which is one for [`BoundedEnsemble`]; and
    /// what is wrong with the file.
    #[inline(never)]
    pub fn new(file: &ModelFile<'a>, scratch: &'a mut [f32]) -> Result<Self, LoadError> {
        let shape = one(file)?;
        let scratch = Scratch::new(scratch, memory::<false>(&shape, false))?;
        let mut sections = file.sections();
        let model = Kind::read(&mut sections, &shape)?;
        sections.finish()?;
        Ok(Bounded { model, scratch })
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
        self.model.dims()
    }

    /// Coordinates of the latent: 0 of a mixture, which has none.
    pub fn latent_dims(&self) -> usize {
        self.model.latent_dims()
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

    /// The most likely latent of a frame, the mode of q(z|x), into `z`: that of
    /// [`Vae::encode`](crate::Vae::encode), to the bits.
    ///
    /// # Errors
    /// [`FrameError`] for a frame that the model cannot take; [`FrameError::WrongLength`] where `z` has not
    /// [`latent_dims`](Self::latent_dims) numbers; [`FrameError::NoLatent`] of a mixture.
    ///
    /// # Cost
    /// One pass of the encoder, in the scratch of a score; so too below.
    #[inline]
    pub fn encode(&self, frame: &[f32], z: &mut [f32]) -> Result<(), FrameError> {
        self.scratch.lend(|memory| self.model.encode::<false>(memory, frame, z))
    }

    /// `E[x|z]` in raw units, into `frame`: [`Vae::decode`](crate::Vae::decode), to the bits.
    ///
    /// # Errors
    /// [`FrameError::WrongLength`] where latent or frame have another length, [`FrameError::NonFinite`];
    /// [`FrameError::NoLatent`] of a mixture.
    #[inline]
    pub fn decode(&self, z: &[f32], frame: &mut [f32]) -> Result<(), FrameError> {
        self.scratch.lend(|memory| self.model.decode(memory, z, frame))
    }

    /// What a normal frame near this one looks like, into `to`, in raw units: of a network `E[x|z]` at the
    /// most likely latent, [`Vae::reconstruct`](crate::Vae::reconstruct), of a mixture
    /// [`Mixture::reconstruct`](crate::Mixture::reconstruct), to the bits.
    ///
    /// # Errors
    /// [`FrameError`] for a frame that the model cannot take; [`FrameError::WrongLength`] where `to` has
    /// another length.
    #[inline]
    pub fn reconstruct(&self, frame: &[f32], to: &mut [f32]) -> Result<(), FrameError> {
        self.scratch.lend(|memory| self.model.reconstruct::<false>(memory, frame, to))
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
        self.scratch.lend(
            #[inline(always)]
            |memory| self.model.add_without::<false>(memory, frame, samples, without, is_enough),
        )
    }
}
