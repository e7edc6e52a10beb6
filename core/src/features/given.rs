//! Frames some of whose numbers are given and not modelled.

use super::{Features, FrameError};
use crate::shape::Shape;

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
}

impl<F: Features> Features for GivenLast<F> {
    type Shape = F::Shape;

    fn dims(&self) -> usize {
        self.features.dims()
    }

    fn extract(&self, frame: &[f32], features: &mut [f32]) -> Result<f32, FrameError> {
        let mut log_jacobian = self.features.extract(frame, features)?;
        let modelled = F::Shape::resolve(frame.len()).saturating_sub(self.given);
        for (index, x) in frame.iter().enumerate().skip(modelled) {
            log_jacobian -= self.features.log_slope(index, *x);
        }
        Ok(log_jacobian)
    }

    fn log_slope(&self, index: usize, x: f32) -> f32 {
        self.features.log_slope(index, x)
    }

    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        self.features.encoder_input(features, input);
    }

    fn restore(&self, features: &mut [f32]) {
        self.features.restore(features);
    }
}
