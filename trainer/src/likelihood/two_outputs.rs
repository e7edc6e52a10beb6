//! Likelihoods with two numbers for each feature: of each a law, which gives log p(x_i|z) and its slopes.

use super::Frames;
use crate::net::buffer::Buffer;
use crate::net::real::Real;
use crate::net::simd::{sum, wide};

/// log p of one feature, up to a constant, and its derivatives with respect to the two numbers.
pub(super) type Law<T> = (T, [T; 2]);

/// `log p = Σ_i law(x_i, [first_i, second_i], constants_i)` of each sample; the slopes stay where the outputs
/// stood. `terms` is memory for those of one sample.
#[inline(always)]
pub(super) fn log_prob<T: Real, C: Copy>(
    frames: Frames<'_, T>,
    outputs: &mut [Buffer<T>],
    terms: &mut Buffer<T>,
    log_prob: &mut [f64],
    constants: &[C],
    law: impl Fn(T, [T; 2], C) -> Law<T>,
) {
    let [first, second] = outputs else { return };
    terms.resize(frames.features);
    let rows = first.chunks_exact_mut(frames.features).zip(second.chunks_exact_mut(frames.features));
    wide(
        #[inline(always)]
        || {
            for (k, ((firsts, seconds), log_prob)) in rows.zip(log_prob).enumerate() {
                let frame = frames.of_sample(k).iter().zip(constants).zip(terms.iter_mut());
                for ((first, second), ((x, constants), term)) in firsts.iter_mut().zip(seconds).zip(frame) {
                    let of_number = law(*x, [*first, *second], *constants);
                    let nothing = (T::ZERO, [T::ZERO; 2]);
                    (*term, [*first, *second]) = if x.is_nan() { nothing } else { of_number };
                }
                *log_prob = sum(terms);
            }
        },
    );
}
