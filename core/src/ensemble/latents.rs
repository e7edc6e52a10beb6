//! The latents of an ensemble: each member has one of its own.

use super::Ensemble;
use crate::features::FrameError;
use crate::model::{Frame, FrameBuffer, Latent, Parts, PosteriorOf, Vae};

impl<P: Parts, const N: usize> Ensemble<Vae<P>, N> {
    /// q(z|x) of a frame by a member, from 0.
    ///
    /// # Errors
    /// [`FrameError::OutOfSupport`] for a member that there is not; as [`Vae::encode`].
    pub fn encode(&self, member: usize, frame: &Frame<P>) -> Result<PosteriorOf<P>, FrameError> {
        self.member(member)?.encode(frame)
    }

    /// `E[x|z]` by a member, from 0, in raw units: z of that member's latent.
    ///
    /// # Errors
    /// [`FrameError::OutOfSupport`] for a member that there is not; as [`Vae::decode`].
    pub fn decode(&self, member: usize, z: &Latent<P>) -> Result<FrameBuffer<P>, FrameError> {
        self.member(member)?.decode(z)
    }

    fn member(&self, member: usize) -> Result<&Vae<P>, FrameError> {
        self.members.get(member).ok_or(FrameError::OutOfSupport { index: member })
    }
}
