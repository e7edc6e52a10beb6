//! The affine layer `y = W x + b`, for all rows of a batch at once.

use std::ops::Range;

use super::layout::Dense;
use super::matmul::{Matrix, matmul};
use super::real::Real;

/// `y[r] = W x[r] + b` for every row r of the slice `x`.
pub fn forward<T: Real>(dense: &Dense, params: &[T], x: &[T], y: &mut [T]) {
    let rows = x.len() / dense.inputs;
    let weights = Matrix::new(&params[dense.weights()], dense.outputs, dense.inputs);
    for row in y.chunks_exact_mut(dense.outputs) {
        row.copy_from_slice(&params[dense.bias()]);
    }
    matmul(Matrix::new(x, rows, dense.inputs), weights.transposed(), true, y);
}

/// `∂W = ∂yᵀ x` of the layer's `outputs`, and with `accumulate` `∂W += ∂yᵀ x`.
pub fn backward_weights<T: Real>(
    dense: &Dense,
    outputs: Range<usize>,
    x: &[T],
    dy: &[T],
    accumulate: bool,
    d_weights: &mut [T],
) {
    let rows = x.len() / dense.inputs;
    let dy = Matrix::new(dy, rows, dense.outputs).columns(outputs).transposed();
    matmul(dy, Matrix::new(x, rows, dense.inputs), accumulate, d_weights);
}

/// `∂x = ∂y W`, and with `accumulate` `∂x += ∂y W`.
pub fn backward_input<T: Real>(dense: &Dense, params: &[T], dy: &[T], accumulate: bool, dx: &mut [T]) {
    let weights = Matrix::new(&params[dense.weights()], dense.outputs, dense.inputs);
    matmul(Matrix::new(dy, dy.len() / dense.outputs, dense.outputs), weights, accumulate, dx);
}
