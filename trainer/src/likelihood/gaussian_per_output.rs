//! Independent normals, mean and log scale of each given by the decoder.

use super::two_outputs::{Law, log_prob};
use super::{Frames, LOG_SCALES, Likelihood};
use crate::net::buffer::Buffer;
use crate::net::real::Real;
use crate::net::simd::{clamp, is_within};
use elbow_host::numbers::HALF_LOG_TAU;

/// The heads give means and log scales.
#[derive(Debug, Default)]
pub(super) struct GaussianPerOutput<T> {
    terms: Buffer<T>,
}

impl<T: Real> Likelihood<T> for GaussianPerOutput<T> {
    fn heads(&self) -> usize {
        2
    }

    fn log_prob(&mut self, _: &[T], frames: Frames<'_, T>, outputs: &mut [Buffer<T>], log_probs: &mut [f64]) {
        let none = vec![(); frames.features];
        log_prob(frames, outputs, &mut self.terms, log_probs, &none, |x, y, ()| law(x, y));
        let constant = HALF_LOG_TAU * frames.features as f64;
        log_probs.iter_mut().for_each(|log_prob| *log_prob -= constant);
    }

    fn constant(&self, _: &[T], _: usize) -> (f64, T) {
        (-HALF_LOG_TAU, T::ZERO)
    }
}

/// A normal distribution, from its mean and log scale, without its `½ log 2π`.
#[inline(always)]
pub(super) fn law<T: Real>(x: T, [loc, log_scale]: [T; 2]) -> Law<T> {
    // u = (x − loc) / scale, log p = −½ u² − log_scale − ½ log 2π
    let (clamped, passes) = (clamp(log_scale, LOG_SCALES), is_within(log_scale, LOG_SCALES));
    let inverse = (-clamped).exp();
    let u = (x - loc) * inverse;
    let log_prob = -(T::from_f64(0.5) * (u * u) + clamped);
    // ∂log p/∂loc = u / scale, ∂log p/∂log_scale = u² − 1 where the clamp has a slope
    (log_prob, [u * inverse, if passes { u * u - T::ONE } else { T::ZERO }])
}
