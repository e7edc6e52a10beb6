//! Fits Elbow's density models to files of sensor frames, quantises and exports them.
//!
//! What is scored is scored by the crate `elbow`, files are read and written by `elbow-host`; this crate owns
//! gradients.

#![forbid(unsafe_code)]

pub mod adam;
pub mod average;
pub mod binarize;
pub mod bound;
pub mod columns;
pub mod constant_columns;
mod error;
pub mod export;
pub mod fit;
pub mod gradient;
pub mod import;
pub mod latent;
pub mod layout;
pub mod likelihood;
pub mod minibatch;
pub mod mixture;
pub mod net;
pub mod objective;
pub mod period;
pub mod posterior_spread;
pub mod preprocess;
pub mod quantize;
pub mod repeated_columns;
pub mod run_dir;
pub mod settings;
pub mod spelled;
pub mod stored_network;
pub mod support;
pub mod train;
pub mod training_rows;
pub mod vmf_gradient;
pub mod warm_start;

pub use error::Error;
