//! The standard normal.

use super::{LogProb, Prior, ReadPrior, SamplePrior};
use crate::distribution::{DiagonalGaussian, StandardNormal, gaussian_draw};
use crate::fingerprint::Part;
use crate::format::{LoadError, Sections};
use crate::posterior::GaussianFrames;
use crate::shape::Shape;
use rand_core::Rng;

/// Beside a Gaussian posterior, whose noise and z make the ratio: nothing is computed twice.
impl<S: Shape> Prior<DiagonalGaussian<S>> for StandardNormal {
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn sample_log_ratio<R: Rng + ?Sized>(&self, q: &DiagonalGaussian<S>, rng: &mut R, z: &mut [f32]) -> f32 {
        q.sample_log_ratio(rng, z)
    }

    #[inline(always)]
    fn draw<const L: usize>(&self, frames: &mut GaussianFrames<S, L>, z: &mut [[f32; L]]) -> [f32; L] {
        frames.each(z, gaussian_draw)
    }

    fn log_ratio(&self, q: &DiagonalGaussian<S>, z: &[f32]) -> f32 {
        self.log_prob(z) - q.log_prob(z)
    }

    fn kl(&self, q: &DiagonalGaussian<S>) -> f32 {
        q.kl_to_standard_normal()
    }

    /// `−loc`, and `−(scale − 1/scale)`.
    fn add_slopes(&self, q: &DiagonalGaussian<S>, slope: &mut [f32], slope_noise: &mut [f32]) -> bool {
        for (((slope, slope_noise), loc), scale) in
            slope.iter_mut().zip(slope_noise).zip(q.loc()).zip(q.scale())
        {
            *slope -= loc;
            *slope_noise -= scale - 1.0 / scale;
        }
        true
    }
}

impl LogProb for StandardNormal {
    fn log_prob(&self, z: &[f32]) -> f32 {
        StandardNormal::log_prob(*self, z)
    }
}

impl SamplePrior for StandardNormal {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) {
        StandardNormal::sample(*self, rng, z);
    }
}

impl ReadPrior<'_> for StandardNormal {
    const PART: Part = Part::GaussianHead;

    fn read(_: &mut Sections<'_>, _: usize) -> Result<Self, LoadError> {
        Ok(StandardNormal)
    }
}
