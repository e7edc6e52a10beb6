//! Likelihoods p(x|z): the decoder's last layer fused with the log density of the features.
//!
//! A tile of eight outputs becomes eight terms of the log-likelihood and is dropped: the wide output is never
//! stored.

mod bernoulli;
mod beta_binomial;
mod discretized_logistic;
mod gaussian;
mod gaussian_categorical;
mod gaussian_per_output;
mod incomplete;
mod independent;
mod law;
mod modelled;
mod negative_binomial;
mod outputs;
mod rising;
mod student_t;
mod terms;
#[cfg(test)]
mod tests;
mod von_mises;

pub use bernoulli::{Bernoulli, BernoulliLaw};
pub use beta_binomial::{BetaBinomial, BetaBinomialLaw, LOG_SHAPE_LIMIT};
pub use discretized_logistic::{DiscretizedLogistic, DiscretizedLogisticLaw};
pub use gaussian::{Gaussian, GaussianLaw};
pub use gaussian_categorical::GaussianCategorical;
pub use gaussian_per_output::{GaussianPerOutput, GaussianPerOutputLaw};
pub use incomplete::Incomplete;
pub use independent::Independent;
pub use law::{Law, ReadLaw};
pub use modelled::Modelled;
pub use negative_binomial::{NegativeBinomial, NegativeBinomialLaw};
pub use outputs::Outputs;
pub use student_t::{StudentT, StudentTLaw};
pub use terms::{BLOCK, Terms};
pub use von_mises::{MAX_ROOT_CONCENTRATION, VonMises, VonMisesLaw};

use crate::math::{self, clamp};
use crate::shape::{Element, Lanes, Shape};
use rand_core::Rng;

/// Smallest log scale of a likelihood, in units of the standardised feature.
pub const LOG_SCALE_MIN: f32 = -7.0;
/// Largest log scale of a likelihood.
pub const LOG_SCALE_MAX: f32 = 7.0;

/// The last part of the decoder: from a hidden vector to a distribution of features.
pub trait Likelihood {
    /// Size of the hidden vector.
    type In: Shape;
    /// What the hidden vector is made of.
    type From: Element;
    /// Size of the features.
    type Out: Shape;

    /// `log p(features|z)` of `L` samples, in nats, terms added with features rising. The samples are of one
    /// frame, or of a frame each.
    #[inline(always)]
    fn log_prob<const L: usize, X: Lanes<L>>(&self, hidden: &[[Self::From; L]], features: &[X]) -> [f32; L] {
        self.log_prob_terms(hidden, features, &mut ())
    }
    /// As [`log_prob`](Self::log_prob), handing over the term of each feature, up to a constant of the
    /// feature: features rising, and for each feature the `L` samples.
    fn log_prob_terms<const L: usize, X: Lanes<L>>(
        &self,
        hidden: &[[Self::From; L]],
        features: &[X],
        terms: &mut (impl Terms + ?Sized),
    ) -> [f32; L];
    /// The slopes of `log p(features|z)` of one frame by the hidden vectors of `L` samples. `false` where the
    /// likelihood or its layers have no way back.
    fn pull_back<const L: usize>(
        &self,
        _hidden: &[[Self::From; L]],
        _features: &[f32],
        _to: &mut [[f32; L]],
    ) -> bool {
        false
    }
    /// `E[features|z]`.
    fn mean(&self, hidden: &[[Self::From; 1]], features: &mut [f32]);
    /// Draws features ~ p(·|z), one word of the generator each; [`StudentT`], [`NegativeBinomial`] and
    /// [`GaussianCategorical`] some more.
    fn sample<R: Rng + ?Sized>(&self, hidden: &[[Self::From; 1]], rng: &mut R, features: &mut [f32]);
}

/// A scale from its logarithm, held between [`LOG_SCALE_MIN`] and [`LOG_SCALE_MAX`].
#[inline(always)]
fn bounded_scale(log_scale: f32) -> f32 {
    math::exp(clamp(log_scale, LOG_SCALE_MIN, LOG_SCALE_MAX))
}

/// One over it.
#[inline(always)]
pub(crate) fn inverse_scale(log_scale: f32) -> f32 {
    math::exp(-clamp(log_scale, LOG_SCALE_MIN, LOG_SCALE_MAX))
}
