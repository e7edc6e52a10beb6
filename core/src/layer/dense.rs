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

    /// The way back from tile `t` but for the activation: [`Kernel::add_transposed`].
    fn add_transposed<const L: usize>(&self, _t: usize, _slope: Tile<L>, _to: &mut [[f32; L]]) -> bool {
        false
    }
}

/// [`Layer::pull_back`] of a dense layer, tile by tile: `sums` gives those of tile t and `add` goes back from
/// the slopes by them, `f'(s)` times those by the outputs.
#[inline(always)]
pub fn pull_back<const L: usize, T: Copy, A: Activation<T>>(
    activation: A,
    slope: &[[f32; L]],
    to: &mut [[f32; L]],
    sums: impl Fn(usize) -> Tile<L, T>,
    add: impl Fn(usize, Tile<L>, &mut [[f32; L]]) -> bool,
) -> bool {
    to.fill([0.0; L]);
    slope.chunks(TILE).enumerate().all(|(t, slope)| {
        // behind the last output there is padding, of slope 0
        let (sums, mut of_sums) = (sums(t), [[0.0; L]; TILE]);
        for ((of_sums, slope), sums) in of_sums.iter_mut().zip(slope).zip(&sums) {
            for ((of_sum, slope), s) in of_sums.iter_mut().zip(slope).zip(sums) {
                let Some(of_activation) = activation.slope(*s) else { return false };
                *of_sum = slope * of_activation;
            }
        }
        add(t, of_sums, to)
    })
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

    fn pull_back<const L: usize>(&self, x: &[[K::From; L]], slope: &[[f32; L]], to: &mut [[f32; L]]) -> bool {
        pull_back(
            self.activation,
            slope,
            to,
            |t| self.weights.tile(t, x),
            |t, slope, to| self.weights.add_transposed(t, slope, to),
        )
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

    fn add_transposed<const L: usize>(&self, t: usize, slope: Tile<L>, to: &mut [[f32; L]]) -> bool {
        self.weights.add_transposed(t, slope, to)
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
