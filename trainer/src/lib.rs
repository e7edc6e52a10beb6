//! Being laid out.
pub mod error;
