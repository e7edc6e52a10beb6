//! Counts of 0 to n.

use super::rising::log_rising;
use super::{Independent, Law, ReadLaw};
use crate::features::{MAX_COUNT, most};
use crate::fingerprint::Part;
use crate::format::{LoadError, Sections};
use crate::math::{self, clamp};
use core::iter::repeat;
use rand_core::Rng;

/// `p(x|z) = Π_i BetaBinomial(x_i; n, α_i, β_i)`, log α and log β from a dense layer each. Base measure:
/// counting.
///
/// `C(n, x)·B(x + α, n − x + β)/B(α, β)`: binomial with a probability that is itself Beta(α, β). n is up to
/// [`MAX_COUNT`]; log α and log β are held within ±[`LOG_SHAPE_LIMIT`].
///
/// **Source.** Skellam (1948), "A probability distribution derived from the binomial distribution by
/// regarding the probability of success as variable between the sets of trials", Journal of the Royal
/// Statistical Society B 10.
///
/// **Cost.** An output and sample: two `exp`, ten logarithms, and a second wide layer.
pub type BetaBinomial<P, Q> = Independent<BetaBinomialLaw, (P, Q), 2>;

/// `BetaBinomial(x; n, α, β)`, n the same for all features.
///
/// Section: `[n]`, an integer from 1 to [`MAX_COUNT`].
#[derive(Clone, Copy, Debug)]
pub struct BetaBinomialLaw {
    most: u8,
}

impl BetaBinomialLaw {
    /// Counts up to `most`.
    pub fn new(most: u8) -> Self {
        BetaBinomialLaw { most }
    }

    /// Masses of the counts 0 to n, up to a factor.
    pub(crate) fn weights(&self, [log_alpha, log_beta]: [f32; 2]) -> [f32; MAX_COUNT + 1] {
        weights(self.most, log_alpha, log_beta)
    }
}

impl Law<2> for BetaBinomialLaw {
    type Feature = ();

    #[inline(always)]
    fn features(&self) -> impl Iterator<Item = ()> {
        repeat(())
    }

    /// So long without an FPU that Armv6-M, known by what it lacks, keeps one copy.
    #[cfg_attr(not(all(target_arch = "arm", not(target_has_atomic = "32"))), inline(always))]
    fn part(&self, (): (), x: f32, [log_alpha, log_beta]: [f32; 2]) -> f32 {
        log_mass(x, f32::from(self.most), shape(log_alpha), shape(log_beta))
    }

    fn constant(&self, (): ()) -> f32 {
        0.0
    }

    fn mean(&self, (): (), [log_alpha, log_beta]: [f32; 2]) -> f32 {
        // n α/(α + β)
        f32::from(self.most) * math::sigmoid(log_alpha - log_beta)
    }

    fn draw<R: Rng + ?Sized>(&self, (): (), outputs: [f32; 2], rng: &mut R) -> f32 {
        let weights = self.weights(outputs);
        let sum: f32 = weights.iter().sum();
        // 24 bits of a word are exact in f32
        let mut left = sum * ((rng.next_u32() >> 8) as f32 / 16_777_216.0);
        let below = weights.iter().take(self.most.into()).take_while(|weight| {
            left -= **weight;
            left >= 0.0
        });
        below.count() as f32
    }
}

impl ReadLaw<'_> for BetaBinomialLaw {
    const PART: Part = Part::BetaBinomial;

    fn read(sections: &mut Sections<'_>, _: usize) -> Result<Self, LoadError> {
        Ok(BetaBinomialLaw { most: most(sections)? })
    }
}

/// Logarithms of α and β are held within this: the greatest ratio of neighbouring masses is then 2⁷⁸.
pub const LOG_SHAPE_LIMIT: f32 = 30.0;

/// α or β from its logarithm.
#[inline(always)]
fn shape(log: f32) -> f32 {
    math::exp(clamp(log, -LOG_SHAPE_LIMIT, LOG_SHAPE_LIMIT))
}

/// `log C(n, x) + log B(x + α, n − x + β) − log B(α, β)`, each Beta function by its rising factorials.
#[inline(always)]
fn log_mass(x: f32, n: f32, alpha: f32, beta: f32) -> f32 {
    let log_choices = log_rising(x + 1.0, n - x) - log_rising(1.0, n - x);
    log_choices + (log_rising(alpha, x) + log_rising(beta, n - x) - log_rising(alpha + beta, n))
}

/// Masses of the counts 0 to n, up to a factor; 0 beyond: the greatest is from 1 to 2⁴⁰, none is less than
/// 2⁻¹⁰⁰ but 0.
///
/// `p(x)/p(x − 1) = (n − x + 1)(x − 1 + α)/(x (n − x + β))`
fn weights(most: u8, log_alpha: f32, log_beta: f32) -> [f32; MAX_COUNT + 1] {
    const HIGH: f32 = (1_u64 << 40) as f32;
    const LOW: f32 = 1.0 / (HIGH * HIGH * (1_u64 << 20) as f32);
    let at_least_low = |weight| if weight < LOW { 0.0 } else { weight };
    let (alpha, beta) = (shape(log_alpha), shape(log_beta));
    let mut weights = [0.0; MAX_COUNT + 1];
    weights[0] = 1.0;
    let mut weight = 1.0;
    for x in 1..=usize::from(most) {
        let (up, down) = (x as f32, (usize::from(most) - x) as f32);
        weight = at_least_low(weight * ((down + 1.0) * (up - 1.0 + alpha) / (up * (down + beta))));
        if weight > HIGH {
            weights.iter_mut().take(x).for_each(|before| *before = at_least_low(*before / weight));
            weight = 1.0;
        }
        if let Some(place) = weights.get_mut(x) {
            *place = weight;
        }
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From α = e⁻²⁹ to β = e¹⁸, which a model released with a paper gives, and beyond.
    const LOG_SHAPES: [[f32; 2]; 8] = [
        [0.0, 0.0],
        [-29.0, 1.0],
        [-18.2, -2.5],
        [6.7, 8.3],
        [3.6, 17.7],
        [1.9, 2.1],
        [-30.0, 30.0],
        [12.0, -12.0],
    ];

    fn exact(x: usize, n: f64, [log_alpha, log_beta]: [f32; 2]) -> f64 {
        let [alpha, beta] = [log_alpha, log_beta].map(|log| libm::exp(log.into()));
        let (x, gamma) = (x as f64, libm::lgamma);
        let rising = |a: f64, m: f64| {
            if a < 1e4 {
                gamma(a + m) - gamma(a)
            } else {
                (0..m as u32).map(|i| libm::log(a + f64::from(i))).sum()
            }
        };
        gamma(n + 1.0) - gamma(x + 1.0) - gamma(n - x + 1.0) + rising(alpha, x) + rising(beta, n - x)
            - rising(alpha + beta, n)
    }

    #[test]
    fn masses_are_those_of_the_definition() {
        for shapes in LOG_SHAPES {
            let [alpha, beta] = shapes.map(shape);
            for x in [0, 1, 2, 30, 128, 200, 253, 254, 255] {
                let (ours, exact) = (log_mass(x as f32, 255.0, alpha, beta), exact(x, 255.0, shapes));
                // three logarithms of up to 5,000 are rounded
                let limit = 1e-3 + 1e-6 * exact.abs();
                assert!((f64::from(ours) - exact).abs() < limit, "{shapes:?}, {x}: {ours} {exact}");
            }
        }
    }

    #[test]
    fn weights_are_masses_up_to_a_factor() {
        for (shapes, n) in LOG_SHAPES.iter().flat_map(|shapes| [255, 1, 100].map(|n| (*shapes, n))) {
            let weights = weights(n, shapes[0], shapes[1]);
            let sum: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
            let (within, beyond) = weights.split_at(usize::from(n) + 1);
            for (x, weight) in within.iter().enumerate() {
                let (ours, exact) = (f64::from(*weight) / sum, libm::exp(exact(x, n.into(), shapes)));
                assert!((ours - exact).abs() < 1e-4 * exact + 1e-9, "{shapes:?}, {x}: {ours} {exact}");
            }
            assert!(beyond.iter().all(|weight| *weight == 0.0));
        }
    }

    #[test]
    fn weights_are_finite_whatever_the_network_gives() {
        let numbers = [f32::NEG_INFINITY, -1e9, -30.0, 0.0, 30.0, f32::MAX];
        for [a, b] in numbers.iter().flat_map(|a| numbers.iter().map(move |b| [*a, *b])) {
            let weights = weights(255, a, b);
            assert!(weights.iter().all(|weight| *weight >= 0.0 && math::is_finite(*weight)), "{a} {b}");
            assert!(weights.iter().any(|weight| *weight >= 1.0), "{a} {b}");
        }
    }
}
