//! Logarithms of one and a bit.

use super::{ONE_BITS, ln, ln_1p_unit, reduced_expm1};

/// `log(1 + x)` for x ≥ 0: [`ln_1p_unit`] below 1, and [`ln`] from there on.
///
/// # Numerics
///
/// Within 1.85 ulp for every normal x ≥ 0 (worst at 1.58); `ln_1p(0) = 0`; ∞ for ∞, NaN for NaN. Meaningless
/// for negative x.
///
/// # Cost
///
/// 22 instructions below 1, 28 above.
#[inline(always)]
pub fn ln_1p(x: f32) -> f32 {
    if x < 1.0 { ln_1p_unit(x) } else { ln(1.0 + x) }
}

/// `log(1 − e^−t)` for t ≥ 0: the logarithm of what a distance t leaves of 1.
///
/// `1 − e^−t = −(2^n (e^r − 1) + (2^n − 1))`, in which nothing cancels however small t is.
///
/// # Numerics
///
/// Within 1.6·10⁻⁷, or that part of the result where it is beyond −1, for every t ≥ 0 that is 0 or normal
/// (worst at 0.414). −∞ for 0, 0 for ∞, NaN for NaN. Meaningless for negative t.
///
/// # Cost
///
/// 45 instructions, one of them a division.
#[inline(always)]
pub fn ln_1m_exp(t: f32) -> f32 {
    // further out nothing changes, and 2^n would leave the normal numbers
    let held = if t > 64.0 { 64.0 } else { t };
    let (n, em) = reduced_expm1(-held);
    let scale = f32::from_bits((n << 23).wrapping_add(ONE_BITS)); // 2^n
    ln(-(scale * em + (scale - 1.0)))
}
