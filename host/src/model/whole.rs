//! Likelihoods of whole numbers, which an entropy coder can use.

use elbow::LoadError;
use elbow::architecture::{Architecture, LikelihoodKind};
use elbow::codec::{DiscreteLikelihood, Rans, StreamError};
use elbow::features::WholeNumbers;
use elbow::format::Sections;
use elbow::likelihood::{
    BernoulliLaw, BetaBinomialLaw, DiscretizedLogisticLaw, GaussianCategorical, Likelihood,
    NegativeBinomialLaw, Terms,
};
use elbow::shape::Lanes;
use rand_core::Rng;

use super::Dynamic;
use super::door::{Door, log_prob, pull_back};
use super::likelihood::{One, Two, one, output, two};
use super::net::Dense;

/// A likelihood of whole numbers of any kind.
#[derive(Debug)]
pub(super) enum WholeLikelihood<'a> {
    Bernoulli(One<'a, BernoulliLaw>),
    BetaBinomial(Two<'a, BetaBinomialLaw>),
    DiscretizedLogistic(Two<'a, DiscretizedLogisticLaw<'a>>),
    GaussianCategorical(GaussianCategorical<'a, Dynamic, Dense<'a>>),
    NegativeBinomial(Two<'a, NegativeBinomialLaw>),
}

/// Evaluates an expression for the part that there is.
macro_rules! each {
    ($any:expr, $part:ident => $value:expr) => {
        match $any {
            WholeLikelihood::Bernoulli($part) => $value,
            WholeLikelihood::BetaBinomial($part) => $value,
            WholeLikelihood::DiscretizedLogistic($part) => $value,
            WholeLikelihood::GaussianCategorical($part) => $value,
            WholeLikelihood::NegativeBinomial($part) => $value,
        }
    };
}

impl<'a> WholeLikelihood<'a> {
    /// Takes the sections; `None` for a likelihood of other numbers.
    pub(super) fn read(shape: &Architecture, sections: &mut Sections<'a>) -> Result<Option<Self>, LoadError> {
        let dims = shape.features as usize;
        Ok(Some(match shape.likelihood {
            LikelihoodKind::Bernoulli => WholeLikelihood::Bernoulli(one(shape, sections)?),
            LikelihoodKind::BetaBinomial { .. } => WholeLikelihood::BetaBinomial(two(shape, sections)?),
            LikelihoodKind::DiscretizedLogistic => {
                WholeLikelihood::DiscretizedLogistic(two(shape, sections)?)
            }
            LikelihoodKind::GaussianCategorical { .. } => {
                let outputs = output(shape, sections)?;
                let likelihood = GaussianCategorical::read(outputs, sections, dims)?;
                WholeLikelihood::GaussianCategorical(likelihood)
            }
            LikelihoodKind::NegativeBinomial => WholeLikelihood::NegativeBinomial(two(shape, sections)?),
            _ => return Ok(None),
        }))
    }

    /// The same code as in every other model.
    fn door(&self) -> &dyn Door {
        each!(self, part => part)
    }
}

impl Likelihood for WholeLikelihood<'_> {
    type In = Dynamic;
    type From = f32;
    type Out = Dynamic;

    fn log_prob_terms<const L: usize, X: Lanes<L>>(
        &self,
        hidden: &[[f32; L]],
        features: &[X],
        terms: &mut (impl Terms + ?Sized),
    ) -> [f32; L] {
        log_prob(self.door(), hidden, features, terms.block())
    }

    fn pull_back<const L: usize>(&self, hidden: &[[f32; L]], features: &[f32], to: &mut [[f32; L]]) -> bool {
        pull_back(self.door(), hidden, features, to)
    }

    fn mean(&self, hidden: &[[f32; 1]], features: &mut [f32]) {
        self.door().mean(hidden.as_flattened(), features);
    }

    fn sample<R: Rng + ?Sized>(&self, hidden: &[[f32; 1]], mut rng: &mut R, features: &mut [f32]) {
        self.door().sample(hidden.as_flattened(), &mut rng, features);
    }
}

impl DiscreteLikelihood for WholeLikelihood<'_> {
    fn symbols(&self) -> usize {
        each!(self, part => part.symbols())
    }

    fn continuous(&self) -> Option<usize> {
        each!(self, part => part.continuous())
    }

    fn without_code(&self, frame: &[f32]) -> Option<usize> {
        each!(self, part => part.without_code(frame))
    }

    fn push<F: WholeNumbers, B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        features: &F,
        hidden: &[[f32; 1]],
        frame: &[f32],
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        each!(self, part => part.push(features, hidden, frame, rans))
    }

    fn pop<F: WholeNumbers, B: AsRef<[u8]>>(
        &self,
        features: &F,
        hidden: &[[f32; 1]],
        frame: &mut [f32],
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        each!(self, part => part.pop(features, hidden, frame, rans))
    }
}
