//! The small choices of a shape: activation, weights, hidden layers.

use serde::{Deserialize, Serialize};

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

impl Activation {
    /// As the command line names it.
    pub fn name(self) -> &'static str {
        match self {
            Activation::Identity => "identity",
            Activation::Relu => "relu",
            Activation::LeakyRelu => "leaky-relu",
            Activation::Tanh => "tanh",
            Activation::Sigmoid => "sigmoid",
            Activation::Silu => "silu",
            Activation::Elu => "elu",
            Activation::Softplus => "softplus",
        }
    }
}

/// A hidden layer: its width and its activation. What it reads is the layer before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    /// number of outputs
    pub width: u32,
    /// applied to every output
    pub activation: Activation,
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
