//! Preprocessing of any kind, and the encoder that reads what it gives.

use elbow::architecture::{Architecture, Columns, FeaturesKind};
use elbow::features::{
    Angles, Binary, Categories, Counts, Features, Integers, LogStandardize, Standardize, WholeNumbers,
};
use elbow::format::Sections;
use elbow::layer::{Layer, OneHot, SineCosine};
use elbow::{FrameError, LoadError};

use super::net::Chain;
use super::{Buffer, Dynamic};
use crate::simd::wide;

/// The map of numbers, whose kind is a choice at run time.
#[derive(Debug)]
pub(super) enum AnyNumbers<'a> {
    Binary(Binary<Dynamic>),
    Counts(Counts<Dynamic>),
    Standardize(Standardize<'a, Dynamic>),
    LogStandardize(LogStandardize<'a, Dynamic>),
    Integers(Integers<'a, Dynamic>),
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
    type Shape = Dynamic;

    fn dims(&self) -> usize {
        of_numbers!(self, part => part.dims())
    }

    #[inline(always)]
    fn extract(&self, frame: &[f32], to: &mut [f32]) -> Result<f32, FrameError> {
        of_numbers!(self, part => part.extract(frame, to))
    }

    fn log_slope(&self, index: usize, x: f32) -> f32 {
        of_numbers!(self, part => part.log_slope(index, x))
    }

    #[inline(always)]
    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        of_numbers!(self, part => part.encoder_input(features, input));
    }

    fn restore(&self, frame: &mut [f32]) {
        of_numbers!(self, part => part.restore(frame));
    }
}

/// Preprocessing: the map of numbers, and what stands around it where some are no mere numbers.
#[derive(Debug)]
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
}

impl<'a> AnyFeatures<'a> {
    /// The period of each number of a frame, 0 where it is no angle; none where no number is.
    pub(super) fn periods(&self) -> &'a [f32] {
        match self {
            AnyFeatures::Angles(part) => part.periods(),
            _ => &[],
        }
    }
}

impl Features for AnyFeatures<'_> {
    type Shape = Dynamic;

    fn dims(&self) -> usize {
        each!(self, part => part.dims())
    }

    #[inline(never)]
    fn extract(&self, frame: &[f32], to: &mut [f32]) -> Result<f32, FrameError> {
        wide(
            #[inline(always)]
            || each!(self, part => part.extract(frame, to)),
        )
    }

    fn log_slope(&self, index: usize, x: f32) -> f32 {
        each!(self, part => part.log_slope(index, x))
    }

    #[inline(never)]
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

impl WholeNumbers for AnyFeatures<'_> {
    fn grid(&self, index: usize) -> (f32, f32) {
        match self {
            AnyFeatures::Numbers(AnyNumbers::Integers(part)) => part.grid(index),
            // every other whole number is its own feature
            _ => (0.0, 1.0),
        }
    }
}

/// Hidden layers that read features as they are, or categories one-hot.
#[derive(Debug)]
pub(super) enum AnyEncoder<'a> {
    Plain(Chain<'a>),
    OneHot(OneHot<'a, Dynamic, Chain<'a>>),
    SineCosine(SineCosine<'a, Dynamic, Chain<'a>>),
}

impl<'a> AnyEncoder<'a> {
    /// Takes the sections.
    pub(super) fn read(shape: &Architecture, sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let (dims, inputs) = (shape.features as usize, shape.input_width());
        let layers = |sections: &mut _| Chain::read(sections, shape.weights, inputs, &shape.encoder);
        Ok(match shape.likelihood.columns() {
            Columns::Numbers => AnyEncoder::Plain(layers(sections)?),
            Columns::Categories { .. } => {
                AnyEncoder::OneHot(OneHot::read(sections, dims, inputs as usize, layers)?)
            }
            Columns::Angles { .. } => {
                AnyEncoder::SineCosine(SineCosine::read(sections, dims, inputs as usize, layers)?)
            }
        })
    }
}

impl Layer for AnyEncoder<'_> {
    type In = Dynamic;
    type Out = Dynamic;
    type From = f32;
    type To = f32;

    fn outputs(&self) -> usize {
        match self {
            AnyEncoder::Plain(layers) => layers.outputs(),
            AnyEncoder::OneHot(layers) => layers.outputs(),
            AnyEncoder::SineCosine(layers) => layers.outputs(),
        }
    }

    #[inline(never)]
    fn forward<const L: usize>(&self, x: &[[f32; L]]) -> Buffer<[f32; L]> {
        match self {
            AnyEncoder::Plain(layers) => layers.forward(x),
            AnyEncoder::OneHot(layers) => layers.forward(x),
            AnyEncoder::SineCosine(layers) => layers.forward(x),
        }
    }
}
