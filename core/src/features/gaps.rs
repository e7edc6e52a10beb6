//! Frames some of whose numbers are missing.

use super::{Features, FrameError};
use crate::math;
use crate::shape::Shape;

/// Frames of which some numbers may be missing, as NaN says; all else is as of `F`.
///
/// The feature of a missing number is NaN, which a likelihood that is
/// [`Incomplete`](crate::likelihood::Incomplete) leaves out. It has no part of the log Jacobian, and the
/// encoder sees 0 in its place.
#[derive(Clone, Copy, Debug)]
pub struct Gaps<F>(pub F);

impl<F: Features> Features for Gaps<F> {
    type Shape = F::Shape;

    fn dims(&self) -> usize {
        self.0.dims()
    }

    /// In place of what is missing `F` gets 0, which every kind of features takes.
    fn extract(&self, frame: &[f32], features: &mut [f32]) -> Result<f32, FrameError> {
        let mut filled = F::Shape::buffer(frame.len());
        for (filled, x) in filled.as_mut().iter_mut().zip(frame) {
            *filled = if math::is_nan(*x) { 0.0 } else { *x };
        }
        let mut log_jacobian = self.0.extract(filled.as_ref(), features)?;
        for (index, (feature, x)) in features.iter_mut().zip(frame).enumerate() {
            if math::is_nan(*x) {
                *feature = f32::NAN;
                log_jacobian -= self.0.log_slope(index, 0.0);
            }
        }
        Ok(log_jacobian)
    }

    fn log_slope(&self, index: usize, x: f32) -> f32 {
        self.0.log_slope(index, x)
    }

    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        self.0.encoder_input(features, input);
        for (input, feature) in input.as_flattened_mut().iter_mut().zip(features.as_flattened()) {
            if math::is_nan(*feature) {
                *input = 0.0;
            }
        }
    }

    fn restore(&self, features: &mut [f32]) {
        self.0.restore(features);
    }
}
