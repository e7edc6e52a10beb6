//! What the scores of a model are densities of: those of one kind alone can be compared.

use core::fmt;

use elbow::architecture::{Architecture, LatentKind, LikelihoodKind};

/// What `p(x)` is a density of, as a mathematician says by which measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// numbers of a continuum
    Numbers,
    /// whole numbers or bits: probabilities
    Whole,
    /// words, and numbers beside them
    Words,
    /// nothing: an autoencoder has no `p(x)`, only the likelihood of what it reconstructs
    Nothing,
}

impl Measure {
    /// Of the models of a shape.
    pub fn of(shape: &Architecture) -> Measure {
        if let LatentKind::Point { .. } = shape.latent {
            return Measure::Nothing;
        }
        match shape.likelihood {
            // those of a mixture are normal
            _ if matches!(shape.latent, LatentKind::Component { .. }) => Measure::Numbers,
            LikelihoodKind::Gaussian
            | LikelihoodKind::GaussianPerOutput
            | LikelihoodKind::StudentT
            | LikelihoodKind::VonMises { .. } => Measure::Numbers,
            LikelihoodKind::GaussianCategorical { .. } => Measure::Words,
            _ => Measure::Whole,
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Measure::Numbers => "densities of numbers",
            Measure::Whole => "probabilities of whole numbers",
            Measure::Words => "probabilities of words, and densities of the numbers beside them",
            Measure::Nothing => "likelihoods of reconstructions, not densities",
        })
    }
}
