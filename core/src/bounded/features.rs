//! Preprocessing of any kind, and what an encoder reads of it.

use super::memory::Lent;
use crate::architecture::{Architecture, Columns, FeaturesKind};
use crate::features::{
    Angles, Binary, Categories, Counts, Features, FrameError, Integers, LogStandardize, Standardize,
    extract_into, read_levels,
};
use crate::format::{LoadError, Sections};
use crate::layer::{one_hot, read_angles, sine_cosine};

/// The map of numbers.
#[derive(Clone, Copy, Debug)]
pub(super) enum AnyNumbers<'a> {
    Binary(Binary<Lent>),
    Counts(Counts<Lent>),
    Standardize(Standardize<'a, Lent>),
    LogStandardize(LogStandardize<'a, Lent>),
    Integers(Integers<'a, Lent>),
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

impl<'a> AnyNumbers<'a> {
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

impl Features for AnyNumbers<'_> {
    type Shape = Lent;

    fn dims(&self) -> usize {
        of_numbers!(self, part => part.dims())
    }

    fn extract(&self, frame: &[f32], to: &mut [f32]) -> Result<f32, FrameError> {
        of_numbers!(self, part => part.extract(frame, to))
    }

    fn log_slope(&self, index: usize, x: f32) -> f32 {
        of_numbers!(self, part => part.log_slope(index, x))
    }

    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        of_numbers!(self, part => part.encoder_input(features, input));
    }

    fn restore(&self, frame: &mut [f32]) {
        of_numbers!(self, part => part.restore(frame));
    }
}

/// Preprocessing: the map of numbers, and what stands around it where some are no mere numbers.
#[derive(Clone, Copy, Debug)]
pub(super) enum AnyFeatures<'a> {
    Numbers(AnyNumbers<'a>),
    Categories(Categories<'a, AnyNumbers<'a>>),
    Angles(Angles<'a, AnyNumbers<'a>>),
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

impl<'a> AnyFeatures<'a> {
    /// Takes the sections.
    pub(super) fn read(shape: &Architecture, sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let numbers = AnyNumbers::read(shape, sections)?;
        Ok(match shape.likelihood.columns() {
            Columns::Numbers => AnyFeatures::Numbers(numbers),
            Columns::Categories { .. } => AnyFeatures::Categories(Categories::read(numbers, sections)?),
            Columns::Angles { .. } => AnyFeatures::Angles(Angles::read(numbers, sections)?),
        })
    }

    /// Numbers in a frame.
    pub(super) fn dims(&self) -> usize {
        each!(self, part => part.dims())
    }

    /// The features of a frame, and the log Jacobian of the map to them.
    pub(super) fn extract(&self, frame: &[f32], to: &mut [f32]) -> Result<f32, FrameError> {
        each!(self, part => extract_into(part, frame, to))
    }

    /// What the encoder sees of the features, before codes and angles become several inputs.
    pub(super) fn encoder_input(&self, features: &[f32], input: &mut [f32]) {
        let (features, input) = (features.as_chunks::<1>().0, input.as_chunks_mut().0);
        each!(self, part => part.encoder_input(features, input));
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
