//! The affine layer `y = W x + b`, for all rows of a batch at once.

use super::layout::Dense;
use super::matmul::{Matrix, matmul};
use super::real::Real;
use super::simd::add_rows;

/// `y[r] = W x[r] + b` for every row r of the slice `x`.
pub fn forward<T: Real>(dense: &Dense, params: &[T], x: &[T], y: &mut [T]) {
    let rows = x.len() / dense.inputs;
    let weights = Matrix::new(&params[dense.weights()], dense.outputs, dense.inputs);
    for row in y.chunks_exact_mut(dense.outputs) {
        row.copy_from_slice(&params[dense.bias()]);
    }
    matmul(Matrix::new(x, rows, dense.inputs), weights.transposed(), true, y);
}

/// `∂W += ∂yᵀ x` and `∂b += Σ_r ∂y[r]`.
pub fn backward<T: Real>(dense: &Dense, x: &[T], dy: &[T], gradient: &mut [T]) {
    let rows = x.len() / dense.inputs;
    let dy_matrix = Matrix::new(dy, rows, dense.outputs);
    matmul(dy_matrix.transposed(), Matrix::new(x, rows, dense.inputs), true, &mut gradient[dense.weights()]);
    add_rows(dy, &mut gradient[dense.bias()]);
}

/// `∂x = ∂y W`, and with `accumulate` `∂x += ∂y W`.
pub fn backward_input<T: Real>(dense: &Dense, params: &[T], dy: &[T], accumulate: bool, dx: &mut [T]) {
    let weights = Matrix::new(&params[dense.weights()], dense.outputs, dense.inputs);
    matmul(Matrix::new(dy, dy.len() / dense.outputs, dense.outputs), weights, accumulate, dx);
}
