//! Integers: a logistic distribution gathered in bins.

use super::{Independent, Law, ReadLaw, bounded_scale, inverse_scale};
use crate::fingerprint::Part;
use crate::format::{LoadError, Sections};
use crate::math;
use rand_core::Rng;

/// `P(x|z) = Π_i σ((x_i + b_i − loc_i)/s_i) − σ((x_i − b_i − loc_i)/s_i)`, σ the logistic function, `loc` and
/// `log s` from a dense layer each. Base measure: counting.
///
/// x_i is an integer's feature and b_i half of the distance to that of the next integer, so that the bins of
/// all integers fill the line and the masses add up to 1. The log scale is held between
/// [`LOG_SCALE_MIN`](super::LOG_SCALE_MIN) and [`LOG_SCALE_MAX`](super::LOG_SCALE_MAX).
///
/// **Cost.** An output and sample: 4 `exp`, 3 logarithms, and a second wide layer.
///
/// **Source.** Salimans, Karpathy, Chen and Kingma (2017), "PixelCNN++", equation 2, one component and no
/// edges.
pub type DiscretizedLogistic<'a, P, Q> = Independent<DiscretizedLogisticLaw<'a>, (P, Q), 2>;

/// The mass of a bin, whose width is fixed for the feature.
///
/// Section: half of each bin, in units of the feature.
#[derive(Clone, Copy, Debug)]
pub struct DiscretizedLogisticLaw<'a> {
    half_bin: &'a [f32],
}

impl Law<2> for DiscretizedLogisticLaw<'_> {
    /// half of the bin
    type Feature = f32;

    #[inline(always)]
    fn features(&self) -> impl Iterator<Item = f32> {
        self.half_bin.iter().copied()
    }

    #[inline(always)]
    fn part(&self, half_bin: f32, x: f32, [loc, log_scale]: [f32; 2]) -> f32 {
        let inverse = inverse_scale(log_scale);
        log_mass((x - loc) * inverse, half_bin * inverse)
    }

    fn constant(&self, _: f32) -> f32 {
        0.0
    }

    /// The most likely integers lie there.
    fn mean(&self, _: f32, [loc, _]: [f32; 2]) -> f32 {
        loc
    }

    /// Of the logistic distribution: the integer in whose bin a draw lies is one of the integers' law.
    fn draw<R: Rng + ?Sized>(&self, _: f32, [loc, log_scale]: [f32; 2], rng: &mut R) -> f32 {
        // the middles of 2²³ equal parts of (0, 1), and what is left of 1, are exact in f32
        let uniform = ((rng.next_u32() >> 9) as f32 + 0.5) / 8_388_608.0;
        loc + bounded_scale(log_scale) * math::ln(uniform / (1.0 - uniform))
    }
}

impl<'a> ReadLaw<'a> for DiscretizedLogisticLaw<'a> {
    const PART: Part = Part::DiscretizedLogistic;

    fn read(sections: &mut Sections<'a>, dims: usize) -> Result<Self, LoadError> {
        Ok(DiscretizedLogisticLaw { half_bin: sections.scales(dims)? })
    }
}

/// The logarithm of a bin's mass, its middle `a` and half its width `d` in units of the scale.
///
/// `σ(a + d) − σ(a − d) = σ(a + d)·σ(d − a)·(1 − e^−2d)`, so that
/// `log P = log(1 − e^−2d) − softplus(a − d) − softplus(−a − d)`:
/// no difference of numbers that are nearly equal, neither in the tails nor for bins that are narrow or wide.
#[inline(always)]
fn log_mass(a: f32, d: f32) -> f32 {
    math::ln_1m_exp(d + d) - math::softplus(a - d) - math::softplus(-a - d)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(a: f64, d: f64) -> f64 {
        let softplus =
            |x: f64| if x > 0.0 { x + libm::log1p(libm::exp(-x)) } else { libm::log1p(libm::exp(x)) };
        libm::log(-libm::expm1(-2.0 * d)) - softplus(a - d) - softplus(-a - d)
    }

    /// By the definition, where doubles do not cancel.
    #[test]
    fn it_is_the_difference_of_two_logistic_functions() {
        let sigmoid = |x: f64| 1.0 / (1.0 + libm::exp(-x));
        for (a, d) in [(0.0, 0.5), (3.0, 0.1), (-3.0, 0.1), (-1.0, 4.0), (9.0, 2.0)] {
            let difference = libm::log(sigmoid(a + d) - sigmoid(a - d));
            assert!((exact(a, d) - difference).abs() < 1e-9, "{a} {d}");
        }
    }

    /// Middles from 0 to far out in both tails, bins from a millionth of the scale to thousands.
    #[test]
    fn masses_are_right_in_both_tails_and_for_bins_of_any_width() {
        for i in -40..=40_i32 {
            let part = i as f32 / 40.0;
            let a = 1e5 * (part * part * part * part * part);
            for j in -20..=12_i32 {
                let d = libm::expf(0.7 * j as f32);
                let (ours, exact) = (f64::from(log_mass(a, d)), exact(a.into(), d.into()));
                // three terms, each rounded
                let size = libm::fabs(exact).max(libm::fabs(f64::from(a)));
                assert!((ours - exact).abs() < 4e-7 * size + 1e-6, "{a} {d}: {ours} {exact}");
            }
        }
    }

    #[test]
    fn masses_add_up_to_one() {
        for (loc, scale) in [(0.3_f32, 0.05_f32), (-0.5, 1.0), (7.25, 30.0)] {
            let mass = |n: i32| libm::exp(f64::from(log_mass((n as f32 - loc) / scale, 0.5 / scale)));
            let sum: f64 = (-2000..=2000).map(mass).sum();
            assert!((sum - 1.0).abs() < 2e-6, "{loc} {scale}: {sum}");
        }
    }
}
