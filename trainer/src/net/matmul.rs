//! Products of matrices that lie in slices row by row, in the three forms that a dense layer takes.
//!
//! A tile of the result stays in registers while its sums grow. Nothing is packed beforehand: matrices of a
//! few hundred rows and columns do not pay for it.
//!
//! # Numerics
//! In `product` and [`transposed_product`] each number is one sum in the order of the inner index; in
//! `dots` it is as many sums as a vector has lanes, or two vectors where there are 16 registers. The same
//! call on the same machine gives the same bits, and the first two on every machine with fused multiply-adds;
//! AVX2 and AVX-512 agree in all three.

mod dots;
mod product;
mod transpose;

use std::ops::Range;

use super::lanes::Lanes;
use dots::Dots;
use elbow_host::simd::arch;
use product::{ByColumn, ByRow, Product};
use transpose::Transpose;

/// `c[m][n] = Σ_k a[m][k] b[k][n]`, and with `accumulate` `c += a b`; `b` has `columns` of them.
///
/// # Panics
/// If the shapes do not fit together, or a matrix is empty.
pub fn product<T: Lanes>(a: &[T], b: &[T], columns: usize, accumulate: bool, c: &mut [T]) {
    let depth = rows(b, columns);
    assert_eq!(rows(a, depth), rows(c, columns), "the rows of a matrix product");
    arch().dispatch(Product { left: ByRow { a, depth }, depth, b, columns, accumulate, c });
}

/// `c[m][n] = Σ_k a[k][m] b[k][n]` for the m of `range`, and with `accumulate` `c += aᵀ b`; `a` has
/// `a_columns`, `b` has `columns`.
///
/// # Panics
/// As `product`.
pub fn transposed_product<T: Lanes>(
    (a, a_columns, range): (&[T], usize, Range<usize>),
    b: &[T],
    columns: usize,
    accumulate: bool,
    c: &mut [T],
) {
    let depth = rows(b, columns);
    assert_eq!(rows(a, a_columns), depth, "the inner sizes of a matrix product");
    assert_eq!(range.len(), rows(c, columns), "the rows of a matrix product");
    assert!(range.end <= a_columns, "columns {range:?} of {a_columns}");
    let left = ByColumn { a, columns: a_columns, first: range.start };
    arch().dispatch(Product { left, depth, b, columns, accumulate, c });
}

/// `c[m][n] += Σ_k a[m][k] b[n][k]`, `depth` of the k.
///
/// # Panics
/// As `product`.
pub fn dots<T: Lanes>(a: &[T], b: &[T], depth: usize, c: &mut [T]) {
    let columns = rows(b, depth);
    assert_eq!(rows(a, depth), rows(c, columns), "the rows of a matrix product");
    arch().dispatch(Dots { a, b, depth, columns, c });
}

/// `b[n][m] = a[m][n]` for the n of `range`; `a` has `columns`.
///
/// # Panics
/// As `product`.
pub fn transpose<T: Lanes>(a: &[T], columns: usize, range: Range<usize>, b: &mut [T]) {
    let count = rows(a, columns);
    assert_eq!(range.len(), rows(b, count), "the rows of a transpose");
    assert!(range.end <= columns, "columns {range:?} of {columns}");
    arch().dispatch(Transpose { a, columns, first: range.start, b, count });
}

/// How many rows `matrix` has.
fn rows<T>(matrix: &[T], columns: usize) -> usize {
    assert!(columns > 0 && !matrix.is_empty() && matrix.len().is_multiple_of(columns), "an uneven matrix");
    matrix.len() / columns
}

/// `0..n` in the fewest pieces of at most `most`, about equal.
#[inline(always)]
fn pieces(n: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    let count = n.div_ceil(most);
    (0..count).map(move |i| i * n / count..(i + 1) * n / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Small integers, so that every sum is exact in both types.
    fn numbers<T: Lanes>(n: usize, step: usize) -> Vec<T> {
        (0..n).map(|i| T::from(((i * step) % 7) as i8 - 3)).collect()
    }

    fn transposed<T: Lanes>(a: &[T], columns: usize) -> Vec<T> {
        let count = a.len() / columns;
        (0..a.len()).map(|i| a[i % count * columns + i / count]).collect()
    }

    fn agree_with_definition<T: Lanes + Into<f64>>() {
        for (m, k, n) in
            [(1, 1, 1), (1, 5, 3), (3, 1, 4), (7, 13, 5), (20, 33, 17), (40, 100, 65), (9, 64, 200)]
        {
            let (a, b) = (numbers::<T>(m * k, 5), numbers::<T>(k * n, 3));
            let (a_turned, b_turned) = (transposed(&a, k), transposed(&b, n));
            for (accumulate, start) in [(false, 100), (true, 2)] {
                let mut results =
                    [(); 3].map(|()| vec![T::from(if accumulate { start } else { 100 }); m * n]);
                product(&a, &b, n, accumulate, &mut results[0]);
                transposed_product((&a_turned, m, 0..m), &b, n, accumulate, &mut results[1]);
                if !accumulate {
                    results[2].fill(T::from(0));
                }
                dots(&a, &b_turned, k, &mut results[2]);
                for i in 0..m * n {
                    let term = |l: usize| a[i / n * k + l].into() * b[l * n + i % n].into();
                    let expected =
                        (0..k).map(term).sum::<f64>() + if accumulate { start.into() } else { 0.0 };
                    let found = results.each_ref().map(|c| c[i].into());
                    assert_eq!(found, [expected; 3], "{m} {k} {n} {accumulate} {i}");
                }
            }
        }
    }

    #[test]
    fn products_agree_with_the_definition() {
        agree_with_definition::<f32>();
        agree_with_definition::<f64>();
    }

    /// Each product by one instruction set: `a b`, by rows and by columns of a, and with b turned.
    fn by<S: pulp::Simd>(
        simd: S,
        (m, k, n): (usize, usize, usize),
        numbers: fn(usize, usize) -> Vec<f32>,
    ) -> [Vec<f32>; 3] {
        let (a, b) = (numbers(m * k, 5), numbers(k * n, 3));
        let (a_turned, b_turned) = (transposed(&a, k), transposed(&b, n));
        let mut c = [(); 3].map(|()| vec![1.0; m * n]);
        let [rows, columns, turned] = &mut c;
        let (depth, accumulate) = (k, true);
        let left = ByRow { a: &a, depth };
        simd.vectorize(Product { left, depth, b: &b, columns: n, accumulate, c: rows });
        let left = ByColumn { a: &a_turned, columns: m, first: 0 };
        simd.vectorize(Product { left, depth, b: &b, columns: n, accumulate, c: columns });
        simd.vectorize(Dots { a: &a, b: &b_turned, depth, columns: n, c: turned });
        c
    }

    #[test]
    fn every_instruction_set_gives_the_same_sums() {
        for shape in [(1, 1, 1), (5, 3, 7), (9, 20, 17), (12, 33, 50), (23, 64, 100)] {
            let expected = by(pulp::Scalar::new(), shape, numbers);
            assert_eq!(expected[0], expected[1]);
            assert_eq!(expected[0], expected[2]);
            #[cfg(target_arch = "x86_64")]
            {
                let v3 = pulp::x86::V3::try_new().map(|simd| by(simd, shape, numbers));
                let v4 = pulp::x86::V4::try_new().map(|simd| by(simd, shape, numbers));
                assert!([v3, v4].into_iter().flatten().all(|found| found == expected), "{shape:?}");
            }
        }
    }

    /// Sums that are rounded at every step.
    #[test]
    #[cfg(target_arch = "x86_64")]
    fn both_widths_of_registers_give_the_same_bits() {
        let (Some(v3), Some(v4)) = (pulp::x86::V3::try_new(), pulp::x86::V4::try_new()) else { return };
        let thirds = |n, step| numbers::<f32>(n, step).into_iter().map(|x| x / 3.0 + 0.1).collect();
        for shape in [(1, 7, 1), (5, 30, 7), (9, 47, 17), (12, 33, 50), (23, 64, 100)] {
            assert_eq!(by(v3, shape, thirds), by(v4, shape, thirds), "{shape:?}");
        }
    }

    #[test]
    fn columns_of_a_product_are_the_product_of_columns() {
        let (a, b) = (numbers::<f64>(9 * 17, 5), numbers::<f64>(9 * 4, 3));
        let product = |range: Range<usize>| {
            let mut c = vec![f64::NAN; range.len() * 4];
            transposed_product((&a, 17, range), &b, 4, false, &mut c);
            c
        };
        assert_eq!([product(0..3), product(3..16), product(16..17)].concat(), product(0..17));
    }

    #[test]
    fn transposes_agree_with_the_definition() {
        for (count, columns) in [(1, 1), (3, 50), (16, 16), (33, 47)] {
            let a = numbers::<f32>(count * columns, 5);
            for range in [0..columns, columns / 3..columns] {
                let mut b = vec![f32::NAN; count * range.len()];
                transpose(&a, columns, range.clone(), &mut b);
                assert_eq!(b, transposed(&a, columns)[range.start * count..]);
            }
        }
    }

    #[test]
    #[should_panic(expected = "columns 3..8 of 7")]
    fn columns_beyond_the_last_are_refused() {
        transposed_product((&[1.0; 14], 7, 3..8), &[1.0; 2], 1, false, &mut [0.0; 5]);
    }

    #[test]
    #[should_panic(expected = "inner sizes")]
    fn unequal_inner_sizes_are_refused() {
        transposed_product((&[1.0; 6], 2, 0..2), &[1.0; 4], 2, false, &mut [0.0; 4]);
    }

    #[test]
    #[should_panic(expected = "an uneven matrix")]
    fn a_short_slice_is_refused() {
        product(&[1.0; 7], &[1.0; 4], 2, false, &mut [0.0; 6]);
    }

    #[test]
    #[should_panic(expected = "the rows of a matrix product")]
    fn a_result_of_another_size_is_refused() {
        dots(&[1.0; 8], &[1.0; 4], 2, &mut [0.0; 6]);
    }
}
