//! Likelihoods with two numbers for each feature: of each a law, which gives log p(x_i|z) and its slopes.

use super::{Observation, Outputs, RANGE, softplus_and_slope};
use crate::net::real::Real;
use crate::net::simd::{clamp, is_within, sum, wide};

/// log p of one feature, up to a constant, and its derivatives with respect to the two numbers.
pub(super) type Law<T> = (T, [T; 2]);

impl<T: Real> Observation<'_, T> {
    /// `log p = Σ_i law(x_i, first_i, second_i, constants_i)` of each sample; the slopes stay where the outputs stood.
    pub(super) fn two_outputs<C: Copy>(
        &self,
        outputs: &mut Outputs<T>,
        log_prob: &mut [f64],
        constants: &[C],
        law: impl Fn(T, [T; 2], C) -> Law<T>,
    ) {
        let Outputs { first, second, terms, .. } = outputs;
        let features = terms.len();
        let rows = first.chunks_exact_mut(features).zip(second.chunks_exact_mut(features));
        wide(
            #[inline(always)]
            || {
                for (k, ((firsts, seconds), log_prob)) in rows.zip(log_prob).enumerate() {
                    let frame = self.target(k).iter().zip(constants).zip(terms.iter_mut());
                    for ((first, second), ((x, constants), term)) in firsts.iter_mut().zip(seconds).zip(frame)
                    {
                        (*term, [*first, *second]) = law(*x, [*first, *second], *constants);
                    }
                    *log_prob = sum(terms);
                }
            },
        );
    }
}

/// A normal distribution, from its mean and log scale, without its `½ log 2π`.
#[inline(always)]
pub(super) fn gaussian<T: Real>(x: T, [loc, log_scale]: [T; 2]) -> Law<T> {
    // u = (x − loc) / scale, log p = −½ u² − log_scale − ½ log 2π
    let (clamped, passes) = (clamp(log_scale, RANGE), is_within(log_scale, RANGE));
    let inverse = (-clamped).exp();
    let u = (x - loc) * inverse;
    let log_prob = -(T::from_f64(0.5) * (u * u) + clamped);
    // ∂log p/∂loc = u / scale, ∂log p/∂log_scale = u² − 1 where the clamp has a slope
    (log_prob, [u * inverse, if passes { u * u - T::ONE } else { T::ZERO }])
}

/// A logistic distribution in bins, from its mean and log scale; `half_bin` is half a bin's width.
#[inline(always)]
pub(super) fn discretized_logistic<T: Real>(x: T, [loc, log_scale]: [T; 2], half_bin: T) -> Law<T> {
    let (clamped, passes) = (clamp(log_scale, RANGE), is_within(log_scale, RANGE));
    let inverse = (-clamped).exp();
    let (a, d) = ((x - loc) * inverse, half_bin * inverse);
    let ((right, q), (left, p)) = (softplus_and_slope(a - d), softplus_and_slope(-a - d));
    // log P = log(1 − e^−2d) − softplus(a − d) − softplus(−a − d)
    let width = d + d;
    let log_width = width.ln_1m_exp();
    let log_prob = log_width - right - left;
    // ∂log P/∂loc = (q − p)/scale, q = σ(a − d), p = σ(−a − d)
    // ∂log P/∂log_scale = a (q − p) − d (q + p) − 2d/(e^2d − 1), where the clamp has a slope
    let slope = a * (q - p) - d * (q + p) - width * (-width - log_width).exp();
    (log_prob, [(q - p) * inverse, if passes { slope } else { T::ZERO }])
}
