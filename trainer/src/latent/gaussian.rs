//! The diagonal Gaussian posterior; the prior that it knows is the standard normal distribution.

use elbow::posterior::{LOG_SCALE_MAX, LOG_SCALE_MIN};

use super::{Heads, Posterior, Pull, Slopes};
use crate::net::buffer::Buffer;
use crate::net::real::Real;
use crate::net::simd::{clamp, is_within, wide, zip};

const LOG_SCALES: (f32, f32) = (LOG_SCALE_MIN, LOG_SCALE_MAX);

/// The heads give means and log scales.
#[derive(Debug)]
pub(super) struct Gaussian<T> {
    dim: usize,
    /// `[row][coordinate]`
    scale: Buffer<T>,
}

impl<T: Real> Gaussian<T> {
    pub(super) fn new(dim: u32) -> Self {
        Gaussian { dim: dim as usize, scale: Buffer::default() }
    }

    /// `KL = ½ (loc² + scale² − 1) − log_scale` of a coordinate of a row.
    fn coordinate_divergence(&self, heads: &Heads<'_, T>, at: usize) -> f64 {
        let [loc, log_scale] = [0, 1].map(|head| heads.outputs[head][at]);
        let (m, s) = (loc.to_f64(), self.scale[at].to_f64());
        0.5 * (m * m + s * s - 1.0) - clamp(log_scale, LOG_SCALES).to_f64()
    }

    /// As [`Posterior::backward`], the slope of log p(z) in z a function of
    /// what is read for each coordinate of the samples.
    fn backward_under(
        &self,
        heads: &Heads<'_, T>,
        slopes: &Slopes<'_, T>,
        (read, slope): (&[T], impl Fn(T) -> T),
        d_outputs: &mut [Buffer<T>],
    ) {
        let Gaussian { dim, scale } = self;
        let ([loc, log_scale], [d_loc, d_log_scale]) = (heads.outputs, d_outputs) else { return };
        d_loc.resize(loc.len());
        d_log_scale.resize(loc.len());
        wide(
            #[inline(always)]
            || {
                let rows = d_loc.chunks_exact_mut(*dim).zip(d_log_scale.chunks_exact_mut(*dim));
                for ((dm, ds), (m, s)) in rows.zip(loc.chunks_exact(*dim).zip(scale.chunks_exact(*dim))) {
                    let d_units = dm.iter_mut().zip(ds).zip(slopes.d_units);
                    for (((dm, ds), d), (m, s)) in d_units.zip(m.iter().zip(s)) {
                        // ∂KL/∂loc = loc, ∂KL/∂log_scale = scale² − 1
                        (*dm, *ds) = (*d * *m, *d * (*s * *s - T::ONE));
                    }
                }
                let samples = read.chunks_exact(*dim).zip(slopes.d_z.chunks_exact(*dim));
                for (pull, (read, d_z)) in slopes.pulls.iter().zip(samples) {
                    let at = pull.sample / heads.samples * dim;
                    let (dm, ds) = (&mut d_loc[at..at + dim], &mut d_log_scale[at..at + dim]);
                    let noise = &heads.noise[pull.sample * dim..][..*dim];
                    let of_prior = read.iter().map(|x| slope(*x));
                    backward_sample(pull, of_prior, noise, d_z, &scale[at..at + dim], dm, ds);
                }
            },
        );
        // outside its range the clamp has no slope
        zip(d_log_scale, log_scale, |d, raw| if is_within(raw, LOG_SCALES) { d } else { T::ZERO });
    }
}

impl<T: Real> Posterior<T> for Gaussian<T> {
    fn dim(&self) -> usize {
        self.dim
    }

    fn heads(&self) -> Vec<usize> {
        vec![self.dim; 2]
    }

    fn noise_len(&self) -> usize {
        self.dim
    }

    /// `z = loc + scale ε`
    fn draw(&mut self, heads: &Heads<'_, T>, z: &mut [T]) {
        let Gaussian { dim, scale } = self;
        let Heads { outputs: [loc, log_scale], noise, samples } = *heads else { return };
        scale.resize(loc.len());
        zip(scale, log_scale, |_, s| clamp(s, LOG_SCALES).exp());
        let rows = loc.chunks_exact(*dim).zip(scale.chunks_exact(*dim));
        let drawn = z.chunks_exact_mut(*dim * samples).zip(noise.chunks_exact(*dim * samples));
        for ((loc, scale), (z, noise)) in rows.zip(drawn) {
            for (z, noise) in z.chunks_exact_mut(*dim).zip(noise.chunks_exact(*dim)) {
                let normal = loc.iter().zip(scale).zip(noise).map(|((m, s), e)| *m + *s * *e);
                z.iter_mut().zip(normal).for_each(|(z, value)| *z = value);
            }
        }
    }

    /// `Σ_j ½ (ε² − z²) + log_scale`
    fn add_log_ratio(&self, heads: &Heads<'_, T>, z: &[T], out: &mut [f64]) {
        let drawn = z.chunks_exact(self.dim).zip(heads.noise.chunks_exact(self.dim));
        for (k, (out, (z, noise))) in out.iter_mut().zip(drawn).enumerate() {
            let log_scale = &heads.outputs[1][k / heads.samples * self.dim..];
            let term = |((z, e), s): ((&T, &T), &T)| {
                let (z, e) = (z.to_f64(), e.to_f64());
                0.5 * (e * e - z * z) + clamp(*s, LOG_SCALES).to_f64()
            };
            *out += z.iter().zip(noise).zip(log_scale).map(term).sum::<f64>();
        }
    }

    /// `Σ_j ½ ε² + log_scale`
    fn add_surprise(&self, heads: &Heads<'_, T>, out: &mut [f64]) {
        for (k, (out, noise)) in out.iter_mut().zip(heads.noise.chunks_exact(self.dim)).enumerate() {
            let log_scale = &heads.outputs[1][k / heads.samples * self.dim..];
            let terms = noise.iter().map(|e| e.to_f64()).zip(log_scale);
            *out += terms.map(|(e, s)| 0.5 * e * e + clamp(*s, LOG_SCALES).to_f64()).sum::<f64>();
        }
    }

    fn divergence(&self, heads: &Heads<'_, T>, row: usize) -> f64 {
        (row * self.dim..(row + 1) * self.dim).map(|at| self.coordinate_divergence(heads, at)).sum()
    }

    /// The units are the coordinates.
    fn unit_divergences(&self, heads: &Heads<'_, T>, out: &mut Vec<f64>) {
        let rows = self.scale.len() / self.dim;
        out.extend((0..self.dim).map(|unit| {
            let of_row = |row: usize| self.coordinate_divergence(heads, row * self.dim + unit);
            (0..rows).map(of_row).sum::<f64>() / rows as f64
        }));
    }

    fn backward(&mut self, heads: &Heads<'_, T>, slopes: &Slopes<'_, T>, d_outputs: &mut [Buffer<T>]) {
        match slopes.of_prior {
            // ∂log p(z)/∂z = −z
            None => self.backward_under(heads, slopes, (slopes.z, |z| -z), d_outputs),
            Some(of_prior) => self.backward_under(heads, slopes, (of_prior, |slope| slope), d_outputs),
        }
    }

    fn means<'a>(&self, heads: Heads<'a, T>) -> &'a [T] {
        &heads.outputs[0]
    }
}

/// `∂log q/∂z = −ε/scale`, and at this z `∂log q/∂loc = ε/scale`, `∂log q/∂log_scale = ε² − 1`;
/// `∂z/∂loc = 1`, `∂z/∂log_scale = scale ε`. In the sum of both ways the ε/scale cancel.
#[inline(always)]
fn backward_sample<T: Real>(
    pull: &Pull<T>,
    of_prior: impl Iterator<Item = T>,
    noise: &[T],
    d_z: &[T],
    scale: &[T],
    d_loc: &mut [T],
    d_log_scale: &mut [T],
) {
    let Pull { d_log_ratio, path, score, .. } = *pull;
    let around = (path - score) * d_log_ratio;
    let of_score = score * d_log_ratio;
    let read = of_prior.zip(noise).zip(d_z.iter().zip(scale));
    for ((dm, ds), ((of_prior, e), (dz, s))) in d_loc.iter_mut().zip(d_log_scale).zip(read) {
        let d = path * (*dz + d_log_ratio * of_prior) + around * (*e / *s);
        *dm += d;
        *ds += d * (*s * *e) + of_score;
    }
}
