//! A run-time number of layers, for each weight type.

use elbow::LoadError;
use elbow::architecture::{Activation, Hidden};
use elbow::format::Sections;
use elbow::layer::activation::{self, Identity};
use elbow::layer::weights::{Int8x8, Int8x8Hidden, ReadWeights};
use elbow::layer::{DenseLayer, Layer, PassThrough, Quantize};
use elbow::shape::Element;
use std::fmt::Debug;
use std::marker::PhantomData;

use super::{Buffer, Dynamic};
use crate::simd::wide;

/// A layer of run-time sizes.
pub(super) type Dense<A, K> = DenseLayer<Dynamic, Dynamic, A, K>;

/// First one layer, then any number of others; the first makes the numbers that the others read.
#[derive(Clone, Debug)]
pub(super) struct Chain<F, H> {
    first: F,
    rest: Vec<H>,
    outputs: usize,
}

impl<F, H> Layer for Chain<F, H>
where
    F: Layer<In = Dynamic, Out = Dynamic>,
    H: Layer<In = Dynamic, Out = Dynamic, From = F::To, To = F::To>,
{
    type In = Dynamic;
    type Out = Dynamic;
    type From = F::From;
    type To = F::To;

    fn outputs(&self) -> usize {
        self.outputs
    }

    fn forward<const L: usize>(&self, x: &[[F::From; L]]) -> Buffer<[F::To; L]> {
        wide(
            #[inline(always)]
            || {
                let mut h = self.first.forward(x);
                for layer in &self.rest {
                    h = layer.forward(h.as_ref());
                }
                h
            },
        )
    }
}

/// The layers of one weight type.
pub(super) trait Layers<'a> {
    /// What a hidden vector is made of.
    type Hidden: Element;
    /// Hidden layers one after another.
    type Chain: Layer<In = Dynamic, Out = Dynamic, From = f32, To = Self::Hidden> + Debug + Send + Sync + 'a;
    /// Weights of the layer that ends them.
    type Last: ReadWeights<'a, From = Self::Hidden, To = f32> + Debug + Send + Sync + 'a;

    /// Takes the sections of hidden layers.
    fn chain(sections: &mut Sections<'a>, inputs: u32, layers: &[Hidden]) -> Result<Self::Chain, LoadError>;
    /// Takes the sections of a layer that ends them.
    fn dense<A: activation::Activation>(
        sections: &mut Sections<'a>,
        inputs: u32,
        outputs: u32,
        activation: A,
    ) -> Result<Dense<A, Self::Last>, LoadError> {
        DenseLayer::read(sections, inputs as usize, outputs as usize, activation)
    }
}

/// Layers on floats, with weights `K`.
#[derive(Debug)]
pub(super) struct Weights<K>(PhantomData<K>);

impl<'a, K> Layers<'a> for Weights<K>
where
    K: ReadWeights<'a, From = f32, To = f32> + Debug + Send + Sync + 'a,
{
    type Hidden = f32;
    type Chain = Chain<PassThrough<Dynamic>, Dense<Activation, K>>;
    type Last = K;

    fn chain(sections: &mut Sections<'a>, inputs: u32, layers: &[Hidden]) -> Result<Self::Chain, LoadError> {
        let first = elbow::layer::PassThrough::new(inputs as usize);
        let (rest, outputs) = read(inputs, layers, |inputs, layer| {
            DenseLayer::read(sections, inputs, layer.width as usize, layer.activation)
        })?;
        Ok(Chain { first, rest, outputs })
    }
}

/// Layers on integers.
#[derive(Debug)]
pub(super) struct IntegerWeights;

impl<'a> Layers<'a> for IntegerWeights {
    type Hidden = u8;
    type Chain =
        Chain<(Quantize<Dynamic>, Dense<Identity, Int8x8Hidden<'a, u16>>), Dense<Identity, Int8x8Hidden<'a>>>;
    type Last = Int8x8<'a>;

    fn chain(sections: &mut Sections<'a>, inputs: u32, layers: &[Hidden]) -> Result<Self::Chain, LoadError> {
        let (layer, rest) = layers.split_first().ok_or(LoadError::Malformed)?;
        let (inputs, width) = (inputs as usize, layer.width as usize);
        let quantize = Quantize::read(sections, inputs)?;
        let first = (quantize, DenseLayer::read(sections, inputs, width, Identity)?);
        let (rest, outputs) = read(layer.width, rest, |inputs, layer| {
            DenseLayer::read(sections, inputs, layer.width as usize, Identity)
        })?;
        Ok(Chain { first, rest, outputs })
    }
}

/// Each layer with the width before it, and the width of the last.
fn read<H>(
    inputs: u32,
    layers: &[Hidden],
    mut one: impl FnMut(usize, &Hidden) -> Result<H, LoadError>,
) -> Result<(Vec<H>, usize), LoadError> {
    let mut width = inputs;
    let layers = layers.iter().map(|layer| {
        let inputs = std::mem::replace(&mut width, layer.width);
        one(inputs as usize, layer)
    });
    let layers = layers.collect::<Result<Vec<_>, _>>()?;
    Ok((layers, width as usize))
}
