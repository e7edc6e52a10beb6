//! The latent variable: a posterior q(z|x), and the prior p(z) that it is measured against.

mod chain;
mod draw;
mod flow;
mod given;

pub use chain::{Chain, ChainPosterior};
pub use draw::{Draw, Samples};
pub use flow::{Flow, FlowPosterior, InvertibleMap};
pub use given::{GivenHead, GivenPosterior, GivenPosteriors};

use crate::distribution::GaussianMixture;
use crate::fingerprint::{Fingerprint, fold, of};
use crate::format::{Load, LoadError, Sections};
use crate::layer::{Layer, Projection};
use crate::noise::LowDiscrepancy;
use crate::posterior::{
    ConcentrationHead, Family, ToGaussian, ToPoint, ToPosterior, ToVonMisesFisher, Words,
};
use crate::prior::{MixturePrior, NoPrior, Prior, ReadPrior, SamplePrior, StandardNormal, UniformOnSphere};
use crate::shape::{Element, Shape, lanes};
use rand_core::Rng;

/// A posterior q(z|x) together with the prior p(z) it is measured against.
pub trait Posterior {
    /// Draws z ~ q(z|x) into `z` and returns `log p(z) − log q(z|x)`, in nats.
    fn sample_log_ratio<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) -> f32;
    /// As [`sample_log_ratio`](Self::sample_log_ratio), the next `L` samples side by side; `S` is the
    /// latent's size.
    #[inline(always)]
    fn sample_log_ratios<S: Shape, R: Rng + ?Sized, const L: usize>(
        &self,
        rng: &mut R,
        z: &mut [[f32; L]],
    ) -> [f32; L] {
        if L == 1 {
            return [self.sample_log_ratio(rng, z.as_flattened_mut()); L];
        }
        let mut of_lane = S::buffer(z.len());
        lanes(
            #[inline(always)]
            |l| {
                let log_ratio = self.sample_log_ratio(rng, of_lane.as_mut());
                for (lanes, z) in z.iter_mut().zip(of_lane.as_ref()) {
                    lanes[l] = *z;
                }
                log_ratio
            },
        )
    }
    /// `log p(z) − log q(z|x)` at a given z, in nats.
    fn log_ratio(&self, z: &[f32]) -> f32;
    /// `KL(q(z|x) ‖ p(z))`, in nats.
    fn kl(&self) -> f32;
    /// The most likely z.
    fn mode(&self) -> &[f32];
}

/// The last part of the encoder: from a hidden vector to a posterior with its prior.
pub trait Head {
    /// Size of the hidden vector.
    type In: Shape;
    /// What the hidden vector is made of.
    type From: Element;
    /// Size of the latent.
    type Latent: Shape;
    /// What it gives.
    type Posterior: Posterior;
    /// The default source of randomness for its posterior.
    type Noise: Rng;
    /// What it gives for `L` frames side by side.
    type Posteriors<const L: usize>: Draw<L>;

    /// Number of latent coordinates.
    fn dims(&self) -> usize;
    /// q(z|x) for one hidden vector.
    fn posterior(&self, hidden: &[[Self::From; 1]]) -> Self::Posterior;
    /// q(z|x) for the hidden vectors of `L` frames, each with the default noise.
    fn posteriors<const L: usize>(&self, hidden: &[[Self::From; L]]) -> Self::Posteriors<L>;
    /// A fresh copy of the default randomness: always the same words.
    fn noise(&self) -> Self::Noise;
    /// Words of it that a sample takes.
    fn words(&self) -> usize {
        self.dims()
    }
}

/// A head with a prior that can be drawn from.
pub trait HasPrior: Head {
    /// Draws z ~ p(z).
    fn sample_prior<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]);
}

/// The layers `Q` of a posterior, and the prior `P`.
#[derive(Clone, Copy, Debug)]
pub struct Latent<Q, P> {
    posterior: Q,
    prior: P,
}

impl<Q: ToPosterior, P: Prior<Q::Family>> Latent<Q, P> {
    /// Joins the two.
    pub fn of(posterior: Q, prior: P) -> Self {
        Latent { posterior, prior }
    }
}

/// q(z|x) of one frame, and the prior.
#[derive(Clone, Debug)]
pub struct Measured<Q, P> {
    q: Q,
    prior: P,
}

impl<Q, P> Measured<Q, P> {
    /// Joins the two.
    pub fn new(q: Q, prior: P) -> Self {
        Measured { q, prior }
    }

    /// q(z|x) alone.
    pub fn q(&self) -> &Q {
        &self.q
    }
}

impl<Q: Family, P: Prior<Q>> Posterior for Measured<Q, P> {
    #[inline]
    fn sample_log_ratio<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) -> f32 {
        self.prior.sample_log_ratio(&self.q, rng, z)
    }

    fn log_ratio(&self, z: &[f32]) -> f32 {
        self.prior.log_ratio(&self.q, z)
    }

    fn kl(&self) -> f32 {
        self.prior.kl(&self.q)
    }

    #[inline]
    fn mode(&self) -> &[f32] {
        self.q.mode()
    }
}

/// q(z|x) of `L` frames, and the prior.
#[derive(Debug)]
pub struct MeasuredFrames<Q: Family, P, const L: usize> {
    frames: Q::Frames<L>,
    prior: P,
}

impl<Q: Family, P: Prior<Q>, const L: usize> Draw<L> for MeasuredFrames<Q, P, L> {
    #[inline(always)]
    fn draw(&mut self, z: &mut [[f32; L]]) -> [f32; L] {
        self.prior.draw(&mut self.frames, z)
    }
}

impl<Q: ToPosterior, P: Prior<Q::Family>> Head for Latent<Q, P> {
    type In = Q::In;
    type From = Q::From;
    type Latent = Q::Latent;
    type Posterior = Measured<Q::Family, P>;
    type Noise = LowDiscrepancy;
    type Posteriors<const L: usize> = MeasuredFrames<Q::Family, P, L>;

    #[inline(always)]
    fn dims(&self) -> usize {
        self.posterior.dims()
    }

    #[inline]
    fn posterior(&self, hidden: &[[Q::From; 1]]) -> Measured<Q::Family, P> {
        Measured { q: self.posterior.posterior(hidden), prior: self.prior }
    }

    #[inline(always)]
    fn posteriors<const L: usize>(&self, hidden: &[[Q::From; L]]) -> MeasuredFrames<Q::Family, P, L> {
        MeasuredFrames { frames: self.posterior.frames(hidden), prior: self.prior }
    }

    fn noise(&self) -> LowDiscrepancy {
        self.posterior.noise()
    }

    fn words(&self) -> usize {
        self.posterior.words()
    }
}

impl<Q: ToPosterior, P: Prior<Q::Family> + SamplePrior> HasPrior for Latent<Q, P> {
    fn sample_prior<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) {
        self.prior.sample(rng, z);
    }
}

impl<'a, Q: ToPosterior + Load<'a>, P: ReadPrior<'a>> Load<'a> for Latent<Q, P> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let posterior = Q::load(sections)?;
        let prior = P::read(sections, posterior.dims())?;
        Ok(Latent { posterior, prior })
    }
}

impl<'a, Q: Words, P: ReadPrior<'a>> Fingerprint for Latent<Q, P> {
    const FINGERPRINT: u32 = fold_all(fold_all(of(&[P::PART as u32]), Q::WORDS), P::WORDS);
}

const fn fold_all(mut hash: u32, mut words: &[u32]) -> u32 {
    while let [word, rest @ ..] = words {
        hash = fold(hash, *word);
        words = rest;
    }
    hash
}

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
