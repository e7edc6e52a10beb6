//! Comparisons that have one result on every target.

use super::{INFINITY_BITS, SIGN};

/// Whether x is neither NaN nor infinite, by its bits.
///
/// A comparison would do on most targets; vectorised for Cortex-M55 it takes NaN for less than anything.
#[inline(always)]
pub fn is_finite(x: f32) -> bool {
    x.to_bits() & f32::INFINITY.to_bits() != f32::INFINITY.to_bits()
}

/// Whether x is NaN, by its bits as [`is_finite`].
#[inline(always)]
pub fn is_nan(x: f32) -> bool {
    x.to_bits() & !SIGN > INFINITY_BITS
}

/// `min(max(value, low), high)` in comparisons, whose result does not depend on the target's `fmin`.
#[inline(always)]
pub fn clamp(value: f32, low: f32, high: f32) -> f32 {
    let value = if value < low { low } else { value };
    if value > high { high } else { value }
}
