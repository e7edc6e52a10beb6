//! Normals, each with a scale from the decoder.

use super::{Independent, LOG_SCALE_MAX, LOG_SCALE_MIN, Law, ReadLaw, bounded_scale};
use crate::distribution::HALF_LOG_TAU;
use crate::fingerprint::Part;
use crate::format::{LoadError, Sections};
use crate::math::{self, clamp};
use core::iter::repeat;
use rand_core::Rng;

/// `p(x|z) = Π_i N(x_i; loc_i, exp(log_scale_i)²)`, means and log scales from a dense layer each.
///
/// The log scale is held between [`LOG_SCALE_MIN`] and [`LOG_SCALE_MAX`]. It costs an `exp` an output and
/// sample, and a second wide layer. Base measure: Lebesgue.
pub type GaussianPerOutput<P, Q> = Independent<GaussianPerOutputLaw, (P, Q), 2>;

/// `N(x; loc, exp(log_scale)²)`
#[derive(Clone, Copy, Debug)]
pub struct GaussianPerOutputLaw;

impl Law<2> for GaussianPerOutputLaw {
    type Feature = ();

    #[inline(always)]
    fn features(&self) -> impl Iterator<Item = ()> {
        repeat(())
    }

    #[inline(always)]
    fn start(&self, dims: usize) -> f32 {
        -HALF_LOG_TAU * dims as f32
    }

    #[inline(always)]
    fn part(&self, (): (), x: f32, [loc, log_scale]: [f32; 2]) -> f32 {
        let log_scale = clamp(log_scale, LOG_SCALE_MIN, LOG_SCALE_MAX);
        // log N = −½ ((x − loc)/scale)² − log scale − ½ log 2π
        let r = (x - loc) * math::exp(-log_scale);
        -(0.5 * (r * r) + log_scale)
    }

    /// `(x − loc)/scale²` and `((x − loc)/scale)² − 1`, which is 0 where the log scale is held.
    #[inline(always)]
    fn slope(&self, (): (), x: f32, [loc, log_scale]: [f32; 2]) -> Option<[f32; 2]> {
        let held = clamp(log_scale, LOG_SCALE_MIN, LOG_SCALE_MAX);
        let inverse = math::exp(-held);
        let r = (x - loc) * inverse;
        Some([r * inverse, if held == log_scale { r * r - 1.0 } else { 0.0 }])
    }

    fn constant(&self, (): ()) -> f32 {
        -HALF_LOG_TAU
    }

    fn mean(&self, (): (), [loc, _]: [f32; 2]) -> f32 {
        loc
    }

    fn draw<R: Rng + ?Sized>(&self, (): (), [loc, log_scale]: [f32; 2], rng: &mut R) -> f32 {
        loc + bounded_scale(log_scale) * math::normal_quantile(rng.next_u32())
    }
}

impl ReadLaw<'_> for GaussianPerOutputLaw {
    const PART: Part = Part::GaussianPerOutput;

    fn read(_: &mut Sections<'_>, _: usize) -> Result<Self, LoadError> {
        Ok(GaussianPerOutputLaw)
    }
}
