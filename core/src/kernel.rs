//! The arithmetic of a dense layer, in one place: every weight type and every batch form lives here.
//!
//! Weights are *tile-major*: outputs are taken eight at a time, and for each tile the weights lie as
//! `[input][8 outputs]`, so one pass over memory feeds eight sums that live in registers. The last tile is padded
//! with zeros. A sum is always formed in the same order, whatever the tile or the number of samples side by side:
//!
//! `s = b; for i in 0..n { s = s + w[i]·x[i] }`, each operation rounded to nearest (numeric profile 1).
//!
//! Speed comes from doing several *outputs* and several *samples* (lanes) at once, which leaves each sum alone.
//! A weight type is a [`Weight`], which says how a product is added, and a
//! [`Finish`], which says what becomes of a sum.
//!
//! `cfg_attr(target_os = "none", inline(never))`, here and in other modules, marks what a device shall hold one copy of: else
//! there would be one for each layer, or for each turn of a short loop. A host inlines it.

mod finish;
mod weight;

pub use finish::{AsIs, Finish, NODES, Requantize, Scale};
pub use weight::{Sum, Weight};

use crate::shape::Element;
use core::marker::PhantomData;
use core::slice::from_mut;

/// Outputs per tile.
pub const TILE: usize = 8;

/// Outputs per pass when several samples go side by side: 4 outputs × 4 samples fill the registers of a Cortex-M4F.
const HALF: usize = TILE / 2;

/// From this many samples on, all outputs of a tile go in one pass: eight sums of 16 samples are a quarter of AVX-512's
/// registers, and enough to hide the time that an addition takes.
const MANY: usize = 16;

/// Armv6-M, known by what it lacks: an atomic exchange.
const ARMV6M: bool = cfg!(all(target_arch = "arm", not(target_has_atomic = "32")));

/// Inputs in one turn of the loop over integers, where LLVM may reorder the sums, and does best with this many.
const INTEGER_UNROLL: usize = if cfg!(target_arch = "riscv32") {
    2
} else if ARMV6M {
    4
} else {
    8
};

/// Eight outputs of `L` samples.
pub type Tile<const L: usize, T = f32> = [[T; L]; TILE];

/// How many tiles `outputs` take.
pub const fn tiles(outputs: usize) -> usize {
    outputs.div_ceil(TILE)
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

    /// `y[o][l] = finish(bias[o] + Σ_i weights[o][i]·x[i][l])`, inputs rising, for as many tiles as `y` has, from tile `first`.
    ///
    /// **Shape.** `x`: `[inputs][L]`, `y`: `[tiles][8][L]`.
    ///
    /// **Cost.** inputs · 8 · L multiply-adds a tile; each weight is read once for all `L` samples.
    fn dense<const L: usize>(&self, first: usize, x: &[[Self::From; L]], y: &mut [Tile<L, Self::To>]);

    /// As [`dense`](Self::dense), but hands each of the `outputs` over instead of storing it, and then some padding.
    fn for_each_row<const L: usize>(
        &self,
        x: &[[Self::From; L]],
        outputs: usize,
        visit: impl FnMut([Self::To; L]),
    );

    /// One tile.
    #[inline(always)]
    fn tile<const L: usize>(&self, t: usize, x: &[[Self::From; L]]) -> Tile<L, Self::To> {
        let mut y = [[Self::To::ZERO; L]; TILE];
        self.dense(t, x, from_mut(&mut y));
        y
    }
}

impl<X: Element, W: Weight<X>, F: Finish<W::Sum>> Kernel for Tiles<'_, X, W, F> {
    type From = X;
    type To = F::To;

    #[inline(always)]
    fn dense<const L: usize>(&self, first: usize, x: &[[X; L]], y: &mut [Tile<L, F::To>]) {
        let weights = self.weights.get(first * x.len()..).unwrap_or(&[]);
        dense(weights, self.bias.get(first..).unwrap_or(&[]), self.finish.skip(first), x, y);
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

/// What a pass over some rows of a tile needs.
struct Block<'a, X, W: Weight<X>, F, const L: usize> {
    t: usize,
    weights: &'a [[W; TILE]],
    bias: &'a [W::Sum; TILE],
    finish: F,
    x: &'a [[X; L]],
}

impl<X: Element, W: Weight<X>, F: Finish<W::Sum>, const L: usize> Block<'_, X, W, F, L> {
    /// All outputs, one sample after another.
    #[inline(always)]
    fn one_by_one(&self) -> Tile<L, F::To> {
        let mut y = [[F::To::ZERO; L]; TILE];
        for l in 0..L {
            let sums = self.sums::<1, TILE, INTEGER_UNROLL>(0, l);
            y.iter_mut().zip(self.finish.finish(self.t, 0, sums)).for_each(|(y, [output])| y[l] = output);
        }
        y
    }

    /// All outputs.
    #[inline(always)]
    fn whole(&self) -> Tile<L, F::To> {
        self.finish.finish(self.t, 0, self.sums::<L, TILE, 4>(0, 0))
    }

    /// Half of the outputs.
    #[inline(always)]
    fn half(&self, part: usize) -> [[F::To; L]; HALF] {
        if L < MANY {
            return self.finish.finish(self.t, part, self.sums::<L, HALF, 2>(part, 0));
        }
        let mut sums = splat(of_part(part, self.bias));
        for (w, x) in self.weights.iter().zip(self.x) {
            sums = add_lanes(sums, of_part(part, w), x);
        }
        self.finish.finish(self.t, part, sums)
    }

    /// The two halves in one pass over the inputs.
    #[inline(always)]
    fn both_halves(&self) -> [[[F::To; L]; HALF]; 2] {
        let mut lower = splat(of_part(0, self.bias));
        let mut upper = splat(of_part(1, self.bias));
        for (w, x) in self.weights.iter().zip(self.x) {
            lower = add_lanes(lower, of_part(0, w), x);
            upper = add_lanes(upper, of_part(1, w), x);
        }
        [self.finish.finish(self.t, 0, lower), self.finish.finish(self.t, 1, upper)]
    }

    /// The sums of the rows `part·N .. part·N + N`, for `M` samples from `first` on, `UNROLL` inputs in each turn of the loop.
    #[inline(always)]
    fn sums<const M: usize, const N: usize, const UNROLL: usize>(
        &self,
        part: usize,
        first: usize,
    ) -> [[W::Sum; M]; N] {
        let mut s = of_part(part, self.bias).map(|bias| [bias; M]);
        let (mut ws, last_ws) = self.weights.as_chunks::<UNROLL>();
        let (mut xs, last_xs) = self.x.as_chunks::<UNROLL>();
        // by slice patterns, not `zip`: LLVM then counts down, which takes an instruction less in each turn on Thumb
        while let ([w, rest_ws @ ..], [x, rest_xs @ ..]) = (ws, xs) {
            for (w, x) in w.iter().zip(x) {
                add(&mut s, part, w, first, x);
            }
            (ws, xs) = (rest_ws, rest_xs);
        }
        for (w, x) in last_ws.iter().zip(last_xs) {
            add(&mut s, part, w, first, x);
        }
        s
    }
}

/// `s[o][l] += w[part·N + o]·x[first + l]`
#[inline(always)]
fn add<X, W: Weight<X>, const L: usize, const M: usize, const N: usize>(
    s: &mut [[W::Sum; M]; N],
    part: usize,
    w: &[W; TILE],
    first: usize,
    x: &[X; L],
) where
    X: Element,
{
    // borrowed: eight bits that are copied would be loaded in words and taken apart
    let (w, x): (Option<&[W; N]>, _) =
        (w.as_chunks().0.get(part), x.get(first..).and_then(<[X]>::first_chunk::<M>));
    let (Some(w), Some(x)) = (w, x) else { return };
    for (s, w) in s.iter_mut().zip(w) {
        for (s, x) in s.iter_mut().zip(x) {
            *s = w.add_product(*x, *s);
        }
    }
}

/// As [`add`], of all samples. Four variables, one by one: LLVM keeps them in registers, while an array of arrays that a loop walks
/// may end in memory, one sample at a time, depending on what else stands in the function.
#[inline(always)]
fn add_lanes<X: Element, W: Weight<X>, const L: usize>(
    [a, b, c, d]: [[W::Sum; L]; HALF],
    [wa, wb, wc, wd]: [W; HALF],
    x: &[X; L],
) -> [[W::Sum; L]; HALF] {
    [add_lane(a, wa, x), add_lane(b, wb, x), add_lane(c, wc, x), add_lane(d, wd, x)]
}

/// Each number in all lanes.
#[inline(always)]
fn splat<T: Copy, const L: usize>([a, b, c, d]: [T; HALF]) -> [[T; L]; HALF] {
    [[a; L], [b; L], [c; L], [d; L]]
}

/// `s[l] + w·x[l]`
#[inline(always)]
fn add_lane<X: Element, W: Weight<X>, const L: usize>(mut s: [W::Sum; L], w: W, x: &[X; L]) -> [W::Sum; L] {
    for (s, x) in s.iter_mut().zip(x) {
        *s = w.add_product(*x, *s);
    }
    s
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
