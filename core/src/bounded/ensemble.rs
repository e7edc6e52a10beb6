//! Several models of one shape, which is read from their file.

use super::kind::{Kind, memory, shape};
use super::memory::Scratch;
use crate::ensemble::{MAX_MEMBERS, pooled, take_mean};
use crate::features::{FrameError, Missing};
use crate::format::{LoadError, ModelFile};
use crate::score::{Density, Explain, Score};
use crate::unit::Nats;
use core::fmt;
use heapless::Vec;

/// As [`Bounded`](crate::Bounded), of a file that may hold an [`Ensemble`](crate::Ensemble): one model, or up
/// to `N`.
pub type BoundedEnsemble<'a, const N: usize> = BoundedMembers<'a, N, false>;

/// As [`BoundedEnsemble`], of frames some of whose numbers may be missing, as NaN says: scores are then of
/// those that are there, to the bits as of [`Mixture::with_gaps`](crate::Mixture::with_gaps) and
/// [`Vae::with_gaps`](crate::Vae::with_gaps). Of a frame without gaps all stays as it is.
pub type BoundedWithGaps<'a, const N: usize> = BoundedMembers<'a, N, true>;

/// The models of a file: one, or up to `N`; with `GAPS` numbers of a frame may be missing.
///
/// **Memory.** The scratch of one model, and a kilobyte for each of `N`. With gaps the scratch of a mixture
/// is longer by a square of a frame. **Cost.** That of so many scores, one after another.
pub struct BoundedMembers<'a, const N: usize, const GAPS: bool> {
    members: Vec<Kind<'a>, N>,
    scratch: Scratch<'a>,
}

impl<'a, const N: usize, const GAPS: bool> BoundedMembers<'a, N, GAPS> {
    /// As [`Bounded::scratch_len`](crate::Bounded::scratch_len).
    ///
    /// # Errors
    /// As there.
    pub fn scratch_len(file: &ModelFile<'_>) -> Result<[usize; 2], LoadError> {
        let (shape, _) = shape(file)?;
        Ok([false, true].map(|explained| memory::<GAPS>(&shape, explained)))
    }

    /// The models of a verified file.
    ///
    /// # Errors
    /// [`LoadError::ScratchTooShort`]; [`LoadError::Ensemble`] of more members than `N`; and what is wrong
    /// with the file.
    pub fn new(file: &ModelFile<'a>, scratch: &'a mut [f32]) -> Result<Self, LoadError> {
        let (shape, count) = shape(file)?;
        if !(1..=MAX_MEMBERS).contains(&count) {
            return Err(LoadError::Malformed);
        }
        let scratch = Scratch::new(scratch, memory::<GAPS>(&shape, false))?;
        let (mut sections, mut members) = (file.sections(), Vec::new());
        for _ in 0..count {
            let member = Kind::read(&mut sections, &shape)?;
            members.push(member).map_err(|_| LoadError::Ensemble { members: count })?;
        }
        sections.finish()?;
        Ok(BoundedMembers { members, scratch })
    }

    /// Verifies a file and loads its models; weights stay where `bytes` are.
    ///
    /// # Errors
    /// As [`new`](Self::new); a [`LoadError`] of its own for everything that can be wrong with the bytes.
    pub fn from_bytes(bytes: &'a [u8], scratch: &'a mut [f32]) -> Result<Self, LoadError> {
        Self::new(&ModelFile::parse(bytes)?, scratch)
    }

    /// Number of models.
    pub fn members(&self) -> usize {
        self.members.len()
    }

    /// Numbers in a frame.
    pub fn dims(&self) -> usize {
        self.members.first().map_or(0, Kind::dims)
    }

    /// Coordinates of a member's latent: 0 of mixtures, which have none.
    pub fn latent_dims(&self) -> usize {
        self.members.first().map_or(0, Kind::latent_dims)
    }

    /// As [`Ensemble::log_density`](crate::Ensemble::log_density), to the bits; of one model its own.
    ///
    /// # Errors
    /// [`FrameError`] for a frame or a K that has no score.
    pub fn log_density(&self, frame: &[f32], samples: u32) -> Result<Score, FrameError> {
        self.log_density_until(frame, samples, |_, _| false)
    }

    /// The most likely latent of a frame by a member, from 0:
    /// [`Bounded::encode`](crate::Bounded::encode). Each member has a latent of its own.
    ///
    /// # Errors
    /// [`FrameError::NoMember`] for one that there is not; as there.
    pub fn encode(&self, member: usize, frame: &[f32], z: &mut [f32]) -> Result<(), FrameError> {
        let member = self.member(member)?;
        self.scratch.lend(|memory| member.encode::<GAPS>(memory, frame, z))
    }

    /// `E[x|z]` by a member, from 0: [`Bounded::decode`](crate::Bounded::decode).
    ///
    /// # Errors
    /// [`FrameError::NoMember`] for one that there is not; as there.
    pub fn decode(&self, member: usize, z: &[f32], frame: &mut [f32]) -> Result<(), FrameError> {
        let member = self.member(member)?;
        self.scratch.lend(|memory| member.decode(memory, z, frame))
    }

    /// What a normal frame near this one looks like, by the last member:
    /// [`Bounded::reconstruct`](crate::Bounded::reconstruct).
    ///
    /// # Errors
    /// As there.
    pub fn reconstruct(&self, frame: &[f32], to: &mut [f32]) -> Result<(), FrameError> {
        let last = self.member(self.members.len().saturating_sub(1))?;
        self.scratch.lend(|memory| last.reconstruct::<GAPS>(memory, frame, to))
    }

    fn member(&self, member: usize) -> Result<&Kind<'a>, FrameError> {
        self.members.get(member).ok_or(FrameError::NoMember)
    }

    /// [`Explain::add_without`], compiled once, whoever asks.
    fn add_without_by(
        &self,
        frame: &[f32],
        samples: u32,
        without: &mut [f32],
        is_enough: &mut dyn FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        if let [only] = self.members.as_slice() {
            return self
                .scratch
                .lend(|memory| only.add_without::<GAPS>(memory, frame, samples, without, is_enough));
        }
        let mut scores = Vec::<Score, N>::new();
        for member in &self.members {
            let until: &mut dyn FnMut(&Score, Nats) -> bool = &mut |_, _| false;
            let score = self
                .scratch
                .lend(|memory| member.add_without::<GAPS>(memory, frame, samples, without, until));
            // there is room for each
            let _ = scores.push(score?);
        }
        let score = pooled(&scores)?;
        take_mean(without, scores.len());
        is_enough(&score, Nats(0.0));
        Ok(score)
    }
}

/// Of the scratch there is nothing to be said.
impl<const N: usize, const GAPS: bool> fmt::Debug for BoundedMembers<'_, N, GAPS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.members.fmt(f)
    }
}

impl<const N: usize, const GAPS: bool> Density for BoundedMembers<'_, N, GAPS> {
    type Frame = [f32];

    fn missing(&self, frame: &[f32]) -> Missing {
        if GAPS { Missing::of(frame) } else { Missing::NOTHING }
    }

    /// Of several members one block: before the last has its say the density is not known.
    fn log_density_until(
        &self,
        frame: &[f32],
        samples: u32,
        mut is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        self.add_without_by(frame, samples, &mut [], &mut is_enough)
    }
}

impl<const N: usize, const GAPS: bool> Explain for BoundedMembers<'_, N, GAPS> {
    /// # Errors
    /// As of [`Bounded`](crate::Bounded).
    fn add_without(
        &self,
        frame: &[f32],
        samples: u32,
        without: &mut [f32],
        mut is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        self.add_without_by(frame, samples, without, &mut is_enough)
    }
}
