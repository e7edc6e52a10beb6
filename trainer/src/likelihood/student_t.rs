//! Student's t, its degrees of freedom learned: one number for each feature.

use super::{Frames, LOG_SCALES, Likelihood, sum_slopes};
use crate::net::buffer::Buffer;
use crate::net::real::Real;
use crate::net::simd::{clamp, is_within, sum, wide};
use elbow_host::file::write::Sections;

/// Of the logarithm of the degrees of freedom: from 1, whose tails have no mean, to
/// 1,097, which is as good as a normal distribution.
const LOG_DOF: (f32, f32) = (0.0, 7.0);
/// Where it begins: tails that a glitch does not carry away.
const LOG_DOF_START: f32 = 2.0;

/// The heads give locations and log scales; logarithms of the degrees of freedom are learned.
#[derive(Debug, Default)]
pub(super) struct StudentT<T> {
    dofs: Vec<Dof<T>>,
    /// the derivative of log p(x|z) with respect to log ν, `[row][sample][feature]`
    slopes: Buffer<T>,
    terms: Buffer<T>,
}

/// What a feature's law needs of its degrees of freedom ν.
#[derive(Clone, Copy, Debug)]
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

/// `log Γ((ν + 1)/2) − log Γ(ν/2) − ½ log(νπ)`: the part of log t that
/// neither a frame nor z changes, for scale 1.
fn log_constant(dof: f64) -> f64 {
    libm::lgamma(0.5 * (dof + 1.0)) - libm::lgamma(0.5 * dof) - 0.5 * (dof * std::f64::consts::PI).ln()
}

impl<T: Real> Likelihood<T> for StudentT<T> {
    fn heads(&self) -> usize {
        2
    }

    fn learned_start(&self) -> Option<f32> {
        Some(LOG_DOF_START)
    }

    fn log_prob(
        &mut self,
        log_dof: &[T],
        frames: Frames<'_, T>,
        outputs: &mut [Buffer<T>],
        log_prob: &mut [f64],
    ) {
        let [first, second] = outputs else { return };
        let StudentT { dofs, slopes, terms } = self;
        let features = frames.features;
        slopes.resize(first.len());
        terms.resize(features);
        let constant: f64 = log_dof.iter().map(|s| log_constant(clamp(*s, LOG_DOF).to_f64().exp())).sum();
        dofs.clear();
        dofs.extend(log_dof.iter().map(|s| Dof::new(*s)));
        let rows = first
            .chunks_exact_mut(features)
            .zip(second.chunks_exact_mut(features))
            .zip(slopes.chunks_exact_mut(features));
        wide(
            #[inline(always)]
            || {
                for (k, (((locs, scales), slopes), log_prob)) in rows.zip(log_prob).enumerate() {
                    let outputs = locs.iter_mut().zip(scales).zip(slopes);
                    let frame = frames.of_sample(k).iter().zip(dofs.iter()).zip(terms.iter_mut());
                    for (((loc, scale), slope), ((x, dof), term)) in outputs.zip(frame) {
                        let of_number = law(*x, [*loc, *scale], *dof);
                        let nothing = (T::ZERO, [T::ZERO; 3]);
                        (*term, [*loc, *scale, *slope]) = if x.is_nan() { nothing } else { of_number };
                    }
                    *log_prob = sum(terms) + constant;
                }
            },
        );
    }

    /// Its slope is in those of the numbers.
    fn constant(&self, log_dof: &[T], feature: usize) -> (f64, T) {
        (log_constant(clamp(log_dof[feature], LOG_DOF).to_f64().exp()), T::ZERO)
    }

    fn keep(&mut self, kept: &[usize], samples: usize) {
        self.slopes.keep_rows(kept, samples);
    }

    fn learned_slopes(&self, log_dof: &[T], _: &[Buffer<T>], d_log_prob: &[T], out: &mut [T]) {
        sum_slopes(log_dof, LOG_DOF, &self.slopes, d_log_prob, out);
    }

    fn write(&self, log_dof: &[f32], out: &mut Sections) {
        let inverse = |s: &f32| f64::from(-s.clamp(LOG_DOF.0, LOG_DOF.1)).exp() as f32;
        let inverse: Vec<f32> = log_dof.iter().map(inverse).collect();
        // of the degrees of freedom as they are stored
        let dof = || inverse.iter().map(|inverse| 1.0 / f64::from(*inverse));
        out.floats(&inverse);
        out.floats(&dof().map(|dof| (0.5 * (dof + 1.0)) as f32).collect::<Vec<_>>());
        out.floats(&[dof().map(log_constant).sum::<f64>() as f32]);
    }
}

/// log t without its constant, and its derivatives with respect to location, log scale and log ν.
#[inline(always)]
fn law<T: Real>(x: T, [loc, log_scale]: [T; 2], dof: Dof<T>) -> (T, [T; 3]) {
    let (clamped, passes) = (clamp(log_scale, LOG_SCALES), is_within(log_scale, LOG_SCALES));
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
