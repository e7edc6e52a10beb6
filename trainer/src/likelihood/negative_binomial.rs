//! The negative binomial distribution: counts without an upper end, whose rate is itself of a Gamma
//! distribution.

use elbow::likelihood::LOG_SHAPE_LIMIT;

use super::two_outputs::{Law, log_prob};
use super::{Frames, Likelihood, means};
use crate::net::buffer::Buffer;
use crate::net::real::Real;
use crate::net::simd::{clamp, is_within};

const RANGE: (f32, f32) = (-LOG_SHAPE_LIMIT, LOG_SHAPE_LIMIT);
/// A count that is 0 in all of the data may still be another: its mean is at least this where a fit begins.
const LEAST_MEAN: f32 = 1e-3;

/// The heads give log μ and log r.
#[derive(Debug, Default)]
pub(super) struct NegativeBinomial<T> {
    terms: Buffer<T>,
}

impl<T: Real> Likelihood<T> for NegativeBinomial<T> {
    fn heads(&self) -> usize {
        2
    }

    fn refusal(&self) -> Option<&'static str> {
        Some("is no count: --likelihood negative-binomial takes whole numbers from 0 to 2^24")
    }

    fn output_bias(&self, features: &[f32], dims: usize) -> Vec<f32> {
        means(features, dims).into_iter().map(|mean| elbow::math::ln(mean.max(LEAST_MEAN))).collect()
    }

    fn log_prob(&mut self, _: &[T], frames: Frames<'_, T>, outputs: &mut [Buffer<T>], log_probs: &mut [f64]) {
        let none = vec![(); frames.features];
        log_prob(frames, outputs, &mut self.terms, log_probs, &none, |x, logs, ()| law(x, logs));
    }
}

/// log P of a count, and its derivatives with respect to log μ and log r: formula and source are those of
/// `elbow::likelihood::NegativeBinomial`.
#[inline(always)]
fn law<T: Real>(x: T, logs: [T; 2]) -> Law<T> {
    let [mean, shape] = logs.map(|log| clamp(log, RANGE).exp());
    let (one, half) = (T::ONE, T::from_f64(0.5));
    let is_some = x > T::ZERO;
    let count = if is_some { x } else { one };
    let (past, total, all) = (x - mean, count + shape, shape + mean);
    let log_totals = log_ratio(past, x + shape, all);
    let odds = log_ratio((count - mean) * (shape / total), count * (all / total), mean);
    let distance = shape * log_totals - x * odds;
    // at least 2π, so that the logarithm is of one and a positive number
    let spread = T::from_f64(std::f64::consts::TAU) * count * (one + count / shape);
    let (upper, lower, own) = (rest(total), rest(count), rest_of_any(shape));
    let around = upper.0 - lower.0 - own.0 - half * (spread - one).ln_1p();
    let log_prob = if is_some { distance + around } else { distance };
    // ∂log P/∂log μ = r (x − μ)/(r + μ)
    let of_mean = past * (shape / all);
    // ∂log P/∂log r = r (log((x + r)/(r + μ)) − (x − μ)/(r + μ)), and for x > 0 beside it
    // r (δ'(x + r) − δ'(r)) + ½ x/(x + r)
    let of_around = shape * (upper.1 - own.1) + half * (count / total);
    let of_distance = shape * (log_totals - past / all);
    let of_shape = if is_some { of_distance + of_around } else { of_distance };
    let slope = |log, slope| if is_within(log, RANGE) { slope } else { T::ZERO };
    (log_prob, [slope(logs[0], of_mean), slope(logs[1], of_shape)])
}

/// `log(a/b)` for positive a and b whose difference is `a_less_b`.
#[inline(always)]
fn log_ratio<T: Real>(a_less_b: T, a: T, b: T) -> T {
    let below = a_less_b < T::ZERO;
    let log = (a_less_b.abs() / if below { a } else { b }).ln_1p();
    if below { -log } else { log }
}

/// δ(a) and its derivative, for a ≥ 1.
#[inline(always)]
fn rest<T: Real>(a: T) -> (T, T) {
    let of = T::from_f64;
    let (step, d_step) = step(a);
    let u = T::ONE / (a + T::ONE);
    let v = u * u;
    let series = u * (of(1.0 / 12.0) - v * (of(1.0 / 360.0) - v * (of(1.0 / 1260.0) - v * of(1.0 / 1680.0))));
    let slope = v * (of(1.0 / 12.0) - v * (of(1.0 / 120.0) - v * (of(1.0 / 252.0) - v * of(1.0 / 240.0))));
    (step + series, d_step - slope)
}

/// The same for any a > 0.
#[inline(always)]
fn rest_of_any<T: Real>(a: T) -> (T, T) {
    let ((step, d_step), (rest, d_rest)) = (step(a), rest(a + T::ONE));
    (step + rest, d_step + d_rest)
}

/// `δ(a) − δ(a + 1) = (a + ½) log(1 + 1/a) − 1` and its derivative.
#[inline(always)]
fn step<T: Real>(a: T) -> (T, T) {
    let (half, u) = (T::from_f64(0.5), T::ONE / a);
    let log = u.ln_1p();
    ((a + half) * log - T::ONE, log - u * ((a + half) / (a + T::ONE)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the definition, and against differences of it.
    #[test]
    fn the_law_is_that_of_the_definition() {
        let gamma = libm::lgamma;
        let exact = |x: f64, [log_mean, log_shape]: [f64; 2]| {
            let (mean, r) = (log_mean.exp(), log_shape.exp());
            gamma(x + r) - gamma(r) - gamma(x + 1.0) - r * (mean / r).ln_1p() - x * (r / mean).ln_1p()
        };
        for logs in [[0.0, 0.0], [-3.0, 1.0], [2.5, 4.0], [1.9, -2.1], [5.0, 2.5], [4.0, 8.0]] {
            for x in [0.0, 1.0, 2.0, 7.0, 60.0, 255.0, 3000.0] {
                let (log_prob, slopes) = law(x, logs);
                assert!((log_prob - exact(x, logs)).abs() < 5e-6, "{x} {logs:?}");
                for (i, slope) in slopes.into_iter().enumerate() {
                    let at = |h: f64| {
                        let mut logs = logs;
                        logs[i] += h;
                        exact(x, logs)
                    };
                    let difference = (at(1e-4) - at(-1e-4)) / 2e-4;
                    // Stirling's series is cut off
                    assert!((slope - difference).abs() < 2e-5 * (1.0 + slope.abs()), "{x} {logs:?} {i}");
                }
            }
        }
    }

    /// Single precision, as a fit has it: no slope blows up where r or μ is at its limits.
    #[test]
    fn slopes_are_right_in_single_precision() {
        for log_mean in [-20.0_f32, -2.0, 0.0, 3.0, 9.0, 16.0] {
            for log_shape in [-20.0_f32, -3.0, 0.0, 4.0, 12.0, 29.0] {
                for x in [0.0_f32, 1.0, 5.0, 300.0, 8103.0, 16_777_216.0] {
                    let (log_prob, slopes) = law(x, [log_mean, log_shape]);
                    let (exact, exact_slopes) = law(f64::from(x), [log_mean.into(), log_shape.into()]);
                    let near = |ours: f32, exact: f64, room: f64| {
                        (f64::from(ours) - exact).abs() < room + 1e-5 * exact.abs()
                    };
                    let room = 1e-4 + 1e-6 * f64::from((x - elbow::math::exp(log_mean)).abs());
                    assert!(near(log_prob, exact, room), "{x} {log_mean} {log_shape}: {log_prob} {exact}");
                    for (ours, exact) in slopes.into_iter().zip(exact_slopes) {
                        assert!(near(ours, exact, room), "{x} {log_mean} {log_shape}: {ours} {exact}");
                    }
                }
            }
        }
    }
}
