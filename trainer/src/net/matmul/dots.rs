//! Products of two matrices whose rows are multiplied: tiles read vectors of both, and each sum ends as the
//! sum of its lanes.

// Indices known at compile time keep the sums in registers, where iterators over arrays do not.
#![allow(clippy::needless_range_loop)]

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::pieces;
use crate::net::lanes::Lanes;

/// Rows of the left and of the right matrix whose dot products grow side by side, in 32 registers.
const TILE: (usize, usize) = (4, 6);
/// Likewise in 16, where each product grows in two vectors: as many lanes as one of the wider vectors has,
/// and so the same sums.
const NARROW: (usize, usize) = (2, 3);

/// `c += a bᵀ`
pub(super) struct Dots<'a, T> {
    pub(super) a: &'a [T],
    pub(super) b: &'a [T],
    pub(super) depth: usize,
    pub(super) columns: usize,
    pub(super) c: &'a mut [T],
}

impl<T: Lanes> WithSimd for Dots<'_, T> {
    type Output = ();

    /// Rows of `b` outside: they are read once.
    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let count = self.c.len() / self.columns;
        let (most_a, most_b) = const { most::<S>() };
        for columns in pieces(self.columns, most_b) {
            for rows in pieces(count, most_a) {
                match rows.len() {
                    1 => self.columns::<S, 1>(simd, rows.start, columns.clone()),
                    2 => self.columns::<S, 2>(simd, rows.start, columns.clone()),
                    3 => self.columns::<S, 3>(simd, rows.start, columns.clone()),
                    _ => self.columns::<S, 4>(simd, rows.start, columns.clone()),
                }
            }
        }
    }
}

/// Rows of the left and of the right matrix in the largest tile.
const fn most<S: Simd>() -> (usize, usize) {
    if S::REGISTER_COUNT < 32 { NARROW } else { TILE }
}

impl<T: Lanes> Dots<'_, T> {
    #[inline(always)]
    fn columns<S: Simd, const M: usize>(&mut self, simd: S, row: usize, columns: Range<usize>) {
        let at = (row, columns.start);
        match columns.len() {
            1 => self.of_width::<S, M, 1>(simd, at),
            2 => self.of_width::<S, M, 2>(simd, at),
            3 => self.of_width::<S, M, 3>(simd, at),
            4 => self.of_width::<S, M, 4>(simd, at),
            5 => self.of_width::<S, M, 5>(simd, at),
            _ => self.of_width::<S, M, 6>(simd, at),
        }
    }

    /// Tiles beyond the largest are not compiled.
    #[inline(always)]
    fn of_width<S: Simd, const M: usize, const N: usize>(&mut self, simd: S, at: (usize, usize)) {
        if const { M > most::<S>().0 || N > most::<S>().1 } {
            return;
        }
        if const { S::REGISTER_COUNT < 32 } {
            self.tile::<S, M, N, 2>(simd, at);
        } else {
            self.tile::<S, M, N, 1>(simd, at);
        }
    }

    /// M rows of `a` against N rows of `b`, each sum in P vectors.
    #[inline(always)]
    fn tile<S: Simd, const M: usize, const N: usize, const P: usize>(
        &mut self,
        simd: S,
        (row, column): (usize, usize),
    ) {
        let Dots { a, b, depth, .. } = *self;
        let a: [_; M] = std::array::from_fn(|m| split::<S, T, P>(&a[(row + m) * depth..][..depth]));
        let b: [_; N] = std::array::from_fn(|n| split::<S, T, P>(&b[(column + n) * depth..][..depth]));
        let mut sums = [[[T::splat(simd, T::default()); P]; N]; M];
        for k in 0..depth / (P * T::count::<S>()) {
            for p in 0..P {
                let b: [_; N] = std::array::from_fn(
                    #[inline(always)]
                    |n| b[n].0[k][p],
                );
                for m in 0..M {
                    for n in 0..N {
                        sums[m][n][p] = T::mul_add(simd, a[m].0[k][p], b[n], sums[m][n][p]);
                    }
                }
            }
        }
        for p in 0..P {
            let start = p * T::count::<S>();
            if start < a[0].1.len() {
                let b: [_; N] = std::array::from_fn(|n| load(simd, &b[n].1[start..]));
                for m in 0..M {
                    let a = load(simd, &a[m].1[start..]);
                    for n in 0..N {
                        sums[m][n][p] = T::mul_add(simd, a, b[n], sums[m][n][p]);
                    }
                }
            }
        }
        for m in 0..M {
            let c = &mut self.c[(row + m) * self.columns + column..][..N];
            for n in 0..N {
                let [first, rest @ ..] = sums[m][n].as_slice() else { unreachable!("P is not 0") };
                let sum = rest.iter().fold(*first, |sum, part| T::add_lanes(simd, sum, *part));
                c[n] = c[n] + T::sum(simd, sum);
            }
        }
    }
}

/// P vectors side by side, as often as they are whole, and what remains.
type Split<'a, V, T, const P: usize> = (&'a [[V; P]], &'a [T]);

#[inline(always)]
fn split<S: Simd, T: Lanes, const P: usize>(row: &[T]) -> Split<'_, T::Vector<S>, T, P> {
    let whole = row.len() / (P * T::count::<S>()) * (P * T::count::<S>());
    (T::vectors::<S>(&row[..whole]).0.as_chunks().0, &row[whole..])
}

/// The first vector of `rest`, which ends in zeros where `rest` does not fill it.
#[inline(always)]
fn load<S: Simd, T: Lanes>(simd: S, rest: &[T]) -> T::Vector<S> {
    match T::vectors::<S>(rest).0 {
        [first, ..] => *first,
        [] => T::load(simd, rest),
    }
}
