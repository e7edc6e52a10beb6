//! The dense layer.

use super::Layer;
use super::activation::{Activation, StaticActivation};
use super::weights::ReadWeights;
use crate::fingerprint::{Fingerprint, of};
use crate::format::{Load, LoadError, Sections};
use crate::kernel::{Kernel, TILE, Tile};
use crate::shape::{Shape, Width};
use core::marker::PhantomData;

/// A layer whose outputs can be had eight at a time, so that a wide output need never be stored.
pub trait Projection: Layer<To = f32> {
    /// The outputs `8t .. 8t + 8` for `L` samples; those past the last output are meaningless.
    fn tile<const L: usize>(&self, t: usize, x: &[[Self::From; L]]) -> Tile<L>;

    /// Hands over the outputs one by one, then the padding.
    fn for_each_row<const L: usize>(&self, x: &[[Self::From; L]], visit: impl FnMut([f32; L]));
}

/// `y = f(W·x + b)`, with weights borrowed from the model file (see [`crate::Dense`] for fixed sizes).
///
/// **Shape.** `W`: outputs × inputs, stored tile-major as [`crate::kernel`] describes. Which numbers it is
/// made of, and how they are multiplied, is the business of `K` (see [`super::weights`]).
///
/// **Cost.** inputs · outputs multiply-adds a sample, outputs rounded up to a multiple of 8.
#[derive(Clone, Copy, Debug)]
pub struct DenseLayer<I, O, A, K> {
    weights: K,
    outputs: usize,
    activation: A,
    shape: PhantomData<fn(I) -> O>,
}

impl<'a, I: Shape, O: Shape, A: Activation<K::To>, K: ReadWeights<'a>> DenseLayer<I, O, A, K> {
    /// Takes the layer's sections.
    ///
    /// # Errors
    /// [`LoadError`] where the sections are missing, misaligned or hold a number that is not finite.
    pub fn read(
        sections: &mut Sections<'a>,
        inputs: usize,
        outputs: usize,
        activation: A,
    ) -> Result<Self, LoadError> {
        Ok(DenseLayer {
            weights: K::read(sections, inputs, outputs)?,
            outputs,
            activation,
            shape: PhantomData,
        })
    }
}

impl<I: Shape, O: Shape, A: Activation<K::To>, K: Kernel> Layer for DenseLayer<I, O, A, K> {
    type In = I;
    type Out = O;
    type From = K::From;
    type To = K::To;

    #[inline(always)]
    fn outputs(&self) -> usize {
        O::resolve(self.outputs)
    }

    #[cfg_attr(target_os = "none", inline)]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn forward<const L: usize>(&self, x: &[[K::From; L]]) -> O::Buffer<[K::To; L]> {
        let mut y = O::scratch(self.outputs());
        let (tiles, rest) = y.as_mut().as_chunks_mut::<TILE>();
        self.weights.dense(0, x, tiles);
        self.activation.apply_all(tiles.as_flattened_mut().as_flattened_mut());
        if !rest.is_empty() {
            let mut last = self.weights.tile(self.outputs() / TILE, x);
            self.activation.apply_all(last.as_flattened_mut());
            rest.iter_mut().zip(last).for_each(|(y, s)| *y = s);
        }
        y
    }
}

impl<I: Shape, O: Shape, A: Activation, K: Kernel<To = f32>> Projection for DenseLayer<I, O, A, K> {
    #[inline(always)]
    fn tile<const L: usize>(&self, t: usize, x: &[[K::From; L]]) -> Tile<L> {
        let mut tile = self.weights.tile(t, x);
        self.activation.apply_all(tile.as_flattened_mut());
        tile
    }

    #[inline(always)]
    fn for_each_row<const L: usize>(&self, x: &[[K::From; L]], mut visit: impl FnMut([f32; L])) {
        self.weights.for_each_row(
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

impl<'a, const I: usize, const O: usize, A, K: ReadWeights<'a>> Load<'a>
    for DenseLayer<Width<I>, Width<O>, A, K>
where
    A: StaticActivation + Activation<K::To>,
{
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        const { assert!(I > 0 && O > 0, "a dense layer has at least one input and one output") }
        DenseLayer::read(sections, I, O, A::default())
    }
}

impl<'a, const I: usize, const O: usize, A: StaticActivation, K: ReadWeights<'a>> Fingerprint
    for DenseLayer<Width<I>, Width<O>, A, K>
{
    const FINGERPRINT: u32 = of(&[K::PART as u32, I as u32, O as u32, A::KIND as u32]);
}
