//! One source for two precisions: `f32` for what a device computes, `f64`
//! for the host's tables and gradients.

use crate::math;
use core::fmt::Debug;
use core::ops::{Add, Div, Mul, Neg, Sub};

/// A floating-point number with the few functions that the formulas of this module need.
///
/// `f32` goes through [`crate::math`] and has the same bits on every chip. `f64` goes through the `libm`
/// crate by name; it is for hosts, which is why it may cost what soft double costs on a chip.
pub trait Real:
    Copy
    + Debug
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// Dimensions (in pairs) above d at which the normaliser starts from its asymptotic expansion.
    const DEBYE_STEPS: usize;
    /// The number nearest to a constant.
    fn lit(value: f64) -> Self;
    /// A dimension or a count.
    fn of(count: usize) -> Self;
    /// Square root.
    fn sqrt(self) -> Self;
    /// `e^x`.
    fn exp(self) -> Self;
    /// Natural logarithm.
    fn ln(self) -> Self;
    /// `log(1 + x)` for `x > −1`, accurate to a few units in the last place near 0 too.
    fn ln_1p(self) -> Self;
}

impl Real for f32 {
    const DEBYE_STEPS: usize = 8;

    #[inline(always)]
    fn lit(value: f64) -> f32 {
        value as f32
    }

    #[inline(always)]
    fn of(count: usize) -> f32 {
        count as f32
    }

    #[inline(always)]
    fn sqrt(self) -> f32 {
        math::sqrt(self)
    }

    #[inline(always)]
    fn exp(self) -> f32 {
        math::exp(self)
    }

    #[inline(always)]
    fn ln(self) -> f32 {
        math::ln(self)
    }

    /// With u = 1 + x rounded, `log(1 + x) ≈ log(u) · x/(u − 1)`: the rounding of u cancels (Kahan).
    #[inline]
    fn ln_1p(self) -> f32 {
        let u = 1.0 + self;
        if u == 1.0 { self } else { math::ln(u) * (self / (u - 1.0)) }
    }
}

impl Real for f64 {
    const DEBYE_STEPS: usize = 40;

    #[inline(always)]
    fn lit(value: f64) -> f64 {
        value
    }

    #[inline(always)]
    fn of(count: usize) -> f64 {
        count as f64
    }

    fn sqrt(self) -> f64 {
        libm::sqrt(self)
    }

    fn exp(self) -> f64 {
        libm::exp(self)
    }

    fn ln(self) -> f64 {
        libm::log(self)
    }

    fn ln_1p(self) -> f64 {
        libm::log1p(self)
    }
}
