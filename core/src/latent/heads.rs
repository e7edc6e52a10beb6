//! The heads that there are: families of posteriors with their priors.

use super::Latent;
use crate::distribution::GaussianMixture;
use crate::layer::{Layer, Projection};
use crate::posterior::{ConcentrationHead, ToGaussian, ToPoint, ToVonMisesFisher};
use crate::prior::{MixturePrior, NoPrior, StandardNormal, UniformOnSphere};

/// Gaussian posterior with a standard normal prior: one dense layer for the means, one for the log scales.
pub type GaussianHead<M, S> = Latent<ToGaussian<M, S>, StandardNormal>;

impl<M: Projection, S: Projection<In = M::In, Out = M::Out, From = M::From>> GaussianHead<M, S> {
    /// Joins the two layers.
    pub fn new(loc: M, log_scale: S) -> Self {
        Latent::of(ToGaussian::new(loc, log_scale), StandardNormal)
    }
}

/// Gaussian posterior with a prior of `N` Gaussians.
pub type MixtureHead<'a, M, S, N> = Latent<ToGaussian<M, S>, MixturePrior<'a, <M as Layer>::Out, N>>;

impl<'a, M, S, N> MixtureHead<'a, M, S, N>
where
    M: Projection,
    S: Projection<In = M::In, Out = M::Out, From = M::From>,
    N: Copy,
{
    /// Joins the two layers of the posterior and the prior.
    pub fn new(gaussian: GaussianHead<M, S>, prior: GaussianMixture<'a, M::Out>) -> Self {
        Latent::of(gaussian.posterior, MixturePrior::new(prior))
    }
}

/// Von Mises–Fisher posterior with a uniform prior on the sphere S^(d−1): κ fixed or from h. d counts the
/// coordinates of z.
pub type VmfHead<M, C> = Latent<ToVonMisesFisher<M, C>, UniformOnSphere>;

impl<M: Projection, C: ConcentrationHead<M::From>> VmfHead<M, C> {
    /// Joins the layer of directions and the source of concentrations.
    pub fn new(mean: M, concentration: C) -> Self {
        Latent::of(ToVonMisesFisher::new(mean, concentration), UniformOnSphere)
    }
}

/// A latent that is a function of the frame: `z = f(h)`, a dense layer with any activation. There is no
/// prior.
///
/// The score is then `log p(x|z(x))`, the reconstruction's log likelihood. It is **not** a density of x:
/// nothing says how likely z is, and `exp` of it does not integrate to 1. It ranks frames as an autoencoder's
/// squared error does, and all K samples are the same, so that K = 1 says everything. With the likelihood
/// [`Gaussian`](crate::Gaussian), the mean squared error of D standardised features with scale σ in common is
/// `−σ² (2 log p(x|z)/D + log 2πσ²)`.
pub type PointHead<P> = Latent<ToPoint<P>, NoPrior>;

impl<P: Projection> PointHead<P> {
    /// Takes the layer that gives z.
    pub fn new(layer: P) -> Self {
        Latent::of(ToPoint::new(layer), NoPrior)
    }
}
