//! How weights are read.

use elbow::architecture::{Activation, LikelihoodKind};

use super::kind::{Framework, Kind};
use super::map::Map;

/// ε of a batch norm of Keras, where it is not said.
pub(super) const KERAS_EPSILON: f64 = 1e-3;
/// Likewise of PyTorch.
pub(super) const TORCH_EPSILON: f64 = 1e-5;

/// What follows hidden layers, where nobody says it.
pub(super) const ACTIVATION: Activation = Activation::Relu;

/// How weights are read.
#[derive(Clone, Debug)]
pub struct Options {
    /// whose they are
    pub framework: Framework,
    /// what follows hidden layers, where the file does not say it; without one relu
    pub activation: Option<Activation>,
    /// ε of batch norms, likewise; without one that of the framework's default
    pub epsilon: Option<f64>,
    /// what the file does not say of its layers
    pub map: Map,
    /// p(x|z); without one that of the network's outputs
    pub likelihood: Option<LikelihoodKind>,
    /// of a Gaussian likelihood the standard deviation of every feature; without one the file's, or 1
    pub scale: Option<f64>,
}

impl Options {
    /// What the file says itself is not said again.
    pub(super) fn are_taken(&self, kind: Kind) -> Result<(), String> {
        let map = ("--map", self.map != Map::default());
        let (none, refused): (_, &[_]) = match kind {
            Kind::TorchNpz | Kind::Safetensors => return Ok(()),
            Kind::KerasNpz => ("arrays of Keras are taken by their names alone", &[map]),
            Kind::Onnx => (
                "a graph of ONNX says itself what it is made of",
                &[map, ("--activation", self.activation.is_some()), ("--epsilon", self.epsilon.is_some())],
            ),
        };
        match refused.iter().find(|(_, is_given)| *is_given) {
            Some((flag, _)) => Err(format!("takes no {flag}: {none}; leave it out")),
            None => Ok(()),
        }
    }
}
