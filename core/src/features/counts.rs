//! Frames of counts.

use super::{Features, FrameError, MAX_INTEGER};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections};
use crate::math;
use crate::shape::{Shape, Width};
use core::marker::PhantomData;

/// The largest count that a model may know: that of a byte.
pub const MAX_COUNT: usize = 255;

/// Frames of integers from 0 to n. The encoder sees them divided by n; where they have no upper end, which
/// n = 0 stands for, `log(1 + x)`. Counts above [`MAX_INTEGER`] are in no frame.
#[derive(Clone, Copy, Debug)]
pub struct Counts<S> {
    dims: usize,
    /// n, or 0
    most: f32,
    shape: PhantomData<S>,
}

impl<S: Shape> Counts<S> {
    /// Frames of `dims` counts up to `most`; 0: without an upper end.
    pub fn new(dims: usize, most: u8) -> Self {
        Counts { dims, most: f32::from(most), shape: PhantomData }
    }

    /// Takes the section `[n]`.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] where n is no integer from 0 to [`MAX_COUNT`]; as [`Sections::floats`].
    pub fn read(sections: &mut Sections<'_>, dims: usize) -> Result<Self, LoadError> {
        Ok(Counts::new(dims, whole(sections)?))
    }
}

/// The largest count of a model that has one: a section of one number.
pub(crate) fn most(sections: &mut Sections<'_>) -> Result<u8, LoadError> {
    match whole(sections)? {
        0 => Err(LoadError::Malformed),
        n => Ok(n),
    }
}

fn whole(sections: &mut Sections<'_>) -> Result<u8, LoadError> {
    match *sections.floats(1)? {
        [n] if f32::from(n as u8) - n == 0.0 => Ok(n as u8),
        _ => Err(LoadError::Malformed),
    }
}

impl<S: Shape> Features for Counts<S> {
    type Shape = S;

    fn dims(&self) -> usize {
        S::resolve(self.dims)
    }

    fn extract(&self, frame: &[f32], features: &mut [f32]) -> Result<f32, FrameError> {
        let most = if self.most > 0.0 { self.most } else { MAX_INTEGER };
        for (index, (x, feature)) in frame.iter().zip(features).enumerate() {
            if !math::is_finite(*x) {
                return Err(FrameError::NonFinite { index });
            }
            // what saturates or has a fraction is another number
            *feature = *x as u32 as f32;
            if *feature - *x != 0.0 || *feature > most {
                return Err(FrameError::OutOfSupport { index });
            }
        }
        Ok(0.0)
    }

    fn log_slope(&self, _: usize, _: f32) -> f32 {
        0.0
    }

    #[inline(always)]
    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        for (input, feature) in input.as_flattened_mut().iter_mut().zip(features.as_flattened()) {
            *input = if self.most > 0.0 { feature / self.most } else { math::ln_1p(*feature) };
        }
    }

    fn restore(&self, _features: &mut [f32]) {}
}

impl<const X: usize> Load<'_> for Counts<Width<X>> {
    fn load(sections: &mut Sections<'_>) -> Result<Self, LoadError> {
        Counts::read(sections, X)
    }
}

impl<const X: usize> Fingerprint for Counts<Width<X>> {
    const FINGERPRINT: u32 = of(&[Part::Counts as u32, X as u32]);
}
