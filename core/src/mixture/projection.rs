//! What a triangle of weights says once some of its inputs are free: least squares.

use crate::distribution::HALF_LOG_TAU;
use crate::kernel::{TILE, reach, tiles};
use crate::math;
use crate::shape::Shape;

/// With `y = W r`, r zero where a feature is missing, takes out of y whatever the missing ones could explain:
/// y becomes `W r` for the r of the missing ones that makes `|W r|` least. Returns
/// `m·½ log 2π − Σ_k log R_kk` for m missing features, with which
/// `∫ exp(−½ |W r|²) dr_missing = exp(−½ |y|² + what is returned)`.
///
/// The columns of W of the missing features are made orthonormal one by one (modified Gram–Schmidt, y as the
/// last column), `W_missing = Q R`: no square of W is made, which single precision would not bear. `basis`
/// takes the columns of Q. `see` gets `(k, p, R_kp)` and `(k, m, (Qᵀ y)_k)`.
///
/// **Source.** Björck (1967), "Solving linear least squares problems by Gram–Schmidt orthogonalization".
pub(super) fn take_out<S: Shape>(
    weights: &[[f32; TILE]],
    is_missing: impl Iterator<Item = bool>,
    y: &mut [f32],
    basis: &mut [S::Buffer<f32>],
    mut see: impl FnMut(usize, Place, f32),
) -> f32 {
    let (mut log_width, mut count) = (0.0, 0);
    for (j, _) in is_missing.enumerate().filter(|(_, is_missing)| *is_missing) {
        let Some((before, [column, ..])) = basis.split_at_mut_checked(count) else { break };
        let column = column.as_mut();
        copy_column(weights, j, column);
        for (k, q) in before.iter().enumerate() {
            see(k, Place::Column(count), take_away(column, q.as_ref()));
        }
        let norm = math::sqrt(dot(column, column));
        column.iter_mut().for_each(|x| *x /= norm);
        see(count, Place::Column(count), norm);
        see(count, Place::Last, take_away(y, column));
        log_width += HALF_LOG_TAU - math::ln(norm);
        count += 1;
    }
    log_width
}

/// A column of R, or `Qᵀ y` behind it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Column(usize),
    Last,
}

/// `x −= (q·x) q`, and `q·x`.
pub(super) fn take_away(x: &mut [f32], q: &[f32]) -> f32 {
    let part = dot(q, x);
    x.iter_mut().zip(q).for_each(|(x, q)| *x -= part * q);
    part
}

/// Eight sums side by side, then those: an order of its own, the same everywhere.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0; TILE];
    for (a, b) in a.chunks(TILE).zip(b.chunks(TILE)) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().fold(0.0, |sum, part| sum + part)
}

/// The j-th column of a triangle.
pub(super) fn copy_column(mut weights: &[[f32; TILE]], j: usize, to: &mut [f32]) {
    let dims = to.len();
    for (tile, to) in to.chunks_mut(TILE).enumerate().take(tiles(dims)) {
        let Some((of_tile, rest)) = weights.split_at_checked(reach(tile, dims)) else { return };
        weights = rest;
        // what lies behind the last row of a tile is zero
        let column = of_tile.get(j).unwrap_or(&[0.0; TILE]);
        to.iter_mut().zip(column).for_each(|(to, w)| *to = *w);
    }
}
