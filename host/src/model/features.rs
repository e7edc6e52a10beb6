//! Preprocessing of any kind, and the encoder that reads what it gives.

use elbow::architecture::{Architecture, Columns};
use elbow::bounded;
use elbow::features::{Features, WholeNumbers};
use elbow::format::Sections;
use elbow::layer::{Layer, OneHot, SineCosine};
use elbow::{FrameError, LoadError};

use super::net::Chain;
use super::{Buffer, Dynamic};
use crate::simd::wide;

/// Preprocessing of any kind, in the widest registers there are.
#[derive(Debug)]
pub(super) struct AnyFeatures<'a>(bounded::AnyFeatures<'a, Dynamic>);

impl<'a> AnyFeatures<'a> {
    /// Takes the sections.
    pub(super) fn read(shape: &Architecture, sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        bounded::AnyFeatures::read(shape, sections).map(AnyFeatures)
    }

    /// The period of each number of a frame, 0 where it is no angle; none where no number is.
    pub(super) fn periods(&self) -> &'a [f32] {
        self.0.periods()
    }
}

impl Features for AnyFeatures<'_> {
    type Shape = Dynamic;

    fn dims(&self) -> usize {
        self.0.dims()
    }

    #[inline(never)]
    fn extract(&self, frame: &[f32], to: &mut [f32]) -> Result<f32, FrameError> {
        wide(
            #[inline(always)]
            || self.0.extract(frame, to),
        )
    }

    fn log_slope(&self, index: usize, x: f32) -> f32 {
        self.0.log_slope(index, x)
    }

    #[inline(never)]
    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        self.0.encoder_input(features, input);
    }

    fn is_number(&self, index: usize) -> bool {
        self.0.is_number(index)
    }

    fn restore(&self, frame: &mut [f32]) {
        self.0.restore(frame);
    }
}

impl WholeNumbers for AnyFeatures<'_> {
    fn grid(&self, index: usize) -> (f32, f32) {
        self.0.grid(index)
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
