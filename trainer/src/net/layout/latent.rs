//! The places of a posterior's parameters.

use elbow::architecture::Activation;

use super::{Dense, Layer, MixturePrior};

/// The posterior's parameters.
#[derive(Clone, Debug, PartialEq)]
pub enum Latent {
    /// Diagonal Gaussian: two dense layers side by side.
    Gaussian {
        /// the means
        loc: Dense,
        /// logs of the standard deviations
        log_scale: Dense,
    },
    /// The same, and a prior that is learned.
    GaussianMixture {
        /// the means
        loc: Dense,
        /// logs of the standard deviations
        log_scale: Dense,
        /// the prior
        prior: MixturePrior,
    },
    /// Von Mises–Fisher: a direction and a concentration.
    VonMisesFisher {
        /// the mean direction, before it is divided by its length
        mean: Dense,
        /// κ
        concentration: Concentration,
    },
    /// One z for each row.
    Point {
        /// the latent, before its activation
        layer: Layer,
    },
}

/// Where a von Mises–Fisher posterior has its concentration from.
#[derive(Clone, Debug, PartialEq)]
pub enum Concentration {
    /// `softplus + 1` of a dense layer of one output
    Learned(Dense),
    /// one number, not a parameter
    Fixed(f32),
}

impl Latent {
    /// Number of latent coordinates.
    pub fn dim(&self) -> usize {
        match self {
            Latent::Gaussian { loc, .. } | Latent::GaussianMixture { loc, .. } => loc.outputs,
            Latent::VonMisesFisher { mean, .. } => mean.outputs,
            Latent::Point { layer } => layer.dense.outputs,
        }
    }

    /// Random numbers that one sample takes.
    pub fn noise_len(&self) -> usize {
        match self {
            Latent::Gaussian { loc, .. } | Latent::GaussianMixture { loc, .. } => loc.outputs,
            Latent::VonMisesFisher { mean, .. } => 1 + mean.outputs,
            Latent::Point { .. } => 0,
        }
    }

    /// Its dense layers in order.
    pub fn dense(&self) -> Vec<&Dense> {
        self.heads().collect()
    }

    /// Likewise, without memory of its own.
    pub fn heads(&self) -> impl Iterator<Item = &Dense> {
        let (first, second) = match self {
            Latent::Gaussian { loc, log_scale } | Latent::GaussianMixture { loc, log_scale, .. } => {
                (loc, Some(log_scale))
            }
            Latent::VonMisesFisher { mean, concentration: Concentration::Learned(kappa) } => {
                (mean, Some(kappa))
            }
            Latent::VonMisesFisher { mean, .. } => (mean, None),
            Latent::Point { layer } => (&layer.dense, None),
        };
        std::iter::once(first).chain(second)
    }

    /// Where the parameters of a prior that is learned lie.
    pub fn prior(&self) -> Option<&MixturePrior> {
        match self {
            Latent::GaussianMixture { prior, .. } => Some(prior),
            _ => None,
        }
    }

    /// What is applied to what the dense layers give.
    pub(super) fn activation(&self) -> Activation {
        match self {
            Latent::Point { layer } => layer.activation,
            _ => Activation::Identity,
        }
    }
}
