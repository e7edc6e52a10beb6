//! p(x|z) of the samples of a batch: a family of likelihoods behind its heads.

use crate::layout::Layout;
use crate::likelihood::{self, Frames, Likelihood};
use crate::net::buffer::Buffer;
use crate::net::dense;
use crate::net::params::Params;
use crate::net::real::Real;
use crate::net::simd::wide;

/// 2⁻¹⁰⁰: slopes below it are taken for 0. Multiplied by a weight or an
/// activation of 2⁻²⁶ they are still no subnormals.
const NEGLIGIBLE: f64 = 1.0 / (1u128 << 100) as f64;

/// What the likelihood leaves for the way back, and the way back for the gradient.
#[derive(Debug)]
pub struct Observation<T> {
    family: Box<dyn Likelihood<T>>,
    /// of each head: logits, means or log α, `[row][sample][output]`; after `forward` the derivative of log
    /// p(x|z), after `backward` of the loss
    outputs: Vec<Buffer<T>>,
    /// the derivative of the loss with respect to what is learned once for each feature
    d_learned: Buffer<T>,
    /// the samples and features of numbers that are missing, samples rising
    missing: Vec<(usize, usize)>,
}

impl<T: Real> Observation<T> {
    /// Of a model.
    pub fn new(layout: &Layout) -> Self {
        let family = likelihood::of(layout.likelihood, &layout.units);
        let outputs = (0..family.heads()).map(|_| Buffer::default()).collect();
        Observation { family, outputs, d_learned: Buffer::default(), missing: Vec::new() }
    }

    /// log p(x|z) of each sample, `[row][sample]`, from what the decoder gave, `[row][sample][hidden]`.
    pub fn forward(
        &mut self,
        layout: &Layout,
        params: Params<'_, T>,
        hidden: &[T],
        frames: Frames<'_, T>,
        log_prob: &mut [f64],
    ) {
        for (head, output) in layout.likelihood_heads.iter().zip(&mut self.outputs) {
            output.resize(log_prob.len() * head.outputs);
            dense::forward(head, params, hidden, output);
        }
        let learned = &params[layout.learned.clone()];
        self.family.log_prob(learned, frames, &mut self.outputs, log_prob);
        self.missing.clear();
        if frames.values.iter().any(|x| x.is_nan()) {
            let of_sample = |k: usize| {
                let missing = frames.of_sample(k).iter().enumerate().filter(|(_, x)| x.is_nan());
                missing.map(move |(feature, _)| (k, feature))
            };
            self.missing.extend((0..log_prob.len()).flat_map(of_sample));
            for (k, feature) in &self.missing {
                log_prob[*k] -= self.family.constant(learned, *feature).0;
            }
        }
    }

    /// Forgets all samples but these of `samples`, which must rise.
    pub fn keep(&mut self, kept: &[usize], samples: usize) {
        self.outputs.iter_mut().for_each(|output| output.keep_rows(kept, samples));
        self.family.keep(kept, samples);
        if !self.missing.is_empty() {
            let place = |(k, feature): &(usize, usize)| Some((kept.binary_search(k).ok()?, *feature));
            self.missing = self.missing.iter().filter_map(place).collect();
        }
    }

    /// From the loss's derivative with respect to each log p(x|z) to those in the outputs, of the same
    /// samples, in what is learned once for each feature, and in what the heads read.
    pub fn backward(
        &mut self,
        layout: &Layout,
        params: Params<'_, T>,
        d_log_prob: &[T],
        d_hidden: &mut Buffer<T>,
    ) {
        self.d_learned.resize(layout.learned.len());
        let learned = &params[layout.learned.clone()];
        self.family.learned_slopes(learned, &self.outputs, d_log_prob, &mut self.d_learned);
        for (k, feature) in self.missing.iter().filter(|_| !learned.is_empty()) {
            let slope = self.family.constant(learned, *feature).1;
            self.d_learned[*feature] += -(d_log_prob[*k] * slope);
        }
        for (i, (head, output)) in layout.likelihood_heads.iter().zip(&mut self.outputs).enumerate() {
            scale_rows(output, d_log_prob);
            d_hidden.resize(d_log_prob.len() * head.inputs);
            dense::backward_input(head, params, output, i > 0, d_hidden);
        }
    }

    /// The derivative of the loss with respect to the `i`-th head's outputs, after `backward`.
    pub fn d_output(&self, i: usize) -> &[T] {
        &self.outputs[i]
    }

    /// The derivative of the loss with respect to what is learned once for each feature, after `backward`.
    pub fn d_learned(&self) -> &[T] {
        &self.d_learned
    }
}

/// Row k times its factor. What is too small to matter beside any other becomes 0: subnormal numbers make a
/// product of matrices five times as slow.
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
