//! The places of a likelihood's parameters.

use std::ops::Range;

use super::Dense;

/// The likelihood's parameters.
#[derive(Clone, Debug, PartialEq)]
pub enum Likelihood {
    /// Independent bits.
    Bernoulli {
        /// log-odds of a one
        logits: Dense,
    },
    /// Independent normals, one learned scale per feature.
    Gaussian {
        /// the means
        loc: Dense,
        /// where the logs of the standard deviations lie, `[feature]`
        log_scale: Range<usize>,
    },
    /// Independent normals with a mean and a scale for each output.
    GaussianPerOutput {
        /// the means
        loc: Dense,
        /// logs of the standard deviations
        log_scale: Dense,
    },
    /// Independent integers with a mean and a scale for each output.
    DiscretizedLogistic {
        /// the means
        loc: Dense,
        /// logs of the scales
        log_scale: Dense,
        /// half of the distance between the features of neighbouring integers, `[feature]`: no parameters
        half_bin: Vec<f32>,
    },
    /// Independent numbers of Student's t with a location and a scale for each output.
    StudentT {
        /// the locations
        loc: Dense,
        /// logs of the scales
        log_scale: Dense,
        /// where the logs of the degrees of freedom lie, `[feature]`
        log_dof: Range<usize>,
    },
    /// Independent counts of a beta-binomial distribution.
    BetaBinomial {
        /// logs of α
        log_alpha: Dense,
        /// logs of β
        log_beta: Dense,
        /// the largest count
        most: u8,
    },
    /// Independent normals, one learned scale per feature, beside categories.
    GaussianCategorical {
        /// means and logits, in the order of the frame
        outputs: Dense,
        /// where the logs of the standard deviations lie, `[feature]`: those of categories have no meaning
        log_scale: Range<usize>,
        /// how many values each feature has, 0 where it is no category: no parameters
        levels: Vec<u16>,
    },
}

impl Likelihood {
    /// The logits, the means or log α.
    pub fn first(&self) -> &Dense {
        match self {
            Likelihood::Bernoulli { logits } => logits,
            Likelihood::GaussianCategorical { outputs, .. } => outputs,
            Likelihood::Gaussian { loc, .. }
            | Likelihood::GaussianPerOutput { loc, .. }
            | Likelihood::DiscretizedLogistic { loc, .. }
            | Likelihood::StudentT { loc, .. } => loc,
            Likelihood::BetaBinomial { log_alpha, .. } => log_alpha,
        }
    }

    /// The log scales, where they are outputs, or log β.
    pub fn second(&self) -> Option<&Dense> {
        match self {
            Likelihood::Bernoulli { .. }
            | Likelihood::Gaussian { .. }
            | Likelihood::GaussianCategorical { .. } => None,
            Likelihood::GaussianPerOutput { log_scale, .. }
            | Likelihood::DiscretizedLogistic { log_scale, .. }
            | Likelihood::StudentT { log_scale, .. } => Some(log_scale),
            Likelihood::BetaBinomial { log_beta, .. } => Some(log_beta),
        }
    }

    /// Where what is learned once for each feature lies: a Gaussian's log scales, the logs of the degrees of freedom.
    pub fn per_feature(&self) -> Option<&Range<usize>> {
        match self {
            Likelihood::Gaussian { log_scale, .. } | Likelihood::GaussianCategorical { log_scale, .. } => {
                Some(log_scale)
            }
            Likelihood::StudentT { log_dof, .. } => Some(log_dof),
            _ => None,
        }
    }

    /// Numbers in a frame.
    pub fn features(&self) -> usize {
        match self {
            Likelihood::GaussianCategorical { levels, .. } => levels.len(),
            other => other.first().outputs,
        }
    }

    /// Of a likelihood with categories: how many values each feature has. Until it is set none is a category.
    pub fn set_levels(&mut self, of_frame: &[u16]) {
        if let Likelihood::GaussianCategorical { levels, .. } = self {
            levels.copy_from_slice(of_frame);
        }
    }

    /// Of a likelihood of integers: half of the distance between the features of neighbours. Until it is set features are the integers.
    pub fn set_half_bins(&mut self, half_bins: &[f32]) {
        if let Likelihood::DiscretizedLogistic { half_bin, .. } = self {
            half_bin.copy_from_slice(half_bins);
        }
    }
}
