//! Preprocessing of any kind, and the encoder that reads what it gives.

use elbow::architecture::{Architecture, FeaturesKind, LikelihoodKind};
use elbow::features::{
    Binary, Categories, Counts, Features, Integers, LogStandardize, Standardize, WholeNumbers,
};
use elbow::format::Sections;
use elbow::layer::{Layer, OneHot};
use elbow::{FrameError, LoadError};

use super::net::Chain;
use super::{Buffer, Dynamic};
use crate::simd::wide;

/// Preprocessing whose kind is a choice at run time.
#[derive(Debug)]
pub(super) enum AnyFeatures<'a> {
    Binary(Binary<Dynamic>),
    Counts(Counts<Dynamic>),
    Standardize(Standardize<'a, Dynamic>),
    LogStandardize(LogStandardize<'a, Dynamic>),
    Integers(Integers<'a, Dynamic>),
    Categories(Categories<'a, Standardize<'a, Dynamic>>),
    LogCategories(Categories<'a, LogStandardize<'a, Dynamic>>),
}

/// Evaluates an expression for the part that there is.
macro_rules! each {
    ($any:expr, $part:ident => $value:expr) => {
        match $any {
            AnyFeatures::Binary($part) => $value,
            AnyFeatures::Counts($part) => $value,
            AnyFeatures::Standardize($part) => $value,
            AnyFeatures::LogStandardize($part) => $value,
            AnyFeatures::Integers($part) => $value,
            AnyFeatures::Categories($part) => $value,
            AnyFeatures::LogCategories($part) => $value,
        }
    };
}

impl<'a> AnyFeatures<'a> {
    /// Takes the sections.
    pub(super) fn read(shape: &Architecture, sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let dims = shape.features as usize;
        let has_categories = matches!(shape.likelihood, LikelihoodKind::GaussianCategorical { .. });
        Ok(match shape.preprocessing {
            FeaturesKind::Binary => AnyFeatures::Binary(Binary::new(dims)),
            FeaturesKind::Counts { .. } => AnyFeatures::Counts(Counts::read(sections, dims)?),
            FeaturesKind::Integers => AnyFeatures::Integers(Integers::read(sections, dims)?),
            FeaturesKind::Standardize => {
                let numbers = Standardize::read(sections, dims)?;
                if has_categories {
                    AnyFeatures::Categories(Categories::read(numbers, sections)?)
                } else {
                    AnyFeatures::Standardize(numbers)
                }
            }
            FeaturesKind::LogStandardize => {
                let numbers = LogStandardize::read(sections, dims)?;
                if has_categories {
                    AnyFeatures::LogCategories(Categories::read(numbers, sections)?)
                } else {
                    AnyFeatures::LogStandardize(numbers)
                }
            }
        })
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

    fn restore(&self, frame: &mut [f32]) {
        each!(self, part => part.restore(frame));
    }
}

impl WholeNumbers for AnyFeatures<'_> {
    fn grid(&self, index: usize) -> (f32, f32) {
        match self {
            AnyFeatures::Integers(part) => part.grid(index),
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
}

impl<'a> AnyEncoder<'a> {
    /// Takes the sections.
    pub(super) fn read(shape: &Architecture, sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let layers =
            |sections: &mut _| Chain::read(sections, shape.weights, shape.frame_width(), &shape.encoder);
        Ok(match shape.likelihood {
            LikelihoodKind::GaussianCategorical { outputs } => {
                let (dims, inputs) = (shape.features as usize, outputs as usize);
                AnyEncoder::OneHot(OneHot::read(sections, dims, inputs, layers)?)
            }
            _ => AnyEncoder::Plain(layers(sections)?),
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
        }
    }

    #[inline(never)]
    fn forward<const L: usize>(&self, x: &[[f32; L]]) -> Buffer<[f32; L]> {
        match self {
            AnyEncoder::Plain(layers) => layers.forward(x),
            AnyEncoder::OneHot(layers) => layers.forward(x),
        }
    }
}
