//! Frames of integers.

use super::{Features, FrameError, Standardize};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections};
use crate::math::clamp;
use crate::shape::{Shape, Width};

/// Integers are held within ±2²⁴: up to there each is an `f32`, and so are its neighbours.
pub const MAX_INTEGER: f32 = 16_777_216.0;

/// Frames of integers, such as the counts of an analogue-to-digital converter; features as of
/// [`Standardize`].
///
/// Integers have probabilities and not densities, and a probability is the same in every unit: the log
/// Jacobian, which the file holds as there, is 0.
#[derive(Clone, Copy, Debug)]
pub struct Integers<'a, S> {
    pub(super) linear: Standardize<'a, S>,
}

impl<'a, S: Shape> Integers<'a, S> {
    /// Takes the sections of [`Standardize`].
    ///
    /// # Errors
    /// [`LoadError`] as [`Sections::floats`].
    pub fn read(sections: &mut Sections<'a>, dims: usize) -> Result<Self, LoadError> {
        Ok(Integers { linear: Standardize::read(sections, dims)? })
    }
}

impl<S: Shape> Features for Integers<'_, S> {
    type Shape = S;

    fn dims(&self) -> usize {
        self.linear.dims()
    }

    fn extract(&self, frame: &[f32], features: &mut [f32]) -> Result<f32, FrameError> {
        let log_jacobian = self.linear.extract(frame, features)?;
        // what is beyond, or has a fraction, is another number
        let differs = |x: &f32| clamp(*x, -MAX_INTEGER, MAX_INTEGER) as i32 as f32 - x != 0.0;
        match frame.iter().position(differs) {
            Some(index) => Err(FrameError::OutOfSupport { index }),
            None => Ok(log_jacobian),
        }
    }

    fn log_slope(&self, _: usize, _: f32) -> f32 {
        0.0
    }

    #[inline(always)]
    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        self.linear.encoder_input(features, input);
    }

    /// To the nearest integers.
    fn restore(&self, features: &mut [f32]) {
        self.linear.restore(features);
        features.iter_mut().for_each(|x| *x = round(clamp(*x, -MAX_INTEGER, MAX_INTEGER)) as f32);
    }
}

/// `⌊x + ½⌋`, within 32 bits; 0 for NaN.
#[inline(never)]
pub(crate) fn round(x: f32) -> i32 {
    let towards_zero = x as i32;
    // from 2²³ on x has no fraction; below, the conversion back and the difference are exact
    let rest = x - towards_zero as f32;
    if rest >= 0.5 {
        towards_zero.saturating_add(1)
    } else if rest < -0.5 {
        towards_zero.saturating_sub(1)
    } else {
        towards_zero
    }
}

impl<'a, const X: usize> Load<'a> for Integers<'a, Width<X>> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        Integers::read(sections, X)
    }
}

impl<const X: usize> Fingerprint for Integers<'_, Width<X>> {
    const FINGERPRINT: u32 = of(&[Part::Integers as u32, X as u32]);
}

#[cfg(test)]
mod tests {
    use super::round;

    #[test]
    fn numbers_are_rounded_to_the_nearest_integer() {
        let cases =
            [(0.49, 0), (0.5, 1), (-0.5, 0), (-0.51, -1), (-7.2, -7), (-7.5, -7), (-7.6, -8), (3.0, 3)];
        for (x, n) in cases {
            assert_eq!(round(x), n, "{x}");
        }
        assert_eq!([round(1e20), round(-1e20), round(f32::NAN)], [i32::MAX, i32::MIN, 0]);
        assert_eq!([round(8_388_609.0), round(-8_388_609.0)], [8_388_609, -8_388_609]);
    }
}
