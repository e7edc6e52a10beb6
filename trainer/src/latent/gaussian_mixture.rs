//! A mixture of diagonal Gaussians as prior, learned with the network.
//!
//! `log p(z) = log Σ_c exp(log w_c − Σ_j ½ u_cj² + s_cj) − dim·½ log 2π`,
//! `u = (z − μ)/exp s`, `w = softmax(logits)`.

use std::ops::Range;

use elbow::math;
use elbow::posterior::{LOG_SCALE_MAX, LOG_SCALE_MIN};
use rand_core::Rng as _;
use rand_pcg::Pcg32;

use super::Prior;
use crate::net::buffer::Buffer;
use crate::net::real::Real;
use crate::net::simd::{clamp, is_within, sum, wide, zip};
use elbow_host::file::write::Sections;
use elbow_host::numbers::SumOfExp;

const LOG_SCALES: (f32, f32) = (LOG_SCALE_MIN, LOG_SCALE_MAX);

/// The parameters are logits of the weights, `[component]`, means, `[component][coordinate]`, and logs of the
/// standard deviations, likewise, one after another.
#[derive(Debug)]
pub(super) struct GaussianMixture<T> {
    dim: usize,
    components: usize,
    /// `log w_c`, then `log w_c − Σ_j s_cj`
    log_weights: Vec<f64>,
    constants: Vec<f64>,
    /// `1/exp s`, `[component][coordinate]`
    inverse_scales: Buffer<T>,
    /// one component's u, and u²
    u: Buffer<T>,
    square: Buffer<T>,
    /// `log p(z, c)` of one sample
    joint: Vec<f64>,
}

impl<T: Real> GaussianMixture<T> {
    pub(super) fn new(dim: u32, components: u32) -> Self {
        let [inverse_scales, u, square] = std::array::from_fn(|_| Buffer::default());
        let [log_weights, constants, joint] = [const { Vec::new() }; 3];
        let (dim, components) = (dim as usize, components as usize);
        GaussianMixture { dim, components, log_weights, constants, inverse_scales, u, square, joint }
    }

    fn logits(&self) -> Range<usize> {
        0..self.components
    }

    fn means(&self) -> Range<usize> {
        self.components..self.components * (1 + self.dim)
    }

    fn log_scales(&self) -> Range<usize> {
        self.means().end..self.components * (1 + 2 * self.dim)
    }

    /// What does not depend on z.
    fn prepare(&mut self, params: &[T]) {
        let logits = params[self.logits()].iter().map(|logit| logit.to_f64());
        self.log_weights.clear();
        self.log_weights.extend(logits);
        let total = SumOfExp::of(&self.log_weights).log();
        self.log_weights.iter_mut().for_each(|w| *w -= total);
        let log_scales = &params[self.log_scales()];
        self.inverse_scales.resize(log_scales.len());
        zip(&mut self.inverse_scales, log_scales, |_, s| (-clamp(s, LOG_SCALES)).exp());
        self.constants.clear();
        let scales = log_scales.chunks_exact(self.dim);
        self.constants.extend(self.log_weights.iter().zip(scales).map(|(log_weight, scales)| {
            log_weight - scales.iter().map(|s| clamp(*s, LOG_SCALES).to_f64()).sum::<f64>()
        }));
        self.u.resize(self.dim);
        self.square.resize(self.dim);
    }

    /// Leaves u of the `c`-th component, and `u²`.
    #[inline(always)]
    fn standardize(&mut self, c: usize, means: &[T], z: &[T]) {
        let at = c * z.len()..(c + 1) * z.len();
        let component = means[at.clone()].iter().zip(&self.inverse_scales[at]);
        let z = z.iter().zip(component);
        for ((u, square), (z, (mean, inverse))) in self.u.iter_mut().zip(self.square.iter_mut()).zip(z) {
            *u = (*z - *mean) * *inverse;
            *square = *u * *u;
        }
    }

    /// `log p(z) + dim·½ log 2π`, and in `joint` that of each component.
    #[inline(always)]
    fn log_prob_of(&mut self, means: &[T], z: &[T]) -> f64 {
        self.joint.clear();
        for c in 0..self.constants.len() {
            self.standardize(c, means, z);
            self.joint.push(self.constants[c] - 0.5 * sum(&self.square));
        }
        SumOfExp::of(&self.joint).log()
    }

    /// Adds `d ∂log p(z)/∂params` to `d_params`, and `∂log p(z)/∂z` to `d_z`.
    #[inline(always)]
    fn add_slopes(&mut self, means: &[T], z: &[T], d: T, d_z: &mut [T], d_params: &mut [T]) {
        let log_prob = self.log_prob_of(means, z);
        for c in 0..self.components {
            // ∂log p/∂logit = p(c|z) − w_c
            let share = (self.joint[c] - log_prob).exp();
            d_params[c] += d * T::from_f64(share - self.log_weights[c].exp());
            if share < 0.5 * T::EPSILON.to_f64() {
                continue;
            }
            self.standardize(c, means, z);
            let (share, at) = (T::from_f64(share), c * self.dim);
            let (d_means, d_log_scales) = d_params[self.components..].split_at_mut(means.len());
            let to = d_means[at..].iter_mut().zip(&mut d_log_scales[at..]).zip(d_z.iter_mut());
            let from = self.u.iter().zip(&self.inverse_scales[at..at + self.dim]);
            for (((d_mean, d_log_scale), slope), (u, inverse)) in to.zip(from) {
                // ∂log p/∂μ = p(c|z) u/σ = −∂log p/∂z, ∂log p/∂s = p(c|z) (u² − 1)
                let of_mean = share * *u * *inverse;
                *slope += -of_mean;
                *d_mean += d * of_mean;
                *d_log_scale += d * share * (*u * *u - T::ONE);
            }
        }
    }
}

impl<T: Real> Prior<T> for GaussianMixture<T> {
    fn params(&self) -> usize {
        self.log_scales().end
    }

    /// Means spread at random, as the standard normal distribution would have its latents: Gaussians that are
    /// alike would have the same slopes for ever.
    fn start(&self, rng: &mut Pcg32, params: &mut [f32]) {
        params[self.means()].fill_with(|| math::normal_quantile(rng.next_u32()));
    }

    fn log_prob(&mut self, params: &[T], z: &[T], out: &mut [f64]) {
        self.prepare(params);
        let means = &params[self.means()];
        wide(
            #[inline(always)]
            || {
                for (out, z) in out.iter_mut().zip(z.chunks_exact(self.dim)) {
                    *out = self.log_prob_of(means, z);
                }
            },
        );
    }

    fn backward(&mut self, params: &[T], z: &[T], d: &[T], d_z: &mut [T], d_params: &mut [T]) {
        let (dim, means) = (self.dim, &params[self.means()]);
        d_z.fill(T::ZERO);
        d_params.fill(T::ZERO);
        wide(
            #[inline(always)]
            || {
                for (d, (z, d_z)) in d.iter().zip(z.chunks_exact(dim).zip(d_z.chunks_exact_mut(dim))) {
                    self.add_slopes(means, z, *d, d_z, d_params);
                }
            },
        );
        // outside its range the clamp has no slope
        let place = self.log_scales();
        let raw = &params[place.clone()];
        zip(&mut d_params[place], raw, |d, raw| if is_within(raw, LOG_SCALES) { d } else { T::ZERO });
    }

    /// Means, inverse scales, and `log w_c − Σ_j log σ_cj` with the scales as they are stored.
    fn write(&self, params: &[f32], out: &mut Sections) {
        let logits: Vec<f64> = params[self.logits()].iter().map(|logit| f64::from(*logit)).collect();
        let log_total = SumOfExp::of(&logits).log();
        let clamp = |s: &f32| f64::from(s.clamp(LOG_SCALES.0, LOG_SCALES.1));
        let inverse: Vec<f32> = params[self.log_scales()].iter().map(|s| (-clamp(s)).exp() as f32).collect();
        let constant = |(logit, inverse): (f64, &[f32])| {
            let log_scales: f64 = inverse.iter().map(|inverse| -f64::from(*inverse).ln()).sum();
            (logit - log_total - log_scales) as f32
        };
        let constants: Vec<f32> =
            logits.iter().copied().zip(inverse.chunks_exact(self.dim)).map(constant).collect();
        out.floats(&params[self.means()]);
        out.floats(&inverse);
        out.floats(&constants);
    }

    fn read(&self, sections: &[Vec<f32>], params: &mut [f32]) {
        let [means, inverse, constants] = sections else { return };
        let log_scales = inverse.iter().map(|inverse| -libm::logf(*inverse));
        params[self.means()].copy_from_slice(means);
        params[self.log_scales()].iter_mut().zip(log_scales).for_each(|(param, s)| *param = s);
        // log w = constant + Σ_j log σ_j
        for (c, constant) in constants.iter().enumerate() {
            let log_scales = &params[self.log_scales()][c * self.dim..][..self.dim];
            params[c] = constant + log_scales.iter().sum::<f32>();
        }
    }
}
