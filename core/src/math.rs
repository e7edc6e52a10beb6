//! The only place that computes transcendental functions.

/// `e^x`.
#[inline]
pub fn exp(x: f32) -> f32 {
    libm::expf(x)
}
/// natural logarithm of a positive normal number.
#[inline]
pub fn ln(x: f32) -> f32 {
    libm::logf(x)
}
/// `log(1 + e)` for `e` in `[0, 1]`.
#[inline]
pub fn ln_1p_unit(e: f32) -> f32 {
    libm::log1pf(e)
}
/// hyperbolic tangent.
#[inline]
pub fn tanh(x: f32) -> f32 {
    libm::tanhf(x)
}
/// `1 / (1 + exp(−x))`.
#[inline]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}
/// `log(1 + exp x)`.
#[inline]
pub fn softplus(x: f32) -> f32 {
    (if x > 0.0 { x } else { 0.0 }) + ln_1p_unit(exp(-x.abs()))
}
/// correctly rounded square root.
#[inline]
pub fn sqrt(x: f32) -> f32 {
    libm::sqrtf(x)
}
/// the standard normal's quantile at `(u + 1/2) / 2^32`.
#[inline]
pub fn normal_quantile(_u: u32) -> f32 {
    0.0
}
