//! Stochastic layers one above the other.

use super::{Head, Posterior};
use crate::distribution::{DiagonalGaussian, HALF_LOG_TAU};
use crate::layer::Layer;
use crate::noise::LowDiscrepancy;
use crate::posterior::{OneByOne, ToPosterior};
use crate::prior::sampled_kl;
use crate::shape::Shape;
use rand_core::Rng;

/// Two stochastic layers: z₁, which the decoder reads, and z₂ above it, which is a latent or a chain itself.
///
/// `q(z₁, z₂|x) = q(z₁|x) q(z₂|z₁)` and `p(z₁, z₂) = p(z₂) p(z₁|z₂)`, so a draw has the log ratio
/// `[log p(z₁|z₂) − log q(z₁|x)] + [log p(z₂) − log q(z₂|z₁)]`.
///
/// **Shape.** `Q` makes q(z₁|x) of the encoder's hidden vector, the layers `N` lead from z₁ to the hidden
/// vector of the latent `U`, `P` makes p(z₁|z₂) of z₂.
///
/// **Source.** Burda, Grosse and Salakhutdinov (2016), "Importance weighted autoencoders", section 5.
#[derive(Clone, Copy, Debug)]
pub struct Chain<Q, N, P, U> {
    lower: Q,
    network: N,
    prior: P,
    upper: U,
}

impl<Q, N, P, U> Chain<Q, N, P, U> {
    /// Joins the parts.
    pub fn new(lower: Q, network: N, prior: P, upper: U) -> Self {
        Chain { lower, network, prior, upper }
    }
}

/// q(z₁|x) of a frame, and all that stands above z₁.
#[derive(Clone, Debug)]
pub struct ChainPosterior<S: Shape, N, P, U> {
    q: DiagonalGaussian<S>,
    network: N,
    prior: P,
    upper: U,
}

impl<S: Shape, N, P, U> ChainPosterior<S, N, P, U>
where
    N: Layer<In = S, From = f32>,
    P: ToPosterior<In = U::Latent, From = f32, Latent = S, Family = DiagonalGaussian<S>>,
    U: Head<In = N::Out, From = N::To>,
{
    /// `log p(z₁|z₂) + log p(z₂) − log q(z₂|z₁)` of the next z₂.
    fn log_prior<R: Rng + ?Sized>(&self, rng: &mut R, z: &[f32]) -> f32 {
        let upper = self.upper.posterior(self.network.forward(z.as_chunks().0).as_ref());
        let mut above = U::Latent::buffer::<f32>(self.upper.dims());
        let log_ratio = upper.sample_log_ratio(rng, above.as_mut());
        self.prior.posterior(above.as_ref().as_chunks().0).log_prob(z) + log_ratio
    }

    fn noise(&self) -> LowDiscrepancy {
        LowDiscrepancy::new(self.q.loc().len() + self.upper.words())
    }
}

impl<S: Shape, N, P, U> Posterior for ChainPosterior<S, N, P, U>
where
    N: Layer<In = S, From = f32>,
    P: ToPosterior<In = U::Latent, From = f32, Latent = S, Family = DiagonalGaussian<S>>,
    U: Head<In = N::Out, From = N::To>,
{
    fn sample_log_ratio<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) -> f32 {
        let minus_log_q = self.q.sample_surprise(rng, z) + HALF_LOG_TAU * z.len() as f32;
        self.log_prior(rng, z) + minus_log_q
    }

    /// With one sample of z₂, of the default noise.
    fn log_ratio(&self, z: &[f32]) -> f32 {
        self.log_prior(&mut self.noise(), z) - self.q.log_prob(z)
    }

    /// By 256 samples of the default noise.
    fn kl(&self) -> f32 {
        sampled_kl::<S>(self.q.loc().len(), self.noise(), |noise, z| self.sample_log_ratio(noise, z))
    }

    fn mode(&self) -> &[f32] {
        self.q.loc()
    }
}

impl<Q, N, P, U> Head for Chain<Q, N, P, U>
where
    Q: ToPosterior<Family = DiagonalGaussian<<Q as ToPosterior>::Latent>>,
    N: Layer<In = Q::Latent, From = f32> + Copy,
    P: ToPosterior<In = U::Latent, From = f32, Latent = Q::Latent, Family = Q::Family> + Copy,
    U: Head<In = N::Out, From = N::To> + Copy,
{
    type In = Q::In;
    type From = Q::From;
    type Latent = Q::Latent;
    type Posterior = ChainPosterior<Q::Latent, N, P, U>;
    type Noise = LowDiscrepancy;
    type Posteriors<const L: usize> = OneByOne<Self::Posterior, Q::Latent, L>;

    fn dims(&self) -> usize {
        self.lower.dims()
    }

    fn posterior(&self, hidden: &[[Q::From; 1]]) -> Self::Posterior {
        let Chain { network, prior, upper, .. } = *self;
        ChainPosterior { q: self.lower.posterior(hidden), network, prior, upper }
    }

    fn posteriors<const L: usize>(&self, hidden: &[[Q::From; L]]) -> Self::Posteriors<L> {
        OneByOne::new::<Q::In, _>(hidden, self.dims(), |h| self.posterior(h), || self.noise())
    }

    fn noise(&self) -> LowDiscrepancy {
        LowDiscrepancy::new(self.words())
    }

    fn words(&self) -> usize {
        self.lower.words() + self.upper.words()
    }
}
