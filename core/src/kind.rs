//! What types of firmware and shapes that are data have in common.

/// Most numbers that a frame, a hidden vector or a latent may have.
pub const MAX_WIDTH: u32 = 1 << 20;

/// Cells of the table from which a fixed concentration of a von Mises–Fisher distribution is drawn.
pub const TABLE_CELLS: usize = 64;

/// The function applied to each output of a dense layer. Formulas: `layer::activation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "metadata", derive(serde::Serialize, serde::Deserialize))]
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
