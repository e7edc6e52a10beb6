//! Layers behind one door: whatever their weights, what stands around them is compiled once.

mod block;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt::Debug;

use elbow::LoadError;
use elbow::architecture::{Activation, Hidden, WeightKind};
use elbow::format::Sections;
use elbow::kernel::{Kernel, TILE, Tile, tiles};
use elbow::layer::activation::Activation as _;
use elbow::layer::weights::{F32, Int8, Int8x8, Int8x8Hidden, ReadWeights};
use elbow::layer::{Layer, Projection, Quantize, pull_back};
use elbow::shape::Shape;

use self::block::{Block, Code, Codes, Floats};
use super::{Buffer, Dynamic};
use crate::simd::wide;

/// Tiles that are asked for in one go where outputs are handed over one by one: they stay in the first cache.
const AT_ONCE: usize = 8;

/// A dense layer of any weights.
#[derive(Debug)]
pub(super) struct Dense<'a> {
    weights: Box<dyn Block + 'a>,
    outputs: usize,
    activation: Activation,
}

impl<'a> Dense<'a> {
    /// Takes a layer that gives floats: the last of a network's encoder or decoder, or any on float inputs.
    pub(super) fn read(
        sections: &mut Sections<'a>,
        kind: WeightKind,
        inputs: u32,
        outputs: u32,
        activation: Activation,
    ) -> Result<Self, LoadError> {
        let (inputs, outputs) = (inputs as usize, outputs as usize);
        let weights: Box<dyn Block + 'a> = match kind {
            WeightKind::F32 => Box::new(Floats(F32::read(sections, inputs, outputs)?)),
            WeightKind::Int8 => Box::new(Floats(Int8::read(sections, inputs, outputs)?)),
            WeightKind::Int8x8 => Box::new(Codes(Int8x8::read(sections, inputs, outputs)?)),
        };
        Ok(Dense { weights, outputs, activation })
    }

    /// Takes a hidden layer whose inputs and outputs are integers; `W` names its weights.
    fn hidden<K>(sections: &mut Sections<'a>, inputs: u32, outputs: u32) -> Result<Self, LoadError>
    where
        K: ReadWeights<'a> + Kernel<From: Code, To = u8> + Debug + Send + Sync + 'a,
    {
        let (inputs, outputs) = (inputs as usize, outputs as usize);
        let weights = Box::new(Codes(K::read(sections, inputs, outputs)?));
        // the function is a table among the weights
        Ok(Dense { weights, outputs, activation: Activation::Identity })
    }

    fn tiles_into(&self, lanes: usize, first: usize, x: &[f32], y: &mut [f32]) {
        self.weights.tiles(lanes, first, x, y);
        if self.activation != Activation::Identity {
            activate(self.activation, y);
        }
    }
}

/// `y = f(y)`
fn activate(activation: Activation, y: &mut [f32]) {
    wide(
        #[inline(always)]
        || activation.apply_all(y),
    );
}

impl Layer for Dense<'_> {
    type In = Dynamic;
    type Out = Dynamic;
    type From = f32;
    type To = f32;

    fn outputs(&self) -> usize {
        self.outputs
    }

    fn forward<const L: usize>(&self, x: &[[f32; L]]) -> Buffer<[f32; L]> {
        let mut y = Dynamic::scratch::<[f32; L]>(self.outputs);
        let (whole, rest) = y.as_mut().as_chunks_mut::<TILE>();
        let end = whole.len();
        self.tiles_into(L, 0, x.as_flattened(), whole.as_flattened_mut().as_flattened_mut());
        if !rest.is_empty() {
            let last = self.tile(end, x);
            rest.iter_mut().zip(last).for_each(|(y, s)| *y = s);
        }
        y
    }

    fn pull_back<const L: usize>(&self, x: &[[f32; L]], slope: &[[f32; L]], to: &mut [[f32; L]]) -> bool {
        let sums = |t| {
            let mut y = [[0.0; L]; TILE];
            self.weights.tiles(L, t, x.as_flattened(), y.as_flattened_mut());
            y
        };
        pull_back(self.activation, slope, to, sums, |t, slope, to| self.add_transposed(t, slope, to))
    }
}

impl Projection for Dense<'_> {
    fn tile<const L: usize>(&self, t: usize, x: &[[f32; L]]) -> Tile<L> {
        let mut y = [[0.0; L]; TILE];
        self.tiles_into(L, t, x.as_flattened(), y.as_flattened_mut());
        y
    }

    #[inline(always)]
    fn for_each_row<const L: usize>(&self, x: &[[f32; L]], mut visit: impl FnMut([f32; L])) {
        let all = tiles(self.outputs);
        let mut y = Dynamic::scratch::<Tile<L>>(AT_ONCE.min(all));
        for first in (0..all).step_by(AT_ONCE) {
            let y = &mut y.as_mut()[..AT_ONCE.min(all - first)];
            self.tiles_into(L, first, x.as_flattened(), y.as_flattened_mut().as_flattened_mut());
            // a loop and no `for_each`, which may end as a function that knows no wide registers
            for row in y.as_flattened() {
                visit(*row);
            }
        }
    }

    fn add_transposed<const L: usize>(&self, t: usize, slope: Tile<L>, to: &mut [[f32; L]]) -> bool {
        self.weights.add_transposed(L, t, slope.as_flattened(), to.as_flattened_mut())
    }
}

/// Hidden layers one after another, any number of them.
#[derive(Debug)]
pub(super) struct Chain<'a> {
    quantize: Option<Quantize<Dynamic>>,
    layers: Vec<Dense<'a>>,
    outputs: usize,
}

impl<'a> Chain<'a> {
    /// Takes the sections of the layers.
    pub(super) fn read(
        sections: &mut Sections<'a>,
        kind: WeightKind,
        inputs: u32,
        layers: &[Hidden],
    ) -> Result<Self, LoadError> {
        let quantize = match kind {
            WeightKind::Int8x8 => Some(Quantize::read(sections, inputs as usize)?),
            _ => None,
        };
        let mut width = inputs;
        let layers = layers.iter().enumerate().map(|(i, layer)| {
            let inputs = core::mem::replace(&mut width, layer.width);
            match kind {
                WeightKind::Int8x8 if i == 0 => {
                    Dense::hidden::<Int8x8Hidden<'a, u16>>(sections, inputs, layer.width)
                }
                WeightKind::Int8x8 => Dense::hidden::<Int8x8Hidden<'a>>(sections, inputs, layer.width),
                _ => Dense::read(sections, kind, inputs, layer.width, layer.activation),
            }
        });
        let layers = layers.collect::<Result<Vec<_>, _>>()?;
        Ok(Chain { quantize, layers, outputs: width as usize })
    }
}

impl Layer for Chain<'_> {
    type In = Dynamic;
    type Out = Dynamic;
    type From = f32;
    type To = f32;

    fn outputs(&self) -> usize {
        self.outputs
    }

    fn forward<const L: usize>(&self, x: &[[f32; L]]) -> Buffer<[f32; L]> {
        let codes = self.quantize.as_ref().map(|quantize| as_floats(quantize.forward(x)));
        let x = codes.as_ref().map_or(x, AsRef::as_ref);
        let mut layers = self.layers.iter();
        let mut h = layers.next().map_or_else(|| Buffer::of(x), |layer| layer.forward(x));
        for layer in layers {
            h = layer.forward(h.as_ref());
        }
        h
    }

    fn pull_back<const L: usize>(&self, x: &[[f32; L]], slope: &[[f32; L]], to: &mut [[f32; L]]) -> bool {
        if self.quantize.is_some() {
            return false;
        }
        let Some((last, before)) = self.layers.split_last() else {
            to.copy_from_slice(slope);
            return true;
        };
        let mut inputs = alloc::vec![Buffer::of(x)];
        for layer in before {
            let input = layer.forward(inputs[inputs.len() - 1].as_ref());
            inputs.push(input);
        }
        let mut by_output = Buffer::of(slope);
        for (layer, input) in self.layers.iter().zip(&inputs).skip(1).rev() {
            let mut by_input = Dynamic::scratch::<[f32; L]>(input.as_ref().len());
            if !layer.pull_back(input.as_ref(), by_output.as_ref(), by_input.as_mut()) {
                return false;
            }
            by_output = by_input;
        }
        self.layers.first().unwrap_or(last).pull_back(x, by_output.as_ref(), to)
    }
}

fn as_floats<const L: usize>(codes: Buffer<[u16; L]>) -> Buffer<[f32; L]> {
    let codes = codes.as_ref().as_flattened();
    let mut floats = Dynamic::scratch::<[f32; L]>(codes.len() / L);
    let places = floats.as_mut().as_flattened_mut().iter_mut();
    places.zip(codes).for_each(|(float, code)| *float = f32::from(*code));
    floats
}
