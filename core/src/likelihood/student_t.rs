//! Numbers with heavy tails: Student's t.

use super::rising::log_rising;
use super::{Independent, LOG_SCALE_MAX, LOG_SCALE_MIN, Law, ReadLaw, bounded_scale};
use crate::fingerprint::Part;
use crate::format::{LoadError, Sections};
use crate::math::{self, clamp};
use rand_core::Rng;

/// `p(x|z) = Π_i t(x_i; loc_i, scale_i, ν_i)`, Student's t with ν degrees of freedom: `loc` and `log scale`
/// from a dense layer each, one ν for each feature.
///
/// `t = Γ((ν + 1)/2)/(Γ(ν/2) √(νπ) scale) · (1 + u²/ν)^(−(ν + 1)/2)`, `u = (x − loc)/scale`. Its tails fall
/// as a power of the distance, where a normal distribution's fall with its square: a glitch costs some nats
/// and not thousands. The factors that do not depend on z are one constant of the file. The log scale is held
/// between [`LOG_SCALE_MIN`] and [`LOG_SCALE_MAX`]. Base measure: Lebesgue.
///
/// **Cost.** An output and sample: an `exp`, a logarithm, and a second wide layer.
pub type StudentT<'a, P, Q> = Independent<StudentTLaw<'a>, (P, Q), 2>;

/// `t(x; loc, exp(log_scale), ν)`, ν fixed for the feature.
///
/// Sections: `1/ν`, `(ν + 1)/2` and `[Σ_i log Γ((ν_i + 1)/2) − log Γ(ν_i/2) − ½ log(ν_i π)]`.
#[derive(Clone, Copy, Debug)]
pub struct StudentTLaw<'a> {
    inverse_dof: &'a [f32],
    exponent: &'a [f32],
    log_constant: f32,
}

impl Law<2> for StudentTLaw<'_> {
    /// `1/ν` and `(ν + 1)/2`
    type Feature = (f32, f32);

    #[inline(always)]
    fn features(&self) -> impl Iterator<Item = (f32, f32)> {
        self.inverse_dof.iter().copied().zip(self.exponent.iter().copied())
    }

    #[inline(always)]
    fn start(&self, _: usize) -> f32 {
        self.log_constant
    }

    #[inline(always)]
    fn part(&self, (inverse_dof, exponent): (f32, f32), x: f32, [loc, log_scale]: [f32; 2]) -> f32 {
        let log_scale = clamp(log_scale, LOG_SCALE_MIN, LOG_SCALE_MAX);
        let u = (x - loc) * math::exp(-log_scale);
        // log t = −(ν + 1)/2 log(1 + u²/ν) − log scale + constant
        -(exponent * math::ln_1p(u * u * inverse_dof) + log_scale)
    }

    /// `(ν + 1) u/((ν + u²) scale)` and `(ν + 1) u²/(ν + u²) − 1`, which is 0 where the log scale is held.
    #[inline(always)]
    fn slope(
        &self,
        (inverse_dof, exponent): (f32, f32),
        x: f32,
        [loc, log_scale]: [f32; 2],
    ) -> Option<[f32; 2]> {
        let held = clamp(log_scale, LOG_SCALE_MIN, LOG_SCALE_MAX);
        let inverse = math::exp(-held);
        let u = (x - loc) * inverse;
        let pull = 2.0 * exponent * inverse_dof * u / (1.0 + u * u * inverse_dof);
        Some([pull * inverse, if held == log_scale { pull * u - 1.0 } else { 0.0 }])
    }

    fn constant(&self, (inverse_dof, _): (f32, f32)) -> f32 {
        const HALF_LOG_PI: f32 = 0.572_364_9;
        // log Γ(ν/2 + ½) − log Γ(ν/2) − ½ log ν − ½ log π
        log_rising(0.5 / inverse_dof, 0.5) + 0.5 * math::ln(inverse_dof) - HALF_LOG_PI
    }

    /// The median, too; for ν = 1 there is no mean.
    fn mean(&self, _: (f32, f32), [loc, _]: [f32; 2]) -> f32 {
        loc
    }

    /// By pairs of uniform numbers, of which π/4 count.
    fn draw<R: Rng + ?Sized>(
        &self,
        (inverse_dof, _): (f32, f32),
        [loc, log_scale]: [f32; 2],
        rng: &mut R,
    ) -> f32 {
        loc + bounded_scale(log_scale) * standard(inverse_dof, rng)
    }
}

impl<'a> ReadLaw<'a> for StudentTLaw<'a> {
    const PART: Part = Part::StudentT;

    fn read(sections: &mut Sections<'a>, dims: usize) -> Result<Self, LoadError> {
        let (inverse_dof, exponent) = (sections.scales(dims)?, sections.scales(dims)?);
        match *sections.floats(1)? {
            [log_constant] => Ok(StudentTLaw { inverse_dof, exponent, log_constant }),
            _ => Err(LoadError::Malformed),
        }
    }
}

/// Pairs of uniform numbers for one draw, at most: fair ones need more with probability (1 − π/4)³² < 10⁻²¹.
const MAX_TRIES: u32 = 32;

/// A draw of location 0 and scale 1, or 0 where a generator that is stuck gives none: `v √(ν (w^(−2/ν) −
/// 1)/w)` of a point (v, v') of the unit disc, w = v² + v'².
///
/// **Source.** Bailey (1994), "Polar generation of random variates with the t-distribution", Mathematics of
/// Computation 62, algorithm 1.
fn standard<R: Rng + ?Sized>(inverse_dof: f32, rng: &mut R) -> f32 {
    // the middles of 2²³ equal parts of (−1, 1)
    let mut uniform = || ((rng.next_u32() >> 9) as f32 + 0.5) / 4_194_304.0 - 1.0;
    for _ in 0..MAX_TRIES {
        let (v, other) = (uniform(), uniform());
        let w = v * v + other * other;
        if w < 1.0 {
            let power = math::exp(-2.0 * inverse_dof * math::ln(w));
            return v * math::sqrt((power - 1.0) / (inverse_dof * w));
        }
    }
    0.0
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{MAX_TRIES, standard};
    use core::convert::Infallible;
    use rand_core::TryRng;
    use rand_pcg::Pcg32;
    use std::vec::Vec;

    /// Always the corner of the square, and how often it was asked.
    struct Stuck(u32);

    impl TryRng for Stuck {
        type Error = Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            self.0 += 1;
            Ok(u32::MAX)
        }

        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            unreachable!()
        }

        fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Infallible> {
            unreachable!()
        }
    }

    #[test]
    fn a_stuck_generator_does_not_hold_the_device_up() {
        let mut rng = Stuck(0);
        assert_eq!((standard(0.25, &mut rng), rng.0), (0.0, 2 * MAX_TRIES));
    }

    /// Against the quantiles of tables: Abramowitz and Stegun (1964), table 26.10.
    #[test]
    fn draws_have_the_tables_quantiles() {
        const DRAWS: usize = 40_000;
        // P(|t| ≤ q) = 0.5, 0.9, 0.99
        let table =
            [(1.0, [1.0, 6.314, 63.657]), (4.0, [0.741, 2.132, 4.604]), (30.0, [0.683, 1.697, 2.750])];
        for (dof, quantiles) in table {
            let mut rng = Pcg32::new(3, 5);
            let draws: Vec<f32> = (0..DRAWS).map(|_| standard(1.0 / dof, &mut rng)).collect();
            for (part, q) in [0.5, 0.9, 0.99_f64].into_iter().zip(quantiles) {
                let inside = draws.iter().filter(|t| t.abs() <= q).count() as f64 / DRAWS as f64;
                let error = libm::sqrt(part * (1.0 - part) / DRAWS as f64);
                assert!((inside - part).abs() < 4.0 * error, "{dof}: {part} {inside}");
            }
            let positive = draws.iter().filter(|t| **t > 0.0).count() as f64 / DRAWS as f64;
            assert!((positive - 0.5).abs() < 0.01, "{dof}: {positive}");
        }
    }
}
