//! The arithmetic of a dense layer, in one place: every weight type and every batch form lives here.
//!
//! Weights are *tile-major*: outputs are taken eight at a time, and for each tile the weights lie as
//! `[input][8 outputs]`, so one pass over memory feeds eight sums that live in registers. The last tile is
//! padded with zeros. A sum is always formed in the same order, whatever the tile or the number of samples
//! side by side:
//!
//! `s = b; for i in 0..n { s = s + w[i]·x[i] }`, each operation rounded to nearest (numeric profile 1).
//!
//! Speed comes from doing several *outputs* and several *samples* (lanes) at once, which leaves each sum
//! alone. A weight type is a [`Weight`], which says how a product is added, and a [`Finish`], which says what
//! becomes of a sum.
//!
//! `cfg_attr(target_os = "none", inline(never))`, here and in other modules, marks what a device shall hold
//! one copy of: else there would be one for each layer, or for each turn of a short loop. A host inlines it.

mod block;
mod finish;
mod weight;
// at level 3 loops are as good, and LLVM finds the better order of integers in them
#[cfg(sums_written_out)]
mod written_out;

pub use finish::{AsIs, Finish, NODES, Requantize, Scale};
pub use weight::{Sum, Weight};

use self::block::{Block, MANY, four_tiles};
use crate::shape::Element;
use core::marker::PhantomData;
use core::slice::from_mut;

/// Outputs per tile.
pub const TILE: usize = 8;

/// Armv6-M, known by what it lacks: an atomic exchange.
pub(crate) const ARMV6M: bool = cfg!(all(target_arch = "arm", not(target_has_atomic = "32")));

/// Outputs per pass when several samples go side by side: 4 outputs × 4 samples fill the registers of a
/// Cortex-M4F.
const HALF: usize = TILE / 2;

/// Eight outputs of `L` samples.
pub type Tile<const L: usize, T = f32> = [[T; L]; TILE];

/// How many tiles `outputs` take.
pub const fn tiles(outputs: usize) -> usize {
    outputs.div_ceil(TILE)
}

/// Rows of eight numbers in the tiles of a triangle.
pub const fn triangle(dims: usize) -> usize {
    let (mut rows, mut tile) = (0, 0);
    while tile < tiles(dims) {
        rows += reach(tile, dims);
        tile += 1;
    }
    rows
}

/// Inputs that the outputs of a tile read.
pub(crate) const fn reach(tile: usize, dims: usize) -> usize {
    let end = (tile + 1) * TILE;
    if end < dims { end } else { dims }
}

/// The parameters of a dense layer of weights `W` on inputs `X`, borrowed.
#[derive(Clone, Copy, Debug)]
pub struct Tiles<'a, X, W: Weight<X>, F> {
    /// `[tiles][inputs][8]`
    pub weights: &'a [[W; TILE]],
    /// `[tiles][8]`
    pub bias: &'a [[W::Sum; TILE]],
    /// what becomes of a sum
    pub finish: F,
    /// what the weights multiply
    pub input: PhantomData<fn(X)>,
}

/// A dense layer, whatever its numbers.
pub trait Kernel: Copy {
    /// What it reads.
    type From: Element;
    /// What it gives.
    type To: Element;

    /// `y[o][l] = finish(bias[o] + Σ_i weights[o][i]·x[i][l])`, inputs rising, for as many tiles as `y` has,
    /// from tile `first`.
    ///
    /// **Shape.** `x`: `[inputs][L]`, `y`: `[tiles][8][L]`.
    ///
    /// **Cost.** inputs · 8 · L multiply-adds a tile; each weight is read once for all `L` samples.
    fn dense<const L: usize>(&self, first: usize, x: &[[Self::From; L]], y: &mut [Tile<L, Self::To>]);

    /// As [`dense`](Self::dense), the same bits, faster with 16 registers than with 32: for hosts, which know
    /// at run time how many they have.
    #[inline(always)]
    fn dense_in_few_registers<const L: usize>(
        &self,
        first: usize,
        x: &[[Self::From; L]],
        y: &mut [Tile<L, Self::To>],
    ) {
        self.dense(first, x, y);
    }

    /// As [`dense`](Self::dense), but hands each of the `outputs` over instead of storing it, and then some
    /// padding.
    fn for_each_row<const L: usize>(
        &self,
        x: &[[Self::From; L]],
        outputs: usize,
        visit: impl FnMut([Self::To; L]),
    );

    /// The way back, of tile `t`: from a slope by its outputs, `to[i][l] += Σ_o weights[o][i]·slope[o][l]`,
    /// outputs rising, each product rounded and added. `false` where weights multiply no floats.
    fn add_transposed<const L: usize>(&self, t: usize, slope: Tile<L>, to: &mut [[f32; L]]) -> bool;

    /// One tile.
    #[inline(always)]
    fn tile<const L: usize>(&self, t: usize, x: &[[Self::From; L]]) -> Tile<L, Self::To> {
        let mut y = [[Self::To::ZERO; L]; TILE];
        self.dense(t, x, from_mut(&mut y));
        y
    }
}

impl<X: Element, W: Weight<X>, F: Finish<W::Sum>> Tiles<'_, X, W, F> {
    /// The tiles from `first` on, of a layer with so many inputs.
    #[inline(always)]
    fn skip(self, first: usize, inputs: usize) -> Self {
        let weights = self.weights.get(first * inputs..).unwrap_or(&[]);
        let bias = self.bias.get(first..).unwrap_or(&[]);
        Tiles { weights, bias, finish: self.finish.skip(first), ..self }
    }
}

impl<X: Element, W: Weight<X>, F: Finish<W::Sum>> Kernel for Tiles<'_, X, W, F> {
    type From = X;
    type To = F::To;

    #[inline(always)]
    fn dense<const L: usize>(&self, first: usize, x: &[[X; L]], y: &mut [Tile<L, F::To>]) {
        let tiles = self.skip(first, x.len());
        if cfg!(target_os = "none") || L > 1 {
            return dense(tiles.weights, tiles.bias, tiles.finish, x, y);
        }
        let done = four_tiles(tiles, x, y);
        let tiles = tiles.skip(done, x.len());
        dense(tiles.weights, tiles.bias, tiles.finish, x, y.get_mut(done..).unwrap_or(&mut []));
    }

    #[inline(always)]
    fn dense_in_few_registers<const L: usize>(&self, first: usize, x: &[[X; L]], y: &mut [Tile<L, F::To>]) {
        if !W::SIDE_BY_SIDE || !L.is_multiple_of(MANY) {
            return self.dense(first, x, y);
        }
        let Tiles { weights, bias, finish, .. } = self.skip(first, x.len());
        for (t, (bias, y)) in bias.iter().zip(y).enumerate() {
            let Some(weights) = of_tile(t, weights, x.len()) else { return };
            *y = Block { t, weights, bias, finish, x }.in_few_registers();
        }
    }

    #[inline(always)]
    fn add_transposed<const L: usize>(&self, t: usize, slope: Tile<L>, to: &mut [[f32; L]]) -> bool {
        let slope = self.finish.pull_back(t, slope);
        of_tile(t, self.weights, to.len()).is_some_and(|weights| add_transposed(weights, &slope, to))
    }

    #[inline(always)]
    fn for_each_row<const L: usize>(&self, x: &[[X; L]], outputs: usize, mut visit: impl FnMut([F::To; L])) {
        for (t, bias) in self.bias.iter().enumerate() {
            let Some(weights) = of_tile(t, self.weights, x.len()) else { return };
            let block = Block { t, weights, bias, finish: self.finish, x };
            let left = outputs.saturating_sub(t * TILE);
            if !W::SIDE_BY_SIDE {
                for row in block.one_by_one() {
                    visit(row);
                }
            } else if L == 1 {
                for row in block.whole() {
                    visit(row);
                }
            } else if L < MANY || left <= HALF {
                for part in 0..left.div_ceil(HALF).min(TILE / HALF) {
                    for row in block.half(part) {
                        visit(row);
                    }
                }
            } else {
                for row in block.both_halves().as_flattened() {
                    visit(*row);
                }
            }
        }
    }
}

/// `to[i] += Σ_o weights[o][i]·slope[o]` of the weights of a tile.
#[cfg_attr(target_os = "none", inline(never))]
#[cfg_attr(not(target_os = "none"), inline(always))]
fn add_transposed<X, W: Weight<X>, const L: usize>(
    weights: &[[W; TILE]],
    slope: &Tile<L>,
    to: &mut [[f32; L]],
) -> bool {
    for (row, to) in weights.iter().zip(to) {
        let mut sum = *to;
        for (weight, slope) in row.iter().zip(slope) {
            let Some(weight) = weight.as_float() else { return false };
            for (sum, slope) in sum.iter_mut().zip(slope) {
                *sum += weight * slope;
            }
        }
        *to = sum;
    }
    true
}

#[cfg_attr(target_os = "none", inline(never))]
#[cfg_attr(not(target_os = "none"), inline(always))]
fn dense<X: Element, W: Weight<X>, F: Finish<W::Sum>, const L: usize>(
    weights: &[[W; TILE]],
    bias: &[[W::Sum; TILE]],
    finish: F,
    x: &[[X; L]],
    y: &mut [Tile<L, F::To>],
) {
    for (t, (bias, y)) in bias.iter().zip(y).enumerate() {
        let Some(weights) = of_tile(t, weights, x.len()) else { return };
        let block = Block { t, weights, bias, finish, x };
        if !W::SIDE_BY_SIDE {
            *y = block.one_by_one();
        } else if L == 1 {
            y.copy_from_slice(&block.whole());
        } else if L < MANY {
            for (part, y) in y.as_chunks_mut().0.iter_mut().enumerate() {
                *y = block.half(part);
            }
        } else {
            let [lower, upper] = block.both_halves();
            y[..HALF].copy_from_slice(&lower);
            y[HALF..].copy_from_slice(&upper);
        }
    }
}

/// The weights of a tile, if they are there.
#[inline(always)]
fn of_tile<W>(t: usize, weights: &[[W; TILE]], inputs: usize) -> Option<&[[W; TILE]]> {
    weights.get(t * inputs..(t + 1) * inputs)
}

/// The numbers of the rows `part·N .. part·N + N` of a tile.
#[inline(always)]
fn of_part<T: Element, const N: usize>(part: usize, tile: &[T; TILE]) -> [T; N] {
    tile.as_chunks().0.get(part).copied().unwrap_or([T::ZERO; N])
}

#[cfg(test)]
mod tests;
