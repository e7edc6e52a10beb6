//! Products of matrices that lie in slices.

use std::ops::Range;

use super::real::Real;

/// A matrix in a slice, row by row: all of it or some columns, possibly read as their transpose.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a, T> {
    data: &'a [T],
    rows: usize,
    columns: usize,
    row_stride: isize,
    column_stride: isize,
}

impl<'a, T: Real> Matrix<'a, T> {
    /// `rows × columns` numbers, row by row.
    ///
    /// # Panics
    /// If `data` holds another number of them, or none.
    pub fn new(data: &'a [T], rows: usize, columns: usize) -> Self {
        assert!(!data.is_empty(), "an empty matrix");
        assert_eq!(Some(data.len()), rows.checked_mul(columns), "a {rows} × {columns} matrix");
        Matrix { data, rows, columns, row_stride: columns as isize, column_stride: 1 }
    }

    /// Some of its columns.
    ///
    /// # Panics
    /// If it has not these columns, or is a transpose or some columns of another.
    pub fn columns(self, range: Range<usize>) -> Self {
        assert!(self.row_stride == self.columns as isize && self.column_stride == 1, "not a whole matrix");
        assert!(
            range.start < range.end && range.end <= self.columns,
            "columns {range:?} of {}",
            self.columns
        );
        Matrix { data: &self.data[range.start..], columns: range.len(), ..self }
    }

    /// The transpose, of the same numbers.
    pub fn transposed(self) -> Self {
        Matrix {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }
}

/// `c = a b`, and with `accumulate` `c += a b`; `c` row by row.
///
/// # Numerics
/// The order of the sums depends on the shapes and on the machine (vector width, fused multiply-adds, cache
/// sizes), not on time or threads: the same call on the same machine gives the same bits.
///
/// # Panics
/// If the shapes do not fit together.
#[allow(unsafe_code)]
pub fn matmul<T: Real>(a: Matrix<'_, T>, b: Matrix<'_, T>, accumulate: bool, c: &mut [T]) {
    assert_eq!(a.columns, b.rows, "the inner sizes of a matrix product");
    assert_eq!(Some(c.len()), a.rows.checked_mul(b.columns), "the size of a matrix product");
    // SAFETY: `gemm` reads a[i·row_stride + j·column_stride] for i < rows, j < columns. By `Matrix::new` the data
    // holds exactly rows × columns numbers, at least one, and the strides are (columns, 1), so the largest offset is
    // rows·columns − 1; `columns` leaves out as many numbers at the front as its offsets lose and as its range starts at,
    // and its last column is not beyond the matrix's; `transposed` swaps sizes and strides together and keeps the set of
    // offsets. The same holds
    // for `b`, and for `c`, which the assertion above sizes and whose strides are (b.columns, 1). `c` is borrowed
    // mutably and therefore overlaps neither. A slice has at most isize::MAX bytes, so no stride or offset
    // overflows. `Real` is sealed: T is f32 or f64, both known to `gemm`.
    unsafe {
        gemm::gemm(
            a.rows,
            b.columns,
            a.columns,
            c.as_mut_ptr(),
            1,
            b.columns as isize,
            accumulate,
            a.data.as_ptr(),
            a.column_stride,
            a.row_stride,
            b.data.as_ptr(),
            b.column_stride,
            b.row_stride,
            if accumulate { T::ONE } else { T::ZERO },
            T::ONE,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Small integers, so that every product is exact in both types.
    fn numbers<T: Real>(n: usize, step: usize) -> Vec<T> {
        (0..n).map(|i| T::from_f64(((i * step) % 7) as f64 - 3.0)).collect()
    }

    fn agrees_with_definition<T: Real>() {
        for (m, k, n) in [(1, 1, 1), (1, 5, 3), (3, 1, 4), (7, 13, 5), (20, 33, 17), (40, 100, 65)] {
            let (a, b) = (numbers::<T>(m * k, 5), numbers::<T>(k * n, 3));
            let mut transposed = vec![T::ZERO; k * m];
            (0..m * k).for_each(|i| transposed[(i % k) * m + i / k] = a[i]);
            for (accumulate, start) in [(false, f64::NAN), (true, 2.0)] {
                let mut direct = vec![T::from_f64(start); m * n];
                let mut turned = direct.clone();
                matmul(Matrix::new(&a, m, k), Matrix::new(&b, k, n), accumulate, &mut direct);
                matmul(
                    Matrix::new(&transposed, k, m).transposed(),
                    Matrix::new(&b, k, n),
                    accumulate,
                    &mut turned,
                );
                for (i, (c, d)) in direct.iter().zip(&turned).enumerate() {
                    let dot: f64 =
                        (0..k).map(|l| a[i / n * k + l].to_f64() * b[l * n + i % n].to_f64()).sum();
                    let expected = dot + if accumulate { start } else { 0.0 };
                    assert_eq!((c.to_f64(), d.to_f64()), (expected, expected), "{m} {k} {n} {accumulate}");
                }
            }
        }
    }

    #[test]
    fn products_agree_with_the_definition() {
        agrees_with_definition::<f32>();
        agrees_with_definition::<f64>();
    }

    #[test]
    fn columns_of_a_product_are_the_product_of_columns() {
        let (a, b) = (numbers::<f64>(9 * 7, 5), numbers::<f64>(9 * 4, 3));
        let product = |range: Range<usize>| {
            let mut c = vec![f64::NAN; range.len() * 4];
            let a = Matrix::new(&a, 9, 7).columns(range).transposed();
            matmul(a, Matrix::new(&b, 9, 4), false, &mut c);
            c
        };
        assert_eq!([product(0..3), product(3..6), product(6..7)].concat(), product(0..7));
    }

    #[test]
    #[should_panic(expected = "columns 3..8 of 7")]
    fn columns_beyond_the_last_are_refused() {
        Matrix::new(&[1.0; 14], 2, 7).columns(3..8);
    }

    #[test]
    #[should_panic(expected = "inner sizes")]
    fn unequal_inner_sizes_are_refused() {
        matmul(Matrix::new(&[1.0; 6], 2, 3), Matrix::new(&[1.0; 4], 2, 2), false, &mut [0.0; 4]);
    }

    #[test]
    #[should_panic(expected = "a 2 × 4 matrix")]
    fn a_short_slice_is_refused() {
        Matrix::new(&[1.0; 6], 2, 4);
    }
}
