//! Products whose tiles read vectors of the right matrix and scalars of the left.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::pieces;
use crate::net::lanes::Lanes;

/// Rows and vectors of a tile: 24 sums and what they are made from fill 32 registers.
const TILE: (usize, usize) = (8, 3);

/// How a product reads the scalars of its left matrix.
pub(super) trait Left<T>: Copy {
    /// Rows and vectors of a tile where there are 16 registers.
    const NARROW: (usize, usize);

    /// `m ↦ a(m, k)` for M rows from `first` on.
    fn scalars<const M: usize>(self, first: usize) -> impl Fn(usize) -> [T; M];
}

/// `a(m, k) = a[m][k]`
#[derive(Clone, Copy)]
pub(super) struct ByRow<'a, T> {
    pub(super) a: &'a [T],
    pub(super) depth: usize,
}

impl<T: Lanes> Left<T> for ByRow<'_, T> {
    /// 12 sums, of two vectors: with three the compiler moves sums to memory and back in the innermost loop.
    const NARROW: (usize, usize) = (6, 2);

    #[inline(always)]
    fn scalars<const M: usize>(self, first: usize) -> impl Fn(usize) -> [T; M] {
        let rows: [&[T]; M] = std::array::from_fn(|m| &self.a[(first + m) * self.depth..][..self.depth]);
        #[inline(always)]
        move |k| {
            std::array::from_fn(
                #[inline(always)]
                |m| rows[m][k],
            )
        }
    }
}

/// `a(m, k) = a[k][first + m]`
#[derive(Clone, Copy)]
pub(super) struct ByColumn<'a, T> {
    pub(super) a: &'a [T],
    pub(super) columns: usize,
    pub(super) first: usize,
}

impl<T: Lanes> Left<T> for ByColumn<'_, T> {
    /// 12 sums; their scalars lie side by side, so that all three vectors stay in registers.
    const NARROW: (usize, usize) = (4, 3);

    #[inline(always)]
    fn scalars<const M: usize>(self, first: usize) -> impl Fn(usize) -> [T; M] {
        let ByColumn { a, columns, first: start } = self;
        #[inline(always)]
        move |k| *a[k * columns + start + first..].first_chunk().expect("checked by the caller")
    }
}

/// `c = a b` or `c += a b`
pub(super) struct Product<'a, T, L> {
    pub(super) left: L,
    pub(super) depth: usize,
    pub(super) b: &'a [T],
    pub(super) columns: usize,
    pub(super) accumulate: bool,
    pub(super) c: &'a mut [T],
}

impl<T: Lanes, L: Left<T>> WithSimd for Product<'_, T, L> {
    type Output = ();

    /// Vectors of the result outside, its rows inside: what is read of `b` for a tile stays in the nearest
    /// cache for the next.
    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let count = self.c.len() / self.columns;
        let (most, wide) = const { most::<S, T, L>() };
        for vectors in pieces(self.columns.div_ceil(T::count::<S>()), wide) {
            for rows in pieces(count, most) {
                match vectors.len() {
                    1 => self.rows::<S, 1>(simd, vectors.start, rows),
                    2 => self.rows::<S, 2>(simd, vectors.start, rows),
                    _ => self.rows::<S, 3>(simd, vectors.start, rows),
                }
            }
        }
    }
}

/// Rows and vectors of the largest tile.
const fn most<S: Simd, T: Lanes, L: Left<T>>() -> (usize, usize) {
    if S::REGISTER_COUNT < 32 { L::NARROW } else { TILE }
}

impl<T: Lanes, L: Left<T>> Product<'_, T, L> {
    #[inline(always)]
    fn rows<S: Simd, const V: usize>(&mut self, simd: S, vector: usize, rows: Range<usize>) {
        let at = (rows.start, vector);
        match rows.len() {
            1 => self.tile_if_any::<S, 1, V>(simd, at),
            2 => self.tile_if_any::<S, 2, V>(simd, at),
            3 => self.tile_if_any::<S, 3, V>(simd, at),
            4 => self.tile_if_any::<S, 4, V>(simd, at),
            5 => self.tile_if_any::<S, 5, V>(simd, at),
            6 => self.tile_if_any::<S, 6, V>(simd, at),
            7 => self.tile_if_any::<S, 7, V>(simd, at),
            _ => self.tile_if_any::<S, 8, V>(simd, at),
        }
    }

    /// Tiles beyond the largest are not compiled.
    #[inline(always)]
    fn tile_if_any<S: Simd, const M: usize, const V: usize>(&mut self, simd: S, at: (usize, usize)) {
        if const { M <= most::<S, T, L>().0 && V <= most::<S, T, L>().1 } {
            self.tile::<S, M, V>(simd, at);
        }
    }

    /// M rows of V vectors. Where the rows end within the last vector, it begins so much earlier and computes
    /// once more what the one before it holds.
    #[inline(always)]
    fn tile<S: Simd, const M: usize, const V: usize>(&mut self, simd: S, (row, vector): (usize, usize)) {
        let first = vector * T::count::<S>();
        let width = (V * T::count::<S>()).min(self.columns - first);
        let scalars = self.left.scalars::<M>(row);
        let mut sums = [[T::splat(simd, T::default()); V]; M];
        if self.accumulate {
            for (m, sums) in sums.iter_mut().enumerate() {
                *sums = load(simd, &self.c[(row + m) * self.columns + first..][..width]);
            }
        }
        // c[m][n] += a(m, k) b[k][n]
        for k in 0..self.depth {
            let b: [_; V] = load(simd, &self.b[k * self.columns + first..][..width]);
            let a = scalars(k);
            for m in 0..M {
                let a = T::splat(simd, a[m]);
                for v in 0..V {
                    sums[m][v] = T::mul_add(simd, a, b[v], sums[m][v]);
                }
            }
        }
        for (m, sums) in sums.into_iter().enumerate() {
            store(simd, &mut self.c[(row + m) * self.columns + first..][..width], sums);
        }
    }
}

/// V vectors side by side, the last at the end of `row`.
#[inline(always)]
fn load<S: Simd, T: Lanes, const V: usize>(simd: S, row: &[T]) -> [T::Vector<S>; V] {
    if V == 1 && row.len() < T::count::<S>() {
        return [T::load(simd, row); V];
    }
    let (whole, _) = T::vectors::<S>(&row[..(V - 1) * T::count::<S>()]);
    let (last, _) = T::vectors::<S>(&row[row.len() - T::count::<S>()..]);
    let mut vectors = [last[0]; V];
    vectors[..V - 1].copy_from_slice(&whole[..V - 1]);
    vectors
}

/// Likewise.
#[inline(always)]
fn store<S: Simd, T: Lanes, const V: usize>(simd: S, row: &mut [T], vectors: [T::Vector<S>; V]) {
    if V == 1 && row.len() < T::count::<S>() {
        return T::store(simd, row, vectors[0]);
    }
    let last = row.len() - T::count::<S>();
    T::vectors_mut::<S>(&mut row[..(V - 1) * T::count::<S>()]).0.copy_from_slice(&vectors[..V - 1]);
    T::vectors_mut::<S>(&mut row[last..]).0[0] = vectors[V - 1];
}
