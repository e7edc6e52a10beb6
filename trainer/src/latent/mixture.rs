//! The diagonal Gaussian posterior with a mixture of diagonal Gaussians as prior, which is learned with the network.
//!
//! `log p(z) = log Σ_c exp(log w_c − Σ_j ½ u_cj² + s_cj) − dim·½ log 2π`, `u = (z − μ)/exp s`, `w = softmax(logits)`. Its divergence from
//! the posterior has no closed form: it is the mean of `log q(z|x) − log p(z)` over the samples, and so is its slope.

use elbow::latent::{LOG_SCALE_MAX, LOG_SCALE_MIN};

use super::gaussian::{self, Gaussian};
use super::{Posterior, Pull};
use crate::net::buffer::Buffer;
use crate::net::layout::{Dense, MixturePrior};
use crate::net::real::Real;
use crate::net::simd::{clamp, is_within, sum, wide, zip};

const RANGE: (f32, f32) = (LOG_SCALE_MIN, LOG_SCALE_MAX);

/// What is needed on the way back.
#[derive(Debug, Default)]
pub(super) struct Mixture<T> {
    /// `log w_c`, then `log w_c − Σ_j s_cj`
    log_weights: Vec<f64>,
    constants: Vec<f64>,
    /// `1/exp s`, `[component][coordinate]`
    inverse_scales: Buffer<T>,
    /// one component's u, and u²
    u: Buffer<T>,
    square: Buffer<T>,
    /// `log p(z, c)` of one sample, then p(c|z)
    joint: Vec<f64>,
    /// `log p(z) − log q(z|x)`, `[row][sample]`
    log_ratio: Buffer<f64>,
    /// `∂log p(z)/∂z` of each kept sample
    slopes: Buffer<T>,
    /// the derivative of the loss with respect to the prior's parameters
    d_prior: Buffer<T>,
    pulls: Vec<Pull<T>>,
    /// zeros
    no_closed_form: Vec<T>,
}

impl<T: Real> Mixture<T> {
    pub(super) fn d_prior(&self) -> &[T] {
        &self.d_prior
    }

    /// What does not depend on z.
    fn prepare(&mut self, prior: &MixturePrior, params: &[T]) {
        let logits = params[prior.logits()].iter().map(|logit| logit.to_f64());
        self.log_weights.clear();
        self.log_weights.extend(logits);
        let total = log_sum_exp(&self.log_weights);
        self.log_weights.iter_mut().for_each(|w| *w -= total);
        let log_scales = &params[prior.log_scales()];
        self.inverse_scales.resize(log_scales.len());
        zip(&mut self.inverse_scales, log_scales, |_, s| (-clamp(s, RANGE)).exp());
        self.constants.clear();
        let scales = log_scales.chunks_exact(prior.dim);
        self.constants.extend(self.log_weights.iter().zip(scales).map(|(log_weight, scales)| {
            log_weight - scales.iter().map(|s| clamp(*s, RANGE).to_f64()).sum::<f64>()
        }));
        self.u.resize(prior.dim);
        self.square.resize(prior.dim);
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
    fn log_prob(&mut self, means: &[T], z: &[T]) -> f64 {
        self.joint.clear();
        for c in 0..self.constants.len() {
            self.standardize(c, means, z);
            self.joint.push(self.constants[c] - 0.5 * sum(&self.square));
        }
        log_sum_exp(&self.joint)
    }

    /// Adds `d ∂log p(z)/∂params` to the prior's slopes, and writes `∂log p(z)/∂z` for the `k`-th kept sample.
    #[inline(always)]
    fn add_slopes(&mut self, prior: &MixturePrior, means: &[T], z: &[T], k: usize, d: T) {
        let log_prob = self.log_prob(means, z);
        self.slopes[k * prior.dim..(k + 1) * prior.dim].fill(T::ZERO);
        for c in 0..prior.components {
            // ∂log p/∂logit = p(c|z) − w_c
            let share = (self.joint[c] - log_prob).exp();
            self.d_prior[c] += d * T::from_f64(share - self.log_weights[c].exp());
            if share < 0.5 * T::EPSILON.to_f64() {
                continue;
            }
            self.standardize(c, means, z);
            let (share, at) = (T::from_f64(share), c * prior.dim);
            let slopes = self.slopes[k * prior.dim..].iter_mut();
            let (d_means, d_log_scales) = self.d_prior[prior.components..].split_at_mut(means.len());
            let to = d_means[at..].iter_mut().zip(&mut d_log_scales[at..]).zip(slopes);
            let from = self.u.iter().zip(&self.inverse_scales[at..at + prior.dim]);
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

/// `log Σ exp`
fn log_sum_exp(terms: &[f64]) -> f64 {
    let largest = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    largest + terms.iter().map(|term| (term - largest).exp()).sum::<f64>().ln()
}

/// Draws z ~ q(z|x), and leaves each sample's log ratio.
pub(super) fn forward<T: Real>(
    posterior: &Posterior<'_, T>,
    (loc, log_scale): (&Dense, &Dense),
    prior: &MixturePrior,
    (gaussian, mixture): (&mut Gaussian<T>, &mut Mixture<T>),
    z: &mut [T],
) {
    gaussian::forward(posterior, loc, log_scale, gaussian, z);
    mixture.prepare(prior, &posterior.params);
    mixture.log_ratio.resize(z.len() / prior.dim);
    let means = &posterior.params[prior.means()];
    wide(
        #[inline(always)]
        || {
            for (k, z) in z.chunks_exact(prior.dim).enumerate() {
                mixture.log_ratio[k] =
                    mixture.log_prob(means, z) + gaussian::surprise(posterior, gaussian, k);
            }
        },
    );
}

/// `log p(z) − log q(z|x)` of each sample, added to `out[row][sample]`.
pub(super) fn add_log_ratio<T: Real>(draws: &Mixture<T>, out: &mut [f64]) {
    out.iter_mut().zip(draws.log_ratio.iter()).for_each(|(out, log_ratio)| *out += log_ratio);
}

/// `KL(q(z|x) ‖ p(z))` of one row, by its samples.
pub(super) fn divergence<T: Real>(draws: &Mixture<T>, samples: usize, row: usize) -> f64 {
    -draws.log_ratio[row * samples..(row + 1) * samples].iter().sum::<f64>() / samples as f64
}

/// Its mean over the rows: the latent as a whole is one unit.
pub(super) fn unit_divergences<T: Real>(draws: &Mixture<T>, out: &mut Vec<f64>) {
    out.clear();
    out.push(-draws.log_ratio.iter().sum::<f64>() / draws.log_ratio.len() as f64);
}

/// `∂loc`, `∂log_scale` and those of the prior, from `∂z` of the likelihood, the divergence and the kept samples.
pub(super) fn backward<T: Real>(
    posterior: &Posterior<'_, T>,
    (gaussian, mixture): (&Gaussian<T>, &mut Mixture<T>),
    z: &[T],
    d_divergence: T,
    pulls: &[Pull<T>],
    d_z: &[T],
    d_outputs: &mut [Buffer<T>; 2],
) {
    let Some(prior) = posterior.latent.prior() else { return };
    // the divergence is −1/K of each log ratio
    let of_divergence = d_divergence * T::from_f64(-1.0 / posterior.samples as f64);
    let whole = |pull: &Pull<T>| Pull { d_log_ratio: pull.d_log_ratio + of_divergence, ..*pull };
    mixture.pulls.clear();
    mixture.pulls.extend(pulls.iter().map(whole));
    mixture.slopes.resize(z.len());
    mixture.d_prior.resize(prior.place().len());
    mixture.d_prior.fill(T::ZERO);
    let means = &posterior.params[prior.means()];
    wide(
        #[inline(always)]
        || {
            for (k, z) in z.chunks_exact(prior.dim).enumerate() {
                mixture.add_slopes(prior, means, z, k, mixture.pulls[k].d_log_ratio);
            }
        },
    );
    let log_scales = prior.log_scales().start - prior.offset;
    let raw = &posterior.params[prior.log_scales()];
    // outside its range the clamp has no slope
    zip(&mut mixture.d_prior[log_scales..], raw, |d, raw| if is_within(raw, RANGE) { d } else { T::ZERO });
    mixture.no_closed_form.resize(prior.dim, T::ZERO);
    let of_prior = (&*mixture.slopes, |slope| slope);
    gaussian::backward(
        posterior,
        gaussian,
        of_prior,
        &mixture.no_closed_form,
        &mixture.pulls,
        d_z,
        d_outputs,
    );
}
