//! Any model file of the crate `elbow` at run time, with the bits of every device.
//!
//! What is scored is scored by `elbow`; this crate gives it memory of run-time size, wide
//! registers, and files. The modules stand in the order of their use: a [`model`] opens the bytes
//! of a file, [`data`] reads frames, [`score`] scores and judges files of frames, [`compress`]
//! packs them, [`file`] writes models and their Rust types.

#![forbid(unsafe_code)]

pub mod compress;
pub mod data;
mod error;
pub mod file;
pub mod model;
pub mod numbers;
pub mod random;
pub mod score;
pub mod simd;

pub use error::Error;
