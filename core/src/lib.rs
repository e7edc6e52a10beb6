//! A density model that fits in a microcontroller.
//!
//! The log density, in nats, of a frame of sensor data under a variational autoencoder, importance-weighted with K
//! samples, and bit for bit the same on every chip. No allocation, no unsafe code, no standard library.
//!
//! Modules in the order of the pipeline; each uses only those above it.
#![no_std]
#![forbid(unsafe_code)]

pub mod architecture;
pub mod distribution;
pub mod features;
pub mod fingerprint;
pub mod format;
pub mod kernel;
pub mod latent;
pub mod layer;
pub mod likelihood;
pub mod math;
pub mod model;
pub mod noise;
pub mod score;
mod self_test;
pub mod shape;
pub mod unit;

pub use architecture::Architecture;
pub use features::FrameError;
pub use format::LoadError;
pub use latent::{FixedConcentration, GaussianHead, LearnedConcentration, TabledConcentration, VmfHead};
pub use layer::activation::{Elu, Identity, LeakyRelu, Relu, Sigmoid, Silu, Softplus, Tanh};
pub use likelihood::{Bernoulli, Gaussian, GaussianPerOutput};
pub use model::Vae;
pub use score::{Elbo, Score};
pub use self_test::{SelfTestError, self_test};
pub use unit::{Bits, Nats};

use shape::Width;

/// `y = f(W·x + b)` from `I` inputs to `O` outputs.
pub type Dense<'a, const I: usize, const O: usize, A = Identity> =
    layer::DenseLayer<'a, Width<I>, Width<O>, A>;
/// No layer: `N` numbers handed on.
pub type PassThrough<const N: usize> = layer::PassThrough<Width<N>>;
/// Standardised features of a frame of `X` numbers.
pub type Standardize<'a, const X: usize> = features::Standardize<'a, Width<X>>;
/// Standardised features of a frame of `X` numbers, heavy-tailed ones in logarithms.
pub type LogStandardize<'a, const X: usize> = features::LogStandardize<'a, Width<X>>;
/// Frames of `X` bits.
pub type Binary<const X: usize> = features::Binary<Width<X>>;
