//! No prior: latents of an autoencoder.

use super::{Prior, ReadPrior};
use crate::fingerprint::Part;
use crate::format::{LoadError, Sections};
use crate::posterior::{Family, OneByOne, Point};
use crate::shape::Shape;
use rand_core::Rng;

/// Beside a [`Point`], which has no density either: the terms of both are left out of a score.
#[derive(Clone, Copy, Debug)]
pub struct NoPrior;

impl<S: Shape> Prior<Point<S>> for NoPrior {
    #[inline]
    fn sample_log_ratio<R: Rng + ?Sized>(&self, q: &Point<S>, _: &mut R, z: &mut [f32]) -> f32 {
        z.copy_from_slice(q.mode());
        0.0
    }

    fn draw<const L: usize>(&self, frames: &mut OneByOne<Point<S>, S, L>, z: &mut [[f32; L]]) -> [f32; L] {
        frames.each(z, |q, noise, z| self.sample_log_ratio(q, noise, z))
    }

    fn log_ratio(&self, _: &Point<S>, _: &[f32]) -> f32 {
        0.0
    }

    fn kl(&self, _: &Point<S>) -> f32 {
        0.0
    }
}

impl ReadPrior<'_> for NoPrior {
    const PART: Part = Part::PointHead;

    fn read(_: &mut Sections<'_>, _: usize) -> Result<Self, LoadError> {
        Ok(NoPrior)
    }
}
