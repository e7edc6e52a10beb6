//! A mixture of Gaussians that was learned with the network.

use super::{LogProb, Prior, ReadPrior, SamplePrior, sampled_kl};
use crate::distribution::{DiagonalGaussian, GaussianMixture, gaussian_draw_alone};
use crate::fingerprint::Part;
use crate::format::{LoadError, Sections};
use crate::noise::LowDiscrepancy;
use crate::posterior::{Family, GaussianFrames};
use crate::shape::{Shape, Width, lanes};
use core::marker::PhantomData;
use rand_core::Rng;

/// `p(z) = Σ_c w_c N(z; μ_c, diag(σ_c²))`, `N` components: latents that fall into kinds need not be pressed
/// into one ball.
///
/// # Source
/// Dilokthanakul and others (2016), "Deep unsupervised clustering with Gaussian mixture variational
/// autoencoders"; Tomczak and Welling (2018), "VAE with a VampPrior", section 2, where this is the prior
/// "MoG".
#[derive(Clone, Copy, Debug)]
pub struct MixturePrior<'a, S, N> {
    mixture: GaussianMixture<'a, S>,
    components: PhantomData<N>,
}

impl<'a, S: Shape, N> MixturePrior<'a, S, N> {
    /// Of a mixture.
    pub fn new(mixture: GaussianMixture<'a, S>) -> Self {
        MixturePrior { mixture, components: PhantomData }
    }
}

impl<S: Shape, N: Copy> Prior<DiagonalGaussian<S>> for MixturePrior<'_, S, N> {
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn sample_log_ratio<R: Rng + ?Sized>(&self, q: &DiagonalGaussian<S>, rng: &mut R, z: &mut [f32]) -> f32 {
        // dims·½ log 2π is left out on both sides
        let minus_log_q = q.sample_surprise(rng, z);
        let [log_prior] = self.mixture.log_prob_up_to_constant(z.as_chunks::<1>().0);
        log_prior + minus_log_q
    }

    #[inline(always)]
    fn draw<const L: usize>(&self, frames: &mut GaussianFrames<S, L>, z: &mut [[f32; L]]) -> [f32; L] {
        let surprise = frames.each(z, gaussian_draw_alone);
        let log_prior = self.mixture.log_prob_up_to_constant(z);
        lanes(|l| log_prior[l] + surprise[l])
    }

    fn log_ratio(&self, q: &DiagonalGaussian<S>, z: &[f32]) -> f32 {
        self.mixture.log_prob(z) - q.log_prob(z)
    }

    /// No closed form is known: the mean of `log q(z|x) − log p(z)` over 256 samples of the default noise,
    /// which are the same for every frame.
    fn kl(&self, q: &DiagonalGaussian<S>) -> f32 {
        let dims = q.mode().len();
        sampled_kl::<S>(dims, LowDiscrepancy::new(dims), |noise, z| self.sample_log_ratio(q, noise, z))
    }
}

impl<S: Shape, N> LogProb for MixturePrior<'_, S, N> {
    fn log_prob(&self, z: &[f32]) -> f32 {
        self.mixture.log_prob(z)
    }
}

impl<S: Shape, N> SamplePrior for MixturePrior<'_, S, N> {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) {
        self.mixture.sample(rng, z);
    }
}

impl<'a, S: Shape, const N: usize> ReadPrior<'a> for MixturePrior<'a, S, Width<N>> {
    const PART: Part = Part::MixtureHead;
    const WORDS: &'static [u32] = &[N as u32];

    fn read(sections: &mut Sections<'a>, dims: usize) -> Result<Self, LoadError> {
        Ok(MixturePrior::new(GaussianMixture::read(sections, dims, N)?))
    }
}
