//! Spherical components, of frames with gaps.

use super::super::marginal::Marginal;
use super::super::{Components, LogSums, log_width};
use super::Kernels;
use crate::features::missing;
use crate::kernel::TILE;
use crate::math;
use crate::score::LogMeanExp;
use crate::shape::{Shape, lanes};

/// What the logarithm of a kernel gains by each number that it need not explain: the last one, as most
/// kernels of a file are as wide as the one before.
struct Width {
    precision: f32,
    log_width: f32,
}

impl Width {
    fn of(&mut self, precision: f32) -> f32 {
        if precision.to_bits() != self.precision.to_bits() {
            *self = Width { precision, log_width: log_width(precision) };
        }
        self.log_width
    }
}

/// `|x − μ|²` of the numbers that are there, dimensions rising, of the eight centres of a tile.
fn squares<const L: usize>(centres: &[[f32; TILE]], x: &[[f32; L]]) -> [[f32; L]; TILE] {
    let mut squares = [[0.0; L]; TILE];
    for (centres, x) in centres.iter().zip(x) {
        for (square, centre) in squares.iter_mut().zip(centres) {
            for (square, x) in square.iter_mut().zip(x) {
                let r = if math::is_nan(*x) { 0.0 } else { x - centre };
                *square += r * r;
            }
        }
    }
    squares
}

impl<S: Shape, N: Shape> Kernels<'_, S, N> {
    /// Hands over the centres of each tile with the log joints of its components.
    fn for_each_tile_of_present<const L: usize>(
        &self,
        features: &[[f32; L]],
        mut visit: impl FnMut(&[[f32; TILE]], &[f32], &[[f32; L]]),
    ) {
        let tiles = self.centres.chunks_exact(S::resolve(self.dims));
        let gaps: [f32; L] = lanes(|l| features.iter().filter(|x| math::is_nan(x[l])).count() as f32);
        let (mut left, mut width) = (self.count(), Width { precision: 0.0, log_width: 0.0 });
        for ((centres, precisions), constants) in tiles.zip(self.precisions).zip(self.constants) {
            let mut terms = squares(centres, features);
            for ((term, precision), constant) in terms.iter_mut().zip(precisions).zip(constants).take(left) {
                let log_width = width.of(*precision);
                for (term, gaps) in term.iter_mut().zip(gaps) {
                    *term = (constant - 0.5 * (precision * *term)) + gaps * log_width;
                }
            }
            visit(centres, precisions, terms.get(..left).unwrap_or(&terms));
            left = left.saturating_sub(TILE);
        }
    }
}

impl<S: Shape, N: Shape> Marginal for Kernels<'_, S, N> {
    fn for_each_log_marginal<G: Shape, const L: usize>(
        &self,
        features: &[[f32; L]],
        mut visit: impl FnMut(&[[f32; L]]),
    ) {
        self.for_each_tile_of_present(features, |_, _, terms| visit(terms));
    }

    fn add_without_of_present<G: Shape>(
        &self,
        features: &[f32],
        offset: f32,
        sum: &mut LogMeanExp<1>,
        without: &mut LogSums<'_>,
    ) {
        let mut width = Width { precision: 0.0, log_width: 0.0 };
        self.for_each_tile_of_present(features.as_chunks::<1>().0, |centres, precisions, terms| {
            for (place, ([log_joint], precision)) in terms.iter().zip(precisions).enumerate() {
                sum.push_to_sum([*log_joint]);
                let (half, log_joint) = (0.5 * precision, log_joint + offset);
                let base = log_joint + width.of(*precision);
                without.add(features.iter().zip(centres).map(|(x, centres)| {
                    let r = x - centres.get(place).copied().unwrap_or(0.0);
                    if math::is_nan(r) { log_joint } else { base + half * (r * r) }
                }));
            }
        });
    }

    fn fill<G: Shape>(&self, component: usize, features: &mut [f32], mut noise: impl FnMut() -> f32) {
        if missing(features) == 0 {
            return;
        }
        for (i, x) in features.iter_mut().enumerate() {
            if math::is_nan(*x) {
                let of_feature = self.conditional(component, i);
                *x = of_feature.mean + noise() / of_feature.root_precision;
            }
        }
    }
}
