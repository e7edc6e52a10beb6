//! Normals, one learned scale for each feature.

use super::{Independent, Law, ReadLaw};
use crate::distribution::HALF_LOG_TAU;
use crate::fingerprint::Part;
use crate::format::{LoadError, Sections};
use crate::math;
use rand_core::Rng;

/// `p(x|z) = Π_i N(x_i; loc_i, scale_i²)`, the means from one dense layer, one scale per feature.
///
/// The scales do not depend on z, so their logarithms are one constant of the file and a score takes no `exp`
/// of them. Base measure: Lebesgue.
pub type Gaussian<'a, P> = Independent<GaussianLaw<'a>, (P,), 1>;

/// `N(x; loc, scale²)`, the scale fixed for the feature.
///
/// Sections: `1/scale`, then `[Σ_i −log scale_i − ½ log 2π]`.
#[derive(Clone, Copy, Debug)]
pub struct GaussianLaw<'a> {
    inverse_scale: &'a [f32],
    log_constant: f32,
}

impl Law<1> for GaussianLaw<'_> {
    /// `1/scale`
    type Feature = f32;

    #[inline(always)]
    fn features(&self) -> impl Iterator<Item = f32> {
        self.inverse_scale.iter().copied()
    }

    #[inline(always)]
    fn part(&self, inverse_scale: f32, x: f32, [loc]: [f32; 1]) -> f32 {
        let r = (x - loc) * inverse_scale;
        r * r
    }

    #[inline(always)]
    fn term(&self, square: f32) -> f32 {
        -0.5 * square
    }

    /// `Σ_i −½ r_i² − log scale_i − ½ log 2π`, `r = (x − loc)/scale`, from the sum of the squares.
    #[inline(always)]
    fn finish(&self, squares: f32) -> f32 {
        self.log_constant - 0.5 * squares
    }

    /// `(x − loc)/scale²`
    #[inline(always)]
    fn slope(&self, inverse_scale: f32, x: f32, [loc]: [f32; 1]) -> Option<[f32; 1]> {
        Some([(x - loc) * inverse_scale * inverse_scale])
    }

    fn constant(&self, inverse_scale: f32) -> f32 {
        math::ln(inverse_scale) - HALF_LOG_TAU
    }

    fn mean(&self, _: f32, [loc]: [f32; 1]) -> f32 {
        loc
    }

    fn draw<R: Rng + ?Sized>(&self, inverse_scale: f32, [loc]: [f32; 1], rng: &mut R) -> f32 {
        loc + math::normal_quantile(rng.next_u32()) / inverse_scale
    }
}

impl<'a> ReadLaw<'a> for GaussianLaw<'a> {
    const PART: Part = Part::Gaussian;

    fn read(sections: &mut Sections<'a>, dims: usize) -> Result<Self, LoadError> {
        let inverse_scale = sections.scales(dims)?;
        match *sections.floats(1)? {
            [log_constant] => Ok(GaussianLaw { inverse_scale, log_constant }),
            _ => Err(LoadError::Malformed),
        }
    }
}
