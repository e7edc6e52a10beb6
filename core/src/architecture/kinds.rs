//! The small choices of a shape: weights, hidden layers.

use crate::kind::Activation;
use serde::{Deserialize, Serialize};

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
