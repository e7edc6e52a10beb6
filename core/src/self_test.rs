//! A check at boot that this machine computes the bits of numeric profile 1.

use crate::fingerprint::{START, fold};
use crate::kernel::{AsIs, Kernel, TILE};
use crate::layer::weights::F32;
use crate::math;
use crate::noise::LowDiscrepancy;
use core::fmt;
use core::hint::black_box;
use core::marker::PhantomData;
use rand_core::Rng;

/// Hash of the functions' bits. Changing it is a new numeric profile.
const MATH: u32 = 0x9639_ff02;
/// Hash of a dense tile's bits.
const KERNEL: u32 = 0x0623_8ea6;

/// What this machine computes otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum SelfTestError {
    /// Sums are not rounded to nearest.
    Rounding,
    /// Subnormal numbers are taken for zero.
    Subnormals,
    /// A function of [`crate::math`] has other bits.
    Math,
    /// A dense layer has other bits.
    Kernel,
}

impl fmt::Display for SelfTestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SelfTestError::Rounding => "sums are not rounded to nearest; reset the rounding mode of the FPU",
            SelfTestError::Subnormals => {
                "subnormals are flushed to zero; \
                 clear FZ (Arm) or FTZ and DAZ (x86)"
            }
            SelfTestError::Math => {
                "a mathematical function has other bits; on the RP2040 set rp2040-hal's feature \
                 disable-intrinsics"
            }
            SelfTestError::Kernel => {
                "a dense layer has other bits; \
                 do not build with fast-math or contraction"
            }
        })
    }
}

impl core::error::Error for SelfTestError {}

/// Checks rounding, subnormals, the mathematical functions and a dense layer against fixed bits.
///
/// Call it once at boot: a machine that passes gives the scores of every other machine that does.
///
/// # Errors
/// [`SelfTestError`], naming what differs.
///
/// # Cost
/// a few thousand instructions with an FPU, some hundred thousand without.
pub fn self_test() -> Result<(), SelfTestError> {
    let check = |good: bool, error| if good { Ok(()) } else { Err(error) };
    // 1 + 2⁻²⁴ is a tie, to even; 1 + 3·2⁻²⁴ is one too, upwards
    let (tie, above) = (black_box(1.0_f32) + 5.960_464_5e-8, black_box(1.0_f32) + 1.788_139_3e-7);
    check(tie.to_bits() == 0x3f80_0000 && above.to_bits() == 0x3f80_0002, SelfTestError::Rounding)?;
    let half = black_box(f32::MIN_POSITIVE) * black_box(0.5);
    check(half.to_bits() == 0x0040_0000, SelfTestError::Subnormals)?;
    check(math_hash() == MATH, SelfTestError::Math)?;
    check(kernel_hash() == KERNEL, SelfTestError::Kernel)
}

/// The functions on numbers from the default noise, of several magnitudes.
fn math_hash() -> u32 {
    let mut noise = LowDiscrepancy::new(3);
    let mut hash = START;
    for i in 0..48 {
        let normal = math::normal_quantile(noise.next_u32());
        let x = black_box(normal * (1 + i % 7) as f32);
        let values = [normal, math::exp(x), math::ln(math::exp(x)), math::tanh(x), math::sigmoid(x)];
        for value in values.into_iter().chain([
            math::softplus(x),
            math::sqrt(x * x + 1.0),
            math::inverse_sqrt(x * x + 1.0),
        ]) {
            hash = fold(hash, value.to_bits());
        }
    }
    hash
}

/// One tile of twelve inputs, for one sample and for four.
fn kernel_hash() -> u32 {
    let mut noise = LowDiscrepancy::new(5);
    let mut normal = || math::normal_quantile(noise.next_u32());
    let weights: [[f32; TILE]; 12] = core::array::from_fn(|_| core::array::from_fn(|_| normal()));
    let bias = core::array::from_fn(|_| normal());
    let four: [[f32; 4]; 12] = core::array::from_fn(|_| core::array::from_fn(|_| normal()));
    let one: [[f32; 1]; 12] = four.map(|[x, ..]| [x]);
    let layer = F32 { weights: &weights, bias: &[bias], finish: AsIs, input: PhantomData };
    let (one, four) = (layer.tile(0, black_box(&one)), layer.tile(0, black_box(&four)));
    let all = one.as_flattened().iter().chain(four.as_flattened());
    all.fold(START, |hash, value| fold(hash, value.to_bits()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_passes() {
        assert_eq!((math_hash(), kernel_hash()), (MATH, KERNEL), "{:#x} {:#x}", math_hash(), kernel_hash());
        assert_eq!(self_test(), Ok(()));
    }
}
