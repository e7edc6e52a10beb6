//! Products of two matrices whose rows are multiplied: tiles read vectors of both, and each sum ends as the sum of its lanes.

// Indices known at compile time keep the sums in registers, where iterators over arrays do not.
#![allow(clippy::needless_range_loop)]

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::pieces;
use crate::net::lanes::Lanes;

/// Rows of the left and of the right matrix whose dot products grow side by side, in 32 registers.
const TILE: (usize, usize) = (4, 6);
/// Likewise in 16.
const NARROW: (usize, usize) = (3, 3);

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
        let (most_a, most_b) = if S::REGISTER_COUNT < 32 { NARROW } else { TILE };
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

impl<T: Lanes> Dots<'_, T> {
    #[inline(always)]
    fn columns<S: Simd, const M: usize>(&mut self, simd: S, row: usize, columns: Range<usize>) {
        let at = (row, columns.start);
        match columns.len() {
            1 => self.tile::<S, M, 1>(simd, at),
            2 => self.tile::<S, M, 2>(simd, at),
            3 => self.tile::<S, M, 3>(simd, at),
            4 => self.tile::<S, M, 4>(simd, at),
            5 => self.tile::<S, M, 5>(simd, at),
            _ => self.tile::<S, M, 6>(simd, at),
        }
    }

    /// M rows of `a` against N rows of `b`.
    #[inline(always)]
    fn tile<S: Simd, const M: usize, const N: usize>(&mut self, simd: S, (row, column): (usize, usize)) {
        let Dots { a, b, depth, .. } = *self;
        let a: [_; M] = std::array::from_fn(|m| T::vectors::<S>(&a[(row + m) * depth..][..depth]));
        let b: [_; N] = std::array::from_fn(|n| T::vectors::<S>(&b[(column + n) * depth..][..depth]));
        let mut sums = [[T::splat(simd, T::default()); N]; M];
        for k in 0..depth / T::count::<S>() {
            let b: [_; N] = std::array::from_fn(
                #[inline(always)]
                |n| b[n].0[k],
            );
            for m in 0..M {
                for n in 0..N {
                    sums[m][n] = T::mul_add(simd, a[m].0[k], b[n], sums[m][n]);
                }
            }
        }
        if !a[0].1.is_empty() {
            let b: [_; N] = std::array::from_fn(|n| T::load(simd, b[n].1));
            for m in 0..M {
                let a = T::load(simd, a[m].1);
                for n in 0..N {
                    sums[m][n] = T::mul_add(simd, a, b[n], sums[m][n]);
                }
            }
        }
        for m in 0..M {
            let c = &mut self.c[(row + m) * self.columns + column..][..N];
            for n in 0..N {
                c[n] = c[n] + T::sum(simd, sums[m][n]);
            }
        }
    }
}
