//! The shape of a model as data: what a file's metadata says and what the trainer works with.
//!
//! On the device the shape is a type (`Vae<…>`); on the host it is an [`Architecture`]. Both are reduced to the
//! same [`fingerprint`](Architecture::fingerprint), which is how a model file is matched to the type that reads it.

use heapless::Vec;
use serde::{Deserialize, Serialize};

/// Most hidden layers that an encoder or a decoder may have.
pub const MAX_LAYERS: usize = 6;

/// The function applied to each output of a dense layer. Formulas: [`crate::layer::activation`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
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
#[non_exhaustive]
pub enum LatentKind {
    /// Diagonal Gaussian posterior, standard normal prior, in `dim` dimensions.
    Gaussian {
        /// number of latent coordinates
        dim: u32,
    },
}

/// The family of the likelihood p(x|z).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum LikelihoodKind {
    /// Independent bits; the decoder gives their logits.
    Bernoulli,
    /// Independent normals; the decoder gives the means, one learned scale per feature.
    Gaussian,
    /// Independent normals; the decoder gives mean and log scale of each.
    GaussianPerOutput,
}

/// The run-time description of a model's shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Architecture {
    /// numbers in a frame
    pub features: u32,
    /// hidden layers from the frame to the posterior's head
    pub encoder: Vec<Hidden, MAX_LAYERS>,
    /// the posterior and its prior
    pub latent: LatentKind,
    /// hidden layers from the latent to the likelihood's head
    pub decoder: Vec<Hidden, MAX_LAYERS>,
    /// the likelihood
    pub likelihood: LikelihoodKind,
}
