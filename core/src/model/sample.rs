//! Densities that frames can be drawn from.

use super::{FrameBuffer, Parts, Vae};
use crate::features::FrameError;
use crate::latent::HasPrior;
use rand_core::Rng;

/// A density that frames can be drawn from, in raw units.
pub trait Sample {
    /// Memory for a frame.
    type Buffer;

    /// Draws x ~ p(x).
    ///
    /// # Errors
    /// [`FrameError::Overflow`] for a draw that is too large for a number.
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Result<Self::Buffer, FrameError>;
}

impl<P: Parts<Head: HasPrior>> Sample for Vae<P> {
    type Buffer = FrameBuffer<P>;

    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Result<FrameBuffer<P>, FrameError> {
        self.sample(rng)
    }
}
