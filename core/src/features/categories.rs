//! Frames some of whose numbers are codes of categories.

use super::{Features, FrameError};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections};

/// Values of a category at most.
pub const MAX_LEVELS: u16 = 1024;

/// Frames of numbers, of which some are codes: a category with `levels` values is an integer from 0 to
/// `levels − 1`, and is its own feature; `levels` itself stands for a value that the model has never seen,
/// or for none. All else is as of `F`, which leaves the codes as they are: location 0, scale 1, no logarithm.
///
/// A category has probabilities and not densities: of the log Jacobian it has no part.
#[derive(Clone, Copy, Debug)]
pub struct Categories<'a, F> {
    numbers: F,
    levels: &'a [u16],
}

impl<'a, F: Features> Categories<'a, F> {
    /// Takes the section of the levels: of each number of a frame how many values it has, 0 where it is no
    /// category.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] for more than [`MAX_LEVELS`] values; as [`Sections::integers`].
    pub fn read(numbers: F, sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let levels = levels(sections, numbers.dims())?;
        Ok(Categories { numbers, levels })
    }
}

impl<F: Features> Features for Categories<'_, F> {
    type Shape = F::Shape;

    fn dims(&self) -> usize {
        self.numbers.dims()
    }

    fn extract(&self, frame: &[f32], features: &mut [f32]) -> Result<f32, FrameError> {
        let log_jacobian = self.numbers.extract(frame, features)?;
        let differs = |(x, levels): (&f32, &u16)| {
            // what is beyond, or has a fraction, is no code; the conversion saturates
            let code = *x as u16;
            *levels > 0 && (f32::from(code) - *x != 0.0 || code > *levels)
        };
        match frame.iter().zip(self.levels).position(differs) {
            Some(index) => Err(FrameError::OutOfSupport { index }),
            None => Ok(log_jacobian),
        }
    }

    fn log_slope(&self, index: usize, x: f32) -> f32 {
        self.numbers.log_slope(index, x)
    }

    #[inline(always)]
    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        self.numbers.encoder_input(features, input);
        for ((input, code), levels) in input.iter_mut().zip(features).zip(self.levels) {
            if *levels > 0 {
                *input = *code;
            }
        }
    }

    fn is_number(&self, index: usize) -> bool {
        self.levels.get(index).is_none_or(|levels| *levels == 0)
    }

    fn restore(&self, features: &mut [f32]) {
        self.numbers.restore(features);
    }
}

/// Inputs and outputs of a network for a number of a frame: one, or one for each value of a category. Of a
/// number that is none `levels` is 0.
#[inline(always)]
pub fn block(levels: u16) -> usize {
    if levels == 0 { 1 } else { levels.into() }
}

/// The section of the levels of `S` numbers for which a network has `outputs`.
///
/// # Errors
/// [`LoadError::Malformed`] where the blocks do not add up to them; as [`Categories::read`].
pub(crate) fn read_levels<'a>(
    sections: &mut Sections<'a>,
    dims: usize,
    outputs: usize,
) -> Result<&'a [u16], LoadError> {
    let levels = levels(sections, dims)?;
    if levels.iter().map(|levels| block(*levels)).sum::<usize>() == outputs {
        Ok(levels)
    } else {
        Err(LoadError::Malformed)
    }
}

fn levels<'a>(sections: &mut Sections<'a>, dims: usize) -> Result<&'a [u16], LoadError> {
    let levels: &[u16] = sections.integers(dims)?;
    if levels.iter().all(|levels| *levels <= MAX_LEVELS) { Ok(levels) } else { Err(LoadError::Malformed) }
}

impl<'a, F: Features + Load<'a>> Load<'a> for Categories<'a, F> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let numbers = F::load(sections)?;
        Categories::read(numbers, sections)
    }
}

impl<F: Fingerprint> Fingerprint for Categories<'_, F> {
    const FINGERPRINT: u32 = of(&[Part::Categories as u32, F::FINGERPRINT]);
}
