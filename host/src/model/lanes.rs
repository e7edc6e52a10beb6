//! How many scores are computed side by side.

/// Frames side by side on a host: two AVX-512 registers, so that a weight is spread over a register for both.
pub const LANES: usize = 32;
/// Samples of one frame side by side: few are asked for more.
pub(super) const SAMPLES: usize = 16;
