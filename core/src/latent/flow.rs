//! An invertible map behind a posterior.

use super::{Head, Posterior};
use crate::distribution::{DiagonalGaussian, HALF_LOG_TAU};
use crate::noise::LowDiscrepancy;
use crate::posterior::{OneByOne, ToPosterior};
use crate::prior::{LogProb, sampled_kl};
use crate::shape::Shape;
use rand_core::Rng;

/// A map T from latents to latents that has an inverse.
pub trait InvertibleMap: Copy {
    /// `z ← T(z)`; returns `log |det ∂T/∂z|`, in nats.
    fn forward(&self, z: &mut [f32]) -> f32;
    /// `z ← T⁻¹(z)`; returns the same logarithm, at the place from which T leads to z.
    fn inverse(&self, z: &mut [f32]) -> f32;
}

/// A Gaussian posterior that a map `T` bends: `z = T(z₀)`, `z₀ ~ q(z₀|x)`.
///
/// `log q(z|x) = log q(z₀|x) − log |det ∂T/∂z₀|`, so a draw has the log ratio
/// `log p(z) − log q(z₀|x) + log |det ∂T/∂z₀|`.
///
/// **Source.** Rezende and Mohamed (2015), "Variational inference with normalizing flows", equation 5.
#[derive(Clone, Copy, Debug)]
pub struct Flow<Q, T, P> {
    posterior: Q,
    map: T,
    prior: P,
}

impl<Q, T, P> Flow<Q, T, P> {
    /// Joins the layers of q(z₀|x), the map and the prior.
    pub fn new(posterior: Q, map: T, prior: P) -> Self {
        Flow { posterior, map, prior }
    }
}

/// q(z|x) of a frame, and the prior.
#[derive(Clone, Debug)]
pub struct FlowPosterior<S: Shape, T, P> {
    q: DiagonalGaussian<S>,
    map: T,
    prior: P,
    mode: S::Buffer<f32>,
}

impl<S: Shape, T: InvertibleMap, P: LogProb> Posterior for FlowPosterior<S, T, P> {
    fn sample_log_ratio<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) -> f32 {
        let minus_log_q = self.q.sample_surprise(rng, z) + HALF_LOG_TAU * z.len() as f32;
        let log_det = self.map.forward(z);
        self.prior.log_prob(z) + minus_log_q + log_det
    }

    fn log_ratio(&self, z: &[f32]) -> f32 {
        let mut before = S::buffer(z.len());
        before.as_mut().copy_from_slice(z);
        let log_det = self.map.inverse(before.as_mut());
        self.prior.log_prob(z) - self.q.log_prob(before.as_ref()) + log_det
    }

    /// By 256 samples of the default noise.
    fn kl(&self) -> f32 {
        let dims = self.q.loc().len();
        sampled_kl::<S>(dims, LowDiscrepancy::new(dims), |noise, z| self.sample_log_ratio(noise, z))
    }

    /// Where the map leads from the most likely z₀.
    fn mode(&self) -> &[f32] {
        self.mode.as_ref()
    }
}

impl<Q, T: InvertibleMap, P: LogProb + Copy> Head for Flow<Q, T, P>
where
    Q: ToPosterior<Family = DiagonalGaussian<<Q as ToPosterior>::Latent>>,
{
    type In = Q::In;
    type From = Q::From;
    type Latent = Q::Latent;
    type Posterior = FlowPosterior<Q::Latent, T, P>;
    type Noise = LowDiscrepancy;
    type Posteriors<const L: usize> = OneByOne<Self::Posterior, Q::Latent, L>;

    fn dims(&self) -> usize {
        self.posterior.dims()
    }

    fn posterior(&self, hidden: &[[Q::From; 1]]) -> Self::Posterior {
        let Flow { map, prior, .. } = *self;
        let q = self.posterior.posterior(hidden);
        let mut mode = Q::Latent::buffer(self.dims());
        mode.as_mut().copy_from_slice(q.loc());
        map.forward(mode.as_mut());
        FlowPosterior { q, map, prior, mode }
    }

    fn posteriors<const L: usize>(&self, hidden: &[[Q::From; L]]) -> Self::Posteriors<L> {
        OneByOne::new::<Q::In, _>(hidden, self.dims(), |h| self.posterior(h), || self.noise())
    }

    fn noise(&self) -> LowDiscrepancy {
        self.posterior.noise()
    }
}
