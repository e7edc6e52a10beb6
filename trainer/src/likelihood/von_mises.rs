//! Angles of von Mises' distribution beside normals, whose scale the decoder gives, too.

use elbow::distribution::vmf_normalizer;
use elbow::likelihood::MAX_ROOT_CONCENTRATION;

use super::gaussian_per_output;
use super::two_outputs::{Law, log_prob};
use super::{Frames, Likelihood, means};
use crate::columns::Columns;
use crate::net::buffer::Buffer;
use crate::net::real::Real;
use elbow_host::file::write::Sections;
use elbow_host::numbers::HALF_LOG_TAU;

/// κ of an angle that never changes in the data, where a fit begins.
const MOST_AT_FIRST: f64 = 100.0;

/// The heads give mean and log scale of a number, √κ (cos μ, sin μ) of an angle.
#[derive(Debug)]
pub(super) struct VonMises<T> {
    is_angle: Vec<bool>,
    terms: Buffer<T>,
}

impl<T: Real> VonMises<T> {
    pub(super) fn new(columns: &Columns) -> Self {
        let is_angle = if let Columns::Angles(angles) = columns { angles.which() } else { Vec::new() };
        VonMises { is_angle, terms: Buffer::default() }
    }
}

impl<T: Real> Likelihood<T> for VonMises<T> {
    fn heads(&self) -> usize {
        2
    }

    /// Of an angle the distribution of the rows themselves, near enough.
    fn output_bias(&self, features: &[f32], dims: usize) -> Vec<f32> {
        let mut biases = means(features, dims);
        biases.resize(2 * dims, 0.0);
        for i in (0..dims).filter(|i| self.is_angle[*i]) {
            let [x, y] = start(features.iter().skip(i).step_by(dims).filter(|x| !x.is_nan()));
            (biases[i], biases[dims + i]) = (x, y);
        }
        biases
    }

    fn log_prob(&mut self, _: &[T], frames: Frames<'_, T>, outputs: &mut [Buffer<T>], log_probs: &mut [f64]) {
        let half_log_tau = T::from_f64(HALF_LOG_TAU);
        log_prob(frames, outputs, &mut self.terms, log_probs, &self.is_angle, |x, outputs, is_angle| {
            if is_angle {
                return law(x, outputs);
            }
            let (log_prob, slopes) = gaussian_per_output::law(x, outputs);
            (log_prob - half_log_tau, slopes)
        });
    }

    fn write(&self, _: &[f32], out: &mut Sections) {
        out.integers(&self.is_angle.iter().map(|is| u16::from(*is)).collect::<Vec<_>>());
    }
}

/// √κ (cos μ, sin μ) of angles: κ of their mean resultant length.
///
/// **Source.** Banerjee, Dhillon, Ghosh and Sra (2005), equation 4.4, in two dimensions.
fn start<'a>(angles: impl Iterator<Item = &'a f32>) -> [f32; 2] {
    let (mut sin, mut cos, mut count) = (0.0, 0.0, 0.0);
    for angle in angles {
        let (s, c) = f64::from(*angle).sin_cos();
        (sin, cos, count) = (sin + s, cos + c, count + 1.0);
    }
    // equal ones are off 1 by a rounding, to either side
    let length = (sin.hypot(cos) / count).min(1.0 - 1e-9);
    let concentration = (length * (2.0 - length * length) / (1.0 - length * length)).min(MOST_AT_FIRST);
    let root = concentration.sqrt() / (length * count);
    if root.is_finite() { [cos, sin].map(|x| (root * x) as f32) } else { [0.0; 2] }
}

/// log p of an angle and its derivatives with respect to v = √κ (cos μ, sin μ): formula and source are those
/// of `elbow::likelihood::VonMises`.
#[inline(always)]
fn law<T: Real>(x: T, v: [T; 2]) -> Law<T> {
    let of = T::from_f64;
    let [v0, v1] = v.map(T::to_f64);
    let length = v0.hypot(v1);
    if length == 0.0 {
        // κ = 0: uniform
        return (of(-2.0 * HALF_LOG_TAU), [T::ZERO; 2]);
    }
    let (m0, m1) = (v0 / length, v1 / length);
    let most = f64::from(MAX_ROOT_CONCENTRATION);
    let (root, is_held) = (length.min(most), length > most);
    let (sin, cos) = x.to_f64().sin_cos();
    // e = √κ ((cos μ, sin μ) − (cos x, sin x)); log p = −½ |e|² − Lc(κ) − log 2π
    let (e0, e1) = (root * (m0 - cos), root * (m1 - sin));
    let along = e0 * m0 + e1 * m1;
    let (log_normalizer, mean_t) = normalizer::<T>(root * root);
    let log_prob = -0.5 * (e0 * e0 + e1 * e1) - log_normalizer - 2.0 * HALF_LOG_TAU;
    // along the direction 2 √κ (1 − A) − 2 e·m, across it −e; where κ is held, across alone, and by less
    let radial = if is_held { 0.0 } else { 2.0 * (root * mean_t - along) };
    let across = root / length;
    let slope = |e: f64, m: f64| of(radial * m - across * (e - along * m));
    (of(log_prob), [slope(e0, m0), slope(e1, m1)])
}

/// `log I₀(κ) − κ` and `1 − A(κ)`, as precise as `T` is.
#[inline(always)]
fn normalizer<T: Real>(kappa: f64) -> (f64, f64) {
    if T::EPSILON.to_f64() < f64::from(f32::EPSILON) {
        let law = vmf_normalizer(2, kappa);
        (law.log_normalizer, law.mean_t)
    } else {
        let law = vmf_normalizer(2, kappa as f32);
        (law.log_normalizer.into(), law.mean_t.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of differences, at concentrations from nearly 0 to the largest and past it.
    #[test]
    fn slopes_are_those_of_differences() {
        for length in [1e-3, 0.3, 1.0, 5.0, 80.0, 1000.0, 1200.0] {
            for (mean, x) in [(0.3_f64, 0.2_f64), (-3.0, 3.1), (1.5, -1.0), (3.0, 3.0)] {
                // no further out than some deviations: a difference of what is large is no slope
                let x = mean + (x - mean) * (3.0 / length).min(1.0);
                let v = [length * mean.cos(), length * mean.sin()];
                let (_, slopes) = law(x, v);
                for (i, slope) in slopes.into_iter().enumerate() {
                    let at = |h: f64| {
                        let mut v = v;
                        v[i] += h;
                        law(x, v).0
                    };
                    let h = 1e-4 * length;
                    let difference = (at(h) - at(-h)) / (2.0 * h);
                    assert!(
                        (slope - difference).abs() < 1e-5 * (1.0 + slope.abs()),
                        "{length} {mean} {x} {i}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_fit_begins_at_the_distribution_of_the_rows() {
        let spread = [3.0_f32, -3.0, 3.1, -3.1, 3.12];
        let [x, y] = start(spread.iter());
        assert!(x < -9.0 && y.abs() < 0.2, "{x} {y}");
        let [x, y] = start([1.0_f32; 7].iter());
        assert!((f64::from(x * x + y * y) - MOST_AT_FIRST).abs() < 1e-3, "{x} {y}");
        let opposite = [0.0, std::f32::consts::PI];
        assert!(start(opposite.iter()).iter().all(|v| v.abs() < 1e-3));
    }
}
