//! Any model file of the crate `elbow` at run time, with the bits of every device.
//!
//! What is scored is scored by `elbow`; this crate gives it memory of run-time size, wide
//! registers, and files. The modules stand in the order of their use: a [`model`] opens the bytes
//! of a file, [`score`] scores and judges frames that `elbow_reader` read, [`compress`]
//! packs them, [`mod@file`] writes models and their Rust types.
//!
//! Without the feature `std` there are models alone, which need a heap and nothing else; without `simd` loops
//! run with the vector instructions that the program was compiled for. No bit depends on either.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let model = elbow_host::Model::open(include_bytes!("../../core/examples/thermometer.elbow"))?;
//! let score = model.get().engine.log_density(&[20.5], 64)?;
//! assert!(score.log_density.0.is_finite());
//! # Ok(())
//! # }
//! ```

#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

#[cfg(feature = "std")]
pub mod compress;
mod error;
#[cfg(feature = "std")]
pub mod file;
pub mod model;
#[cfg(feature = "std")]
pub mod numbers;
pub mod random;
#[cfg(feature = "std")]
pub mod score;
pub mod simd;

#[cfg(feature = "std")]
pub use error::{Counted, Error, shown_rate};
pub use model::Model;
