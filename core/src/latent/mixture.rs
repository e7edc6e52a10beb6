//! The Gaussian posterior with a mixture of Gaussians as prior.

use super::frames::{GaussianPosteriors, MixturePosteriors};
use super::{GaussianHead, Head, Posterior, Prior};
use crate::distribution::{DiagonalGaussian, GaussianMixture};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections};
use crate::layer::Projection;
use crate::noise::LowDiscrepancy;
use crate::shape::{Shape, Width};
use core::marker::PhantomData;
use rand_core::Rng;

/// Samples of a divergence: with them it is known to some hundredths of a nat.
const KL_SAMPLES: u32 = 256;

/// A Gaussian q(z|x), measured against a mixture of Gaussians.
#[derive(Clone, Debug)]
pub struct MixturePosterior<'a, S: Shape> {
    gaussian: DiagonalGaussian<S>,
    prior: GaussianMixture<'a, S>,
}

impl<S: Shape> MixturePosterior<'_, S> {
    /// q(z|x)
    pub fn gaussian(&self) -> &DiagonalGaussian<S> {
        &self.gaussian
    }
}

impl<S: Shape> Posterior for MixturePosterior<'_, S> {
    #[cfg_attr(target_os = "none", inline(never))]
    fn sample_log_ratio<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) -> f32 {
        // dims·½ log 2π is left out on both sides
        let minus_log_q = self.gaussian.sample_surprise(rng, z);
        let [log_prior] = self.prior.log_prob_up_to_constant(z.as_chunks::<1>().0);
        log_prior + minus_log_q
    }

    fn log_ratio(&self, z: &[f32]) -> f32 {
        self.prior.log_prob(z) - self.gaussian.log_prob(z)
    }

    /// No closed form is known: the mean of `log q(z|x) − log p(z)` over 256 samples of the default noise,
    /// which are the same for every frame.
    fn kl(&self) -> f32 {
        let dims = self.mode().len();
        let (mut z, mut noise, mut sum) = (S::buffer(dims), LowDiscrepancy::new(dims), 0.0);
        for _ in 0..KL_SAMPLES {
            sum -= self.sample_log_ratio(&mut noise, z.as_mut());
        }
        sum / KL_SAMPLES as f32
    }

    fn mode(&self) -> &[f32] {
        self.gaussian.loc()
    }
}

/// Gaussian posterior with a prior of `N` Gaussians that were learned with the network: latents that fall
/// into kinds need not be pressed into one ball.
///
/// `q(z|x) = N(loc(h), diag(exp(log_scale(h)))²)` as of a [`GaussianHead`], `p(z) = Σ_c w_c N(z; μ_c,
/// diag(σ_c²))`
///
/// # Source
/// Dilokthanakul and others (2016), "Deep unsupervised clustering with Gaussian mixture variational
/// autoencoders"; Tomczak and Welling (2018), "VAE with a VampPrior", section 2, where this is the prior
/// "MoG".
#[derive(Clone, Copy, Debug)]
pub struct MixtureHead<'a, M: Projection, S, N> {
    gaussian: GaussianHead<M, S>,
    prior: GaussianMixture<'a, M::Out>,
    components: PhantomData<N>,
}

impl<'a, M, S, N> MixtureHead<'a, M, S, N>
where
    M: Projection,
    S: Projection<In = M::In, Out = M::Out, From = M::From>,
{
    /// Joins the two layers of the posterior and the prior.
    pub fn new(gaussian: GaussianHead<M, S>, prior: GaussianMixture<'a, M::Out>) -> Self {
        MixtureHead { gaussian, prior, components: PhantomData }
    }
}

impl<'a, M, S, N> Head for MixtureHead<'a, M, S, N>
where
    M: Projection,
    S: Projection<In = M::In, Out = M::Out, From = M::From>,
{
    type In = M::In;
    type From = M::From;
    type Latent = M::Out;
    type Posterior = MixturePosterior<'a, M::Out>;
    type Noise = LowDiscrepancy;
    type Posteriors<const L: usize> = MixturePosteriors<'a, M::Out, L>;

    #[inline(always)]
    fn dims(&self) -> usize {
        self.gaussian.dims()
    }

    fn posterior(&self, hidden: &[[M::From; 1]]) -> MixturePosterior<'a, M::Out> {
        MixturePosterior { gaussian: self.gaussian.posterior(hidden), prior: self.prior }
    }

    #[inline(always)]
    fn posteriors<const L: usize>(&self, hidden: &[[M::From; L]]) -> MixturePosteriors<'a, M::Out, L> {
        let gaussian: GaussianPosteriors<M::Out, L> = self.gaussian.posteriors(hidden);
        MixturePosteriors::new(gaussian, self.prior)
    }

    fn noise(&self) -> LowDiscrepancy {
        self.gaussian.noise()
    }
}

impl<M, S, N> Prior for MixtureHead<'_, M, S, N>
where
    M: Projection,
    S: Projection<In = M::In, Out = M::Out, From = M::From>,
{
    fn sample_prior<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) {
        self.prior.sample(rng, z);
    }
}

impl<'a, M, S, const N: usize> Load<'a> for MixtureHead<'a, M, S, Width<N>>
where
    M: Projection + Load<'a>,
    S: Projection<In = M::In, Out = M::Out, From = M::From> + Load<'a>,
{
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let gaussian = GaussianHead::<M, S>::load(sections)?;
        let prior = GaussianMixture::read(sections, gaussian.dims(), N)?;
        Ok(MixtureHead::new(gaussian, prior))
    }
}

impl<M: Projection + Fingerprint, S: Fingerprint, const N: usize> Fingerprint
    for MixtureHead<'_, M, S, Width<N>>
{
    const FINGERPRINT: u32 = of(&[Part::MixtureHead as u32, M::FINGERPRINT, S::FINGERPRINT, N as u32]);
}
