//! Draws of counts: a rate of the Gamma distribution, and a count of Poisson's with that rate.

use super::{LOG_SHAPE_LIMIT, held_exp, log_mass};
use crate::features::MAX_INTEGER;
use crate::math::{self, clamp};
use rand_core::Rng;

/// Tries of one draw at most: a fair generator needs more with probability below 10⁻¹⁰.
const MAX_TRIES: u32 = 32;
/// Up to this rate a count is found by adding masses up.
const SMALL_RATE: f32 = 10.0;
/// Masses added up at most, far beyond any count of such a rate.
const MAX_SMALL: u32 = 100;

/// A count of mean `mean` and shape `shape`, at most 2²⁴.
pub(super) fn draw<R: Rng + ?Sized>(mean: f32, shape: f32, rng: &mut R) -> f32 {
    let rate = clamp(mean * (gamma(shape, rng) / shape), 0.0, MAX_INTEGER);
    let count = if rate < SMALL_RATE { small(rate, rng) } else { large(rate, rng) };
    clamp(count, 0.0, MAX_INTEGER)
}

/// The middle of one of 2²³ equal parts of (0, 1).
fn uniform<R: Rng + ?Sized>(rng: &mut R) -> f32 {
    ((rng.next_u32() >> 9) as f32 + 0.5) / 8_388_608.0
}

/// A draw of Gamma(shape, 1); for a shape below 1 that of shape + 1 times `u^(1/shape)`.
///
/// **Source.** Marsaglia and Tsang (2000), "A simple method for generating gamma variables", ACM Transactions
/// on Mathematical Software 26.
fn gamma<R: Rng + ?Sized>(shape: f32, rng: &mut R) -> f32 {
    let (of, power) =
        if shape < 1.0 { (shape + 1.0, math::exp(math::ln(uniform(rng)) / shape)) } else { (shape, 1.0) };
    let d = of - 1.0 / 3.0;
    let c = 1.0 / math::sqrt(9.0 * d);
    for _ in 0..MAX_TRIES {
        let x = math::normal_quantile(rng.next_u32());
        let v = 1.0 + c * x;
        let v = v * v * v;
        // log u < ½ x² + d (1 − v + log v)
        if v > 0.0 && math::ln(uniform(rng)) < 0.5 * x * x + d * (1.0 - v + math::ln(v)) {
            return power * (d * v);
        }
    }
    power * of
}

/// A draw of Poisson's distribution of a small rate, by inversion.
fn small<R: Rng + ?Sized>(rate: f32, rng: &mut R) -> f32 {
    let (mut left, mut mass, mut count) = (uniform(rng), math::exp(-rate), 0.0);
    for _ in 0..MAX_SMALL {
        left -= mass;
        if left < 0.0 {
            break;
        }
        count += 1.0;
        mass *= rate / count;
    }
    count
}

/// A draw of Poisson's distribution of a rate from 10 on.
///
/// **Source.** Hörmann (1993), "The transformed rejection method for generating Poisson random variables",
/// Insurance: Mathematics and Economics 12, algorithm PTRS.
fn large<R: Rng + ?Sized>(rate: f32, rng: &mut R) -> f32 {
    let b = 0.931 + 2.53 * math::sqrt(rate);
    let a = -0.059 + 0.024_83 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    let poisson = held_exp(LOG_SHAPE_LIMIT);
    for _ in 0..MAX_TRIES {
        let (u, v) = (uniform(rng) - 0.5, uniform(rng));
        let middle = 0.5 - if u < 0.0 { -u } else { u };
        let count = (2.0 * a / middle + b) * u + rate + 0.43;
        if !(0.0..=MAX_INTEGER).contains(&count) {
            continue;
        }
        let count = count as u32 as f32;
        let height = v * inverse_alpha / (a / (middle * middle) + b);
        if math::ln(height) <= log_mass(count, rate, poisson) {
            return count;
        }
    }
    (rate + 0.5) as u32 as f32
}
