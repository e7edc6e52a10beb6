//! The uniform distribution on a sphere.

use super::{Prior, ReadPrior, SamplePrior};
use crate::distribution::HypersphericalUniform;
use crate::distribution::hypersphere::one_minus_cosine;
use crate::fingerprint::Part;
use crate::format::{LoadError, Sections};
use crate::posterior::{DirectionLaw, OneByOne, VonMisesFisherPosterior};
use crate::shape::Shape;
use core::fmt::Debug;
use rand_core::Rng;

/// Every direction alike. Densities are taken relative to it, so `log p(z) = 0`.
#[derive(Clone, Copy, Debug)]
pub struct UniformOnSphere;

impl<S: Shape, C: DirectionLaw + Debug> Prior<VonMisesFisherPosterior<S, C>> for UniformOnSphere {
    #[inline]
    fn sample_log_ratio<R: Rng + ?Sized>(
        &self,
        q: &VonMisesFisherPosterior<S, C>,
        rng: &mut R,
        z: &mut [f32],
    ) -> f32 {
        draw_direction(q.law(), q.mean_direction(), rng, z)
    }

    fn draw<const L: usize>(
        &self,
        frames: &mut OneByOne<VonMisesFisherPosterior<S, C>, S, L>,
        z: &mut [[f32; L]],
    ) -> [f32; L] {
        frames.each(z, |q, noise, z| self.sample_log_ratio(q, noise, z))
    }

    fn log_ratio(&self, q: &VonMisesFisherPosterior<S, C>, z: &[f32]) -> f32 {
        -q.law().log_prob_at(one_minus_cosine(q.mean_direction(), z))
    }

    fn kl(&self, q: &VonMisesFisherPosterior<S, C>) -> f32 {
        q.law().kl_to_uniform()
    }
}

/// Draws z about the unit vector `mean`; `−log q(z)`, in nats.
#[inline(always)]
pub(crate) fn draw_direction<R: Rng + ?Sized>(
    law: &impl DirectionLaw,
    mean: &[f32],
    rng: &mut R,
    z: &mut [f32],
) -> f32 {
    let t = law.sample(mean, rng, z);
    -law.log_prob_at(t)
}

impl SamplePrior for UniformOnSphere {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) {
        if let Ok(uniform) = HypersphericalUniform::new(z.len()) {
            uniform.sample(rng, z);
        }
    }
}

impl ReadPrior<'_> for UniformOnSphere {
    const PART: Part = Part::VmfHead;

    fn read(_: &mut Sections<'_>, _: usize) -> Result<Self, LoadError> {
        Ok(UniformOnSphere)
    }
}
