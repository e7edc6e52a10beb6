//! The dense layer.

use super::Layer;
use super::activation::{Activation, StaticActivation};
use crate::fingerprint::{self, Fingerprint};
use crate::format::{Load, LoadError, Sections};
use crate::kernel::{self, TILE, Tile};
use crate::shape::{Shape, Width};
use core::marker::PhantomData;

/// A layer whose outputs can be had eight at a time, so that a wide output need never be stored.
pub trait Projection: Layer {
    /// The outputs `8t .. 8t + 8` for `L` samples; those past the last output are meaningless.
    fn tile<const L: usize>(&self, t: usize, x: &[[f32; L]]) -> Tile<L>;

    /// Hands over the outputs one by one, then the padding.
    fn for_each_row<const L: usize>(&self, x: &[[f32; L]], visit: impl FnMut([f32; L]));
}

/// `y = f(W·x + b)`, with weights borrowed from the model file (see [`crate::Dense`] for fixed sizes).
///
/// **Shape.** `W`: outputs × inputs, stored tile-major as [`crate::kernel`] describes.
///
/// **Cost.** inputs · outputs multiply-adds a sample, outputs rounded up to a multiple of 8.
#[derive(Clone, Copy, Debug)]
pub struct DenseLayer<'a, I, O, A> {
    weights: &'a [[f32; TILE]],
    bias: &'a [[f32; TILE]],
    inputs: usize,
    outputs: usize,
    activation: A,
    shape: PhantomData<fn(I) -> O>,
}

impl<'a, I: Shape, O: Shape, A: Activation> DenseLayer<'a, I, O, A> {
    /// Takes the layer's two sections, weights then bias.
    ///
    /// # Errors
    /// [`LoadError`] where the sections are missing, misaligned or hold a number that is not finite.
    pub fn read(
        sections: &mut Sections<'a>,
        inputs: usize,
        outputs: usize,
        activation: A,
    ) -> Result<Self, LoadError> {
        let tiles = kernel::tiles(outputs);
        let weights = sections.tiles(tiles.checked_mul(inputs).ok_or(LoadError::Malformed)?)?;
        let bias = sections.tiles(tiles)?;
        Ok(DenseLayer { weights, bias, inputs, outputs, activation, shape: PhantomData })
    }

    #[inline(always)]
    fn inputs(&self) -> usize {
        I::resolve(self.inputs)
    }
}

impl<I: Shape, O: Shape, A: Activation> Layer for DenseLayer<'_, I, O, A> {
    type In = I;
    type Out = O;

    #[inline(always)]
    fn outputs(&self) -> usize {
        O::resolve(self.outputs)
    }

    #[cfg_attr(target_os = "none", inline)]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn forward<const L: usize>(&self, x: &[[f32; L]]) -> O::Buffer<[f32; L]> {
        let mut y = O::scratch(self.outputs());
        let (tiles, rest) = y.as_mut().as_chunks_mut::<TILE>();
        kernel::dense(self.weights, self.bias, x, tiles);
        self.activation.apply_all(tiles.as_flattened_mut().as_flattened_mut());
        if !rest.is_empty() {
            let last = self.tile(self.outputs() / TILE, x);
            rest.iter_mut().zip(last).for_each(|(y, s)| *y = s);
        }
        y
    }
}

impl<I: Shape, O: Shape, A: Activation> Projection for DenseLayer<'_, I, O, A> {
    #[inline(always)]
    fn tile<const L: usize>(&self, t: usize, x: &[[f32; L]]) -> Tile<L> {
        let weights = self.weights.get(t * self.inputs()..).unwrap_or(&[]);
        let mut tile = kernel::tile(weights, self.bias.get(t).unwrap_or(&[0.0; TILE]), x);
        self.activation.apply_all(tile.as_flattened_mut());
        tile
    }

    #[inline(always)]
    fn for_each_row<const L: usize>(&self, x: &[[f32; L]], mut visit: impl FnMut([f32; L])) {
        kernel::for_each_row(
            self.weights,
            self.bias,
            x,
            self.outputs(),
            #[inline(always)]
            |mut row| {
                self.activation.apply_all(&mut row);
                visit(row);
            },
        );
    }
}

impl<'a, const I: usize, const O: usize, A: StaticActivation> Load<'a>
    for DenseLayer<'a, Width<I>, Width<O>, A>
{
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        const { assert!(I > 0 && O > 0, "a dense layer has at least one input and one output") }
        DenseLayer::read(sections, I, O, A::default())
    }
}

impl<const I: usize, const O: usize, A: StaticActivation> Fingerprint
    for DenseLayer<'_, Width<I>, Width<O>, A>
{
    const FINGERPRINT: u32 = fingerprint::dense(I as u32, O as u32, A::KIND);
}
