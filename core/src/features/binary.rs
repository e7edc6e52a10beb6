//! Frames of bits.

use super::{Features, FrameError};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections};
use crate::math;
use crate::shape::{Shape, Width};
use core::marker::PhantomData;

/// Frames of bits: every number is 0 or 1, and is its own feature. The density is a probability, in nats.
#[derive(Clone, Copy, Debug)]
pub struct Binary<S> {
    dims: usize,
    shape: PhantomData<S>,
}

impl<S: Shape> Binary<S> {
    /// Frames of `dims` bits.
    pub fn new(dims: usize) -> Self {
        Binary { dims, shape: PhantomData }
    }
}

impl<S: Shape> Features for Binary<S> {
    type Shape = S;

    fn dims(&self) -> usize {
        S::resolve(self.dims)
    }

    fn extract(&self, frame: &[f32], features: &mut [f32]) -> Result<f32, FrameError> {
        for (index, (x, feature)) in frame.iter().zip(features).enumerate() {
            if !math::is_finite(*x) {
                return Err(FrameError::NonFinite { index });
            }
            let bit = if *x > 0.5 { 1.0 } else { 0.0 };
            if *x - bit != 0.0 {
                return Err(FrameError::OutOfSupport { index });
            }
            *feature = bit;
        }
        Ok(0.0)
    }

    fn log_slope(&self, _: usize, _: f32) -> f32 {
        0.0
    }

    #[inline(always)]
    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        input.iter_mut().zip(features).for_each(|(input, feature)| *input = *feature);
    }

    fn restore(&self, _features: &mut [f32]) {}
}

impl<const X: usize> Load<'_> for Binary<Width<X>> {
    fn load(_sections: &mut Sections<'_>) -> Result<Self, LoadError> {
        Ok(Binary::new(X))
    }
}

impl<const X: usize> Fingerprint for Binary<Width<X>> {
    const FINGERPRINT: u32 = of(&[Part::Binary as u32, X as u32]);
}
