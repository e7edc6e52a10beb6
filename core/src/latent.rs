//! The latent variable: heads that turn the encoder's last hidden vector into a posterior, each with its
//! prior.

mod concentration;
mod draw;
mod frames;
mod mixture;
mod point;
mod von_mises_fisher;

pub use concentration::{
    ConcentrationHead, FixedConcentration, Law, LearnedConcentration, Tabled, TabledConcentration,
};
pub use draw::{Draw, Samples};
pub use frames::{GaussianPosteriors, MixturePosteriors, OneByOne};
pub use mixture::{MixtureHead, MixturePosterior};
pub use point::{Point, PointHead};
pub use von_mises_fisher::{VmfHead, VmfPosterior};

use crate::distribution::{DiagonalGaussian, StandardNormal};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections};
use crate::layer::Projection;
use crate::math::clamp;
use crate::noise::LowDiscrepancy;
use crate::shape::{Element, Shape};
use rand_core::Rng;

/// Smallest log scale that a Gaussian head gives: standard deviations are at least `exp(−10)`.
pub const LOG_SCALE_MIN: f32 = -10.0;
/// Largest log scale that a Gaussian head gives.
pub const LOG_SCALE_MAX: f32 = 10.0;

/// A posterior q(z|x) together with the prior p(z) it is measured against.
pub trait Posterior {
    /// Draws z ~ q(z|x) into `z` and returns `log p(z) − log q(z|x)`, in nats.
    fn sample_log_ratio<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) -> f32;
    /// `log p(z) − log q(z|x)` at a given z, in nats.
    fn log_ratio(&self, z: &[f32]) -> f32;
    /// `KL(q(z|x) ‖ p(z))`, in nats.
    fn kl(&self) -> f32;
    /// The most likely z.
    fn mode(&self) -> &[f32];
}

/// The last part of the encoder: from a hidden vector to a posterior.
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
}

/// A head with a prior that can be drawn from.
pub trait Prior: Head {
    /// Draws z ~ p(z).
    fn sample_prior<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]);
}

impl<S: Shape> Posterior for DiagonalGaussian<S> {
    #[cfg_attr(target_os = "none", inline(never))]
    fn sample_log_ratio<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) -> f32 {
        self.sample_log_ratio(rng, z)
    }

    fn log_ratio(&self, z: &[f32]) -> f32 {
        StandardNormal.log_prob(z) - self.log_prob(z)
    }

    fn kl(&self) -> f32 {
        self.kl_to_standard_normal()
    }

    fn mode(&self) -> &[f32] {
        self.loc()
    }
}

/// Gaussian posterior with a standard normal prior: one dense layer for the means, one for the log scales.
///
/// `q(z|x) = N(loc(h), diag(exp(log_scale(h)))²)`, the log scale held between [`LOG_SCALE_MIN`] and
/// [`LOG_SCALE_MAX`].
#[derive(Clone, Copy, Debug)]
pub struct GaussianHead<M, S> {
    loc: M,
    log_scale: S,
}

impl<M: Projection, S: Projection<In = M::In, Out = M::Out, From = M::From>> GaussianHead<M, S> {
    /// Joins the two layers.
    pub fn new(loc: M, log_scale: S) -> Self {
        GaussianHead { loc, log_scale }
    }
}

impl<M: Projection, S: Projection<In = M::In, Out = M::Out, From = M::From>> Head for GaussianHead<M, S> {
    type In = M::In;
    type From = M::From;
    type Latent = M::Out;
    type Posterior = DiagonalGaussian<M::Out>;
    type Noise = LowDiscrepancy;
    type Posteriors<const L: usize> = GaussianPosteriors<M::Out, L>;

    #[inline(always)]
    fn dims(&self) -> usize {
        self.loc.outputs()
    }

    fn posterior(&self, hidden: &[[M::From; 1]]) -> DiagonalGaussian<M::Out> {
        let mut loc = <M::Out as Shape>::buffer(self.dims());
        let mut log_scale = <M::Out as Shape>::buffer(self.dims());
        copy(self.loc.forward(hidden).as_ref(), loc.as_mut());
        copy(self.log_scale.forward(hidden).as_ref(), log_scale.as_mut());
        for s in log_scale.as_mut() {
            *s = bounded(*s);
        }
        DiagonalGaussian::new_unchecked(loc, log_scale)
    }

    #[inline(always)]
    fn posteriors<const L: usize>(&self, hidden: &[[M::From; L]]) -> GaussianPosteriors<M::Out, L> {
        let loc = self.loc.forward(hidden);
        let mut log_scale = self.log_scale.forward(hidden);
        for s in log_scale.as_mut().as_flattened_mut() {
            *s = bounded(*s);
        }
        GaussianPosteriors::new(loc, log_scale, self.noise())
    }

    fn noise(&self) -> LowDiscrepancy {
        LowDiscrepancy::new(self.dims())
    }
}

impl<M: Projection, S: Projection<In = M::In, Out = M::Out, From = M::From>> Prior for GaussianHead<M, S> {
    fn sample_prior<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) {
        StandardNormal.sample(rng, z);
    }
}

fn copy(from: &[[f32; 1]], to: &mut [f32]) {
    to.iter_mut().zip(from.as_flattened()).for_each(|(to, from)| *to = *from);
}

#[cfg_attr(target_os = "none", inline(never))]
fn bounded(log_scale: f32) -> f32 {
    clamp(log_scale, LOG_SCALE_MIN, LOG_SCALE_MAX)
}

impl<'a, M: Load<'a>, S: Load<'a>> Load<'a> for GaussianHead<M, S> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        Ok(GaussianHead { loc: M::load(sections)?, log_scale: S::load(sections)? })
    }
}

impl<M: Fingerprint, S: Fingerprint> Fingerprint for GaussianHead<M, S> {
    const FINGERPRINT: u32 = of(&[Part::GaussianHead as u32, M::FINGERPRINT, S::FINGERPRINT]);
}
