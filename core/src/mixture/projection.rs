//! What a triangle of weights says once some of its inputs are free: least squares.

use crate::distribution::HALF_LOG_TAU;
use crate::kernel::{TILE, reach, tiles};
use crate::math;

/// Memory for orthonormal columns, one behind the other.
pub(super) trait Basis {
    /// The first `count`, and the next one.
    fn split(&mut self, count: usize) -> Option<(impl Iterator<Item = &[f32]>, &mut [f32])>;
    /// The first `count`.
    fn columns(&self, count: usize) -> impl Iterator<Item = &[f32]>;
}

impl<B: AsRef<[f32]> + AsMut<[f32]>> Basis for [B] {
    #[inline(always)]
    fn split(&mut self, count: usize) -> Option<(impl Iterator<Item = &[f32]>, &mut [f32])> {
        let (before, [column, ..]) = self.split_at_mut_checked(count)? else { return None };
        Some((before.iter().map(AsRef::as_ref), column.as_mut()))
    }

    #[inline(always)]
    fn columns(&self, count: usize) -> impl Iterator<Item = &[f32]> {
        self.get(..count).unwrap_or_default().iter().map(AsRef::as_ref)
    }
}

/// Columns of `dims` numbers in memory of the caller's.
pub(super) struct Lent<'m> {
    pub(super) memory: &'m mut [f32],
    pub(super) dims: usize,
}

impl Basis for Lent<'_> {
    fn split(&mut self, count: usize) -> Option<(impl Iterator<Item = &[f32]>, &mut [f32])> {
        let (before, rest) = self.memory.split_at_mut_checked(count.checked_mul(self.dims)?)?;
        Some((before.chunks_exact(self.dims), rest.get_mut(..self.dims)?))
    }

    fn columns(&self, count: usize) -> impl Iterator<Item = &[f32]> {
        self.memory.chunks_exact(self.dims).take(count)
    }
}

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
pub(super) fn take_out<B: Basis + ?Sized>(
    weights: &[[f32; TILE]],
    is_missing: impl Iterator<Item = bool>,
    y: &mut [f32],
    basis: &mut B,
    mut see: impl FnMut(usize, Place, f32),
) -> f32 {
    let (mut log_width, mut count) = (0.0, 0);
    for (j, _) in is_missing.enumerate().filter(|(_, is_missing)| *is_missing) {
        let Some((before, column)) = basis.split(count) else { break };
        copy_column(weights, j, column);
        for (k, q) in before.enumerate() {
            see(k, Place::Column(count), take_away(column, q));
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
