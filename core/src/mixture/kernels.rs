//! Spherical components, of which there may be many.

mod marginal;

use super::conditional::{Conditional, Moments, extend, predict};
use super::{Components, LogSums, log_width};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections, is_scale};
use crate::kernel::{TILE, tiles};
use crate::math;
use crate::score::LogMeanExp;
use crate::shape::{Shape, Width};
use core::marker::PhantomData;
use rand_core::Rng;

/// Components `w_c N(x; μ_c, σ_c² I)`: with one at each row that was
/// fitted and σ alike, a kernel density estimate.
///
/// `log p(x, c) = constant_c − ½ precision_c |x − μ_c|²`, `precision_c = σ_c⁻²`,
/// `constant_c = log w_c − dims·(log σ_c + ½ log 2π)`
///
/// Eight centres lie side by side, so that one pass over the features serves them all.
///
/// **Source.** Parzen (1962), "On estimation of a probability density function and mode", equation 1.
#[derive(Clone, Copy, Debug)]
pub struct Kernels<'a, S, N> {
    /// `[tiles][dims][8]`
    centres: &'a [[f32; TILE]],
    /// `[tiles][8]`
    precisions: &'a [[f32; TILE]],
    /// `[tiles][8]`
    constants: &'a [[f32; TILE]],
    dims: usize,
    count: usize,
    shape: PhantomData<(S, N)>,
}

impl<'a, S: Shape, N: Shape> Kernels<'a, S, N> {
    /// Takes the sections: centres, precisions, constants.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] without a dimension or a component, or for a precision that
    /// is not positive; else as [`Sections::floats`].
    pub fn read(sections: &mut Sections<'a>, dims: usize, count: usize) -> Result<Self, LoadError> {
        if dims == 0 || count == 0 {
            return Err(LoadError::Malformed);
        }
        let rows = tiles(count).checked_mul(dims).ok_or(LoadError::Malformed)?;
        let centres = sections.tiles(rows)?;
        let (precisions, constants) = (sections.tiles(tiles(count))?, sections.tiles(tiles(count))?);
        let mut of_components = precisions.as_flattened().iter().take(count);
        if !of_components.all(|precision| is_scale(*precision)) {
            return Err(LoadError::Malformed);
        }
        Ok(Kernels { centres, precisions, constants, dims, count, shape: PhantomData })
    }
}

impl<S: Shape, N: Shape> Components for Kernels<'_, S, N> {
    type Shape = S;
    type Joint = N::Buffer<f32>;

    fn count(&self) -> usize {
        N::resolve(self.count)
    }

    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn for_each_log_joint<const L: usize>(&self, features: &[[f32; L]], mut visit: impl FnMut(&[[f32; L]])) {
        let tiles = self.centres.chunks_exact(S::resolve(self.dims).max(1));
        let mut left = self.count();
        for ((centres, precisions), constants) in tiles.zip(self.precisions).zip(self.constants) {
            let mut terms = squares(centres, features);
            let terms = terms.as_flattened_mut();
            for ((term, precision), constant) in terms.iter_mut().zip(precisions).zip(constants) {
                *term = term.map(|square| constant - 0.5 * (precision * square));
            }
            visit(terms.get(..left).unwrap_or(terms));
            left = left.saturating_sub(TILE);
        }
    }

    fn add_mean(&self, component: usize, weight: f32, to: &mut [f32]) {
        let (tile, place) = (component / TILE, component % TILE);
        let centres = self.centres.iter().skip(tile * S::resolve(self.dims));
        for (to, centres) in to.iter_mut().zip(centres) {
            *to += weight * centres.get(place).copied().unwrap_or(0.0);
        }
    }

    fn add_without(&self, features: &[f32], offset: f32, sum: &mut LogMeanExp<1>, without: &mut LogSums<'_>) {
        let dims = S::resolve(self.dims);
        let tiles = self.centres.chunks_exact(dims.max(1));
        let mut left = self.count();
        for ((centres, precisions), constants) in tiles.zip(self.precisions).zip(self.constants) {
            let moments = moments(centres, features);
            let of_components = moments.iter().zip(precisions).zip(constants).take(left);
            for (place, (([square, fourth], precision), constant)) in of_components.enumerate() {
                let log_joint = constant - 0.5 * (precision * square);
                sum.push_to_sum([log_joint]);
                let (half, log_joint) = (0.5 * precision, log_joint + offset);
                if !is_lost(without.seen() - log_joint, half, *fourth) {
                    let base = log_joint + log_width(*precision);
                    without.add(features.iter().zip(centres).map(|(x, centres)| {
                        let r = x - centres.get(place).copied().unwrap_or(0.0);
                        base + half * (r * r)
                    }));
                }
            }
            left = left.saturating_sub(TILE);
        }
    }

    fn log_weights(&self) -> impl Iterator<Item = f32> {
        let of_tiles = self.precisions.as_flattened().iter().zip(self.constants.as_flattened());
        of_tiles
            .take(self.count())
            .map(|(precision, constant)| constant - 0.5 * S::resolve(self.dims) as f32 * math::ln(*precision))
    }

    fn sample<R: Rng + ?Sized>(&self, component: usize, rng: &mut R, features: &mut [f32]) {
        for (at, x) in features.iter_mut().enumerate() {
            *x = self.conditional(component, at).sample(rng);
        }
    }

    fn joint(&self) -> Self::Joint {
        let mut joint = N::buffer::<f32>(self.count());
        joint.as_mut().iter_mut().zip(self.log_weights()).for_each(|(to, log_weight)| *to = log_weight);
        joint
    }

    fn predict(&self, joint: &Self::Joint, known: &[f32], moments: &mut Moments) {
        predict(joint.as_ref(), |component| self.conditional(component, known.len()), moments);
    }

    fn extend(&self, joint: &mut Self::Joint, known: &[f32], x: f32, floor: f32) {
        extend(joint.as_mut(), |component| self.conditional(component, known.len()), x, floor);
    }
}

impl<S: Shape, N: Shape> Kernels<'_, S, N> {
    /// Of a feature, whatever the others are.
    fn conditional(&self, component: usize, feature: usize) -> Conditional {
        let (tile, place) = (component / TILE, component % TILE);
        let centres = self.centres.get(tile * S::resolve(self.dims) + feature);
        let precision = self.precisions.as_flattened().get(component).copied().unwrap_or(1.0);
        Conditional {
            mean: centres.and_then(|centres| centres.get(place)).copied().unwrap_or(0.0),
            root_precision: math::sqrt(precision),
        }
    }
}

/// Whether a component lies so far below what is seen that no number that is left out brings it back: the
/// greatest of `½ precision r_i²` is at most `½ precision √(Σ r_i⁴)`, and the width that is gained at most as
/// wide as half the precision's logarithm says.
fn is_lost(gap: f32, half: f32, fourth: f32) -> bool {
    // log₂ from the bits of a float is too small by less than 0.09
    let log2 = (half.to_bits() as f32) * (1.0 / 8_388_608.0) - 127.0;
    // ½ log 2π − ½ log 2 half, of which log 2 is 0.69
    let gap = gap - (0.58 - 0.346_573_6 * log2);
    gap > 0.0 && gap * gap > half * half * fourth
}

/// `Σ_i r_i²`, to the bits as [`squares`], and `Σ_i r_i⁴` for eight centres, `r = x − μ`.
fn moments(centres: &[[f32; TILE]], x: &[f32]) -> [[f32; 2]; TILE] {
    let mut moments = [[0.0; 2]; TILE];
    for (centres, x) in centres.iter().zip(x) {
        for ([square, fourth], centre) in moments.iter_mut().zip(centres) {
            let r = x - centre;
            let r2 = r * r;
            *square += r2;
            *fourth += r2 * r2;
        }
    }
    moments
}

/// `|x − μ|²` for eight centres, dimensions rising. Two halves, because the compiler does not
/// keep 8 · 16 numbers of one variable in registers.
#[inline(always)]
fn squares<const L: usize>(centres: &[[f32; TILE]], x: &[[f32; L]]) -> [[[f32; L]; TILE / 2]; 2] {
    let (mut lower, mut upper) = ([[0.0; L]; TILE / 2], [[0.0; L]; TILE / 2]);
    for ([a, b, c, d, e, f, g, h], x) in centres.iter().zip(x) {
        add_squares(&mut lower, [*a, *b, *c, *d], x);
        add_squares(&mut upper, [*e, *f, *g, *h], x);
    }
    [lower, upper]
}

/// `squares[c][l] += (x[l] − centres[c])²`
#[inline(always)]
fn add_squares<const L: usize, const N: usize>(squares: &mut [[f32; L]; N], centres: [f32; N], x: &[f32; L]) {
    for (square, centre) in squares.iter_mut().zip(centres) {
        for (square, x) in square.iter_mut().zip(x) {
            let r = x - centre;
            *square += r * r;
        }
    }
}

impl<'a, const X: usize, const N: usize> Load<'a> for Kernels<'a, Width<X>, Width<N>> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        const { assert!(X > 0 && N > 0, "a mixture has at least one dimension and one component") }
        Kernels::read(sections, X, N)
    }
}

impl<const X: usize, const N: usize> Fingerprint for Kernels<'_, Width<X>, Width<N>> {
    const FINGERPRINT: u32 = of(&[Part::Kernels as u32, X as u32, N as u32]);
}
