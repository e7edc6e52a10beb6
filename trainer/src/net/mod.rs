//! Networks of run-time shape, for gradients only: whatever is scored is scored by core.
//!
//! Rows of a batch are rows of a matrix. Parameters and their gradient are one
//! flat vector each, see [`layout`](crate::layout).

pub mod activation;
pub mod buffer;
pub mod chain;
pub mod dense;
pub mod lanes;
pub mod matmul;
pub mod params;
pub mod real;
pub mod simd;
