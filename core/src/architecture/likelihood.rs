//! The family of the likelihood p(x|z).

use super::columns::{angles, levels};
use super::{Architecture, Columns, FeaturesKind, Operation, Section, Visit, Word, Work, role};
use crate::fingerprint::Part;
use serde::{Deserialize, Serialize};

/// The family of the likelihood p(x|z).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LikelihoodKind {
    /// Independent bits; the decoder gives their logits.
    Bernoulli,
    /// Independent normals; the decoder gives the means, one learned scale per feature.
    Gaussian,
    /// Independent normals; the decoder gives mean and log scale of each.
    GaussianPerOutput,
    /// Independent integers; the decoder gives mean and log scale of a logistic distribution in bins.
    DiscretizedLogistic,
    /// Independent numbers of Student's t; the decoder gives location and log scale, one learned number of
    /// degrees of freedom per feature.
    StudentT,
    /// Independent counts; the decoder gives the logs of α and β of a beta-binomial distribution.
    BetaBinomial {
        /// the largest count n
        most: u8,
    },
    /// Independent normals, one learned scale per feature, beside categories; the decoder gives means and
    /// logits.
    GaussianCategorical {
        /// inputs and outputs of the network for a frame: one for a number, one for each value of a category
        outputs: u32,
    },
    /// Independent counts without an upper end; the decoder gives log mean and log r of a negative binomial
    /// distribution.
    NegativeBinomial,
    /// Independent angles beside normals; the decoder gives √κ (cos μ, sin μ) of an angle's von Mises
    /// distribution, and mean and log scale of another number.
    VonMises {
        /// how many angles
        angles: u32,
    },
}

impl FeaturesKind {
    /// What a likelihood needs at least.
    pub fn plain(likelihood: LikelihoodKind) -> FeaturesKind {
        match likelihood {
            LikelihoodKind::Bernoulli => FeaturesKind::Binary,
            LikelihoodKind::Gaussian
            | LikelihoodKind::GaussianPerOutput
            | LikelihoodKind::StudentT
            | LikelihoodKind::GaussianCategorical { .. }
            | LikelihoodKind::VonMises { .. } => FeaturesKind::Standardize,
            LikelihoodKind::DiscretizedLogistic => FeaturesKind::Integers,
            LikelihoodKind::BetaBinomial { most } => FeaturesKind::Counts { most },
            LikelihoodKind::NegativeBinomial => FeaturesKind::Counts { most: 0 },
        }
    }
}

impl LikelihoodKind {
    /// As the command line names it.
    pub fn name(self) -> &'static str {
        match self {
            LikelihoodKind::Bernoulli => "bernoulli",
            LikelihoodKind::Gaussian => "gaussian",
            LikelihoodKind::GaussianPerOutput => "gaussian-per-output",
            LikelihoodKind::DiscretizedLogistic => "discretized-logistic",
            LikelihoodKind::StudentT => "student-t",
            LikelihoodKind::BetaBinomial { .. } => "beta-binomial",
            LikelihoodKind::GaussianCategorical { .. } => "gaussian-categorical",
            LikelihoodKind::NegativeBinomial => "negative-binomial",
            LikelihoodKind::VonMises { .. } => "von-mises",
        }
    }

    /// What some numbers of its frames are beside numbers.
    pub fn columns(self) -> Columns {
        match self {
            LikelihoodKind::GaussianCategorical { outputs } => Columns::Categories { outputs },
            LikelihoodKind::VonMises { angles } => Columns::Angles { count: angles },
            _ => Columns::Numbers,
        }
    }

    /// Whether a model can have this likelihood and these features.
    pub(super) fn takes(self, features: FeaturesKind) -> bool {
        match (features, self) {
            (FeaturesKind::Counts { most: of }, LikelihoodKind::BetaBinomial { most }) => {
                of == most && most > 0
            }
            (FeaturesKind::Counts { most: 0 }, LikelihoodKind::NegativeBinomial) => true,
            (FeaturesKind::Counts { .. }, _)
            | (_, LikelihoodKind::BetaBinomial { .. } | LikelihoodKind::NegativeBinomial) => false,
            (_, LikelihoodKind::GaussianCategorical { .. } | LikelihoodKind::VonMises { .. }) => {
                features.is_linear()
            }
            _ => true,
        }
    }

    pub(super) fn visit(self, shape: &Architecture, v: &mut impl Visit) {
        let features = u64::from(shape.features);
        let of_features = |name| Section::floats(name, "[features]", features);
        let each =
            |operation, times: u64| Work::each(operation, times.saturating_mul(shape.output_width().into()));
        let part = match self {
            LikelihoodKind::Bernoulli => Part::Bernoulli,
            LikelihoodKind::Gaussian => Part::Gaussian,
            LikelihoodKind::GaussianPerOutput => Part::GaussianPerOutput,
            LikelihoodKind::DiscretizedLogistic => Part::DiscretizedLogistic,
            LikelihoodKind::StudentT => Part::StudentT,
            LikelihoodKind::BetaBinomial { .. } => Part::BetaBinomial,
            LikelihoodKind::GaussianCategorical { .. } => Part::GaussianCategorical,
            LikelihoodKind::NegativeBinomial => Part::NegativeBinomial,
            LikelihoodKind::VonMises { .. } => Part::VonMises,
        };
        v.part(role::LIKELIHOOD, part, |v| match self {
            LikelihoodKind::Bernoulli => {
                shape.output("logits", v);
                // a softplus
                v.work(each(Operation::Exp, 2));
            }
            LikelihoodKind::Gaussian => {
                shape.output("means", v);
                v.section(of_features("1/scale"));
                v.section(Section::scalars("Σ −log scale − ½ log 2π", "[1]", 1));
                v.work(each(Operation::Term, 1));
            }
            LikelihoodKind::GaussianPerOutput => {
                shape.output("means", v);
                shape.output("log scales", v);
                v.work(each(Operation::Term, 1));
                v.work(each(Operation::Exp, 1));
            }
            LikelihoodKind::DiscretizedLogistic => {
                shape.output("means", v);
                shape.output("log scales", v);
                v.section(of_features("half of a bin"));
                v.work(each(Operation::Term, 1));
                // four exponentials, three logarithms and what lies between: as counted
                v.work(each(Operation::Exp, 11));
            }
            LikelihoodKind::StudentT => {
                shape.output("locations", v);
                shape.output("log scales", v);
                v.section(of_features("1/ν"));
                v.section(of_features("(ν + 1)/2"));
                let constant = "Σ log Γ((ν + 1)/2) − log Γ(ν/2) − ½ log(νπ)";
                v.section(Section::scalars(constant, "[1]", 1));
                v.work(each(Operation::Term, 1));
                // an exponential, a logarithm and a division: as counted
                v.work(each(Operation::Exp, 4));
            }
            LikelihoodKind::BetaBinomial { .. } => {
                shape.output("log α", v);
                shape.output("log β", v);
                v.section(Section::scalars("n", "[1]", 1));
                v.work(each(Operation::Term, 1));
                // two exponentials, ten logarithms
                v.work(each(Operation::Exp, 13));
            }
            LikelihoodKind::GaussianCategorical { .. } => {
                v.word(Word::Size(shape.features));
                shape.output("means and logits", v);
                v.section(of_features("1/scale"));
                v.section(Section::scalars("Σ −log scale − ½ log 2π", "[1]", 1));
                v.section(levels(shape));
                v.work(each(Operation::Term, 1));
                // as if all were values of categories
                v.work(each(Operation::Exp, 1));
            }
            LikelihoodKind::NegativeBinomial => {
                shape.output("log μ", v);
                shape.output("log r", v);
                v.work(each(Operation::Term, 1));
                // two exponentials, seven logarithms, nine divisions
                v.work(each(Operation::Exp, 12));
            }
            LikelihoodKind::VonMises { angles: count } => {
                shape.output("means or √κ cos μ", v);
                shape.output("log scales or √κ sin μ", v);
                v.section(angles(shape));
                v.work(each(Operation::Term, 1));
                // of a number one exponential; of an angle sine, cosine, roots and normaliser
                v.work(each(Operation::Exp, 1));
                v.work(Work::each(Operation::Exp, u64::from(count).saturating_mul(16)));
            }
        });
    }
}
