//! Frames of counts: bytes.

use super::{Features, FrameError};
use crate::format::{Load, LoadError, Sections};
use crate::shape::{Shape, Width};
use core::marker::PhantomData;

/// The largest count.
pub const MAX_COUNT: usize = 255;

/// Frames of integers from 0 to [`MAX_COUNT`]. The encoder sees them divided by it.
#[derive(Clone, Copy, Debug)]
pub struct Counts<S> {
    dims: usize,
    shape: PhantomData<S>,
}

impl<S: Shape> Counts<S> {
    /// Frames of `dims` counts.
    pub fn new(dims: usize) -> Self {
        Counts { dims, shape: PhantomData }
    }
}

impl<S: Shape> Features for Counts<S> {
    type Shape = S;

    fn dims(&self) -> usize {
        S::resolve(self.dims)
    }

    fn extract(&self, frame: &[f32], features: &mut [f32]) -> Result<f32, FrameError> {
        for (index, (x, feature)) in frame.iter().zip(features).enumerate() {
            if !crate::math::is_finite(*x) {
                return Err(FrameError::NonFinite { index });
            }
            // what saturates or has a fraction is another number
            *feature = f32::from(*x as u8);
            if *feature - *x != 0.0 {
                return Err(FrameError::OutOfSupport { index });
            }
        }
        Ok(0.0)
    }

    #[inline(always)]
    fn encoder_input(&self, feature: f32) -> f32 {
        feature / MAX_COUNT as f32
    }

    fn restore(&self, _features: &mut [f32]) {}
}

impl<const X: usize> Load<'_> for Counts<Width<X>> {
    fn load(_sections: &mut Sections<'_>) -> Result<Self, LoadError> {
        Ok(Counts::new(X))
    }
}
