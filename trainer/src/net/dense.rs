//! The affine layer `y = W x + b`, for all rows of a batch at once.
//!
//! Parameters are one flat vector: weights row by row, `[output][input]`, then biases, `[output]`.

use std::ops::Range;

use super::matmul::{dots, product, transposed_product};
use super::params::Params;
use super::real::Real;

pub use super::params::Dense;

/// `y[r] = W x[r] + b` for every row r of the slice `x`.
pub fn forward<T: Real>(dense: &Dense, params: Params<'_, T>, x: &[T], y: &mut [T]) {
    for row in y.chunks_exact_mut(dense.outputs) {
        row.copy_from_slice(&params[dense.bias()]);
    }
    match params.transposed(dense, x.len() / dense.inputs) {
        Some(transposed) => product(x, transposed, dense.outputs, true, y),
        None => dots(x, &params[dense.weights()], dense.inputs, y),
    }
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
    transposed_product((dy, dense.outputs, outputs), x, dense.inputs, accumulate, d_weights);
}

/// `∂x = ∂y W`, and with `accumulate` `∂x += ∂y W`.
pub fn backward_input<T: Real>(
    dense: &Dense,
    params: Params<'_, T>,
    dy: &[T],
    accumulate: bool,
    dx: &mut [T],
) {
    product(dy, &params[dense.weights()], dense.inputs, accumulate, dx);
}
