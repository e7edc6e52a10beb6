//! One pass over the inputs: for how many rows of a tile, how many tiles and how many samples at once, so
//! that the sums fill the registers and do not wait for each other.

use super::{ARMV6M, Finish, HALF, TILE, Tile, Tiles, Weight, of_part, of_tile};
use crate::shape::{Element, lanes};

/// From this many samples on, all outputs of a tile go in one pass: eight sums of 16 samples are a quarter of
/// AVX-512's registers, and enough to hide the time that an addition takes. Twice as many are half of them:
/// then a weight is spread over a register for two products, and loads no longer set the pace.
pub(super) const MANY: usize = 16;

/// Inputs in one turn of the loop over integers, where LLVM may reorder the sums, and does best with this
/// many.
const INTEGER_UNROLL: usize = if cfg!(target_arch = "riscv32") {
    2
} else if ARMV6M {
    4
} else {
    8
};

/// As [`dense`](super::dense) for one sample on a host, for as many tiles as there are fours: four sums of a
/// register each, that do not wait for each other. Returns how many tiles that were.
#[inline(always)]
pub(super) fn four_tiles<X: Element, W: Weight<X>, F: Finish<W::Sum>, const L: usize>(
    Tiles { weights, bias, finish, .. }: Tiles<'_, X, W, F>,
    x: &[[X; L]],
    y: &mut [Tile<L, F::To>],
) -> usize {
    let mut t = 0;
    for (y, bias) in y.as_chunks_mut::<4>().0.iter_mut().zip(bias.as_chunks().0) {
        let [mut a, mut b, mut c, mut d] = *bias;
        let of = |i| of_tile(t + i, weights, x.len());
        let (Some(wa), Some(wb), Some(wc), Some(wd)) = (of(0), of(1), of(2), of(3)) else { return t };
        for ((((wa, wb), wc), wd), x) in wa.iter().zip(wb).zip(wc).zip(wd).zip(x) {
            (a, b) = (add_tile(a, wa, x), add_tile(b, wb, x));
            (c, d) = (add_tile(c, wc, x), add_tile(d, wd, x));
        }
        for (i, (y, sums)) in y.iter_mut().zip([a, b, c, d]).enumerate() {
            *y = finish.finish(t + i, 0, lanes(|o| [sums[o]; L]));
        }
        t += 4;
    }
    t
}

/// `s[o] + w[o]·x`
#[inline(always)]
fn add_tile<X: Element, W: Weight<X>, const L: usize>(
    mut s: [W::Sum; TILE],
    w: &[W; TILE],
    x: &[X; L],
) -> [W::Sum; TILE] {
    for (s, w) in s.iter_mut().zip(w) {
        *s = w.add_product(x[0], *s);
    }
    s
}

/// What a pass over some rows of a tile needs.
pub(super) struct Block<'a, X, W: Weight<X>, F, const L: usize> {
    pub(super) t: usize,
    pub(super) weights: &'a [[W; TILE]],
    pub(super) bias: &'a [W::Sum; TILE],
    pub(super) finish: F,
    pub(super) x: &'a [[X; L]],
}

impl<X: Element, W: Weight<X>, F: Finish<W::Sum>, const L: usize> Block<'_, X, W, F, L> {
    /// All outputs, one sample after another.
    #[inline(always)]
    pub(super) fn one_by_one(&self) -> Tile<L, F::To> {
        let mut y = [[F::To::ZERO; L]; TILE];
        for l in 0..L {
            let sums = self.sums::<1, TILE, INTEGER_UNROLL>(0, l);
            y.iter_mut().zip(self.finish.finish(self.t, 0, sums)).for_each(|(y, [output])| y[l] = output);
        }
        y
    }

    /// All outputs.
    #[inline(always)]
    pub(super) fn whole(&self) -> Tile<L, F::To> {
        self.finish.finish(self.t, 0, self.sums::<L, TILE, 4>(0, 0))
    }

    /// Half of the outputs.
    #[inline(always)]
    pub(super) fn half(&self, part: usize) -> [[F::To; L]; HALF] {
        if L < MANY {
            return self.finish.finish(self.t, part, self.sums::<L, HALF, 2>(part, 0));
        }
        if L == 2 * MANY {
            let mut sums = [splat(of_part(part, self.bias)); 2];
            for (w, x) in self.weights.iter().zip(self.x) {
                sums = add_pair(sums, of_part(part, w), x);
            }
            return self.finish.finish(self.t, part, joined(sums));
        }
        let mut sums = splat(of_part(part, self.bias));
        for (w, x) in self.weights.iter().zip(self.x) {
            sums = add_lanes(sums, of_part(part, w), x);
        }
        self.finish.finish(self.t, part, sums)
    }

    /// All outputs, half of them and 16 samples in a pass: eight sums of AVX2's sixteen registers, where
    /// [`both_halves`](Self::both_halves) would take more than there are. `L` is a multiple of 16.
    #[inline(always)]
    pub(super) fn in_few_registers(&self) -> Tile<L, F::To> {
        let mut y = [[F::To::ZERO; L]; TILE];
        for (part, y) in y.as_chunks_mut::<HALF>().0.iter_mut().enumerate() {
            for v in 0..L / MANY {
                let mut sums = splat(of_part(part, self.bias));
                for (w, x) in self.weights.iter().zip(self.x) {
                    let Some(x) = x.as_chunks::<MANY>().0.get(v) else { return [[F::To::ZERO; L]; TILE] };
                    sums = add_lanes(sums, of_part(part, w), x);
                }
                let sums = self.finish.finish(self.t, part, sums);
                y.iter_mut().zip(sums).for_each(|(y, s)| {
                    y.iter_mut().skip(v * MANY).zip(s).for_each(|(y, s)| *y = s);
                });
            }
        }
        y
    }

    /// The two halves in one pass over the inputs.
    #[inline(always)]
    pub(super) fn both_halves(&self) -> [[[F::To; L]; HALF]; 2] {
        if L == 2 * MANY {
            let mut lower = [splat(of_part(0, self.bias)); 2];
            let mut upper = [splat(of_part(1, self.bias)); 2];
            for (w, x) in self.weights.iter().zip(self.x) {
                lower = add_pair(lower, of_part(0, w), x);
                upper = add_pair(upper, of_part(1, w), x);
            }
            return [
                self.finish.finish(self.t, 0, joined(lower)),
                self.finish.finish(self.t, 1, joined(upper)),
            ];
        }
        let mut lower = splat(of_part(0, self.bias));
        let mut upper = splat(of_part(1, self.bias));
        for (w, x) in self.weights.iter().zip(self.x) {
            lower = add_lanes(lower, of_part(0, w), x);
            upper = add_lanes(upper, of_part(1, w), x);
        }
        [self.finish.finish(self.t, 0, lower), self.finish.finish(self.t, 1, upper)]
    }

    /// The sums of the rows `part·N .. part·N + N`, for `M` samples from `first` on, `UNROLL` inputs in each
    /// turn of the loop.
    #[cfg(not(sums_written_out))]
    #[inline(always)]
    fn sums<const M: usize, const N: usize, const UNROLL: usize>(
        &self,
        part: usize,
        first: usize,
    ) -> [[W::Sum; M]; N] {
        let mut s = of_part(part, self.bias).map(|bias| [bias; M]);
        let (mut ws, last_ws) = self.weights.as_chunks::<UNROLL>();
        let (mut xs, last_xs) = self.x.as_chunks::<UNROLL>();
        // by slice patterns, not `zip`: LLVM then counts down, which takes an instruction less in each turn
        // on Thumb
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
#[cfg(not(sums_written_out))]
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

/// As [`add`], of all samples. Four variables, one by one: LLVM keeps them in registers, while an array of
/// arrays that a loop walks may end in memory, one sample at a time, depending on what else stands in the
/// function.
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

/// As [`add_lanes`], two vectors of samples: each weight is spread over a register once.
#[inline(always)]
fn add_pair<X: Element, W: Weight<X>, const L: usize>(
    [a, b]: [[[W::Sum; MANY]; HALF]; 2],
    w: [W; HALF],
    x: &[X; L],
) -> [[[W::Sum; MANY]; HALF]; 2] {
    let ([xa, xb], _) = x.as_chunks() else { return [a, b] };
    [add_lanes(a, w, xa), add_lanes(b, w, xb)]
}

/// The samples of two vectors one after another.
#[inline(always)]
fn joined<T: Element, const L: usize>(pair: [[[T; MANY]; HALF]; 2]) -> [[T; L]; HALF] {
    let mut all = [[T::ZERO; L]; HALF];
    for (v, sums) in pair.iter().enumerate() {
        for (all, sums) in all.iter_mut().zip(sums) {
            all.iter_mut().skip(v * MANY).zip(sums).for_each(|(to, s)| *to = *s);
        }
    }
    all
}

/// `s[l] + w·x[l]`
#[inline(always)]
fn add_lane<X: Element, W: Weight<X>, const L: usize>(mut s: [W::Sum; L], w: W, x: &[X; L]) -> [W::Sum; L] {
    for (s, x) in s.iter_mut().zip(x) {
        *s = w.add_product(*x, *s);
    }
    s
}
