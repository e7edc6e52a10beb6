//! A density model that fits in a microcontroller.
//!
//! The log density, in nats, of a frame of sensor data under a variational autoencoder, importance-weighted
//! with K samples, and bit for bit the same on every chip. No allocation, no unsafe code, no standard
//! library.
//!
//! ```
//! use elbow::{Dense, Gaussian, GaussianHead, PassThrough, Standardize, Vae};
//! use rand_pcg::Pcg32;
//!
//! // The trainer writes the type beside the model. This one is as small as
//! // a model can be: one number, one latent.
//! type Thermometer<'a> = Vae<(
//!     Standardize<'a, 1>,
//!     PassThrough<1>,
//!     GaussianHead<Dense<'a, 1, 1>, Dense<'a, 1, 1>>,
//!     PassThrough<1>,
//!     Gaussian<'a, Dense<'a, 1, 1>>,
//! )>;
//! static MODEL: &[u8] = elbow::include_model!("../examples/thermometer.elbow");
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! elbow::self_test()?; // once at boot: this machine computes the bits of every other
//! let model = Thermometer::from_bytes(MODEL)?;
//! let (typical, hot) = (model.log_density(&[20.5], 64)?, model.log_density(&[35.0], 64)?);
//! assert!(typical.log_density.0 > hot.log_density.0 + 10.0);
//!
//! // With noise of the caller's; the standard error says how far the two may differ.
//! let fresh = model.log_density_with(&[20.5], 64, &mut Pcg32::new(1, 2))?;
//! assert!((fresh.log_density.0 - typical.log_density.0).abs() < 5.0 * fresh.standard_error);
//! # Ok(())
//! # }
//! ```
//!
//! The modules stand in the order of the pipeline in [`model`] and [`score`]: features, encoder, posterior
//! and prior, decoder, likelihood, score; each uses only what comes before it. [`decision`] makes verdicts of
//! scores, [`stream`] frames of rows and alarms of verdicts.
//!
//! The engine is compiled with the crate that calls it. Set `opt-level` there to 2, 3 or `"s"`, in the
//! profile for debugging too: without optimisation a score takes several hundred times as long, and several
//! times the stack.
#![no_std]
#![forbid(unsafe_code)]
// models of run-time shape share parts with those of a type that these alone do not need
#![cfg_attr(not(feature = "metadata"), allow(dead_code, unused_imports))]

#[cfg(feature = "metadata")]
pub mod architecture;
#[cfg(feature = "metadata")]
pub mod bounded;
mod checksum;
pub mod codec;
pub mod decision;
pub mod distribution;
pub mod ensemble;
pub mod features;
pub mod fingerprint;
pub mod format;
pub mod kernel;
pub mod kind;
pub mod latent;
pub mod layer;
pub mod likelihood;
mod log_mean_exp;
pub mod math;
pub mod mixture;
pub mod model;
pub mod noise;
pub mod posterior;
pub mod prior;
pub mod score;
mod self_test;
pub mod shape;
pub mod signature;
pub mod stream;
pub mod unit;

#[cfg(feature = "metadata")]
pub use architecture::Architecture;
#[cfg(feature = "metadata")]
pub use bounded::{Bounded, BoundedEnsemble, BoundedWithGaps};
pub use decision::{Calibrated, Calibration, Verdict, VerdictKind};
pub use ensemble::Ensemble;
pub use features::{Angles, Categories, FrameError};
pub use format::LoadError;
pub use latent::{GaussianHead, PointHead, VmfHead};
pub use layer::activation::{Elu, Identity, LeakyRelu, Relu, Sigmoid, Silu, Softplus, Tanh};
pub use likelihood::{Bernoulli, BetaBinomial, DiscretizedLogistic, Gaussian, GaussianPerOutput};
pub use likelihood::{NegativeBinomial, StudentT, VonMises};
pub use mixture::Mixture;
pub use model::{Parts, Vae};
pub use posterior::{FixedConcentration, LearnedConcentration, TabledConcentration};
pub use score::{Density, Elbo, Explain, Score};
pub use self_test::{SelfTestError, self_test};
#[cfg(feature = "signature")]
pub use signature::SignedFile;
pub use unit::{Bits, Nats};

use shape::Width;

/// `y = f(W·x + b)` from `I` inputs to `O` outputs.
pub type Dense<'a, const I: usize, const O: usize, A = Identity> =
    layer::DenseLayer<Width<I>, Width<O>, A, layer::weights::F32<'a>>;
/// As [`Dense`], its weights of eight bits.
pub type DenseInt8<'a, const I: usize, const O: usize, A = Identity> =
    layer::DenseLayer<Width<I>, Width<O>, A, layer::weights::Int8<'a>>;
/// A hidden layer in integers: weights of eight bits, inputs `X` (`u8` or `u16`), outputs `u8`. The
/// activation function is a table in the file.
pub type DenseInt8x8<'a, const I: usize, const O: usize, X = u8> =
    layer::DenseLayer<Width<I>, Width<O>, Identity, layer::weights::Int8x8Hidden<'a, X>>;
/// `y = f(W·x + b)` of the last hidden layer's integers: weights of eight bits, outputs `f32`.
pub type LinearInt8x8<'a, const I: usize, const O: usize, A = Identity> =
    layer::DenseLayer<Width<I>, Width<O>, A, layer::weights::Int8x8<'a>>;
/// `N` numbers made integers, for [`DenseInt8x8`] and [`LinearInt8x8`].
pub type Quantize<const N: usize> = layer::Quantize<Width<N>>;
/// No layer: `N` numbers handed on.
pub type PassThrough<const N: usize> = layer::PassThrough<Width<N>>;
/// Standardised features of a frame of `X` numbers.
pub type Standardize<'a, const X: usize> = features::Standardize<'a, Width<X>>;
/// Standardised features of a frame of `X` numbers, heavy-tailed ones in logarithms.
pub type LogStandardize<'a, const X: usize> = features::LogStandardize<'a, Width<X>>;
/// Standardised features of a frame of `X` integers.
pub type Integers<'a, const X: usize> = features::Integers<'a, Width<X>>;
/// Frames of `X` counts.
pub type Counts<const X: usize> = features::Counts<Width<X>>;
/// Layers `E` for frames of `X` numbers, which see categories one-hot.
pub type OneHot<'a, const X: usize, E> = layer::OneHot<'a, Width<X>, E>;
/// Layers `E` for frames of `X` numbers, which see angles as sine and cosine.
pub type SineCosine<'a, const X: usize, E> = layer::SineCosine<'a, Width<X>, E>;
/// Numbers and categories, `X` in all, of the outputs of `P`.
pub type GaussianCategorical<'a, const X: usize, P> = likelihood::GaussianCategorical<'a, Width<X>, P>;
/// Frames of `X` bits.
pub type Binary<const X: usize> = features::Binary<Width<X>>;
/// Gaussian posterior whose prior is a mixture of `N` Gaussians.
pub type MixtureHead<'a, M, S, const N: usize> = latent::MixtureHead<'a, M, S, Width<N>>;
/// `M` components with a full covariance, of a [`Mixture`] of frames of `X` numbers.
pub type Gaussians<'a, const X: usize, const M: usize> = mixture::Gaussians<'a, Width<X>, Width<M>>;
/// `N` spherical components.
pub type Kernels<'a, const X: usize, const N: usize> = mixture::Kernels<'a, Width<X>, Width<N>>;
