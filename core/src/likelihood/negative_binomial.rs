//! Counts without an upper end.

mod draw;

use super::{Independent, LOG_SHAPE_LIMIT, Law, ReadLaw};
use crate::fingerprint::Part;
use crate::format::{LoadError, Sections};
use crate::math::{self, clamp};
use core::iter::repeat;
use rand_core::Rng;

/// `P(x|z) = Π_i NegativeBinomial(x_i; μ_i, r_i)`, log μ and log r from a dense layer each. Base measure:
/// counting.
///
/// `Γ(x + r)/(Γ(r) x!)·(r/(r + μ))^r·(μ/(r + μ))^x`: Poisson with a rate that is itself of a Gamma
/// distribution, of mean μ and variance `μ + μ²/r`. From r far above μ² on it is Poisson's distribution. Both
/// logarithms are held within ±[`LOG_SHAPE_LIMIT`].
///
/// **Source.** Greenwood and Yule (1920), "An inquiry into the nature of frequency distributions
/// representative of multiple happenings", Journal of the Royal Statistical Society 83; by mean and r as in
/// Lawless (1987), "Negative binomial and mixed Poisson regression", equation 1.1, where a is 1/r.
///
/// **Cost.** An output and sample: two `exp`, seven logarithms, and a second wide layer.
pub type NegativeBinomial<P, Q> = Independent<NegativeBinomialLaw, (P, Q), 2>;

/// `NegativeBinomial(x; μ, r)`. It has no sections.
#[derive(Clone, Copy, Debug, Default)]
pub struct NegativeBinomialLaw;

impl NegativeBinomialLaw {
    /// μ and r.
    pub(crate) fn mean_and_shape([log_mean, log_shape]: [f32; 2]) -> (f32, f32) {
        (held_exp(log_mean), held_exp(log_shape))
    }
}

impl Law<2> for NegativeBinomialLaw {
    type Feature = ();

    #[inline(always)]
    fn features(&self) -> impl Iterator<Item = ()> {
        repeat(())
    }

    /// As long as the beta-binomial law's without an FPU: one copy there, too.
    #[cfg_attr(not(all(target_arch = "arm", not(target_has_atomic = "32"))), inline(always))]
    fn part(&self, (): (), x: f32, [log_mean, log_shape]: [f32; 2]) -> f32 {
        log_mass(x, held_exp(log_mean), held_exp(log_shape))
    }

    fn constant(&self, (): ()) -> f32 {
        0.0
    }

    fn mean(&self, (): (), [log_mean, _]: [f32; 2]) -> f32 {
        held_exp(log_mean)
    }

    fn draw<R: Rng + ?Sized>(&self, (): (), [log_mean, log_shape]: [f32; 2], rng: &mut R) -> f32 {
        draw::draw(held_exp(log_mean), held_exp(log_shape), rng)
    }
}

impl ReadLaw<'_> for NegativeBinomialLaw {
    const PART: Part = Part::NegativeBinomial;

    fn read(_: &mut Sections<'_>, _: usize) -> Result<Self, LoadError> {
        Ok(NegativeBinomialLaw)
    }
}

/// μ or r from its logarithm.
#[inline(always)]
fn held_exp(log: f32) -> f32 {
    math::exp(clamp(log, -LOG_SHAPE_LIMIT, LOG_SHAPE_LIMIT))
}

/// The logarithm of a mass, by what x and the mean differ: with `δ` of [`stirling_rest`],
///
/// `r log((x + r)/(r + μ)) − x log(x (r + μ)/(μ (x + r)))`, and for x > 0 beside it
/// `δ(x + r) − δ(x) − δ(r) − ½ log(2π x (x + r)/r)`.
///
/// Factorials of large counts never stand there, so nothing large cancels, and the limit of large r is that
/// of Poisson's distribution.
///
/// **Source.** Loader (2000), "Fast and accurate computation of binomial probabilities", section 3.
#[inline(always)]
fn log_mass(x: f32, mean: f32, shape: f32) -> f32 {
    const TWO_PI: f32 = core::f32::consts::TAU;
    let is_some = x > 0.0;
    let count = if is_some { x } else { 1.0 };
    let (total, all) = (count + shape, shape + mean);
    // x (r + μ) − μ (x + r) = r (x − μ)
    let odds = log_ratio((count - mean) * (shape / total), count * (all / total), mean);
    let distance = shape * log_ratio(x - mean, x + shape, all) - x * odds;
    let spread = 0.5 * math::ln(TWO_PI * count * (1.0 + count / shape));
    // 1 more for δ(r), which may be of any r
    let rests = stirling_rest(total) - stirling_rest(count) - (step(shape) + stirling_rest(shape + 1.0));
    if is_some { distance + (rests - spread) } else { distance }
}

/// `log(a/b)` for positive a and b whose difference is `a_less_b`.
#[inline(always)]
fn log_ratio(a_less_b: f32, a: f32, b: f32) -> f32 {
    if a_less_b < 0.0 { -math::ln_1p(-a_less_b / a) } else { math::ln_1p(a_less_b / b) }
}

/// `δ(a) = log Γ(a) − (a − ½) log a + a − ½ log 2π` within 2·10⁻⁶, for a ≥ 1.
///
/// **Source.** Stirling's series at a + 1, Abramowitz and Stegun (1964), 6.1.41.
#[inline(always)]
fn stirling_rest(a: f32) -> f32 {
    let u = 1.0 / (a + 1.0);
    let v = u * u;
    step(a) + u * (1.0 / 12.0 - v * (1.0 / 360.0 - v * (1.0 / 1260.0 - v * (1.0 / 1680.0))))
}

/// `δ(a) − δ(a + 1)`
#[inline(always)]
fn step(a: f32) -> f32 {
    (a + 0.5) * math::ln_1p(1.0 / a) - 1.0
}

#[cfg(test)]
mod tests;
