//! Independent bits: `log p = x l − log(1 + exp l)`, l the log odds of a one.

use super::{Frames, Likelihood, logit, means, softplus_and_slope};
use crate::net::buffer::Buffer;
use crate::net::real::Real;
use crate::net::simd::{map_and_sum, wide};

/// The head gives logits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bernoulli;

impl<T: Real> Likelihood<T> for Bernoulli {
    fn output_bias(&self, features: &[f32], dims: usize) -> Vec<f32> {
        means(features, dims).into_iter().map(logit).collect()
    }

    fn refusal(&self) -> Option<&'static str> {
        Some("is neither 0 nor 1; pass --binarize threshold or --binarize dynamic")
    }

    fn log_prob(&mut self, _: &[T], frames: Frames<'_, T>, outputs: &mut [Buffer<T>], log_prob: &mut [f64]) {
        wide(
            #[inline(always)]
            || {
                let rows = outputs[0].chunks_exact_mut(frames.features).zip(log_prob);
                for (k, (logits, log_prob)) in rows.enumerate() {
                    // ∂log p/∂l = x − σ(l)
                    *log_prob = map_and_sum(
                        logits,
                        [frames.of_sample(k)],
                        #[inline(always)]
                        |l, [x]| {
                            let (softplus, sigmoid) = softplus_and_slope(l);
                            if x.is_nan() { (T::ZERO, T::ZERO) } else { (x - sigmoid, x * l - softplus) }
                        },
                    );
                }
            },
        );
    }
}
