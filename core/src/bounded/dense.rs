//! Dense layers whose weights are a choice at run time.

use super::memory::{Lent, codes, codes_mut, lanes, lanes_mut};
use crate::architecture::{Activation, WeightKind};
use crate::format::{LoadError, Sections};
use crate::kernel::{Kernel, TILE, Tile, tiles};
use crate::layer::Rows;
use crate::layer::activation::Activation as _;
use crate::layer::weights::{F32, Int8, Int8x8, Int8x8Hidden, ReadWeights};
use core::slice::from_mut;

/// What multiplies.
#[derive(Clone, Copy, Debug)]
enum Weights<'a> {
    F32(F32<'a>),
    Int8(Int8<'a>),
    /// the last of a chain of integers
    Int8x8(Int8x8<'a>),
    /// from integers to integers
    Hidden(Int8x8Hidden<'a>),
    /// the first of them
    First(Int8x8Hidden<'a, u16>),
}

/// A dense layer of any weights.
#[derive(Clone, Copy, Debug)]
pub(super) struct AnyDense<'a> {
    weights: Weights<'a>,
    inputs: usize,
    outputs: usize,
    activation: Activation,
}

impl<'a> AnyDense<'a> {
    /// Takes a layer that gives floats: the last of a network's encoder or decoder, or any on float inputs.
    pub(super) fn read(
        sections: &mut Sections<'a>,
        kind: WeightKind,
        inputs: u32,
        outputs: u32,
        activation: Activation,
    ) -> Result<Self, LoadError> {
        let (inputs, outputs) = (inputs as usize, outputs as usize);
        let weights = match kind {
            WeightKind::F32 => Weights::F32(F32::read(sections, inputs, outputs)?),
            WeightKind::Int8 => Weights::Int8(Int8::read(sections, inputs, outputs)?),
            WeightKind::Int8x8 => Weights::Int8x8(Int8x8::read(sections, inputs, outputs)?),
        };
        Ok(AnyDense { weights, inputs, outputs, activation })
    }

    /// Takes a hidden layer of integers, whose activation function is a table among the weights.
    pub(super) fn read_codes(
        sections: &mut Sections<'a>,
        is_first: bool,
        inputs: u32,
        outputs: u32,
    ) -> Result<Self, LoadError> {
        let (inputs, outputs) = (inputs as usize, outputs as usize);
        let weights = if is_first {
            Weights::First(Int8x8Hidden::read(sections, inputs, outputs)?)
        } else {
            Weights::Hidden(Int8x8Hidden::read(sections, inputs, outputs)?)
        };
        Ok(AnyDense { weights, inputs, outputs, activation: Activation::Identity })
    }

    /// Number of outputs.
    pub(super) fn outputs(&self) -> usize {
        self.outputs
    }

    /// The outputs for `L` samples: both memories hold them lane by lane.
    pub(super) fn forward<const L: usize>(&self, x: &[f32], y: &mut [f32]) {
        let (inputs, all) = (self.inputs, tiles(self.outputs));
        match &self.weights {
            Weights::Hidden(weights) => {
                weights.dense(0, codes::<u8, L>(x, inputs), as_tiles(codes_mut::<u8, L>(y, all * TILE)));
            }
            Weights::First(weights) => {
                weights.dense(0, codes::<u16, L>(x, inputs), as_tiles(codes_mut::<u8, L>(y, all * TILE)));
            }
            _ => self.tiles_into::<L>(0, x, as_tiles(lanes_mut(y, all * TILE))),
        }
    }

    /// The tiles from `first` on, as many as `y` has, of a layer that gives floats.
    #[inline(always)]
    fn tiles_into<const L: usize>(&self, first: usize, x: &[f32], y: &mut [Tile<L>]) {
        match &self.weights {
            Weights::F32(weights) => weights.dense(first, lanes::<L>(x, self.inputs), y),
            Weights::Int8(weights) => weights.dense(first, lanes::<L>(x, self.inputs), y),
            Weights::Int8x8(weights) => weights.dense(first, codes::<u8, L>(x, self.inputs), y),
            // integers are no floats, and nobody asks for them
            Weights::Hidden(_) | Weights::First(_) => {}
        }
        if self.activation != Activation::Identity {
            self.activation.apply_all(y.as_flattened_mut().as_flattened_mut());
        }
    }

    /// One tile of a layer that gives floats.
    #[inline(never)]
    pub(super) fn tile<const L: usize>(&self, t: usize, x: &[f32], y: &mut Tile<L>) {
        self.tiles_into(t, x, from_mut(y));
    }
}

fn as_tiles<T, const L: usize>(rows: &mut [[T; L]]) -> &mut [Tile<L, T>] {
    rows.as_chunks_mut().0
}

impl Rows for AnyDense<'_> {
    type In = Lent;
    type From = f32;

    fn outputs(&self) -> usize {
        self.outputs
    }

    #[inline(always)]
    fn for_each_row<const L: usize>(&self, x: &[[f32; L]], mut visit: impl FnMut([f32; L])) {
        let mut y = [[0.0; L]; TILE];
        for t in 0..tiles(self.outputs) {
            self.tile(t, x.as_flattened(), &mut y);
            for row in &y {
                visit(*row);
            }
        }
    }
}
