//! Independent integers: a logistic distribution in bins, mean and log scale of each given by the decoder.

use super::two_outputs::{Law, log_prob};
use super::{Frames, LOG_SCALES, Likelihood, softplus_and_slope};
use crate::net::buffer::Buffer;
use crate::net::real::Real;
use crate::net::simd::{clamp, is_within};
use elbow_host::file::write::Sections;

/// Half of the distance between neighbours where features are the integers themselves.
const HALF: f32 = 0.5;

/// The heads give means and log scales.
#[derive(Debug)]
pub(super) struct DiscretizedLogistic<T> {
    /// half of a bin's width, `[feature]`; empty: all are [`HALF`]
    half_bins: Vec<f32>,
    terms: Buffer<T>,
}

impl<T: Real> DiscretizedLogistic<T> {
    pub(super) fn new(half_bins: &[f32]) -> Self {
        DiscretizedLogistic { half_bins: half_bins.to_vec(), terms: Buffer::default() }
    }
}

impl<T: Real> Likelihood<T> for DiscretizedLogistic<T> {
    fn heads(&self) -> usize {
        2
    }

    fn refusal(&self) -> Option<&'static str> {
        Some("is no integer within ±2^24; scale it to whole steps and round it")
    }

    fn log_prob(&mut self, _: &[T], frames: Frames<'_, T>, outputs: &mut [Buffer<T>], log_probs: &mut [f64]) {
        self.half_bins.resize(frames.features, HALF);
        log_prob(frames, outputs, &mut self.terms, log_probs, &self.half_bins, |x, y, half_bin| {
            law(x, y, T::from_f64(half_bin.into()))
        });
    }

    fn write(&self, _: &[f32], out: &mut Sections) {
        out.floats(&self.half_bins);
    }
}

/// A logistic distribution in bins, from its mean and log scale; `half_bin` is half a bin's width.
#[inline(always)]
fn law<T: Real>(x: T, [loc, log_scale]: [T; 2], half_bin: T) -> Law<T> {
    let (clamped, passes) = (clamp(log_scale, LOG_SCALES), is_within(log_scale, LOG_SCALES));
    let inverse = (-clamped).exp();
    let (a, d) = ((x - loc) * inverse, half_bin * inverse);
    let ((right, q), (left, p)) = (softplus_and_slope(a - d), softplus_and_slope(-a - d));
    // log P = log(1 − e^−2d) − softplus(a − d) − softplus(−a − d)
    let width = d + d;
    let log_width = width.ln_1m_exp();
    let log_prob = log_width - right - left;
    // ∂log P/∂loc = (q − p)/scale, q = σ(a − d), p = σ(−a − d)
    // ∂log P/∂log_scale = a (q − p) − d (q + p) − 2d/(e^2d − 1), where the clamp has a slope
    let slope = a * (q - p) - d * (q + p) - width * (-width - log_width).exp();
    (log_prob, [(q - p) * inverse, if passes { slope } else { T::ZERO }])
}
