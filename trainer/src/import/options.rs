//! How weights are read.

use elbow::architecture::{Activation, LikelihoodKind};

use super::kind::Framework;
use super::map::Map;

/// ε of a batch norm of Keras, where it is not said.
pub(super) const KERAS_EPSILON: f64 = 1e-3;
/// Likewise of PyTorch.
pub(super) const TORCH_EPSILON: f64 = 1e-5;

/// How weights are read.
#[derive(Clone, Debug)]
pub struct Options {
    /// whose they are
    pub framework: Framework,
    /// what follows hidden layers, where the file does not say it
    pub activation: Activation,
    /// ε of batch norms, likewise; without one that of the framework's default
    pub epsilon: Option<f64>,
    /// what the file does not say of its layers
    pub map: Map,
    /// p(x|z); without one that of the network's outputs
    pub likelihood: Option<LikelihoodKind>,
    /// of a Gaussian likelihood the standard deviation of every feature; without one the file's, or 1
    pub scale: Option<f64>,
}
