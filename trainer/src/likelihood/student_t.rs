//! Student's t, its degrees of freedom learned: one number for each feature.

use super::{Observation, Outputs, RANGE};
use crate::net::real::Real;
use crate::net::simd::{clamp, is_within, sum, wide};

/// Of the logarithm of the degrees of freedom: from 1, whose tails have no mean, to 1,097, which is as good as a normal distribution.
pub const LOG_DOF: (f32, f32) = (0.0, 7.0);

/// What a feature's law needs of its degrees of freedom ν.
#[derive(Clone, Copy)]
struct Dof<T> {
    /// ν
    dof: T,
    /// 1/ν
    inverse: T,
    /// (ν + 1)/2
    exponent: T,
    /// `∂/∂log ν (log Γ((ν + 1)/2) − log Γ(ν/2) − ½ log ν)`
    slope: T,
}

impl<T: Real> Dof<T> {
    fn new(log_dof: T) -> Self {
        let dof = clamp(log_dof, LOG_DOF).to_f64().exp();
        let slope = 0.5 * dof * (digamma(0.5 * (dof + 1.0)) - digamma(0.5 * dof)) - 0.5;
        let [dof, inverse, exponent, slope] = [dof, 1.0 / dof, 0.5 * (dof + 1.0), slope].map(T::from_f64);
        Dof { dof, inverse, exponent, slope }
    }
}

/// `log Γ((ν + 1)/2) − log Γ(ν/2) − ½ log(νπ)`: the part of log t that neither a frame nor z changes, for scale 1.
pub fn log_constant(dof: f64) -> f64 {
    libm::lgamma(0.5 * (dof + 1.0)) - libm::lgamma(0.5 * dof) - 0.5 * (dof * std::f64::consts::PI).ln()
}

impl<T: Real> Observation<'_, T> {
    /// Leaves the derivatives with respect to location, log scale and, in a third place, log ν.
    pub(super) fn student_t(&self, log_dof: &[T], outputs: &mut Outputs<T>, log_prob: &mut [f64]) {
        let Outputs { first, second, third, terms, .. } = outputs;
        third.resize(first.len());
        let features = terms.len();
        let constant: f64 = log_dof.iter().map(|s| log_constant(clamp(*s, LOG_DOF).to_f64().exp())).sum();
        let dofs: Vec<Dof<T>> = log_dof.iter().map(|s| Dof::new(*s)).collect();
        let rows = first
            .chunks_exact_mut(features)
            .zip(second.chunks_exact_mut(features))
            .zip(third.chunks_exact_mut(features));
        wide(
            #[inline(always)]
            || {
                for (k, (((locs, scales), thirds), log_prob)) in rows.zip(log_prob).enumerate() {
                    let outputs = locs.iter_mut().zip(scales).zip(thirds);
                    let frame = self.target(k).iter().zip(&dofs).zip(terms.iter_mut());
                    for (((loc, scale), third), ((x, dof), term)) in outputs.zip(frame) {
                        (*term, [*loc, *scale, *third]) = law(*x, [*loc, *scale], *dof);
                    }
                    *log_prob = sum(terms) + constant;
                }
            },
        );
    }
}

/// log t without its constant, and its derivatives with respect to location, log scale and log ν.
#[inline(always)]
fn law<T: Real>(x: T, [loc, log_scale]: [T; 2], dof: Dof<T>) -> (T, [T; 3]) {
    let (clamped, passes) = (clamp(log_scale, RANGE), is_within(log_scale, RANGE));
    let inverse = (-clamped).exp();
    // u = (x − loc)/scale, w = u²/ν, log t = −(ν + 1)/2 log(1 + w) − log_scale
    let u = (x - loc) * inverse;
    let w = u * u * dof.inverse;
    let log = w.ln_1p();
    let log_prob = -(dof.exponent * log + clamped);
    // v = (ν + 1)/(1 + w): ∂/∂loc = v u/(ν scale), ∂/∂log_scale = v w − 1 where the clamp has a slope
    let v = (dof.dof + T::ONE) / (T::ONE + w);
    let half = T::from_f64(0.5);
    let d_log_scale = if passes { v * w - T::ONE } else { T::ZERO };
    // ∂/∂log ν = −ν/2 log(1 + w) + v w/2 + what comes from the constant
    let d_log_dof = half * (v * w - dof.dof * log) + dof.slope;
    (log_prob, [v * u * dof.inverse * inverse, d_log_scale, d_log_dof])
}

/// `∂log Γ(x)/∂x` for x > 0.
///
/// **Source.** Abramowitz and Stegun (1964), 6.3.5 up to 10, then 6.3.18.
fn digamma(x: f64) -> f64 {
    let steps = (10.0 - x).ceil().max(0.0) as u32;
    let below: f64 = (0..steps).map(|i| 1.0 / (x + f64::from(i))).sum();
    let x = x + f64::from(steps);
    let u = 1.0 / (x * x);
    x.ln()
        - 0.5 / x
        - u * (1.0 / 12.0 - u * (1.0 / 120.0 - u * (1.0 / 252.0 - u * (1.0 / 240.0 - u / 132.0))))
        - below
}

#[cfg(test)]
mod tests {
    #[test]
    fn digamma_at_known_places() {
        const EULER: f64 = 0.577_215_664_901_532_9;
        let known = [
            (1.0, -EULER),
            (0.5, -EULER - 2.0 * 2f64.ln()),
            (2.0, 1.0 - EULER),
            (10.0, 2.251_752_589_066_721),
        ];
        for (x, expected) in known {
            assert!((super::digamma(x) - expected).abs() < 1e-12, "{x}");
        }
    }
}
