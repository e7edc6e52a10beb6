//! Distributions: log densities in nats, base measure stated per type.

mod gaussian;

pub use gaussian::{DiagonalGaussian, HALF_LOG_TAU, HALF_LOG_TAU_E, StandardNormal};

use core::fmt;

/// Why a distribution's parameters were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParamError {
    /// A parameter is NaN or infinite.
    NonFinite,
    /// Vectors that belong together differ in length.
    WrongLength,
}

impl fmt::Display for ParamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ParamError::NonFinite => "a parameter is NaN or infinite; check the network that gave it",
            ParamError::WrongLength => "the parameters differ in length; give one of each per coordinate",
        })
    }
}

impl core::error::Error for ParamError {}
