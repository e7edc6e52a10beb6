//! The two number types of the trainer: `f32` fits models, `f64` checks the gradients against differences.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub};

use elbow::math;

use super::lanes::Lanes;

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// `f32` or `f64`. Sealed: it is implemented for these two.
pub trait Real:
    sealed::Sealed
    + Lanes
    + Copy
    + Debug
    + Default
    + PartialOrd
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + MulAssign
{
    /// 0
    const ZERO: Self;
    /// 1
    const ONE: Self;
    /// Distance from 1 to the next number.
    const EPSILON: Self;

    /// Rounds from `f64`.
    fn from_f64(x: f64) -> Self;
    /// Widens to `f64`, exactly.
    fn to_f64(self) -> f64;
    /// `e^x`
    fn exp(self) -> Self;
    /// `log(1 + x)` for `x` in `[0, 1]`
    fn ln_1p_unit(self) -> Self;
    /// `log(1 + x)` for `x ≥ 0`
    fn ln_1p(self) -> Self;
    /// `log(1 − e^−x)` for `x ≥ 0`
    fn ln_1m_exp(self) -> Self;
    /// `tanh x`
    fn tanh(self) -> Self;
    /// `1 / (1 + exp(−x))`
    fn sigmoid(self) -> Self;
    /// `log(1 + exp x)`
    fn softplus(self) -> Self;

    /// The larger. A `self` that is no number stays: a broken step must show, not be clamped away.
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        if self < other { other } else { self }
    }

    /// The smaller; no number stays, as in [`max`](Real::max).
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        if self > other { other } else { self }
    }

    /// `|x|`
    #[inline(always)]
    fn abs(self) -> Self {
        self.max(-self)
    }

    /// Whether it is no number, as one that is missing.
    #[inline(always)]
    fn is_nan(self) -> bool {
        self.partial_cmp(&self).is_none()
    }
}

impl Real for f32 {
    const ZERO: f32 = 0.0;
    const ONE: f32 = 1.0;
    const EPSILON: f32 = f32::EPSILON;

    #[inline(always)]
    fn from_f64(x: f64) -> f32 {
        x as f32
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    #[inline(always)]
    fn exp(self) -> f32 {
        math::exp(self)
    }
    #[inline(always)]
    fn ln_1p_unit(self) -> f32 {
        math::ln_1p_unit(self)
    }
    #[inline(always)]
    fn ln_1p(self) -> f32 {
        math::ln_1p(self)
    }
    #[inline(always)]
    fn ln_1m_exp(self) -> f32 {
        math::ln_1m_exp(self)
    }
    #[inline(always)]
    fn tanh(self) -> f32 {
        math::tanh(self)
    }
    #[inline(always)]
    fn sigmoid(self) -> f32 {
        math::sigmoid(self)
    }
    #[inline(always)]
    fn softplus(self) -> f32 {
        math::softplus(self)
    }
}

impl Real for f64 {
    const ZERO: f64 = 0.0;
    const ONE: f64 = 1.0;
    const EPSILON: f64 = f64::EPSILON;

    fn from_f64(x: f64) -> f64 {
        x
    }
    fn to_f64(self) -> f64 {
        self
    }
    fn exp(self) -> f64 {
        f64::exp(self)
    }
    fn ln_1p_unit(self) -> f64 {
        f64::ln_1p(self)
    }
    fn ln_1p(self) -> f64 {
        f64::ln_1p(self)
    }
    fn ln_1m_exp(self) -> f64 {
        (-f64::exp_m1(-self)).ln()
    }
    fn tanh(self) -> f64 {
        f64::tanh(self)
    }
    fn sigmoid(self) -> f64 {
        1.0 / (1.0 + f64::exp(-self))
    }
    fn softplus(self) -> f64 {
        Real::max(self, 0.0) + f64::ln_1p(f64::exp(-f64::abs(self)))
    }
}
