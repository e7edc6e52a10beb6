//! Components with a full covariance.

mod marginal;

use super::conditional::{Conditional, Moments, extend, predict};
use super::{Components, LogSums, log_width};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections, is_scale};
use crate::kernel::{AsIs, Kernel, TILE, Tile, Tiles, reach, tiles, triangle};
use crate::layer::weights::F32;
use crate::math;
use crate::score::LogMeanExp;
use crate::shape::{Shape, Width};
use core::marker::PhantomData;
use rand_core::Rng;

/// Components `w_c N(x; μ_c, Σ_c)` with `Σ_c⁻¹ = WᵀW`, W lower triangular:
/// the inverse of the covariance's Cholesky factor.
///
/// `log p(x, c) = constant_c − ½ |W (x − μ_c)|²`, `constant_c = log w_c + Σ_i log W_ii − ½ dims·log 2π`
///
/// W is stored in tiles of eight outputs, each as long as its last row: about half of a square.
#[derive(Clone, Copy, Debug)]
pub struct Gaussians<'a, S, M> {
    /// `[components][dims]`
    means: &'a [f32],
    /// `[components][triangle(dims)][8]`
    weights: &'a [[f32; TILE]],
    /// `[components]`
    constants: &'a [f32],
    dims: usize,
    shape: PhantomData<(S, M)>,
}

impl<'a, S: Shape, M: Shape> Gaussians<'a, S, M> {
    /// Takes the sections: means, triangles, constants.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] without a dimension or a component, or where the diagonal of a triangle
    /// is not positive, else as [`Sections::floats`].
    pub fn read(sections: &mut Sections<'a>, dims: usize, count: usize) -> Result<Self, LoadError> {
        if dims == 0 || count == 0 {
            return Err(LoadError::Malformed);
        }
        let times = |n: usize| n.checked_mul(count).ok_or(LoadError::Malformed);
        let means = sections.floats(times(dims)?)?;
        let weights = sections.tiles(times(triangle(dims))?)?;
        if !weights.chunks_exact(triangle(dims).max(1)).all(|triangle| has_positive_diagonal(triangle, dims))
        {
            return Err(LoadError::Malformed);
        }
        Ok(Gaussians { means, weights, constants: sections.floats(count)?, dims, shape: PhantomData })
    }
}

impl<S: Shape, M: Shape> Components for Gaussians<'_, S, M> {
    type Shape = S;
    type Joint = M::Buffer<f32>;

    fn count(&self) -> usize {
        M::resolve(self.constants.len())
    }

    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn for_each_log_joint<const L: usize>(&self, features: &[[f32; L]], visit: impl FnMut(&[[f32; L]])) {
        let mut centred = S::scratch::<[f32; L]>(S::resolve(self.dims));
        self.log_joints(features, centred.as_mut(), visit);
    }

    fn add_mean(&self, component: usize, weight: f32, to: &mut [f32]) {
        let mean = self.means.iter().skip(component * S::resolve(self.dims));
        to.iter_mut().zip(mean).for_each(|(to, mean)| *to += weight * mean);
    }

    fn add_without(&self, features: &[f32], offset: f32, sum: &mut LogMeanExp<1>, without: &mut LogSums<'_>) {
        let dims = S::resolve(self.dims);
        let mut centred = S::scratch::<[f32; 1]>(dims);
        let mut parts = S::scratch::<[f32; 2]>(dims);
        self.add_without_in(features, offset, sum, without, centred.as_mut(), parts.as_mut());
    }

    fn log_weights(&self) -> impl Iterator<Item = f32> {
        self.constants.iter().enumerate().map(|(component, constant)| {
            let logs = (0..S::resolve(self.dims)).map(|at| math::ln(self.weight(component, at, at)));
            constant - logs.fold(0.0, |sum, log| sum + log)
        })
    }

    /// `W (x − μ) = ε`, ε standard normal, solved from the first feature on.
    fn sample<R: Rng + ?Sized>(&self, component: usize, rng: &mut R, features: &mut [f32]) {
        for at in 0..features.len() {
            let (known, rest) = features.split_at_mut(at);
            let law = self.conditional(component, known);
            rest.iter_mut().take(1).for_each(|x| *x = law.sample(rng));
        }
    }

    fn joint(&self) -> Self::Joint {
        let mut joint = M::buffer::<f32>(self.constants.len());
        joint.as_mut().iter_mut().zip(self.log_weights()).for_each(|(to, log_weight)| *to = log_weight);
        joint
    }

    fn predict(&self, joint: &Self::Joint, known: &[f32], moments: &mut Moments) {
        predict(joint.as_ref(), |component| self.conditional(component, known), moments);
    }

    fn extend(&self, joint: &mut Self::Joint, known: &[f32], x: f32, floor: f32) {
        extend(joint.as_mut(), |component| self.conditional(component, known), x, floor);
    }
}

impl<S: Shape, M: Shape> Gaussians<'_, S, M> {
    /// [`for_each_log_joint`](Components::for_each_log_joint), in memory of the caller's for `x − μ`.
    #[inline(always)]
    pub(crate) fn log_joints<const L: usize>(
        &self,
        features: &[[f32; L]],
        centred: &mut [[f32; L]],
        mut visit: impl FnMut(&[[f32; L]]),
    ) {
        let dims = S::resolve(self.dims);
        // no dimension: no component, and no panic where the size is not in the type
        let means = self.means.chunks_exact(dims.max(1));
        let weights = self.weights.chunks_exact(triangle(dims).max(1));
        for ((mean, weights), constant) in means.zip(weights).zip(self.constants) {
            for ((to, x), mean) in centred.iter_mut().zip(features).zip(mean) {
                *to = x.map(|x| x - mean);
            }
            let square = square_of_product(weights, centred);
            visit(&[square.map(|square| constant - 0.5 * square)]);
        }
    }

    /// [`add_without`](Components::add_without), in memory of the caller's: one and two numbers a feature.
    #[inline(always)]
    pub(crate) fn add_without_in(
        &self,
        features: &[f32],
        offset: f32,
        sum: &mut LogMeanExp<1>,
        without: &mut LogSums<'_>,
        centred: &mut [[f32; 1]],
        parts: &mut [[f32; 2]],
    ) {
        let dims = S::resolve(self.dims);
        // no dimension: no component, and no panic where the size is not in the type
        let means = self.means.chunks_exact(dims.max(1));
        let weights = self.weights.chunks_exact(triangle(dims).max(1));
        for ((mean, weights), constant) in means.zip(weights).zip(self.constants) {
            for (([r], x), mean) in centred.iter_mut().zip(features).zip(mean) {
                *r = x - mean;
            }
            let square = with_parts(weights, centred, parts);
            let log_joint = constant - 0.5 * square;
            sum.push_to_sum([log_joint]);
            without.add(parts.iter().map(|[product, diagonal]| {
                (log_joint + offset) + (0.5 * product * product / diagonal + log_width(*diagonal))
            }));
        }
    }

    /// `W_ij` of a component, j ≤ i.
    fn weight(&self, component: usize, i: usize, j: usize) -> f32 {
        let tile =
            self.weights.get(component * triangle(S::resolve(self.dims)) + triangle(i / TILE * TILE) + j);
        tile.and_then(|tile| tile.get(i % TILE)).copied().unwrap_or(1.0)
    }

    /// Of feature i given those before it. `W_ii (x_i − mean) = Σ_(j ≤ i) W_ij (x_j − μ_j)`.
    fn conditional(&self, component: usize, known: &[f32]) -> Conditional {
        let i = known.len();
        let mut means = self.means.iter().skip(component * S::resolve(self.dims));
        let mut sum = 0.0;
        for (j, (x, mean)) in known.iter().zip(&mut means).enumerate() {
            sum += self.weight(component, i, j) * (x - mean);
        }
        let (mean, root_precision) = (means.next().copied().unwrap_or(0.0), self.weight(component, i, i));
        Conditional { mean: mean - sum / root_precision, root_precision }
    }
}

/// `|W r|²`; `(P r)_i` and `P_ii` of each i, `P = WᵀW`.
fn with_parts(weights: &[[f32; TILE]], r: &[[f32; 1]], parts: &mut [[f32; 2]]) -> f32 {
    let mut square = 0.0;
    parts.fill([0.0; 2]);
    for_each_tile(weights, r, |tile, _, y| {
        for [y] in y {
            square += y * y;
        }
        // Pr = Wᵀ(Wr) and the squares of the columns, by tiles of Wr
        for ([product, diagonal], row) in parts.iter_mut().zip(tile) {
            for (w, [y]) in row.iter().zip(y) {
                *product += w * y;
                *diagonal += w * w;
            }
        }
    });
    square
}

/// Whether `W_ii > 0` for all i: else W is no inverse of a Cholesky factor.
fn has_positive_diagonal(mut triangle: &[[f32; TILE]], dims: usize) -> bool {
    (0..tiles(dims)).all(|tile| {
        let Some((weights, rest)) = triangle.split_at_checked(reach(tile, dims)) else { return false };
        triangle = rest;
        let diagonal = weights.iter().skip(tile * TILE).zip(0..TILE);
        diagonal.into_iter().all(|(row, i)| row.get(i).is_some_and(|w| is_scale(*w)))
    })
}

/// `|W x|²`, W a triangle.
#[inline(always)]
fn square_of_product<const L: usize>(weights: &[[f32; TILE]], x: &[[f32; L]]) -> [f32; L] {
    let mut square = [0.0; L];
    for_each_tile(
        weights,
        x,
        #[inline(always)]
        |_, _, y| {
            // of outputs past the last one the weights are zero
            for y in y {
                for (square, y) in square.iter_mut().zip(y) {
                    *square += y * y;
                }
            }
        },
    );
    square
}

/// Hands over, tile by tile of a triangle W: its weights, the part of x
/// that they multiply, and their part of W x.
#[inline(always)]
fn for_each_tile<const L: usize>(
    mut weights: &[[f32; TILE]],
    x: &[[f32; L]],
    mut visit: impl FnMut(&[[f32; TILE]], &[[f32; L]], Tile<L>),
) {
    for tile in 0..tiles(x.len()) {
        let reach = reach(tile, x.len());
        let (Some((weight, rest)), Some(x)) = (weights.split_at_checked(reach), x.get(..reach)) else {
            break;
        };
        let layer: F32<'_> =
            Tiles { weights: weight, bias: &[[0.0; TILE]], finish: AsIs, input: PhantomData };
        visit(weight, x, layer.tile(0, x));
        weights = rest;
    }
}

impl<'a, const X: usize, const M: usize> Load<'a> for Gaussians<'a, Width<X>, Width<M>> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        const { assert!(X > 0 && M > 0, "a mixture has at least one dimension and one component") }
        Gaussians::read(sections, X, M)
    }
}

impl<const X: usize, const M: usize> Fingerprint for Gaussians<'_, Width<X>, Width<M>> {
    const FINGERPRINT: u32 = of(&[Part::Gaussians as u32, X as u32, M as u32]);
}
