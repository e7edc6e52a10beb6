//! Distributions: log densities in nats, base measure stated per type.

mod gaussian;
mod gaussian_mixture;
pub mod hypersphere;
mod real;
mod vmf_grid;
mod vmf_normalizer;
mod vmf_sampler;
mod vmf_table;
mod von_mises_fisher;

pub use gaussian::{DiagonalGaussian, HALF_LOG_TAU, HALF_LOG_TAU_E, StandardNormal};
pub(crate) use gaussian::{
    draw as gaussian_draw, draw_all as gaussian_draws, draw_alone as gaussian_draw_alone, make_scales,
};
pub use gaussian_mixture::GaussianMixture;
pub use hypersphere::HypersphericalUniform;
pub use real::Real;
pub use vmf_grid::{VmfGrid, VmfNode};
pub use vmf_normalizer::{VmfNormalizer, vmf_divergence, vmf_normalizer};
pub use vmf_sampler::{MAX_TRIES, VmfSampler};
pub use vmf_table::{VmfTable, build_vmf_table};
pub use von_mises_fisher::{Concentration, MAX_CONCENTRATION, VonMisesFisher};

use core::fmt;

/// Why a distribution's parameters were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ParamError {
    /// A parameter is NaN or infinite.
    NonFinite,
    /// Vectors that belong together differ in length.
    WrongLength,
    /// A sphere in fewer than 2 dimensions.
    TooFewDimensions,
    /// A mean direction of zeros.
    ZeroDirection,
    /// A mean direction whose length is not 1.
    NotUnitVector,
    /// A concentration below 0.
    NegativeConcentration,
    /// A concentration that is NaN.
    ConcentrationNan,
    /// A concentration that is infinite.
    ConcentrationInfinite,
    /// A concentration above [`MAX_CONCENTRATION`].
    ConcentrationTooLarge,
    /// A table of a distribution function that does not rise from 0 to 1 over cosines in order.
    BadTable,
}

impl fmt::Display for ParamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ParamError::NonFinite => "a parameter is NaN or infinite; check the network that gave it",
            ParamError::WrongLength => "the parameters differ in length; give one of each per coordinate",
            ParamError::TooFewDimensions => "a sphere needs 2 or more coordinates; count those of z",
            ParamError::ZeroDirection => "the mean direction is zero; normalise a vector that is not",
            ParamError::NotUnitVector => "the mean direction is not of length 1; divide it by its length",
            ParamError::NegativeConcentration => "the concentration is negative; turn the direction around",
            ParamError::ConcentrationNan => "the concentration is NaN; check the network that gave it",
            ParamError::ConcentrationInfinite => "the concentration is infinite; limit it to 10,000",
            ParamError::ConcentrationTooLarge => "the concentration is above 10,000; limit it to that",
            ParamError::BadTable => "the table is not a distribution function; build it again for this model",
        })
    }
}

impl core::error::Error for ParamError {}
