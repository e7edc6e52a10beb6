//! The transpose of a matrix, square by square.

// Indices known at compile time keep the sums in registers, where iterators over arrays do not.
#![allow(clippy::needless_range_loop)]

use pulp::{Simd, WithSimd};

use crate::net::lanes::Lanes;

/// Rows and columns of a square: a vector of the widest registers.
const SIDE: usize = 16;

/// `b[n][m] = a[m][first + n]` for all rows m of `a` and all rows n of `b`.
pub(super) struct Transpose<'a, T> {
    pub(super) a: &'a [T],
    pub(super) columns: usize,
    pub(super) first: usize,
    pub(super) b: &'a mut [T],
    /// rows of `a`
    pub(super) count: usize,
}

impl<T: Lanes> WithSimd for Transpose<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _: S) {
        let width = self.b.len() / self.count;
        for m in (0..self.count).step_by(SIDE) {
            for n in (0..width).step_by(SIDE) {
                match (SIDE.min(self.count - m), SIDE.min(width - n)) {
                    (SIDE, SIDE) => self.square(m, n),
                    (height, width) => self.rest(m, n, height, width),
                }
            }
        }
    }
}

impl<T: Lanes> Transpose<'_, T> {
    /// A whole square: sizes that are known become shuffles of registers.
    #[inline(always)]
    fn square(&mut self, m: usize, n: usize) {
        let rows: [&[T; SIDE]; SIDE] = std::array::from_fn(|i| {
            self.a[(m + i) * self.columns + self.first + n..].first_chunk().expect("a whole square")
        });
        for j in 0..SIDE {
            let to = &mut self.b[(n + j) * self.count + m..];
            let to: &mut [T; SIDE] = to.first_chunk_mut().expect("a whole square");
            for i in 0..SIDE {
                to[i] = rows[i][j];
            }
        }
    }

    #[inline(always)]
    fn rest(&mut self, m: usize, n: usize, height: usize, width: usize) {
        for j in n..n + width {
            for i in m..m + height {
                self.b[j * self.count + i] = self.a[i * self.columns + self.first + j];
            }
        }
    }
}
