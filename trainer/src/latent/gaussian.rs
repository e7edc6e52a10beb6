//! The diagonal Gaussian posterior with a standard normal prior.

use elbow::latent::{LOG_SCALE_MAX, LOG_SCALE_MIN};

use super::{Posterior, Pull};
use crate::net::buffer::Buffer;
use crate::net::dense;
use crate::net::layout::Dense;
use crate::net::real::Real;
use crate::net::simd::{clamp, is_within, wide, zip};

const RANGE: (f32, f32) = (LOG_SCALE_MIN, LOG_SCALE_MAX);

/// What is needed on the way back.
#[derive(Debug, Default)]
pub(super) struct Gaussian<T> {
    loc: Buffer<T>,
    log_scale: Buffer<T>,
    scale: Buffer<T>,
}

impl<T: Real> Gaussian<T> {
    /// The means, `[row][coordinate]`.
    pub(super) fn loc(&self) -> &[T] {
        &self.loc
    }
}

/// Draws z ~ q(z|x).
pub(super) fn forward<T: Real>(
    posterior: &Posterior<'_, T>,
    loc: &Dense,
    log_scale: &Dense,
    draws: &mut Gaussian<T>,
    z: &mut [T],
) {
    let Posterior { params, hidden, noise, samples, .. } = *posterior;
    let (dim, len) = (loc.outputs, hidden.len() / loc.inputs * loc.outputs);
    draws.loc.resize(len);
    draws.log_scale.resize(len);
    draws.scale.resize(len);
    dense::forward(loc, params, hidden, &mut draws.loc);
    dense::forward(log_scale, params, hidden, &mut draws.log_scale);
    zip(&mut draws.scale, &draws.log_scale, |_, s| clamp(s, RANGE).exp());
    let rows = draws.loc.chunks_exact(dim).zip(draws.scale.chunks_exact(dim));
    let drawn = z.chunks_exact_mut(dim * samples).zip(noise.chunks_exact(dim * samples));
    for ((loc, scale), (z, noise)) in rows.zip(drawn) {
        for (z, noise) in z.chunks_exact_mut(dim).zip(noise.chunks_exact(dim)) {
            // z = loc + scale ε
            let normal = loc.iter().zip(scale).zip(noise).map(|((m, s), e)| *m + *s * *e);
            z.iter_mut().zip(normal).for_each(|(z, value)| *z = value);
        }
    }
}

/// `log p(z) − log q(z|x)` of each sample, added to `out[row][sample]`.
pub(super) fn add_log_ratio<T: Real>(
    posterior: &Posterior<'_, T>,
    draws: &Gaussian<T>,
    z: &[T],
    out: &mut [f64],
) {
    let dim = posterior.latent.dim();
    let drawn = z.chunks_exact(dim).zip(posterior.noise.chunks_exact(dim));
    for (k, (out, (z, noise))) in out.iter_mut().zip(drawn).enumerate() {
        let log_scale = &draws.log_scale[k / posterior.samples * dim..];
        // log p(z) − log q(z|x) = Σ_j ½ (ε² − z²) + log_scale
        let term = |((z, e), s): ((&T, &T), &T)| {
            let (z, e) = (z.to_f64(), e.to_f64());
            0.5 * (e * e - z * z) + clamp(*s, RANGE).to_f64()
        };
        *out += z.iter().zip(noise).zip(log_scale).map(term).sum::<f64>();
    }
}

/// `−log q(z|x) − dim·½ log 2π = Σ_j ½ ε² + log_scale` of the `k`-th sample.
pub(super) fn surprise<T: Real>(posterior: &Posterior<'_, T>, draws: &Gaussian<T>, k: usize) -> f64 {
    let dim = posterior.latent.dim();
    let noise = posterior.noise[k * dim..(k + 1) * dim].iter().map(|e| e.to_f64());
    let log_scale = &draws.log_scale[k / posterior.samples * dim..];
    noise.zip(log_scale).map(|(e, s)| 0.5 * e * e + clamp(*s, RANGE).to_f64()).sum()
}

/// `KL(q(z|x) ‖ p(z))` of one row.
pub(super) fn divergence<T: Real>(draws: &Gaussian<T>, dim: usize, row: usize) -> f64 {
    (row * dim..(row + 1) * dim).map(|at| coordinate_divergence(draws, at)).sum()
}

/// `KL(q(z_j|x) ‖ p(z_j))` of each coordinate j, mean over the rows.
pub(super) fn unit_divergences<T: Real>(draws: &Gaussian<T>, dim: usize, out: &mut Vec<f64>) {
    let rows = draws.loc.len() / dim;
    out.clear();
    out.extend((0..dim).map(|unit| {
        let of_row = |row: usize| coordinate_divergence(draws, row * dim + unit);
        (0..rows).map(of_row).sum::<f64>() / rows as f64
    }));
}

/// `KL = ½ (loc² + scale² − 1) − log_scale`
fn coordinate_divergence<T: Real>(draws: &Gaussian<T>, at: usize) -> f64 {
    let (m, s) = (draws.loc[at].to_f64(), draws.scale[at].to_f64());
    0.5 * (m * m + s * s - 1.0) - clamp(draws.log_scale[at], RANGE).to_f64()
}

/// `∂loc` and `∂log_scale`, from `∂z` of the likelihood, the divergence and the kept samples. The slope `∂log p(z)/∂z` of the prior is
/// a function of what is read for each of their coordinates.
pub(super) fn backward<T: Real>(
    posterior: &Posterior<'_, T>,
    draws: &Gaussian<T>,
    (read, slope): (&[T], impl Fn(T) -> T),
    d_divergence: &[T],
    pulls: &[Pull<T>],
    d_z: &[T],
    [d_loc, d_log_scale]: &mut [Buffer<T>; 2],
) {
    let Gaussian { loc, log_scale, scale } = draws;
    let dim = posterior.latent.dim();
    d_loc.resize(loc.len());
    d_log_scale.resize(loc.len());
    wide(
        #[inline(always)]
        || {
            let slopes = d_loc.chunks_exact_mut(dim).zip(d_log_scale.chunks_exact_mut(dim));
            for ((dm, ds), (m, s)) in slopes.zip(loc.chunks_exact(dim).zip(scale.chunks_exact(dim))) {
                let slopes = dm.iter_mut().zip(ds).zip(d_divergence);
                for (((dm, ds), d), (m, s)) in slopes.zip(m.iter().zip(s)) {
                    // ∂KL/∂loc = loc, ∂KL/∂log_scale = scale² − 1
                    (*dm, *ds) = (*d * *m, *d * (*s * *s - T::ONE));
                }
            }
            let samples = read.chunks_exact(dim).zip(d_z.chunks_exact(dim));
            for (pull, (read, d_z)) in pulls.iter().zip(samples) {
                let at = pull.sample / posterior.samples * dim;
                let (dm, ds) = (&mut d_loc[at..at + dim], &mut d_log_scale[at..at + dim]);
                let noise = &posterior.noise[pull.sample * dim..][..dim];
                let of_prior = read.iter().map(|x| slope(*x));
                backward_sample(pull, of_prior, noise, d_z, &scale[at..at + dim], dm, ds);
            }
        },
    );
    // outside its range the clamp has no slope
    zip(d_log_scale, log_scale, |d, raw| if is_within(raw, RANGE) { d } else { T::ZERO });
}

/// `∂log q/∂z = −ε/scale`, and at this z `∂log q/∂loc = ε/scale`, `∂log q/∂log_scale = ε² − 1`; `∂z/∂loc = 1`,
/// `∂z/∂log_scale = scale ε`. In the sum of both ways the ε/scale cancel.
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
