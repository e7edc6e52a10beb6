//! A fitted network for other programs: its layers, named as PyTorch's users name them.

use elbow::architecture::{
    Activation, Architecture, ConcentrationKind, FeaturesKind, LatentKind, LikelihoodKind, WeightKind,
};
use elbow_host::model::{HostModel, ModelBytes};

use crate::error::Error;
use crate::preprocess::Preprocessing;
use crate::stored_network::{Dense, Network};

/// A network of dense layers, with what stands before and behind them.
#[derive(Debug)]
pub struct PortableNetwork {
    pub(super) shape: Architecture,
    pub(super) name: String,
    pub(super) network: Network,
    pub(super) standardize: Option<Standardize>,
    /// of a Gaussian likelihood: the standard deviation of each feature
    pub(super) scale: Option<Vec<f32>>,
}

/// `feature = (x − loc) · inverse_scale`, which the encoder sees within ±clip
#[derive(Debug)]
pub(super) struct Standardize {
    pub(super) loc: Vec<f32>,
    pub(super) inverse_scale: Vec<f32>,
    pub(super) clip: f32,
}

impl PortableNetwork {
    /// Takes a model of one network with weights of floats.
    ///
    /// # Errors
    /// What other programs have no layers for, with what to do: mixtures, ensembles, quantised weights,
    /// columns that are no mere numbers.
    pub fn of(model: &HostModel<'_>, bytes: &ModelBytes, flag: &'static str) -> Result<Self, Error> {
        let shape = &model.metadata.architecture;
        let refused = |problem: &str| Err(Error::argument(flag, model.metadata.name, problem.to_owned()));
        match (shape.latent, shape.preprocessing) {
            _ if model.members > 1 => return refused("an ensemble is several networks; fit one of them"),
            (LatentKind::Component { .. }, _) => {
                return refused("a mixture has no layers; fit a network: --latent gaussian:8");
            }
            _ if shape.weights != WeightKind::F32 => {
                return refused("the model is quantised; give the one it was made from");
            }
            (_, FeaturesKind::LogStandardize) => {
                return refused("frames are taken in logarithms (--scaling log), which no layer does");
            }
            _ => {}
        }
        if matches!(
            shape.likelihood,
            LikelihoodKind::GaussianCategorical { .. } | LikelihoodKind::VonMises { .. }
        ) {
            return refused("columns of words or angles are no numbers that a first layer takes");
        }
        let network = Network::read(bytes.as_bytes(), shape).map_err(Error::model(flag.as_ref()))?;
        let standardize = match network.preprocessing() {
            Preprocessing::Standardize { loc, inverse_scale, clip, .. } => {
                Some(Standardize { loc, inverse_scale, clip })
            }
            _ => None,
        };
        let inverse = network.learned_inverse().filter(|_| shape.likelihood == LikelihoodKind::Gaussian);
        let scale = inverse.map(|inverse| inverse.iter().map(|inverse| 1.0 / inverse).collect());
        Ok(PortableNetwork {
            shape: shape.clone(),
            name: model.metadata.name.into(),
            network,
            standardize,
            scale,
        })
    }

    /// The heads of the posterior by their names, each with the factor from what the engine has: a log
    /// variance is two log scales. A point is a layer like others.
    pub(super) fn heads(&self) -> Vec<(&'static str, &Dense, f32)> {
        let names: &[(&str, f32)] = match self.shape.latent {
            LatentKind::Point { .. } | LatentKind::Component { .. } => &[("latent", 1.0)],
            LatentKind::Gaussian { .. } | LatentKind::GaussianMixture { .. } => {
                &[("mean", 1.0), ("log_variance", 2.0)]
            }
            LatentKind::VonMisesFisher { concentration: ConcentrationKind::Learned, .. } => {
                &[("mean_direction", 1.0), ("kappa", 1.0)]
            }
            LatentKind::VonMisesFisher { .. } => &[("mean_direction", 1.0)],
        };
        named(names, &self.network.encoder.linear)
    }

    /// The last layers of the decoder likewise.
    pub(super) fn outputs(&self) -> Vec<(&'static str, &Dense, f32)> {
        let names: &[(&str, f32)] = match self.shape.likelihood {
            LikelihoodKind::GaussianPerOutput => {
                &[("reconstruction", 1.0), ("reconstruction_log_variance", 2.0)]
            }
            LikelihoodKind::StudentT | LikelihoodKind::DiscretizedLogistic => {
                &[("reconstruction", 1.0), ("reconstruction_log_scale", 1.0)]
            }
            LikelihoodKind::BetaBinomial { .. } => &[("log_alpha", 1.0), ("log_beta", 1.0)],
            LikelihoodKind::NegativeBinomial => &[("log_mean", 1.0), ("log_r", 1.0)],
            _ => &[("reconstruction", 1.0)],
        };
        named(names, &self.network.decoder.linear)
    }

    /// What follows the layers of each side, for people.
    pub(super) fn activations(layers: &[Dense]) -> String {
        let names: Vec<&str> = layers.iter().map(|layer| Activation::name(layer.activation)).collect();
        names.join(",")
    }
}

fn named<'n>(names: &[(&'static str, f32)], layers: &'n [Dense]) -> Vec<(&'static str, &'n Dense, f32)> {
    names.iter().zip(layers).map(|((name, factor), layer)| (*name, layer, *factor)).collect()
}
