//! The beta-binomial distribution: counts up to n, whose probability is itself a draw of Beta(α, β).

use elbow::likelihood::LOG_SHAPE_LIMIT;

use super::two_outputs::{Law, log_prob};
use super::{Frames, Likelihood, logit, means};
use crate::net::buffer::Buffer;
use crate::net::real::Real;
use crate::net::simd::{clamp, is_within};
use elbow_host::file::write::Sections;

const RANGE: (f32, f32) = (-LOG_SHAPE_LIMIT, LOG_SHAPE_LIMIT);

/// The heads give log α and log β.
#[derive(Debug)]
pub(super) struct BetaBinomial<T> {
    law: CountLaw<T>,
    most: f32,
    terms: Buffer<T>,
}

impl<T: Real> BetaBinomial<T> {
    pub(super) fn new(most: u8) -> Self {
        BetaBinomial { law: CountLaw::new(most), most: most.into(), terms: Buffer::default() }
    }
}

impl<T: Real> Likelihood<T> for BetaBinomial<T> {
    fn heads(&self) -> usize {
        2
    }

    /// With β = 1.
    fn output_bias(&self, features: &[f32], dims: usize) -> Vec<f32> {
        means(features, dims).into_iter().map(|mean| logit(mean / self.most)).collect()
    }

    fn refusal(&self) -> Option<&'static str> {
        Some("is no count from 0 to the N of --likelihood beta-binomial:N")
    }

    fn log_prob(&mut self, _: &[T], frames: Frames<'_, T>, outputs: &mut [Buffer<T>], log_probs: &mut [f64]) {
        let (law, none) = (&self.law, vec![(); frames.features]);
        log_prob(frames, outputs, &mut self.terms, log_probs, &none, |x, logs, ()| law.at(x, logs));
    }

    fn write(&self, _: &[f32], out: &mut Sections) {
        out.floats(&[self.most]);
    }
}

/// The law of counts up to n.
#[derive(Debug)]
struct CountLaw<T> {
    n: T,
    /// log C(n, x) of each x
    log_choices: Vec<T>,
}

impl<T: Real> CountLaw<T> {
    fn new(n: u8) -> Self {
        // C(n, x) = C(n, x − 1) (n − x + 1)/x
        let mut log = 0.0;
        let rest = (1..=n).map(|x| {
            log += (f64::from(n - x + 1) / f64::from(x)).ln();
            T::from_f64(log)
        });
        let log_choices = std::iter::once(T::ZERO).chain(rest).collect();
        CountLaw { n: T::from_f64(n.into()), log_choices }
    }

    /// log p of a count, and its derivatives with respect to log α and log β.
    #[inline(always)]
    fn at(&self, x: T, logs: [T; 2]) -> Law<T> {
        let [alpha, beta] = logs.map(|log| clamp(log, RANGE).exp());
        let log_choices = self.log_choices.get(x.to_f64() as usize).copied().unwrap_or(T::ZERO);
        // log p = log C(n, x) + log (α)_x + log (β)_(n − x) − log (α + β)_n, (a)_m = Γ(a + m)/Γ(a)
        let (ones, zeros) = (log_rising(alpha, x), log_rising(beta, self.n - x));
        let all = log_rising(alpha + beta, self.n);
        let log_prob = log_choices + (ones.0 + zeros.0 - all.0);
        // ∂log p/∂log α = α (∂log (α)_x − ∂log (α + β)_n), where the clamp has a slope; β alike
        let slope = |log, shape: T, of: T| {
            if is_within(log, RANGE) { shape * (of - all.1) } else { T::ZERO }
        };
        (log_prob, [slope(logs[0], alpha, ones.1), slope(logs[1], beta, zeros.1)])
    }
}

/// `log Γ(a + m) − log Γ(a)` and its derivative in a: formula and source
/// are those of `elbow::likelihood::BetaBinomial`.
#[inline(always)]
fn log_rising<T: Real>(a: T, m: T) -> (T, T) {
    let of = T::from_f64;
    let small = a < of(8.0);
    let y = if small { a + of(8.0) } else { a };
    let end = y + m;
    let (u, v) = (T::ONE / y, T::ONE / end);
    let series = |u: T| u * (of(1.0 / 12.0) - u * u * of(1.0 / 360.0));
    let log = (m * u).ln_1p();
    let sum = (y - of(0.5)) * log + m * (ln(end) - T::ONE) + (series(v) - series(u));
    // (y − ½)(1/(y + m) − 1/y) + m/(y + m) = m/(2y(y + m)); the series' slope is −u²(1/12 − u²/120)
    let slope = |u: T| u * u * (of(1.0 / 12.0) - u * u * of(1.0 / 120.0));
    let d_sum = log + of(0.5) * m * u * v + (slope(u) - slope(v));
    if !small {
        return (sum, d_sum);
    }
    let ((before, d_before), (after, d_after)) = (eight_factors(a), eight_factors(a + m));
    (sum - ln(after / before), d_sum + (d_before / before - d_after / after))
}

/// `log x` for x from 8 on, or above 1.
#[inline(always)]
fn ln<T: Real>(x: T) -> T {
    (x - T::ONE).ln_1p()
}

/// `a (a + 1) … (a + 7)` and its derivative.
#[inline(always)]
fn eight_factors<T: Real>(a: T) -> (T, T) {
    let (mut product, mut slope) = (a, T::ONE);
    for i in 1..8 {
        let factor = a + T::from_f64(f64::from(i));
        slope = slope * factor + product;
        product *= factor;
    }
    (product, slope)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the definition, and against differences of it.
    #[test]
    fn the_law_is_that_of_the_definition() {
        let gamma = libm::lgamma;
        let exact = |n: f64, x: f64, [a, b]: [f64; 2]| {
            let (a, b) = (a.exp(), b.exp());
            gamma(n + 1.0) - gamma(x + 1.0) - gamma(n - x + 1.0) + gamma(x + a) - gamma(a) + gamma(n - x + b)
                - gamma(b)
                - gamma(n + a + b)
                + gamma(a + b)
        };
        for n in [1_u8, 9, 255] {
            let law = CountLaw::<f64>::new(n);
            for logs in [[0.0, 0.0], [-3.0, 1.0], [2.5, 4.0], [1.9, 2.1], [-9.0, -2.5]] {
                for x in [0, n / 3, n / 2, n] {
                    let (n, x) = (f64::from(n), f64::from(x));
                    let (log_prob, slopes) = law.at(x, logs);
                    assert!((log_prob - exact(n, x, logs)).abs() < 1e-6, "{n} {x} {logs:?}");
                    for (i, slope) in slopes.into_iter().enumerate() {
                        let at = |h: f64| {
                            let mut logs = logs;
                            logs[i] += h;
                            exact(n, x, logs)
                        };
                        let difference = (at(1e-4) - at(-1e-4)) / 2e-4;
                        assert!((slope - difference).abs() < 1e-5 * (1.0 + slope.abs()), "{n} {x} {logs:?}");
                    }
                }
            }
        }
    }
}
