//! Likelihoods of any kind, read from a file.

use alloc::boxed::Box;
use core::fmt::Debug;

use elbow::LoadError;
use elbow::architecture::{Activation, Architecture, LikelihoodKind};
use elbow::format::Sections;
use elbow::likelihood::{
    BernoulliLaw, BetaBinomialLaw, DiscretizedLogisticLaw, GaussianCategorical, GaussianLaw,
    GaussianPerOutputLaw, Incomplete, Independent, Law, Likelihood, NegativeBinomialLaw, ReadLaw,
    StudentTLaw, Terms, VonMisesLaw,
};
use elbow::shape::Lanes;
use rand_core::Rng;

use super::Dynamic;
use super::door::{Door, OnDense, log_prob, pull_back};
use super::gaps::WithGaps;
use super::net::Dense;

/// A likelihood of any kind.
#[derive(Debug)]
pub(super) struct AnyLikelihood<'a>(pub(super) Box<dyn Door + 'a>);

impl<'a> AnyLikelihood<'a> {
    /// Takes the sections.
    pub(super) fn read(
        shape: &Architecture,
        gaps: bool,
        sections: &mut Sections<'a>,
    ) -> Result<Self, LoadError> {
        let dims = shape.features as usize;
        Ok(AnyLikelihood(match shape.likelihood {
            LikelihoodKind::Bernoulli => door(one::<BernoulliLaw>(shape, sections)?, gaps),
            LikelihoodKind::Gaussian => door(one::<GaussianLaw<'_>>(shape, sections)?, gaps),
            LikelihoodKind::GaussianPerOutput => door(two::<GaussianPerOutputLaw>(shape, sections)?, gaps),
            LikelihoodKind::DiscretizedLogistic => {
                door(two::<DiscretizedLogisticLaw<'_>>(shape, sections)?, gaps)
            }
            LikelihoodKind::StudentT => door(two::<StudentTLaw<'_>>(shape, sections)?, gaps),
            LikelihoodKind::BetaBinomial { .. } => door(two::<BetaBinomialLaw>(shape, sections)?, gaps),
            LikelihoodKind::NegativeBinomial => door(two::<NegativeBinomialLaw>(shape, sections)?, gaps),
            LikelihoodKind::VonMises { .. } => door(two::<VonMisesLaw<'_>>(shape, sections)?, gaps),
            LikelihoodKind::GaussianCategorical { .. } => {
                let outputs = output(shape, sections)?;
                door(GaussianCategorical::<Dynamic, _>::read(outputs, sections, dims)?, gaps)
            }
        }))
    }
}

/// A likelihood behind its door: one of frames with gaps where numbers may be missing.
fn door<'a, T>(likelihood: T, gaps: bool) -> Box<dyn Door + 'a>
where
    T: OnDense + Debug + Send + Sync + 'a,
    Incomplete<T>: OnDense,
{
    if gaps { Box::new(WithGaps(Incomplete(likelihood))) } else { Box::new(likelihood) }
}

/// A law on one layer.
pub(super) type One<'a, W> = Independent<W, (Dense<'a>,), 1>;
/// A law on two layers.
pub(super) type Two<'a, W> = Independent<W, (Dense<'a>, Dense<'a>), 2>;

/// Takes the sections of a likelihood on one layer.
pub(super) fn one<'a, W: Law<1> + ReadLaw<'a>>(
    shape: &Architecture,
    sections: &mut Sections<'a>,
) -> Result<One<'a, W>, LoadError> {
    Independent::read((output(shape, sections)?,), sections)
}

/// Takes the sections of a likelihood on two layers.
pub(super) fn two<'a, W: Law<2> + ReadLaw<'a>>(
    shape: &Architecture,
    sections: &mut Sections<'a>,
) -> Result<Two<'a, W>, LoadError> {
    Independent::read((output(shape, sections)?, output(shape, sections)?), sections)
}

/// The layer that a likelihood reads: from the decoder's last hidden vector to a number for each feature.
pub(super) fn output<'a>(shape: &Architecture, sections: &mut Sections<'a>) -> Result<Dense<'a>, LoadError> {
    let (inputs, outputs) = (shape.decoder_width(), shape.output_width());
    Dense::read(sections, shape.weights, inputs, outputs, Activation::Identity)
}

impl Likelihood for AnyLikelihood<'_> {
    type In = Dynamic;
    type From = f32;
    type Out = Dynamic;

    #[inline(always)]
    fn log_prob_terms<const L: usize, X: Lanes<L>>(
        &self,
        hidden: &[[f32; L]],
        features: &[X],
        terms: &mut (impl Terms + ?Sized),
    ) -> [f32; L] {
        log_prob(&*self.0, hidden, features, terms.block())
    }

    fn pull_back<const L: usize>(&self, hidden: &[[f32; L]], features: &[f32], to: &mut [[f32; L]]) -> bool {
        pull_back(&*self.0, hidden, features, to)
    }

    fn mean(&self, hidden: &[[f32; 1]], features: &mut [f32]) {
        self.0.mean(hidden.as_flattened(), features);
    }

    fn sample<R: Rng + ?Sized>(&self, hidden: &[[f32; 1]], mut rng: &mut R, features: &mut [f32]) {
        self.0.sample(hidden.as_flattened(), &mut rng, features);
    }
}
