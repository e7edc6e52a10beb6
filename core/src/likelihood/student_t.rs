//! Independent numbers with heavy tails: Student's t.

use super::two_outputs::{fill, sum_terms};
use super::{LOG_SCALE_MAX, LOG_SCALE_MIN, Likelihood, bounded_scale, mean};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections};
use crate::latent::clamp;
use crate::layer::Projection;
use crate::math;
use crate::shape::Lanes;
use rand_core::Rng;

/// `p(x|z) = Π_i t(x_i; loc_i, scale_i, ν_i)`, Student's t with ν degrees of freedom: `loc` and `log scale` from a dense layer each, one ν
/// for each feature.
///
/// `t = Γ((ν + 1)/2)/(Γ(ν/2) √(νπ) scale) · (1 + u²/ν)^(−(ν + 1)/2)`, `u = (x − loc)/scale`. Its tails fall as a power of the distance, where a
/// normal distribution's fall with its square: a glitch costs some nats and not thousands. The factors that do not depend on z are one
/// constant of the file. The log scale is held between [`LOG_SCALE_MIN`] and [`LOG_SCALE_MAX`]. Base measure: Lebesgue.
///
/// **Cost.** An output and sample: an `exp`, a logarithm, and a second wide layer.
#[derive(Clone, Copy, Debug)]
pub struct StudentT<'a, P, Q> {
    loc: P,
    log_scale: Q,
    inverse_dof: &'a [f32],
    exponent: &'a [f32],
    log_constant: f32,
}

impl<'a, P: Projection, Q: Projection<In = P::In, Out = P::Out, From = P::From>> StudentT<'a, P, Q> {
    /// Takes the two layers, then the sections `1/ν`, `(ν + 1)/2` and `[Σ_i log Γ((ν_i + 1)/2) − log Γ(ν_i/2) − ½ log(ν_i π)]`.
    ///
    /// # Errors
    /// [`LoadError`] as [`Sections::floats`]; [`LoadError::Malformed`] where a ν is not positive.
    pub fn read(loc: P, log_scale: Q, sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let (inverse_dof, exponent) = (sections.floats(loc.outputs())?, sections.floats(loc.outputs())?);
        match *sections.floats(1)? {
            [log_constant] if inverse_dof.iter().all(|inverse| *inverse > 0.0) => {
                Ok(StudentT { loc, log_scale, inverse_dof, exponent, log_constant })
            }
            _ => Err(LoadError::Malformed),
        }
    }
}

impl<P: Projection, Q: Projection<In = P::In, Out = P::Out, From = P::From>> Likelihood
    for StudentT<'_, P, Q>
{
    type In = P::In;
    type From = P::From;
    type Out = P::Out;

    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn log_prob_terms<const L: usize, X: Lanes<L>>(
        &self,
        hidden: &[[P::From; L]],
        features: &[X],
        see: impl FnMut(f32),
    ) -> [f32; L] {
        let term = |i: usize, x: f32, loc: f32, log_scale: f32| {
            let (Some(inverse_dof), Some(exponent)) = (self.inverse_dof.get(i), self.exponent.get(i)) else {
                return 0.0;
            };
            let log_scale = clamp(log_scale, LOG_SCALE_MIN, LOG_SCALE_MAX);
            let u = (x - loc) * math::exp(-log_scale);
            // log t = −(ν + 1)/2 log(1 + u²/ν) − log scale + constant
            -(exponent * math::ln_1p(u * u * inverse_dof) + log_scale)
        };
        sum_terms((&self.loc, &self.log_scale), hidden, features, self.log_constant, term, see)
    }

    /// The median, too; for ν = 1 there is no mean.
    fn mean(&self, hidden: &[[P::From; 1]], features: &mut [f32]) {
        mean(&self.loc, hidden, features);
    }

    /// By pairs of uniform numbers, of which π/4 count.
    fn sample<R: Rng + ?Sized>(&self, hidden: &[[P::From; 1]], rng: &mut R, features: &mut [f32]) {
        let mut inverse_dof = self.inverse_dof.iter();
        fill((&self.loc, &self.log_scale), hidden, features, |loc, log_scale| {
            loc + bounded_scale(log_scale) * standard(*inverse_dof.next().unwrap_or(&1.0), rng)
        });
    }
}

/// Pairs of uniform numbers for one draw, at most: fair ones need more with probability (1 − π/4)³² < 10⁻²¹.
const MAX_TRIES: u32 = 32;

/// A draw of location 0 and scale 1, or 0 where a generator that is stuck gives none: `v √(ν (w^(−2/ν) − 1)/w)` of a point (v, v') of the unit disc, w = v² + v'².
///
/// **Source.** Bailey (1994), "Polar generation of random variates with the t-distribution", Mathematics of Computation 62, algorithm 1.
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

impl<'a, P: Projection + Load<'a>, Q> Load<'a> for StudentT<'a, P, Q>
where
    Q: Projection<In = P::In, Out = P::Out, From = P::From> + Load<'a>,
{
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let (loc, log_scale) = (P::load(sections)?, Q::load(sections)?);
        StudentT::read(loc, log_scale, sections)
    }
}

impl<P: Fingerprint, Q: Fingerprint> Fingerprint for StudentT<'_, P, Q> {
    const FINGERPRINT: u32 = of(&[Part::StudentT as u32, P::FINGERPRINT, Q::FINGERPRINT]);
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
