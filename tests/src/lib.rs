//! Being laid out.
pub mod models;
