//! Frames some of whose numbers are missing.

use super::{Features, FrameError, extract_into};
use crate::math;
use crate::shape::Shape;

/// Frames of which some numbers may be missing, as NaN says; all else is as of `F`.
///
/// The feature of a missing number is NaN, which a likelihood that is
/// [`Incomplete`](crate::likelihood::Incomplete) leaves out, and a mixture's
/// [`Marginals`](crate::mixture::Marginals). It has no part of the log Jacobian, and the encoder sees 0 in
/// its place, the mean of a standardised number; of a code or an angle NaN, which
/// [`OneHot`](crate::layer::OneHot) and [`SineCosine`](crate::layer::SineCosine) make zeros of. Of a frame
/// without gaps every bit is that of `F`.
#[derive(Clone, Copy, Debug)]
pub struct Gaps<F> {
    features: F,
    most: usize,
}

impl<F> Gaps<F> {
    /// Of frames that lack at most so many numbers. With 0 a NaN is an error, as of `F`.
    pub const fn new(features: F, most: usize) -> Self {
        Gaps { features, most }
    }
}

/// Makes the numbers of a frame missing whose bits are set: bit `i % 32` of the word `i / 32` is the i-th.
///
/// # Errors
/// [`FrameError::WrongMask`] where the words are not as many as the frame's numbers take.
pub fn hide(frame: &mut [f32], missing: &[u32]) -> Result<(), FrameError> {
    let expected = frame.len().div_ceil(32);
    if missing.len() != expected {
        return Err(FrameError::WrongMask { expected, found: missing.len() });
    }
    for (numbers, word) in frame.chunks_mut(32).zip(missing) {
        for (bit, x) in numbers.iter_mut().enumerate() {
            if (word >> bit) & 1 == 1 {
                *x = f32::NAN;
            }
        }
    }
    Ok(())
}

/// Which numbers of a frame are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// how many
    pub count: usize,
    /// the place of the first
    pub first: usize,
    /// from each to the next; 0 where that differs, and of one alone
    pub step: usize,
}

impl Missing {
    /// Nothing is.
    pub const NOTHING: Missing = Missing { count: 0, first: 0, step: 0 };

    /// Of a frame whose missing numbers are NaN.
    pub fn of(frame: &[f32]) -> Missing {
        let (mut missing, mut last) = (Missing::NOTHING, 0);
        for (index, _) in frame.iter().enumerate().filter(|(_, x)| math::is_nan(**x)) {
            match missing.count {
                0 => missing.first = index,
                1 => missing.step = index - last,
                _ if missing.step != index - last => missing.step = 0,
                _ => {}
            }
            missing.count += 1;
            last = index;
        }
        missing
    }

    /// The sensor that is dead, where all its numbers and no others are missing of a frame of so many rows of
    /// so many sensors.
    pub fn sensor(self, rows: usize, sensors: usize) -> Option<usize> {
        let is_one = self.count == rows && (rows == 1 || self.step == sensors);
        (is_one && self.first < sensors).then_some(self.first)
    }
}

/// How many numbers are missing.
pub(crate) fn missing(numbers: &[f32]) -> usize {
    numbers.iter().filter(|x| math::is_nan(**x)).count()
}

/// As [`extract_into`](super::extract_into), of a frame of which all numbers but one may be missing, in
/// memory for as many.
#[inline]
pub(crate) fn extract_present<F: Features>(
    features: &F,
    frame: &[f32],
    filled: &mut [f32],
    to: &mut [f32],
) -> Result<f32, FrameError> {
    let found = missing(frame);
    if found == 0 || frame.len() != features.dims() {
        return extract_into(features, frame, to);
    }
    if found == frame.len() {
        return Err(FrameError::NothingPresent);
    }
    extract_filled(features, frame, filled, to)
}

/// Features of a frame that lacks some numbers: NaN for each of those, which has no part of the Jacobian.
#[inline]
fn extract_filled<F: Features>(
    of: &F,
    frame: &[f32],
    filled: &mut [f32],
    features: &mut [f32],
) -> Result<f32, FrameError> {
    for (filled, x) in filled.iter_mut().zip(frame) {
        *filled = if math::is_nan(*x) { 0.0 } else { *x };
    }
    let mut log_jacobian = of.extract(filled, features)?;
    for (index, (feature, x)) in features.iter_mut().zip(frame).enumerate() {
        if math::is_nan(*x) {
            *feature = f32::NAN;
            log_jacobian -= of.log_slope(index, 0.0);
        }
    }
    Ok(log_jacobian)
}

/// Hides from an encoder what is missing.
#[inline]
pub(crate) fn hide_missing<F: Features, const L: usize>(
    of: &F,
    features: &[[f32; L]],
    input: &mut [[f32; L]],
) {
    for (index, (input, features)) in input.iter_mut().zip(features).enumerate() {
        for (input, feature) in input.iter_mut().zip(features) {
            if math::is_nan(*feature) {
                // layers that make several inputs of a number hide all of them
                *input = if of.is_number(index) { 0.0 } else { f32::NAN };
            }
        }
    }
}

impl<F: Features> Features for Gaps<F> {
    type Shape = F::Shape;

    fn dims(&self) -> usize {
        self.features.dims()
    }

    fn missing(&self, frame: &[f32]) -> Missing {
        if self.most == 0 { Missing::NOTHING } else { Missing::of(frame) }
    }

    /// In place of what is missing `F` gets 0, which every kind of features takes.
    fn extract(&self, frame: &[f32], features: &mut [f32]) -> Result<f32, FrameError> {
        let found = if self.most == 0 { 0 } else { missing(frame) };
        if found == 0 {
            return self.features.extract(frame, features);
        }
        if found == frame.len() {
            return Err(FrameError::NothingPresent);
        }
        if found > self.most {
            return Err(FrameError::TooManyMissing { allowed: self.most, found });
        }
        extract_filled(&self.features, frame, F::Shape::buffer(frame.len()).as_mut(), features)
    }

    fn log_slope(&self, index: usize, x: f32) -> f32 {
        self.features.log_slope(index, x)
    }

    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        self.features.encoder_input(features, input);
        if self.most == 0 {
            return;
        }
        hide_missing(&self.features, features, input);
    }

    fn is_number(&self, index: usize) -> bool {
        self.features.is_number(index)
    }

    fn restore(&self, features: &mut [f32]) {
        self.features.restore(features);
    }
}
