//! Likelihoods of any kind.

use super::dense::AnyDense;
use super::memory::Lent;
use crate::architecture::{Activation, Architecture, LikelihoodKind};
use crate::format::{LoadError, Sections};
use crate::kernel::{TILE, tiles};
use crate::likelihood::{
    BLOCK, BernoulliLaw, BetaBinomialLaw, DiscretizedLogisticLaw, GaussianCategorical, GaussianLaw,
    GaussianPerOutputLaw, Independent, Law, Likelihood as _, NegativeBinomialLaw, Outputs, ReadLaw,
    StudentTLaw, VonMisesLaw,
};
use crate::shape::lanes;

/// A layer under a likelihood, or two.
#[derive(Clone, Copy, Debug)]
pub(super) struct Under<'a, const N: usize>([AnyDense<'a>; N]);

impl<const N: usize> Outputs<N> for Under<'_, N> {
    type In = Lent;
    type From = f32;
    type Out = Lent;

    fn features(&self) -> usize {
        self.0.first().map_or(0, |layer| layer.outputs())
    }

    fn tile(&self, t: usize, hidden: &[[f32; 1]]) -> [[f32; N]; TILE] {
        let mut of_layers = [[[0.0; 1]; TILE]; N];
        for (layer, y) in self.0.iter().zip(&mut of_layers) {
            layer.tile(t, hidden.as_flattened(), y);
        }
        lanes(|j| lanes(|n| of_layers[n][j][0]))
    }

    #[inline(always)]
    fn for_each<const L: usize>(
        &self,
        hidden: &[[f32; L]],
        dims: usize,
        mut visit: impl FnMut([&[f32; L]; N]),
    ) {
        let mut of_layers = [[[0.0; L]; TILE]; N];
        for t in 0..tiles(dims) {
            for (layer, y) in self.0.iter().zip(&mut of_layers) {
                layer.tile(t, hidden.as_flattened(), y);
            }
            let mut rows = of_layers.each_ref().map(|tile| tile.iter());
            for _ in 0..TILE.min(dims - t * TILE) {
                visit(rows.each_mut().map(|rows| rows.next().unwrap_or(&[0.0; L])));
            }
        }
    }
}

type One<'a, W> = Independent<W, Under<'a, 1>, 1>;
type Two<'a, W> = Independent<W, Under<'a, 2>, 2>;

/// A likelihood of any kind.
#[derive(Clone, Copy, Debug)]
pub(super) enum AnyLikelihood<'a> {
    Bernoulli(One<'a, BernoulliLaw>),
    Gaussian(One<'a, GaussianLaw<'a>>),
    GaussianPerOutput(Two<'a, GaussianPerOutputLaw>),
    DiscretizedLogistic(Two<'a, DiscretizedLogisticLaw<'a>>),
    StudentT(Two<'a, StudentTLaw<'a>>),
    BetaBinomial(Two<'a, BetaBinomialLaw>),
    NegativeBinomial(Two<'a, NegativeBinomialLaw>),
    VonMises(Two<'a, VonMisesLaw<'a>>),
    GaussianCategorical(GaussianCategorical<'a, Lent, AnyDense<'a>>),
}

/// Evaluates an expression for the part that there is.
macro_rules! each {
    ($any:expr, $part:ident => $value:expr) => {
        match $any {
            AnyLikelihood::Bernoulli($part) => $value,
            AnyLikelihood::Gaussian($part) => $value,
            AnyLikelihood::GaussianPerOutput($part) => $value,
            AnyLikelihood::DiscretizedLogistic($part) => $value,
            AnyLikelihood::StudentT($part) => $value,
            AnyLikelihood::BetaBinomial($part) => $value,
            AnyLikelihood::NegativeBinomial($part) => $value,
            AnyLikelihood::VonMises($part) => $value,
            AnyLikelihood::GaussianCategorical($part) => $value,
        }
    };
}

impl<'a> AnyLikelihood<'a> {
    /// Takes the sections.
    #[inline(never)]
    pub(super) fn read(shape: &Architecture, sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        Ok(match shape.likelihood {
            LikelihoodKind::Bernoulli => AnyLikelihood::Bernoulli(of(shape, sections)?),
            LikelihoodKind::Gaussian => AnyLikelihood::Gaussian(of(shape, sections)?),
            LikelihoodKind::GaussianPerOutput => AnyLikelihood::GaussianPerOutput(of(shape, sections)?),
            LikelihoodKind::DiscretizedLogistic => AnyLikelihood::DiscretizedLogistic(of(shape, sections)?),
            LikelihoodKind::StudentT => AnyLikelihood::StudentT(of(shape, sections)?),
            LikelihoodKind::BetaBinomial { .. } => AnyLikelihood::BetaBinomial(of(shape, sections)?),
            LikelihoodKind::NegativeBinomial => AnyLikelihood::NegativeBinomial(of(shape, sections)?),
            LikelihoodKind::VonMises { .. } => AnyLikelihood::VonMises(of(shape, sections)?),
            LikelihoodKind::GaussianCategorical { .. } => {
                let (outputs, dims) = (output(shape, sections)?, shape.features as usize);
                AnyLikelihood::GaussianCategorical(GaussianCategorical::read(outputs, sections, dims)?)
            }
        })
    }

    /// `log p(features|z)` of `L` samples; `terms` takes those of each feature, if it has room.
    pub(super) fn log_prob<const L: usize>(
        &self,
        hidden: &[[f32; L]],
        features: &[f32],
        terms: &mut [[f32; BLOCK]],
    ) -> [f32; L] {
        each!(self, part => part.log_prob_terms(hidden, features, terms))
    }

    /// As [`log_prob`](Self::log_prob), of features some of which are missing, as NaN says.
    #[inline]
    pub(super) fn log_prob_of_present(
        &self,
        hidden: &[[f32; BLOCK]],
        features: &[f32],
        terms: &mut [[f32; BLOCK]],
    ) -> [f32; BLOCK] {
        each!(self, part => part.log_prob_of::<true, BLOCK, f32>(hidden, features, terms))
    }

    /// `E[features|z]`
    #[inline]
    pub(super) fn mean(&self, hidden: &[[f32; 1]], features: &mut [f32]) {
        each!(self, part => part.mean(hidden, features));
    }
}

/// Takes the sections of a law and of the layers that it reads.
fn of<'a, W: Law<N> + ReadLaw<'a>, const N: usize>(
    shape: &Architecture,
    sections: &mut Sections<'a>,
) -> Result<Independent<W, Under<'a, N>, N>, LoadError> {
    let mut layers = [output(shape, sections)?; N];
    for layer in layers.iter_mut().skip(1) {
        *layer = output(shape, sections)?;
    }
    Independent::read(Under(layers), sections)
}

/// A layer that a likelihood reads: from the decoder's last hidden vector to a number for each feature.
fn output<'a>(shape: &Architecture, sections: &mut Sections<'a>) -> Result<AnyDense<'a>, LoadError> {
    let (inputs, outputs) = (shape.decoder_width(), shape.output_width());
    AnyDense::read(sections, shape.weights, inputs, outputs, Activation::Identity)
}
