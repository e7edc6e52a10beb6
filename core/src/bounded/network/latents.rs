//! From a frame to its latent, and back.

use super::{Memory, Network};
use crate::bounded::memory::lanes_mut;
use crate::features::{Features as _, FrameError};
use crate::latent::copy_latent;

impl Network<'_> {
    /// The mode of q(z|x).
    #[inline]
    pub(in crate::bounded) fn encode<const GAPS: bool>(
        &self,
        memory: &mut [f32],
        frame: &[f32],
        z: &mut [f32],
    ) -> Result<(), FrameError> {
        let too_short = self.too_short(memory);
        let Memory { features, posterior, hidden: [a, b], .. } = self.cut(memory).ok_or(too_short)?;
        self.extract::<GAPS>(frame, a, features)?;
        let posterior = self.posterior::<GAPS, 1>(features, [a, b], posterior).ok_or(too_short)?;
        let (expected, found) = (self.latent_dims(), z.len());
        if found != expected {
            return Err(FrameError::WrongLength { expected, found });
        }
        // as long as each other, which a copy of slices would ask again, and could panic over
        z.iter_mut().zip(posterior.mode()).for_each(|(z, mode)| *z = *mode);
        Ok(())
    }

    /// `E[x|z]`
    #[inline]
    pub(in crate::bounded) fn decode(
        &self,
        memory: &mut [f32],
        z: &[f32],
        frame: &mut [f32],
    ) -> Result<(), FrameError> {
        let too_short = self.too_short(memory);
        self.mean(z, self.cut(memory).ok_or(too_short)?.hidden, frame)
    }

    /// `E[x|z]` at the mode of q(z|x).
    #[inline]
    pub(in crate::bounded) fn reconstruct<const GAPS: bool>(
        &self,
        memory: &mut [f32],
        frame: &[f32],
        to: &mut [f32],
    ) -> Result<(), FrameError> {
        let too_short = self.too_short(memory);
        let Memory { features, posterior, hidden: [a, b], .. } = self.cut(memory).ok_or(too_short)?;
        self.extract::<GAPS>(frame, a, features)?;
        let posterior =
            self.posterior::<GAPS, 1>(features, [&mut *a, &mut *b], posterior).ok_or(too_short)?;
        self.mean(posterior.mode(), [a, b], to)
    }

    #[inline]
    fn too_short(&self, memory: &[f32]) -> FrameError {
        FrameError::NoMemory { needed: self.sizes.memory(false), found: memory.len() }
    }

    /// `E[x|z]`, in raw units.
    #[inline]
    fn mean(&self, z: &[f32], [a, b]: [&mut [f32]; 2], to: &mut [f32]) -> Result<(), FrameError> {
        let (expected, found) = (self.dims(), to.len());
        copy_latent(z, lanes_mut(a, self.latent_dims()))?;
        if found != expected {
            return Err(FrameError::WrongLength { expected, found });
        }
        let (hidden, _) = self.decoder.forward::<1>(a, b);
        self.likelihood.mean(hidden.as_chunks().0, to);
        self.features.restore(to);
        Ok(())
    }
}
