//! Frames some of whose numbers are given and not modelled.

use super::{Features, FrameError, Missing};
use crate::math;

/// Frames whose last `given` numbers are given: the model is a density of those before them, p(x|y). All else
/// is as of `F`.
///
/// A given number has no density, so it has no part of the log Jacobian. Behind it stand
/// [`HandOn`](crate::layer::HandOn), [`GivenHead`](crate::latent::GivenHead) and
/// [`Modelled`](crate::likelihood::Modelled).
#[derive(Clone, Copy, Debug)]
pub struct GivenLast<F> {
    features: F,
    given: usize,
}

impl<F: Features> GivenLast<F> {
    /// Of frames whose last `given` numbers are given.
    pub fn new(features: F, given: usize) -> Self {
        GivenLast { features, given }
    }

    /// How many numbers stand before those that are given.
    fn modelled(&self) -> usize {
        self.dims().saturating_sub(self.given)
    }
}

impl<F: Features> Features for GivenLast<F> {
    type Shape = F::Shape;

    fn dims(&self) -> usize {
        self.features.dims()
    }

    fn missing(&self, frame: &[f32]) -> Missing {
        self.features.missing(frame)
    }

    fn extract(&self, frame: &[f32], features: &mut [f32]) -> Result<f32, FrameError> {
        let mut log_jacobian = self.features.extract(frame, features)?;
        for (index, x) in frame.iter().enumerate().skip(self.modelled()) {
            // what is missing has no part that could be taken off
            if !math::is_nan(*x) {
                log_jacobian -= self.features.log_slope(index, *x);
            }
        }
        Ok(log_jacobian)
    }

    fn log_slope(&self, index: usize, x: f32) -> f32 {
        if index < self.modelled() { self.features.log_slope(index, x) } else { 0.0 }
    }

    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        self.features.encoder_input(features, input);
    }

    fn is_number(&self, index: usize) -> bool {
        self.features.is_number(index)
    }

    fn restore(&self, features: &mut [f32]) {
        self.features.restore(features);
    }
}
