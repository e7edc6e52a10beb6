//! Components with a full covariance, of frames with gaps.

use super::super::marginal::Marginal;
use super::super::projection::{Basis, Lent, Place, copy_column, dot, take_away, take_out};
use super::super::{LogSums, log_width};
use super::{Gaussians, for_each_tile, triangle};
use crate::features::missing;
use crate::kernel::TILE;
use crate::math;
use crate::score::LogMeanExp;
use crate::shape::{Shape, lanes};

/// A component.
struct Component<'a> {
    mean: &'a [f32],
    /// W
    weights: &'a [[f32; TILE]],
    constant: f32,
}

impl Component<'_> {
    /// `W r`, r = features − μ, zero where a feature is missing; `r` is memory for it.
    #[inline(always)]
    fn product(&self, features: &[f32], r: &mut [[f32; 1]], y: &mut [f32]) {
        for (([r], x), mean) in r.iter_mut().zip(features).zip(self.mean) {
            *r = if math::is_nan(*x) { 0.0 } else { x - mean };
        }
        let mut places = y.chunks_mut(TILE);
        for_each_tile(self.weights, r, |_, _, tile| {
            let place = places.next().unwrap_or_default();
            place.iter_mut().zip(tile).for_each(|(y, [of_tile])| *y = of_tile);
        });
    }

    /// As [`product`](Self::product), in memory of its own.
    fn product_of<S: Shape>(&self, features: &[f32], y: &mut [f32]) {
        self.product(features, S::scratch::<[f32; 1]>(features.len()).as_mut(), y);
    }

    /// `log p(features that are there, c)` of `y = W r`, which becomes what stands for it there.
    #[inline(always)]
    fn log_marginal<B: Basis + ?Sized>(&self, features: &[f32], basis: &mut B, y: &mut [f32]) -> f32 {
        let log_width = take_out(self.weights, gaps(features), y, basis, |_, _, _| ());
        let square = y.iter().fold(0.0, |sum, y| sum + y * y);
        (self.constant - 0.5 * square) + log_width
    }

    /// `(P r)_i` and `P_ii` of a feature that is there, with P the inverse of the covariance of all that are:
    /// of the i-th column of W without what the missing ones could explain. Squares would cancel.
    fn part<'q>(
        &self,
        i: usize,
        basis: impl Iterator<Item = &'q [f32]>,
        y: &[f32],
        column: &mut [f32],
    ) -> [f32; 2] {
        copy_column(self.weights, i, column);
        for q in basis {
            take_away(column, q);
        }
        [dot(column, y), dot(column, column)]
    }

    /// The log joint without each of the features that are there, and as it is where one is missing.
    #[inline(always)]
    fn each_without<B: Basis + ?Sized>(
        &self,
        features: &[f32],
        log_joint: f32,
        basis: &B,
        y: &[f32],
        column: &mut [f32],
    ) -> impl Iterator<Item = f32> {
        let count = missing(features);
        features.iter().enumerate().map(move |(i, x)| {
            if math::is_nan(*x) {
                return log_joint;
            }
            let [product, precision] = self.part(i, basis.columns(count), y, column);
            log_joint + (0.5 * product * product / precision + log_width(precision))
        })
    }
}

/// Which features are missing.
fn gaps(features: &[f32]) -> impl Iterator<Item = bool> {
    features.iter().map(|x| math::is_nan(*x))
}

impl<S: Shape, M: Shape> Gaussians<'_, S, M> {
    /// As [`for_each_log_marginal`](Marginal::for_each_log_marginal), of one frame in memory of the caller's:
    /// a number a feature, and as many features more as may be missing.
    pub(crate) fn log_marginals(
        &self,
        features: &[f32],
        [r, y]: [&mut [f32]; 2],
        basis: &mut [f32],
        mut visit: impl FnMut(&[[f32; 1]]),
    ) {
        let mut basis = Lent { memory: basis, dims: features.len() };
        for component in self.each() {
            component.product(features, r.as_chunks_mut().0, y);
            visit(&[[component.log_marginal(features, &mut basis, y)]]);
        }
    }

    /// As [`add_without_of_present`](Marginal::add_without_of_present), in such memory.
    pub(crate) fn add_without_in_present(
        &self,
        features: &[f32],
        offset: f32,
        sum: &mut LogMeanExp<1>,
        without: &mut LogSums<'_>,
        [r, y]: [&mut [f32]; 2],
        basis: &mut [f32],
    ) {
        let mut basis = Lent { memory: basis, dims: features.len() };
        for component in self.each() {
            component.product(features, r.as_chunks_mut().0, y);
            let log_joint = component.log_marginal(features, &mut basis, y);
            sum.push_to_sum([log_joint]);
            without.add(component.each_without(features, log_joint + offset, &basis, y, r));
        }
    }

    fn each(&self) -> impl Iterator<Item = Component<'_>> {
        let dims = S::resolve(self.dims);
        let parts = self.means.chunks_exact(dims).zip(self.weights.chunks_exact(triangle(dims)));
        parts.zip(self.constants).map(|((mean, weights), constant)| Component {
            mean,
            weights,
            constant: *constant,
        })
    }
}

impl<S: Shape, M: Shape> Marginal for Gaussians<'_, S, M> {
    fn for_each_log_marginal<G: Shape, const L: usize>(
        &self,
        features: &[[f32; L]],
        mut visit: impl FnMut(&[[f32; L]]),
    ) {
        let dims = S::resolve(self.dims);
        let most = (0..L).map(|l| features.iter().filter(|x| math::is_nan(x[l])).count()).max().unwrap_or(0);
        let mut basis = G::rows::<S>(most, dims);
        let (mut of_lane, mut y) = (S::scratch::<f32>(dims), S::scratch::<f32>(dims));
        for component in self.each() {
            visit(&[lanes(|l| {
                of_lane.as_mut().iter_mut().zip(features).for_each(|(to, x)| *to = x[l]);
                component.product_of::<S>(of_lane.as_ref(), y.as_mut());
                component.log_marginal(of_lane.as_ref(), basis.as_mut(), y.as_mut())
            })]);
        }
    }

    fn add_without_of_present<G: Shape>(
        &self,
        features: &[f32],
        offset: f32,
        sum: &mut LogMeanExp<1>,
        without: &mut LogSums<'_>,
    ) {
        let (dims, count) = (S::resolve(self.dims), missing(features));
        let mut basis = G::rows::<S>(count, dims);
        let (mut column, mut y) = (S::scratch::<f32>(dims), S::scratch::<f32>(dims));
        for component in self.each() {
            component.product_of::<S>(features, y.as_mut());
            let log_joint = component.log_marginal(features, basis.as_mut(), y.as_mut());
            sum.push_to_sum([log_joint]);
            let log_joint = log_joint + offset;
            let (basis, y, column) = (basis.as_ref(), y.as_ref(), column.as_mut());
            without.add(component.each_without(features, log_joint, basis, y, column));
        }
    }

    /// The missing r make `|W r|²` least: `R r = −Qᵀ y`, and R⁻¹ R⁻ᵀ is their covariance.
    fn fill<G: Shape>(&self, component: usize, features: &mut [f32], mut noise: impl FnMut() -> f32) {
        let (dims, count) = (S::resolve(self.dims), missing(features));
        let Some(component) = self.each().nth(component) else { return };
        let mut basis = G::rows::<S>(count, dims);
        let (mut r, mut last) = (G::rows::<G>(count, count), G::buffer::<f32>(count));
        let mut y = S::scratch::<f32>(dims);
        component.product_of::<S>(features, y.as_mut());
        take_out(component.weights, gaps(features), y.as_mut(), basis.as_mut(), |k, place, part| {
            let (row, last) = (r.as_mut().get_mut(k).map(AsMut::as_mut), last.as_mut());
            let place = match place {
                Place::Column(p) => row.and_then(|row| row.get_mut(p)),
                Place::Last => last.get_mut(k),
            };
            place.into_iter().for_each(|place| *place = part);
        });
        let solution = last.as_mut();
        for k in (0..count).rev() {
            let Some(row) = r.as_ref().get(k).map(AsRef::as_ref) else { continue };
            let known = row.iter().zip(solution.iter()).skip(k + 1);
            let known = known.fold(0.0, |sum, (r, x)| sum + r * x);
            if let (Some(x), Some(diagonal)) = (solution.get_mut(k), row.get(k)) {
                *x = (noise() - *x - known) / diagonal;
            }
        }
        let mut solution = solution.iter();
        for (x, mean) in features.iter_mut().zip(component.mean) {
            if math::is_nan(*x) {
                *x = mean + solution.next().copied().unwrap_or(0.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::Width;

    /// The second of two numbers is the first and a little noise: without the first it is as wide as that, a
    /// hundred-millionth of the square of its column.
    #[test]
    fn a_number_that_nearly_repeats_a_missing_one_keeps_its_width() {
        const STEEP: f32 = 1e4;
        let (mut first, mut second) = ([0.0; TILE], [0.0; TILE]);
        [first[0], first[1], second[1]] = [1.0, -STEEP, STEEP];
        let (mean, weights) = ([0.0; 2], [first, second]);
        let component = Component { mean: &mean, weights: &weights, constant: 0.0 };
        for x in [0.0, 0.3, -2.0] {
            let (mut basis, mut y, mut column) = ([[0.0; 2]], [0.0; 2], [0.0; 2]);
            component.product_of::<Width<2>>(&[f32::NAN, x], &mut y);
            component.log_marginal(&[f32::NAN, x], &mut basis[..], &mut y);
            let [product, precision] = component.part(1, basis[..].columns(1), &y, &mut column);
            assert!((product - x).abs() < 1e-3 && (precision - 1.0).abs() < 1e-3, "{product} {precision}");
        }
    }
}
