//! The posterior's samples, its two terms of a bound, and the way back through them.
//!
//! A family of posteriors is a variant of [`Latent`] with its case in each method here; nothing else in the trainer
//! knows how z is drawn.

use elbow::latent::{LOG_SCALE_MAX, LOG_SCALE_MIN};

use crate::net::chain::Slope;
use crate::net::dense;
use crate::net::layout::Latent;
use crate::net::real::Real;
use crate::net::simd::{clamp, is_within, wide, zip};

const RANGE: (f32, f32) = (LOG_SCALE_MIN, LOG_SCALE_MAX);

/// q(z|x) of the rows of a batch: what it is computed from.
#[derive(Clone, Copy, Debug)]
pub struct Posterior<'a, T> {
    /// where its parameters lie
    pub latent: &'a Latent,
    /// all parameters
    pub params: &'a [T],
    /// what the encoder gave, `[row][hidden]`
    pub hidden: &'a [T],
    /// standard normals, `[row][sample][dim]`
    pub noise: &'a [T],
    /// samples per row
    pub samples: usize,
}

/// What the posterior leaves for the decoder and for the way back.
#[derive(Debug, Default)]
pub struct Draws<T> {
    /// the samples, `[row][sample][dim]`
    pub z: Vec<T>,
    loc: Vec<T>,
    log_scale: Vec<T>,
    scale: Vec<T>,
    d_loc: Vec<T>,
    d_log_scale: Vec<T>,
}

/// The term of the bound in which prior and posterior meet, and the derivative of the loss with respect to it.
#[derive(Clone, Copy, Debug)]
pub enum Term<'a, T> {
    /// `KL(q(z|x) ‖ p(z))`: one number for all rows
    Divergence(T),
    /// `log p(z) − log q(z|x)`: `[row][sample]`
    LogRatio(&'a [T]),
}

impl<T: Real> Posterior<'_, T> {
    /// Draws z ~ q(z|x).
    pub fn forward(&self, draws: &mut Draws<T>) {
        let Latent::Gaussian { loc, log_scale } = self.latent;
        let (dim, len) = (loc.outputs, self.hidden.len() / loc.inputs * loc.outputs);
        draws.loc.resize(len, T::ZERO);
        draws.log_scale.resize(len, T::ZERO);
        draws.scale.resize(len, T::ZERO);
        draws.z.resize(self.noise.len(), T::ZERO);
        dense::forward(loc, self.params, self.hidden, &mut draws.loc);
        dense::forward(log_scale, self.params, self.hidden, &mut draws.log_scale);
        zip(&mut draws.scale, &draws.log_scale, |_, s| clamp(s, RANGE).exp());
        let rows = draws.loc.chunks_exact(dim).zip(draws.scale.chunks_exact(dim));
        let drawn =
            draws.z.chunks_exact_mut(dim * self.samples).zip(self.noise.chunks_exact(dim * self.samples));
        for ((loc, scale), (z, noise)) in rows.zip(drawn) {
            for (z, noise) in z.chunks_exact_mut(dim).zip(noise.chunks_exact(dim)) {
                // z = loc + scale ε
                let normal = loc.iter().zip(scale).zip(noise).map(|((m, s), e)| *m + *s * *e);
                z.iter_mut().zip(normal).for_each(|(z, value)| *z = value);
            }
        }
    }

    /// `log p(z) − log q(z|x)` of each sample, added to `out[row][sample]`.
    pub fn add_log_ratio(&self, draws: &Draws<T>, out: &mut [f64]) {
        let dim = self.latent.dim();
        let drawn = draws.z.chunks_exact(dim).zip(self.noise.chunks_exact(dim));
        for (k, (out, (z, noise))) in out.iter_mut().zip(drawn).enumerate() {
            let log_scale = &draws.log_scale[k / self.samples * dim..];
            // log p(z) − log q(z|x) = Σ_j ½ (ε² − z²) + log_scale
            let term = |((z, e), s): ((&T, &T), &T)| {
                let (z, e) = (z.to_f64(), e.to_f64());
                0.5 * (e * e - z * z) + clamp(*s, RANGE).to_f64()
            };
            *out += z.iter().zip(noise).zip(log_scale).map(term).sum::<f64>();
        }
    }

    /// `KL(q(z|x) ‖ p(z))` of one row.
    pub fn divergence(&self, draws: &Draws<T>, row: usize) -> f64 {
        let at = row * self.latent.dim()..(row + 1) * self.latent.dim();
        let scales = draws.scale[at.clone()].iter().zip(&draws.log_scale[at.clone()]);
        // KL = Σ_j ½ (loc² + scale² − 1) − log_scale
        let term = |(m, (s, log_s)): (&T, (&T, &T))| {
            let (m, s) = (m.to_f64(), s.to_f64());
            0.5 * (m * m + s * s - 1.0) - clamp(*log_s, RANGE).to_f64()
        };
        draws.loc[at].iter().zip(scales).map(term).sum()
    }

    /// Adds the parameters' gradient. `slope` is at `∂z` of the likelihood before and, if `to_hidden` asks for it, at
    /// `∂hidden` after.
    pub fn backward(
        &self,
        draws: &mut Draws<T>,
        term: Term<'_, T>,
        to_hidden: bool,
        slope: &mut Slope<T>,
        gradient: &mut [T],
    ) {
        let Latent::Gaussian { loc, log_scale } = self.latent;
        draws.d_loc.resize(draws.loc.len(), T::ZERO);
        draws.d_log_scale.resize(draws.loc.len(), T::ZERO);
        wide(
            #[inline(always)]
            || {
                for row in 0..self.hidden.len() / loc.inputs {
                    self.backward_row(draws, term, &slope.here, row);
                }
            },
        );
        dense::backward(loc, self.hidden, &draws.d_loc, gradient);
        dense::backward(log_scale, self.hidden, &draws.d_log_scale, gradient);
        if to_hidden {
            slope.step_back(self.hidden.len(), |_, d_hidden| {
                dense::backward_input(loc, self.params, &draws.d_loc, false, d_hidden);
                dense::backward_input(log_scale, self.params, &draws.d_log_scale, true, d_hidden);
            });
        }
    }

    /// `∂loc` and `∂log_scale` of one row, from its samples and from the term.
    #[inline(always)]
    fn backward_row(&self, draws: &mut Draws<T>, term: Term<'_, T>, d_z: &[T], row: usize) {
        let dim = self.latent.dim();
        let at = row * dim..(row + 1) * dim;
        let (m, s) = (&draws.loc[at.clone()], &draws.scale[at.clone()]);
        let (dm, ds) = (&mut draws.d_loc[at.clone()], &mut draws.d_log_scale[at.clone()]);
        // ∂KL/∂loc = loc, ∂KL/∂log_scale = scale² − 1
        let d_kl = if let Term::Divergence(d) = term { d } else { T::ZERO };
        for j in 0..dim {
            (dm[j], ds[j]) = (d_kl * m[j], d_kl * (s[j] * s[j] - T::ONE));
        }
        for k in row * self.samples..(row + 1) * self.samples {
            let ratio = if let Term::LogRatio(d) = term { d[k] } else { T::ZERO };
            let sample = k * dim..(k + 1) * dim;
            let (z, e, dz) = (&draws.z[sample.clone()], &self.noise[sample.clone()], &d_z[sample]);
            for j in 0..dim {
                // ∂ratio/∂z = −z and directly ∂ratio/∂log_scale = 1; ∂z/∂loc = 1, ∂z/∂log_scale = scale ε
                let d = dz[j] - ratio * z[j];
                dm[j] += d;
                ds[j] += d * s[j] * e[j] + ratio;
            }
        }
        // outside its range the clamp has no slope
        for (d, raw) in ds.iter_mut().zip(&draws.log_scale[at]) {
            *d = if is_within(*raw, RANGE) { *d } else { T::ZERO };
        }
    }
}
