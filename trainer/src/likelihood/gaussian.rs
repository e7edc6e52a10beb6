//! Independent normals, one learned scale for each feature:
//! `log p = −½ u² − log_scale − ½ log 2π`, `u = (x − loc)/scale`.

use super::{Frames, LOG_SCALES, Likelihood};
use crate::net::buffer::Buffer;
use crate::net::real::Real;
use crate::net::simd::{clamp, is_within, map_and_sum, wide, zip};
use elbow_host::file::write::Sections;
use elbow_host::numbers::HALF_LOG_TAU;

/// The head gives means; log scales are learned.
#[derive(Debug, Default)]
pub(super) struct Gaussian<T> {
    scale: Buffer<T>,
}

impl<T: Real> Likelihood<T> for Gaussian<T> {
    fn learned_start(&self) -> Option<f32> {
        Some(0.0)
    }

    fn log_prob(
        &mut self,
        log_scale: &[T],
        frames: Frames<'_, T>,
        outputs: &mut [Buffer<T>],
        log_prob: &mut [f64],
    ) {
        let scale = scales(log_scale, &mut self.scale);
        // Σ_i log_scale + ½ log 2π
        let constant: f64 = log_scale.iter().map(|s| clamp(*s, LOG_SCALES).to_f64() + HALF_LOG_TAU).sum();
        wide(
            #[inline(always)]
            || {
                let rows = outputs[0].chunks_exact_mut(frames.features).zip(log_prob);
                for (k, (loc, log_prob)) in rows.enumerate() {
                    // ∂log p/∂loc = u / scale
                    let squares = map_and_sum(
                        loc,
                        [frames.of_sample(k), scale],
                        #[inline(always)]
                        |m, [x, s]| {
                            let u = if x.is_nan() { T::ZERO } else { (x - m) / s };
                            (u / s, u * u)
                        },
                    );
                    *log_prob = -0.5 * squares - constant;
                }
            },
        );
    }

    /// `−log_scale − ½ log 2π`; of u = 0 the slope is −1.
    fn constant(&self, log_scale: &[T], feature: usize) -> (f64, T) {
        normal_constant(log_scale[feature])
    }

    /// `∂log_scale = Σ_k ∂log p_k (u_k² − 1)`, where the clamp has a slope.
    fn learned_slopes(&self, log_scale: &[T], slopes: &[Buffer<T>], d_log_prob: &[T], out: &mut [T]) {
        out.fill(T::ZERO);
        wide(
            #[inline(always)]
            || {
                for (slope, d) in slopes[0].chunks_exact(log_scale.len()).zip(d_log_prob) {
                    for ((total, slope), s) in out.iter_mut().zip(slope).zip(self.scale.iter()) {
                        // forward left slope = u / scale
                        let u = *slope * *s;
                        *total += *d * (u * u - T::ONE);
                    }
                }
            },
        );
        zip(out, log_scale, |d, raw| if is_within(raw, LOG_SCALES) { d } else { T::ZERO });
    }

    fn write(&self, log_scale: &[f32], out: &mut Sections) {
        write_scales(log_scale, |_| true, out);
    }
}

/// The constant of a normal distribution, and its slope where the clamp has one.
pub(super) fn normal_constant<T: Real>(log_scale: T) -> (f64, T) {
    let slope = if is_within(log_scale, LOG_SCALES) { -T::ONE } else { T::ZERO };
    (-clamp(log_scale, LOG_SCALES).to_f64() - HALF_LOG_TAU, slope)
}

/// The scale of each feature.
pub(super) fn scales<'a, T: Real>(log_scale: &[T], scale: &'a mut Buffer<T>) -> &'a [T] {
    scale.resize(log_scale.len());
    zip(scale, log_scale, |_, s| clamp(s, LOG_SCALES).exp());
    scale
}

/// One over the scales, and the constant of those that count:
/// `Σ −log scale − ½ log 2π`, of the scales as they are stored.
pub(super) fn write_scales(log_scale: &[f32], counts: impl Fn(usize) -> bool, out: &mut Sections) {
    let clamped = log_scale.iter().map(|s| f64::from(s.clamp(LOG_SCALES.0, LOG_SCALES.1)));
    let inverse: Vec<f32> = clamped.map(|s| (-s).exp() as f32).collect();
    let counted = inverse.iter().enumerate().filter(|(i, _)| counts(*i));
    let constant: f64 = counted.map(|(_, inverse)| f64::from(*inverse).ln() - HALF_LOG_TAU).sum();
    out.floats(&inverse);
    out.floats(&[constant as f32]);
}
