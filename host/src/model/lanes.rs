//! How many scores are computed side by side. No bit depends on it.

/// Frames side by side on a host: two AVX-512 registers, so that a weight is spread over a register for both.
#[cfg(feature = "simd")]
pub const LANES: usize = 32;
/// Samples of one frame side by side: few are asked for more.
#[cfg(feature = "simd")]
pub(super) const SAMPLES: usize = 16;

/// Where registers are those that the program was compiled for, few lanes make the shortest code.
#[cfg(not(feature = "simd"))]
pub const LANES: usize = 1;
#[cfg(not(feature = "simd"))]
pub(super) const SAMPLES: usize = 4;
