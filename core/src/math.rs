//! Transcendental functions: the only place that computes them.
//!
//! Every function is a fixed sequence of `f32` additions, multiplications and at most one division, each
//! rounded to nearest, and of moves of bits. There is no table look-up except in [`normal_quantile`], no
//! fused multiply-add, no `f64`, no platform function. So a result has the same bits on every target, with or
//! without an FPU, in scalar and in vector code; a NaN that a function makes has [`f32::NAN`]'s bits. Nothing
//! depends on subnormal numbers: none is returned for a normal argument, and one within may become zero.
//!
//! The functions are `#[inline(always)]` and take no branch that matters, so that a loop over a slice is
//! vectorised by the compiler where lanes exist and keeps its constants in registers where not. Coefficients
//! come from `docs/scripts/fit_math.py`, which states the method; errors are measured over *all* arguments
//! by `tests/tests/math/error.rs` against the limits in `tests/src/tolerance.rs`. One ulp is the distance
//! between the two `f32` around the true value. Costs are instructions per element of a slice loop, loop
//! included, on a Cortex-M4F (generic `thumbv7em-none-eabihf`, `opt-level = 3`).

use core::f32::consts::{LN_2, LOG2_E};

mod angles;
pub(crate) mod binary_logs;
mod compare;
mod logs;
mod normal_quantile;
mod roots;
pub use angles::{angle, sin_cos};
pub use compare::{clamp, is_finite, is_nan};
pub use logs::{ln_1m_exp, ln_1p};
pub use normal_quantile::normal_quantile;
pub use roots::{inverse_sqrt, sqrt};

/// 1.5 · 2^23: adding it to `|t| < 2^22` leaves `t`, rounded to an integer, in the low bits.
const ROUND: f32 = 12_582_912.0;
const ROUND_BITS: u32 = ROUND.to_bits();
const SIGN: u32 = 0x8000_0000;
const ONE_BITS: u32 = 1.0f32.to_bits();
const INFINITY_BITS: u32 = f32::INFINITY.to_bits();
const NAN_BITS: u32 = f32::NAN.to_bits();
const MIN_NORMAL_BITS: u32 = f32::MIN_POSITIVE.to_bits();

/// The first 16 bits of log 2, so that `n · LN2_HIGH` is exact for `|n| < 256`.
const LN2_HIGH: f32 = 0.693_145_75;
const LN2_LOW: f32 = 1.428_606_8e-6;

const EXP_2: f32 = 0.499_999_94;
const EXP_3: f32 = 0.166_665_17;
const EXP_4: f32 = 0.041_668_102;
const EXP_5: f32 = 0.008_369_192_5;
const EXP_6: f32 = 0.001_383_950_6;

const ARTANH_0: f32 = 0.666_667_76;
const ARTANH_1: f32 = 0.399_775_83;
const ARTANH_2: f32 = 0.298_708;
/// √½, moved by 2 ulp to where the result does not fall as the exponent steps.
const LN_SPLIT: u32 = 0x3f35_04f1;

const LN_1P_2: f32 = -0.499_999_3;
const LN_1P_3: f32 = 0.333_304_64;
const LN_1P_4: f32 = -0.249_580_19;
const LN_1P_5: f32 = 0.196_921_02;
const LN_1P_6: f32 = -0.153_448_8;
const LN_1P_7: f32 = 0.106_611_26;
const LN_1P_8: f32 = -0.057_457_15;
const LN_1P_9: f32 = 0.020_086_141;
const LN_1P_10: f32 = -0.003_290_427_6;

/// `x = n log 2 + r` with `|r| ≤ (log 2)/2`: the bits of `ROUND + n`, and `e^r − 1`.
#[inline(always)]
fn reduced_expm1(x: f32) -> (u32, f32) {
    let t = x * LOG2_E + ROUND;
    let n = t - ROUND;
    let r = (x - n * LN2_HIGH) - n * LN2_LOW;
    let r2 = r * r;
    // r + r²(c2 + c3 r + r²(c4 + c5 r + c6 r²)): pairs side by side, so that no step waits for its
    // predecessor
    let high = (EXP_4 + EXP_5 * r) + EXP_6 * r2;
    let q = (EXP_2 + EXP_3 * r) + r2 * high;
    (t.to_bits(), r + r2 * q)
}

/// The bits of `ROUND + n`, and those of `e^x = 2^n e^r`; right if that is a normal number and `−126 ≤ n ≤
/// 128`.
#[inline(always)]
fn exp_bits(x: f32) -> (u32, u32) {
    let (n, em) = reduced_expm1(x);
    (n, (1.0 + em).to_bits().wrapping_add(n << 23))
}

/// `e^x`.
///
/// `e^x = 2^n e^r`, `n = round(x / log 2)`, `e^r = 1 + r + r²·P₄(r)`
///
/// # Numerics
///
/// Within 1.01 ulp for every `x` (worst at 59.300_01) and never falling. Exactly 0 where `e^x < 2^−126`, that
/// is for `x < −87.336_54`, so never subnormal; ∞ for `x > 88.722_83`; `exp(0) = 1`; NaN for NaN.
///
/// # Cost
///
/// 25 instructions, 9 multiplications and 10 additions among them (`libm::expf`: 46).
///
/// # Source
///
/// Argument reduction with log 2 in two parts: Cody & Waite (1980), *Software Manual for the Elementary
/// Functions*.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let (n, y) = exp_bits(x);
    // one comparison for |n| ≤ 125, where the result is certainly a normal number
    if n.wrapping_sub(ROUND_BITS - 125) <= 250 { f32::from_bits(y) } else { exp_at_the_edge(n, y) }
}

/// [`exp`] for places that a frame passes a few times: one copy on a device.
#[cfg_attr(target_os = "none", inline(never))]
#[cfg_attr(not(target_os = "none"), inline(always))]
pub(crate) fn exp_call(x: f32) -> f32 {
    exp(x)
}

/// `exp` where it overflows, underflows, nearly does so, or meets NaN.
#[cold]
#[inline(always)]
fn exp_at_the_edge(n: u32, y: u32) -> f32 {
    let overflow = n as i32 > ROUND_BITS as i32 + 128;
    exp_far_left(n, if overflow { INFINITY_BITS } else { y.min(INFINITY_BITS) })
}

/// `exp` where it underflows, nearly does so, or meets NaN.
///
/// Compares bits, not floats: LLVM 22's vector code for a Cortex-M55 lets NaN pass a `<` in front of which a
/// constant stands.
#[cold]
#[inline(always)]
fn exp_far_left(n: u32, y: u32) -> f32 {
    let underflow = ((n as i32) < ROUND_BITS as i32 - 126) | (y < MIN_NORMAL_BITS);
    let y = if underflow { 0 } else { y };
    f32::from_bits(if n & !SIGN > INFINITY_BITS { NAN_BITS } else { y })
}

/// `e^−|x|`
#[inline(always)]
fn exp_of_minus_abs(x: f32) -> f32 {
    let (n, y) = exp_bits(f32::from_bits(x.to_bits() | SIGN));
    if n.wrapping_sub(ROUND_BITS - 125) <= 125 { f32::from_bits(y) } else { exp_far_left(n, y) }
}

/// `e^−min(|x|, 60)`: a third less work than [`exp`], and up to 60 the same bits.
#[inline(always)]
pub(crate) fn exp_of_minus_abs_to_60(x: f32) -> f32 {
    let x = f32::from_bits(x.to_bits() | SIGN);
    let (_, y) = exp_bits(if x < -60.0 { -60.0 } else { x });
    f32::from_bits(y)
}

/// Natural logarithm.
///
/// `log x = k log 2 + 2 artanh s`, `x = 2^k m`, `m ∈ [√½, √2)`, `s = (m − 1)/(m + 1)`, `2 artanh s = 2s +
/// s³·P₂(s²)`
///
/// # Numerics
///
/// Within 1.97 ulp for every positive normal `x` (worst at 1.003_861_8; 1.1 ulp outside [¼, 4]) and never
/// falling. `ln(1) = 0`, `ln(∞) = ∞`. Zero and subnormal numbers give −∞, since a core that flushes them sees
/// zero; other negative numbers and NaN give NaN.
///
/// # Cost
///
/// 25 instructions, one of them a division (`libm::logf`: 44).
///
/// # Source
///
/// The artanh series after a division is the textbook form, as in Cody & Waite (1980); its coefficients are
/// ours.
#[inline(always)]
pub fn ln(x: f32) -> f32 {
    let bits = x.to_bits();
    let k_2_23 = bits.wrapping_sub(LN_SPLIT) & 0xff80_0000; // k · 2^23, two's complement
    let m = f32::from_bits(bits.wrapping_sub(k_2_23));
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let w = z * (ARTANH_0 + z * (ARTANH_1 + z * ARTANH_2));
    let y = ((s + s) + s * w) + (k_2_23 as i32 as f32) * (LN_2 / 8_388_608.0);
    let is_positive_normal = bits.wrapping_sub(MIN_NORMAL_BITS) < INFINITY_BITS - MIN_NORMAL_BITS;
    if is_positive_normal { y } else { ln_at_the_edge(bits) }
}

/// `ln` of anything but a positive normal number.
#[cold]
#[inline(always)]
fn ln_at_the_edge(bits: u32) -> f32 {
    if bits & !SIGN < MIN_NORMAL_BITS {
        f32::NEG_INFINITY
    } else if bits == INFINITY_BITS {
        f32::INFINITY
    } else {
        f32::NAN
    }
}

/// `log(1 + e)` for `e` in `[0, 1]`, which is what a stable log-sum-exp or softplus needs.
///
/// `log(1 + e) = e + e²·P₈(e)`
///
/// # Numerics
///
/// Within 1.52 ulp on `[0, 1]`, small `e` included (worst at 0.979_077_46); `ln_1p_unit(0) = 0`. Meaningless
/// outside.
///
/// # Cost
///
/// 19 instructions, no division (`libm::log1pf`: 46).
#[inline(always)]
pub fn ln_1p_unit(e: f32) -> f32 {
    let e2 = e * e;
    let q = (LN_1P_7 + LN_1P_8 * e) + e2 * (LN_1P_9 + LN_1P_10 * e);
    let q = (LN_1P_5 + LN_1P_6 * e) + e2 * q;
    let q = (LN_1P_3 + LN_1P_4 * e) + e2 * q;
    let q = LN_1P_2 + e * q;
    e + e2 * q
}

/// Hyperbolic tangent.
///
/// `tanh |x| = u / (u + 2)`, `u = e^(2|x|) − 1 = 2^n (e^r − 1) + (2^n − 1)`, with the sign of `x`
///
/// # Numerics
///
/// Within 2.66 ulp everywhere, small `x` included (worst at 0.060_193_13). Exactly odd, never beyond ±1, and
/// exactly ±1 from `|x| = 9.010_914` on. NaN for NaN.
///
/// # Cost
///
/// 34 instructions, one of them a division (`libm::tanhf`: 95).
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let a = f32::from_bits(x.to_bits() & !SIGN);
    let (n, em) = reduced_expm1(a + a);
    let scale = f32::from_bits((n << 23).wrapping_add(ONE_BITS)); // 2^n
    let u = scale * em + (scale - 1.0);
    let y = u / (u + 2.0);
    let sign = x.to_bits() & SIGN;
    if n < ROUND_BITS + 64 { f32::from_bits(y.to_bits() | sign) } else { tanh_far_out(n, sign) }
}

/// `tanh` where 2^n could overflow, or of NaN.
#[cold]
#[inline(always)]
fn tanh_far_out(n: u32, sign: u32) -> f32 {
    if n & !SIGN > INFINITY_BITS { f32::NAN } else { f32::from_bits(ONE_BITS | sign) }
}

/// Logistic function `1 / (1 + e^−x)`.
///
/// `1/(1 + e)` or `e/(1 + e)` by the sign of `x`, with `e = e^−|x| ≤ 1`: nothing overflows.
///
/// # Numerics
///
/// Within 2.41 ulp, in the left tail too (worst at −4.157_294). 0 where [`exp`] is, so never subnormal; 1
/// from `x = 16.635_532` on. NaN for NaN.
///
/// # Cost
///
/// 34 instructions, one of them a division.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    let e = exp_of_minus_abs(x);
    (if x < 0.0 { e } else { 1.0 }) / (1.0 + e)
}

/// `log(1 + e^x)`.
///
/// `max(x, 0) + log(1 + e^−|x|)`
///
/// # Numerics
///
/// Within 2.19 ulp, in the left tail too (worst at 0.026_123_136). 0 where [`exp`] is; `x` itself from
/// 14.556_091 on. NaN for NaN.
///
/// # Cost
///
/// 48 instructions.
#[inline(always)]
pub fn softplus(x: f32) -> f32 {
    (if x > 0.0 { x } else { 0.0 }) + ln_1p_unit(exp_of_minus_abs(x))
}
