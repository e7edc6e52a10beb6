//! Fits Elbow's density models from files of sensor frames, evaluates and exports them.
//!
//! What is scored is scored by the crate `elbow`; this crate owns gradients, files and the command line.

#![forbid(unsafe_code)]

pub mod adam;
pub mod atomic_file;
pub mod average;
pub mod binarize;
pub mod calibrate;
pub mod cli;
pub mod compress;
pub mod cost;
pub mod data;
mod ensemble;
pub mod error;
pub mod evaluate;
pub mod export;
pub mod fit;
pub mod gradient;
pub mod host_model;
pub mod import;
pub mod latent;
pub mod latent_use;
pub mod likelihood;
pub mod metrics;
pub mod mixture;
pub mod net;
pub mod network;
pub mod objective;
pub mod posterior_norm;
pub mod preprocess;
pub mod quantize;
pub mod random;
pub mod record;
pub mod repeats;
pub mod report;
pub mod rows;
pub mod run_dir;
pub mod settings;
pub mod start;
pub mod step;
pub mod support;
pub mod train;
pub mod type_alias;
pub mod vmf_gradient;
