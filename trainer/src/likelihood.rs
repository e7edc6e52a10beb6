//! log p(x|z) of every sample, and the way back from it.
//!
//! [`forward`](Observation::forward) leaves, where the decoder's outputs stood, the derivative of log p(x|z) with
//! respect to each of them: the exponentials are taken once, and the way back only scales rows.

mod beta_binomial;
mod categorical;
mod student_t;
mod two_outputs;

pub use categorical::output_bias as categorical_bias;
pub use student_t::{LOG_DOF, log_constant};

use elbow::architecture::LikelihoodKind;
use elbow::likelihood::{LOG_SCALE_MAX, LOG_SCALE_MIN};

use crate::net::buffer::Buffer;
use crate::net::dense;
use crate::net::layout::{Dense, Likelihood};
use crate::net::params::Params;
use crate::net::real::Real;
use crate::net::simd::{clamp, is_within, map_and_sum, wide, zip};
use beta_binomial::BetaBinomial;
use two_outputs::{discretized_logistic, gaussian};

const RANGE: (f32, f32) = (LOG_SCALE_MIN, LOG_SCALE_MAX);
/// ½ log 2π
const HALF_LOG_TAU: f64 = 0.918_938_533_204_672_7;
/// 2⁻¹⁰⁰: slopes below it are taken for 0. Multiplied by a weight or an activation of 2⁻²⁶ they are still no subnormals.
const NEGLIGIBLE: f64 = 1.0 / (1u128 << 100) as f64;

/// p(x|z) of the samples of a batch: what it is computed from.
#[derive(Clone, Copy, Debug)]
pub struct Observation<'a, T> {
    /// where its parameters lie
    pub likelihood: &'a Likelihood,
    /// all parameters
    pub params: Params<'a, T>,
    /// what the decoder gave, `[row][sample][hidden]`
    pub hidden: &'a [T],
    /// the frames, `[row][feature]`
    pub target: &'a [T],
    /// samples per row
    pub samples: usize,
}

/// What the likelihood leaves for the way back, and the way back for the gradient.
#[derive(Debug, Default)]
pub struct Outputs<T> {
    /// logits, means or log α, `[row][sample][feature]`; after `forward` the derivative of log p(x|z), after `backward` of the loss
    first: Buffer<T>,
    /// log scales of each output, or log β, likewise
    second: Buffer<T>,
    /// after `forward` the derivative of log p(x|z) with respect to what is learned once for each feature, `[row][sample][feature]`
    third: Buffer<T>,
    /// `[feature]`: the learned scale
    scale: Buffer<T>,
    /// the derivative of the loss with respect to its logarithm, or to that of the degrees of freedom
    d_per_feature: Buffer<T>,
    /// one row's terms of log p(x|z)
    terms: Buffer<T>,
}

impl<T: Real> Outputs<T> {
    /// Forgets all samples but these of `samples`, which must rise.
    pub fn keep(&mut self, kept: &[usize], samples: usize) {
        self.first.keep_rows(kept, samples);
        self.second.keep_rows(kept, samples);
        self.third.keep_rows(kept, samples);
    }

    /// The derivative of the loss with respect to the `i`-th dense layer's outputs.
    pub fn d_output(&self, i: usize) -> &[T] {
        [&self.first, &self.second][i]
    }

    /// The derivative of the loss with respect to what is learned once for each feature, `[feature]`.
    pub fn d_per_feature(&self) -> &[T] {
        &self.d_per_feature
    }
}

impl<T: Real> Observation<'_, T> {
    /// log p(x|z) of each sample, `[row][sample]`.
    pub fn forward(&self, outputs: &mut Outputs<T>, log_prob: &mut [f64]) {
        let first = self.likelihood.first();
        outputs.first.resize(log_prob.len() * first.outputs);
        outputs.terms.resize(self.likelihood.features());
        dense::forward(first, self.params, self.hidden, &mut outputs.first);
        match self.likelihood {
            Likelihood::Bernoulli { .. } => self.bernoulli(outputs, log_prob),
            Likelihood::Gaussian { log_scale, .. } => {
                let log_scale = &self.params[log_scale.clone()];
                outputs.scale.resize(log_scale.len());
                zip(&mut outputs.scale, log_scale, |_, s| clamp(s, RANGE).exp());
                self.gaussian(log_scale, outputs, log_prob);
            }
            Likelihood::GaussianPerOutput { log_scale, .. } => {
                self.second(log_scale, outputs);
                self.two_outputs(outputs, log_prob, &vec![(); first.outputs], |x, y, ()| gaussian(x, y));
                let constant = HALF_LOG_TAU * first.outputs as f64;
                log_prob.iter_mut().for_each(|log_prob| *log_prob -= constant);
            }
            Likelihood::DiscretizedLogistic { log_scale, half_bin, .. } => {
                self.second(log_scale, outputs);
                let law = |x, y, half_bin: f32| discretized_logistic(x, y, T::from_f64(half_bin.into()));
                self.two_outputs(outputs, log_prob, half_bin, law);
            }
            Likelihood::StudentT { log_scale, log_dof, .. } => {
                self.second(log_scale, outputs);
                self.student_t(&self.params[log_dof.clone()], outputs, log_prob);
            }
            Likelihood::BetaBinomial { log_beta, most, .. } => {
                self.second(log_beta, outputs);
                let counts = BetaBinomial::new(*most);
                self.two_outputs(outputs, log_prob, &vec![(); first.outputs], |x, logs, ()| {
                    counts.law(x, logs)
                });
            }
            Likelihood::GaussianCategorical { log_scale, levels, .. } => {
                self.gaussian_categorical(levels, &self.params[log_scale.clone()], outputs, log_prob);
            }
        }
    }

    /// What a second dense layer gives.
    fn second(&self, dense: &Dense, outputs: &mut Outputs<T>) {
        outputs.second.resize(outputs.first.len());
        dense::forward(dense, self.params, self.hidden, &mut outputs.second);
    }

    /// The frame of the `k`-th sample.
    #[inline(always)]
    fn target(&self, k: usize) -> &[T] {
        let features = self.likelihood.features();
        &self.target[k / self.samples * features..][..features]
    }

    fn bernoulli(&self, outputs: &mut Outputs<T>, log_prob: &mut [f64]) {
        let features = self.likelihood.first().outputs;
        wide(
            #[inline(always)]
            || {
                let rows = outputs.first.chunks_exact_mut(features).zip(log_prob);
                for (k, (logits, log_prob)) in rows.enumerate() {
                    // log p = x l − log(1 + exp l), ∂log p/∂l = x − σ(l)
                    *log_prob = map_and_sum(
                        logits,
                        [self.target(k)],
                        #[inline(always)]
                        |l, [x]| {
                            let (softplus, sigmoid) = softplus_and_slope(l);
                            (x - sigmoid, x * l - softplus)
                        },
                    );
                }
            },
        );
    }

    fn gaussian(&self, log_scale: &[T], outputs: &mut Outputs<T>, log_prob: &mut [f64]) {
        let Outputs { first, scale, .. } = outputs;
        // Σ_i log_scale + ½ log 2π
        let constant: f64 = log_scale.iter().map(|s| clamp(*s, RANGE).to_f64() + HALF_LOG_TAU).sum();
        wide(
            #[inline(always)]
            || {
                let rows = first.chunks_exact_mut(log_scale.len()).zip(log_prob);
                for (k, (loc, log_prob)) in rows.enumerate() {
                    // u = (x − loc) / scale, log p = −½ u² − log_scale − ½ log 2π, ∂log p/∂loc = u / scale
                    let squares = map_and_sum(
                        loc,
                        [self.target(k), scale],
                        #[inline(always)]
                        |m, [x, s]| {
                            let u = (x - m) / s;
                            (u / s, u * u)
                        },
                    );
                    *log_prob = -0.5 * squares - constant;
                }
            },
        );
    }
}

/// `log(1 + exp x)` and `σ(x)`, of one exponential.
#[inline(always)]
fn softplus_and_slope<T: Real>(x: T) -> (T, T) {
    let e = (-x.abs()).exp();
    let slope = (if x > T::ZERO { T::ONE } else { e }) / (T::ONE + e);
    (x.max(T::ZERO) + e.ln_1p_unit(), slope)
}

/// From the loss's derivative with respect to each log p(x|z) to those in the outputs, of the same samples, and in what the
/// likelihood read.
pub fn backward<T: Real>(
    likelihood: &Likelihood,
    params: Params<'_, T>,
    outputs: &mut Outputs<T>,
    d_log_prob: &[T],
    d_hidden: &mut Buffer<T>,
) {
    let first = likelihood.first();
    match likelihood {
        Likelihood::Gaussian { log_scale, .. } => {
            backward_scale(&params[log_scale.clone()], outputs, d_log_prob);
        }
        Likelihood::StudentT { log_dof, .. } => {
            backward_third(&params[log_dof.clone()], LOG_DOF, outputs, d_log_prob);
        }
        Likelihood::GaussianCategorical { log_scale, .. } => {
            backward_third(&params[log_scale.clone()], RANGE, outputs, d_log_prob);
        }
        _ => {}
    }
    scale_rows(&mut outputs.first, d_log_prob);
    d_hidden.resize(d_log_prob.len() * first.inputs);
    dense::backward_input(first, params, &outputs.first, false, d_hidden);
    if let Some(second) = likelihood.second() {
        scale_rows(&mut outputs.second, d_log_prob);
        dense::backward_input(second, params, &outputs.second, true, d_hidden);
    }
}

/// Row k times its factor. What is too small to matter beside any other becomes 0: subnormal numbers make a product of
/// matrices five times as slow.
fn scale_rows<T: Real>(rows: &mut [T], factors: &[T]) {
    let width = rows.len() / factors.len();
    let flush = T::from_f64(NEGLIGIBLE);
    wide(
        #[inline(always)]
        || {
            for (row, factor) in rows.chunks_exact_mut(width).zip(factors) {
                for d in row {
                    let scaled = *d * *factor;
                    *d = if scaled.abs() < flush { T::ZERO } else { scaled };
                }
            }
        },
    );
}

/// `∂log_scale = Σ_k ∂log p_k (u_k² − 1)`, where the clamp has a slope.
fn backward_scale<T: Real>(log_scale: &[T], outputs: &mut Outputs<T>, d_log_prob: &[T]) {
    let Outputs { first, scale, d_per_feature, .. } = outputs;
    d_per_feature.resize(log_scale.len());
    d_per_feature.fill(T::ZERO);
    wide(
        #[inline(always)]
        || {
            for (slope, d) in first.chunks_exact(log_scale.len()).zip(d_log_prob) {
                for ((total, slope), s) in d_per_feature.iter_mut().zip(slope).zip(scale.iter()) {
                    // forward left slope = u / scale
                    let u = *slope * *s;
                    *total += *d * (u * u - T::ONE);
                }
            }
        },
    );
    zip(d_per_feature, log_scale, |d, raw| if is_within(raw, RANGE) { d } else { T::ZERO });
}

/// `∂learned = Σ_k ∂log p_k slope_k`, where the clamp to a range has a slope.
fn backward_third<T: Real>(learned: &[T], range: (f32, f32), outputs: &mut Outputs<T>, d_log_prob: &[T]) {
    let Outputs { third, d_per_feature, .. } = outputs;
    d_per_feature.resize(learned.len());
    d_per_feature.fill(T::ZERO);
    wide(
        #[inline(always)]
        || {
            for (slopes, d) in third.chunks_exact(learned.len()).zip(d_log_prob) {
                d_per_feature.iter_mut().zip(slopes).for_each(|(total, slope)| *total += *d * *slope);
            }
        },
    );
    zip(d_per_feature, learned, |d, raw| if is_within(raw, range) { d } else { T::ZERO });
}

/// The biases of the likelihood's first output that make it give the data's means: where training starts.
pub fn output_bias(likelihood: LikelihoodKind, means: &[f32]) -> Vec<f32> {
    // A bit that never changes in the data still may: its logit stays finite.
    let logit = |p: &f32| {
        let p = f64::from(*p).clamp(1e-3, 1.0 - 1e-3);
        (p / (1.0 - p)).ln() as f32
    };
    match likelihood {
        LikelihoodKind::Bernoulli => means.iter().map(logit).collect(),
        // with β = 1
        LikelihoodKind::BetaBinomial { most } => {
            means.iter().map(|mean| logit(&(mean / f32::from(most)))).collect()
        }
        _ => means.to_vec(),
    }
}
