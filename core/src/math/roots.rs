//! Square roots.

/// Square root, correctly rounded.
///
/// # Cost
///
/// 46 instructions: without `std`, stable Rust offers no way to the FPU's own square root, which has the same
/// bits.
#[inline(always)]
pub fn sqrt(x: f32) -> f32 {
    libm::sqrtf(x)
}

/// `1/√x` for positive normal `x`, without a division.
///
/// Halving the exponent gives a guess y within 3.5 %; `1/√x = y/√(1 − r)`, `r = 1 − x y²`, and the series
/// `1/√(1 − r) = 1 + r/2 + 3r²/8 + …` improves it twice, first by two terms, then by one.
///
/// # Numerics
///
/// Within 1.44 ulp, or 1.1·10⁻⁷ of itself (worst at 1.001_803_6 times powers of 4). NaN for NaN; of 0 and
/// subnormal numbers something positive and finite, so that `x · inverse_sqrt(x)` is 0 at 0; meaningless for
/// negative numbers and ∞.
///
/// # Cost
///
/// 16 instructions (`1.0 / sqrt(x)`: 45).
///
/// # Source
///
/// The guess: Lomont (2003), "Fast inverse square root".
#[inline(always)]
pub fn inverse_sqrt(x: f32) -> f32 {
    let y = f32::from_bits(0x5f37_59df_u32.wrapping_sub(x.to_bits() >> 1));
    let r = 1.0 - x * y * y;
    let y = y + y * r * (0.5 + 0.375 * r);
    let r = 1.0 - x * y * y;
    y + 0.5 * y * r
}
