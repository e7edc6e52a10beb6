//! The models of the benchmark, with random weights: instruction counts do
//! not depend on them where there is an FPU.

use crate::models::{Model, architecture};
use elbow::architecture::{Activation, LikelihoodKind};

/// Multiply-adds of the auto-encoder: `640·128 + 3·128² + 128·8 + 8·128 + 3·128² + 128·640`.
pub const AUTO_ENCODER_MACS: u64 = 264_192;
/// Multiply-adds of the layer that weights of eight bits are tried on.
pub const KERNEL_MACS: u64 = 128 * 128;
/// Multiply-adds of a score of the typical model: those of the encoder, and 16 times those of the decoder.
pub const TYPICAL_MACS: u64 = 64 * 32 + 32 * 16 + 2 * 16 * 8 + 16 * (8 * 16 + 16 * 32 + 32 * 64);
/// Bytes of the vectors that live at once in a score of the typical model, four samples side by side: the
/// features, the posterior's three, a latent, and of four samples latents and hidden layers.
pub const ACTIVATIONS: usize = 4 * (64 + 3 * 8 + 8 + 4 * (8 + 16 + 32));

/// A model of the shape of MLPerf Tiny's anomaly detector, 640-128×4-8-128×4-640 with ReLU, as a model file.
pub fn auto_encoder() -> Vec<u8> {
    let mut shape = architecture(640, &[128; 4], 8, &[128; 4], LikelihoodKind::Gaussian);
    for layer in shape.encoder.iter_mut().chain(&mut shape.decoder) {
        layer.activation = Activation::Relu;
    }
    Model::random(shape, 1).encode()
}

/// The typical model, 64-32-16 → 8 → 16-32-64 with tanh, as a model file.
pub fn typical() -> Vec<u8> {
    Model::random(architecture(64, &[32, 16], 8, &[16, 32], LikelihoodKind::Gaussian), 2).encode()
}
