//! Fits Elbow's density models to files of sensor frames, quantises and exports them.
//!
//! What is scored is scored by the crate `elbow`, files are read and written by `elbow-host`; this crate owns
//! gradients. [`settings`] are the flags of `elbow fit`, [`train`](train::train) fits by them and gives the
//! bytes of a model file, [`quantize`](quantize::quantize) makes its weights smaller.
//!
//! ```
//! use elbow_trainer::{Dataset, Model, settings::SettingsArgs, train::train};
//! use std::sync::atomic::AtomicBool;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // 300 frames of two numbers, the second of which follows the first
//! let wave = |i: u32| (0.7 * i as f32).sin();
//! let values = (0..300).flat_map(|i| [wave(i), 2.0 * wave(i) + 0.1 * wave(7 * i)]).collect();
//! let settings = SettingsArgs::of([("model", "gmm:4"), ("seed", "1")])?.resolve(None)?;
//! let stop = AtomicBool::new(false); // set it, and a fit of a network ends with what it has
//! let trained = train("pump", Dataset::of("X", values, 2), &settings, None, &stop, |_| ())?;
//!
//! let model = Model::open(trained.bytes.as_bytes())?;
//! let usual = model.get().engine.log_density(&[0.5, 1.0], 1)?;
//! let broken = model.get().engine.log_density(&[0.5, -1.0], 1)?;
//! assert!(usual.log_density.0 > broken.log_density.0 + 10.0);
//! # Ok(())
//! # }
//! ```
//!
//! Modules that this page does not list are parts of the trainer: they are public for the program `elbow` and
//! for tests, and change without notice.

#![forbid(unsafe_code)]

#[doc(hidden)]
pub mod adam;
#[doc(hidden)]
pub mod average;
pub mod binarize;
#[doc(hidden)]
pub mod bound;
pub mod columns;
#[doc(hidden)]
pub mod constant_columns;
mod error;
pub mod export;
pub mod fit;
#[doc(hidden)]
pub mod gradient;
pub mod import;
#[doc(hidden)]
pub mod latent;
#[doc(hidden)]
pub mod layout;
#[doc(hidden)]
pub mod likelihood;
#[doc(hidden)]
pub mod minibatch;
pub mod mixture;
#[doc(hidden)]
pub mod net;
pub mod objective;
#[cfg(feature = "onnx")]
mod onnx_messages;
pub mod period;
#[doc(hidden)]
pub mod posterior_spread;
pub mod preprocess;
pub mod quantize;
#[doc(hidden)]
pub mod repeated_columns;
pub mod run_dir;
pub mod settings;
#[doc(hidden)]
pub mod spelled;
#[doc(hidden)]
pub mod stored_network;
#[doc(hidden)]
pub mod support;
pub mod train;
#[doc(hidden)]
pub mod training_rows;
#[doc(hidden)]
pub mod vmf_gradient;
#[doc(hidden)]
pub mod warm_start;

pub use elbow_host::Model;
pub use elbow_reader::Dataset;
pub use error::Error;
