//! Powers and logarithms to the base 2 in three instructions, for sums whose terms need two digits.
//!
//! The bits of a float are `2²³ (127 + k + f)` where it is `2^k (1 + f)`. Read as `2²³ log₂`, they are a
//! logarithm that is linear between powers of two: off by 0.0861 at most.
//!
//! # Source
//!
//! Mitchell (1962), "Computer multiplication and division using binary logarithms", IRE Transactions on
//! Electronic Computers 11(4), equation 3.

use super::{LOG2_E, ROUND};

/// `2²³`
const UNIT: f32 = 8_388_608.0;
/// Nats to units of `2⁻²³` bits, in which the functions here have their logarithms.
pub(crate) const UNITS: f32 = LOG2_E * UNIT;
/// Units to nats.
pub(crate) const NATS: f32 = 1.0 / UNITS;
/// Those of the float 1.
const BIAS: f32 = 127.0 * UNIT;

/// `log₂(2^sum + 2^x_0 + … + 2^x_(N−1))`, within 0.0861 bits. In units; the sum is no NaN, and an x that is
/// one counts as −∞.
///
/// The two approximations undo each other: of a term that is alone it is that term, and to add terms to a sum
/// of others adds no error to its own.
#[inline(always)]
pub(crate) fn log2_add<const N: usize>(sum: f32, x: [f32; N]) -> f32 {
    let max = x.iter().fold(sum, |max, x| if *x > max { *x } else { max });
    // a whole power of two is taken out exactly
    let least = (max + ROUND * UNIT) - (ROUND * UNIT + BIAS);
    let power = |x: f32| f32::from_bits((x - least) as u32);
    let sum = x.iter().fold(power(sum), |sum, x| sum + power(*x));
    least + sum.to_bits() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nats<const N: usize>(x: [f32; N]) -> f64 {
        f64::from(log2_add(f32::NEG_INFINITY, x.map(|x| x * UNITS)) * NATS)
    }

    #[test]
    fn the_error_is_that_of_the_source() {
        let mut worst = 0.0_f64;
        for (i, shift) in (0..1500).flat_map(|i| [0.0, -817.25, 3e3].map(|shift| (i, shift))) {
            let x = [0.37, 0.011, 0.005].map(|step| shift - step * i as f32);
            let first = f64::from(x[0]);
            let exact = libm::log(x.iter().map(|x| libm::exp(f64::from(*x) - first)).sum());
            worst = worst.max((nats(x) - first - exact).abs());
        }
        // and the rounding of numbers beyond 3,000
        assert!((0.02..0.0861 * core::f64::consts::LN_2 + 1e-3).contains(&worst), "{worst}");
    }

    #[test]
    fn a_thousand_terms_are_as_exact_as_a_few() {
        let sum = (0..1000).fold(f32::NEG_INFINITY, |sum, _| log2_add(sum, [-50.0 * UNITS]));
        assert!((f64::from(sum * NATS) + 50.0 - libm::log(1000.0)).abs() < 0.0597);
    }

    #[test]
    fn what_is_alone_is_itself() {
        for x in [-1e4_f32, -87.3, 0.0, 1.5, 300.0] {
            for other in [f32::NEG_INFINITY, f32::NAN, x - 200.0] {
                assert!((nats([other, x]) - f64::from(x)).abs() < 2e-6 * f64::from(x.abs()) + 2e-5, "{x}");
            }
        }
        assert_eq!(log2_add(f32::NEG_INFINITY, [f32::NEG_INFINITY, f32::NAN]), f32::NEG_INFINITY);
    }
}
