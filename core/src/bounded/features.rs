//! Preprocessing of any kind, and what an encoder reads of it.

use crate::architecture::{Architecture, Columns, FeaturesKind};
use crate::features::{
    Angles, Binary, Categories, Counts, Features, FrameError, Integers, LogStandardize, Standardize,
    WholeNumbers, read_levels,
};
use crate::format::{LoadError, Sections};
use crate::layer::{one_hot, read_angles, sine_cosine};
use crate::shape::Shape;

/// The map of numbers, whose kind is a choice at run time; `S` is the kind of memory.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the kind of its name")]
pub enum AnyNumbers<'a, S> {
    Binary(Binary<S>),
    Counts(Counts<S>),
    Standardize(Standardize<'a, S>),
    LogStandardize(LogStandardize<'a, S>),
    Integers(Integers<'a, S>),
}

/// Evaluates an expression for the map that there is.
macro_rules! of_numbers {
    ($any:expr, $part:ident => $value:expr) => {
        match $any {
            AnyNumbers::Binary($part) => $value,
            AnyNumbers::Counts($part) => $value,
            AnyNumbers::Standardize($part) => $value,
            AnyNumbers::LogStandardize($part) => $value,
            AnyNumbers::Integers($part) => $value,
        }
    };
}

impl<'a, S: Shape> AnyNumbers<'a, S> {
    #[inline(never)]
    fn read(shape: &Architecture, sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let dims = shape.features as usize;
        Ok(match shape.preprocessing {
            FeaturesKind::Binary => AnyNumbers::Binary(Binary::new(dims)),
            FeaturesKind::Counts { .. } => AnyNumbers::Counts(Counts::read(sections, dims)?),
            FeaturesKind::Integers => AnyNumbers::Integers(Integers::read(sections, dims)?),
            FeaturesKind::Standardize => AnyNumbers::Standardize(Standardize::read(sections, dims)?),
            FeaturesKind::LogStandardize => AnyNumbers::LogStandardize(LogStandardize::read(sections, dims)?),
        })
    }
}

impl<S: Shape> Features for AnyNumbers<'_, S> {
    type Shape = S;

    fn dims(&self) -> usize {
        of_numbers!(self, part => part.dims())
    }

    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn extract(&self, frame: &[f32], to: &mut [f32]) -> Result<f32, FrameError> {
        of_numbers!(self, part => part.extract(frame, to))
    }

    fn log_slope(&self, index: usize, x: f32) -> f32 {
        of_numbers!(self, part => part.log_slope(index, x))
    }

    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        of_numbers!(self, part => part.encoder_input(features, input));
    }

    fn restore(&self, frame: &mut [f32]) {
        of_numbers!(self, part => part.restore(frame));
    }
}

/// Preprocessing whose kind is a choice at run time: the map of numbers, and what stands around it where some
/// are no mere numbers.
#[derive(Clone, Copy, Debug)]
pub enum AnyFeatures<'a, S> {
    /// numbers alone
    Numbers(AnyNumbers<'a, S>),
    /// codes of categories among them
    Categories(Categories<'a, AnyNumbers<'a, S>>),
    /// angles among them
    Angles(Angles<'a, AnyNumbers<'a, S>>),
}

/// Evaluates an expression for the part that there is.
macro_rules! each {
    ($any:expr, $part:ident => $value:expr) => {
        match $any {
            AnyFeatures::Numbers($part) => $value,
            AnyFeatures::Categories($part) => $value,
            AnyFeatures::Angles($part) => $value,
        }
    };
}

impl<'a, S: Shape> AnyFeatures<'a, S> {
    /// Takes the sections of a shape.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn read(shape: &Architecture, sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let numbers = AnyNumbers::read(shape, sections)?;
        Ok(match shape.likelihood.columns() {
            Columns::Numbers => AnyFeatures::Numbers(numbers),
            Columns::Categories { .. } => AnyFeatures::Categories(Categories::read(numbers, sections)?),
            Columns::Angles { .. } => AnyFeatures::Angles(Angles::read(numbers, sections)?),
        })
    }

    /// The period of each number of a frame, 0 where it is no angle; none where no number is.
    pub fn periods(&self) -> &'a [f32] {
        match self {
            AnyFeatures::Angles(part) => part.periods(),
            _ => &[],
        }
    }
}

impl<S: Shape> Features for AnyFeatures<'_, S> {
    type Shape = S;

    fn dims(&self) -> usize {
        each!(self, part => part.dims())
    }

    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn extract(&self, frame: &[f32], to: &mut [f32]) -> Result<f32, FrameError> {
        each!(self, part => part.extract(frame, to))
    }

    fn log_slope(&self, index: usize, x: f32) -> f32 {
        each!(self, part => part.log_slope(index, x))
    }

    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        each!(self, part => part.encoder_input(features, input));
    }

    fn is_number(&self, index: usize) -> bool {
        each!(self, part => part.is_number(index))
    }

    fn restore(&self, frame: &mut [f32]) {
        each!(self, part => part.restore(frame));
    }
}

impl<S: Shape> WholeNumbers for AnyFeatures<'_, S> {
    fn grid(&self, index: usize) -> (f32, f32) {
        match self {
            AnyFeatures::Numbers(AnyNumbers::Integers(part)) => part.grid(index),
            // every other whole number is its own feature
            _ => (0.0, 1.0),
        }
    }
}

/// What stands before the encoder's layers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Inputs<'a> {
    /// nothing
    AsTheyAre,
    /// codes of categories become one-hot
    OneHot(&'a [u16]),
    /// angles become sine and cosine
    SineCosine(&'a [u16]),
}

impl<'a> Inputs<'a> {
    /// Takes the sections.
    pub(super) fn read(shape: &Architecture, sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let (dims, inputs) = (shape.features as usize, shape.input_width() as usize);
        match shape.likelihood.columns() {
            Columns::Numbers => Ok(Inputs::AsTheyAre),
            Columns::Categories { .. } => Ok(Inputs::OneHot(read_levels(sections, dims, inputs)?)),
            Columns::Angles { .. } => {
                let is_angle = read_angles(sections, dims)?;
                let angles = is_angle.iter().filter(|is| **is == 1).count();
                if dims + angles == inputs {
                    Ok(Inputs::SineCosine(is_angle))
                } else {
                    Err(LoadError::Malformed)
                }
            }
        }
    }

    /// What the layers read of `x`: in `x`, or in `to`; and the other memory.
    pub(super) fn of<'m>(
        &self,
        x: &'m mut [f32],
        to: &'m mut [f32],
        dims: usize,
    ) -> (&'m mut [f32], &'m mut [f32]) {
        let seen = x.as_chunks::<1>().0.get(..dims).unwrap_or(&[]);
        match self {
            Inputs::AsTheyAre => return (x, to),
            Inputs::OneHot(levels) => one_hot(levels, seen, to.as_chunks_mut().0),
            Inputs::SineCosine(is_angle) => sine_cosine(is_angle, seen, to.as_chunks_mut().0),
        }
        (to, x)
    }
}
