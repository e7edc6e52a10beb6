//! Rising factorials by their logarithms: what ratios of Gamma functions are made of.

use crate::math;

/// `log Γ(a + m) − log Γ(a)`, a > 0, 0 ≤ m ≤ 255.
///
/// With y = a from 8 on, else y = a + 8 and the eight factors between them taken off:
/// `(y − ½)·log(1 + m/y) + m·(log(y + m) − 1) + 1/12(y + m) − 1/12y − 1/360(y + m)³ + 1/360y³`,
/// in which nothing large cancels.
///
/// **Source.** Stirling's series, Abramowitz and Stegun (1964), 6.1.41.
#[inline(always)]
pub(super) fn log_rising(a: f32, m: f32) -> f32 {
    let small = a < 8.0;
    let y = if small { a + 8.0 } else { a };
    let end = y + m;
    let (u, v) = (1.0 / y, 1.0 / end);
    let series = |u: f32| u * (1.0 / 12.0 - u * u * (1.0 / 360.0));
    let sum = (y - 0.5) * math::ln_1p(m * u) + m * (math::ln(end) - 1.0) + (series(v) - series(u));
    if small { sum - math::ln(eight_factors(a + m) / eight_factors(a)) } else { sum }
}

/// `a·(a + 1)·…·(a + 7)`
#[inline(always)]
fn eight_factors(a: f32) -> f32 {
    let mut product = a;
    for i in 1..8 {
        product *= a + i as f32;
    }
    product
}
