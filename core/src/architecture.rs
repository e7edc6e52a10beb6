//! The shape of a model as data: what a file's metadata says and what the trainer works with.
//!
//! On the device the shape is a type (`Vae<…>`); on the host it is an [`Architecture`]. Both are reduced to the
//! same [`fingerprint`](Architecture::fingerprint), which is how a model file is matched to the type that reads it.

mod fingerprint;

use heapless::Vec;
use serde::{Deserialize, Serialize};

/// Most hidden layers that an encoder or a decoder may have.
pub const MAX_LAYERS: usize = 6;

/// Most numbers that a frame, a hidden vector or a latent may have.
pub const MAX_WIDTH: u32 = 1 << 20;

/// Cells of the table that a model with [`ConcentrationKind::Tabled`] carries.
pub const TABLE_CELLS: usize = 64;

/// The function applied to each output of a dense layer. Formulas: `layer::activation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Activation {
    /// `y = s`
    Identity,
    /// `y = max(s, 0)`
    Relu,
    /// `y = s` where `s > 0`, else `s / 100`
    LeakyRelu,
    /// `y = tanh s`
    Tanh,
    /// `y = 1 / (1 + exp(−s))`
    Sigmoid,
    /// `y = s / (1 + exp(−s))`
    Silu,
    /// `y = s` where `s > 0`, else `exp(s) − 1`
    Elu,
    /// `y = log(1 + exp s)`
    Softplus,
}

/// A hidden layer: its width and its activation. What it reads is the layer before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    /// number of outputs
    pub width: u32,
    /// applied to every output
    pub activation: Activation,
}

/// The family of the posterior q(z|x), with its prior.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum LatentKind {
    /// Diagonal Gaussian posterior, standard normal prior, in `dim` dimensions.
    Gaussian {
        /// number of latent coordinates
        dim: u32,
    },
    /// Von Mises–Fisher posterior and uniform prior on the sphere in `dim` coordinates.
    VonMisesFisher {
        /// number of coordinates d of the latent; the sphere is S^(d−1)
        dim: u32,
        /// where the concentration comes from
        concentration: ConcentrationKind,
    },
    /// No distribution: z is a function of the frame, as in a plain autoencoder.
    Point {
        /// number of latent coordinates
        dim: u32,
        /// applied to each of them
        activation: Activation,
    },
    /// Which component of a [`Mixture`](crate::Mixture) a frame comes from. There is no network: the hidden layers are none, the
    /// likelihood is the components'.
    Component {
        /// components with a full covariance
        gaussians: u32,
        /// spherical components
        kernels: u32,
    },
    /// Diagonal Gaussian posterior, and as prior a mixture of diagonal Gaussians, in `dim` dimensions.
    GaussianMixture {
        /// number of latent coordinates
        dim: u32,
        /// Gaussians of the prior
        components: u32,
    },
}

/// Where the concentration κ of a von Mises–Fisher posterior comes from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum ConcentrationKind {
    /// from the encoder, for each frame
    Learned,
    /// one for the model; samples by rejection
    Fixed {
        /// κ
        kappa: f32,
    },
    /// one for the model; samples from a table
    Tabled {
        /// κ
        kappa: f32,
    },
}

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
    /// Independent numbers of Student's t; the decoder gives location and log scale, one learned number of degrees of freedom per
    /// feature.
    StudentT,
    /// Independent counts; the decoder gives the logs of α and β of a beta-binomial distribution.
    BetaBinomial {
        /// the largest count n
        most: u8,
    },
    /// Independent normals, one learned scale per feature, beside categories; the decoder gives means and logits.
    GaussianCategorical {
        /// inputs and outputs of the network for a frame: one for a number, one for each value of a category
        outputs: u32,
    },
}

/// What the weights of the dense layers are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum WeightKind {
    /// 32-bit floats
    #[default]
    F32,
    /// eight bits and a scale for each output; all else in floats
    Int8,
    /// eight bits, on hidden vectors of eight bits
    Int8x8,
}

/// What is done to a raw frame first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FeaturesKind {
    /// nothing: it is of bits
    Binary,
    /// standardised
    Standardize,
    /// heavy-tailed numbers in logarithms, then standardised
    LogStandardize,
    /// standardised, of integers
    Integers,
    /// nothing: it is of counts; the encoder sees them divided by the largest
    Counts {
        /// that
        most: u8,
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
            | LikelihoodKind::GaussianCategorical { .. } => FeaturesKind::Standardize,
            LikelihoodKind::DiscretizedLogistic => FeaturesKind::Integers,
            LikelihoodKind::BetaBinomial { most } => FeaturesKind::Counts { most },
        }
    }
}

/// The run-time description of a model's shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Architecture {
    /// numbers in a frame
    pub features: u32,
    /// what is done to them first
    pub preprocessing: FeaturesKind,
    /// hidden layers from the frame to the posterior's head
    pub encoder: Vec<Hidden, MAX_LAYERS>,
    /// the posterior and its prior
    pub latent: LatentKind,
    /// hidden layers from the latent to the likelihood's head
    pub decoder: Vec<Hidden, MAX_LAYERS>,
    /// the likelihood
    pub likelihood: LikelihoodKind,
    /// what the weights are; a file says it in a field of its own
    #[serde(skip)]
    pub weights: WeightKind,
}

impl Architecture {
    /// Latent coordinates; of a mixture its components.
    pub fn latent_dims(&self) -> u32 {
        match self.latent {
            LatentKind::Component { gaussians, kernels } => gaussians.saturating_add(kernels),
            LatentKind::Gaussian { dim }
            | LatentKind::GaussianMixture { dim, .. }
            | LatentKind::VonMisesFisher { dim, .. }
            | LatentKind::Point { dim, .. } => dim,
        }
    }

    /// Numbers that the network reads of a frame, and gives for it by one dense layer.
    pub fn frame_width(&self) -> u32 {
        match self.likelihood {
            LikelihoodKind::GaussianCategorical { outputs } => outputs,
            _ => self.features,
        }
    }

    /// Width of the encoder's last hidden vector: what the head reads.
    pub fn encoder_width(&self) -> u32 {
        self.encoder.last().map_or(self.frame_width(), |layer| layer.width)
    }

    /// Width of the decoder's last hidden vector: what the likelihood reads.
    pub fn decoder_width(&self) -> u32 {
        self.decoder.last().map_or(self.latent_dims(), |layer| layer.width)
    }

    /// Whether every size is at least 1 and within what a file can hold.
    pub fn is_sound(&self) -> bool {
        let widths = self.encoder.iter().chain(&self.decoder).map(|layer| layer.width);
        let sizes_are = widths
            .chain([self.features, self.frame_width(), self.latent_dims()])
            .all(|size| (1..=MAX_WIDTH).contains(&size));
        let has_none = self.encoder.is_empty() && self.decoder.is_empty();
        let is_mixture = matches!(self.latent, LatentKind::Component { .. });
        let is_linear =
            matches!(self.preprocessing, FeaturesKind::Standardize | FeaturesKind::LogStandardize);
        let has_no_network = has_none
            && (self.likelihood, self.weights) == (LikelihoodKind::Gaussian, WeightKind::F32)
            && is_linear;
        let has_hidden = !self.encoder.is_empty() && !self.decoder.is_empty();
        let counts = match (self.preprocessing, self.likelihood) {
            (FeaturesKind::Counts { most: of }, LikelihoodKind::BetaBinomial { most }) => {
                of == most && most > 0
            }
            (FeaturesKind::Counts { .. }, _) | (_, LikelihoodKind::BetaBinomial { .. }) => false,
            _ => true,
        };
        let has_categories = matches!(self.likelihood, LikelihoodKind::GaussianCategorical { .. });
        // integers are what hidden layers hand on; a sphere has at least two coordinates
        sizes_are
            && counts
            && (has_no_network || !is_mixture)
            && (is_linear || !has_categories)
            && (has_hidden || self.weights != WeightKind::Int8x8)
            && !matches!(self.latent, LatentKind::VonMisesFisher { dim: ..2, .. })
            && !matches!(self.latent, LatentKind::GaussianMixture { components: 0, .. })
    }
}
