//! Draws of latents: what a score asks of a posterior and its prior.

use super::Posterior;
use crate::posterior::OneByOne;
use crate::shape::Shape;
use core::marker::PhantomData;
use rand_core::Rng;

/// A source of latents, `L` at a time: samples of one frame's posterior, or one of each of `L` frames.
pub trait Draw<const L: usize> {
    /// Draws the next `L` latents and returns `log p(z) − log q(z|x)` of each, in nats.
    fn draw(&mut self, z: &mut [[f32; L]]) -> [f32; L];
}

/// Samples of the posterior `Q` of one frame, whose latents have the size `S`.
#[derive(Debug)]
pub struct Samples<'a, Q, S: Shape, R: ?Sized> {
    posterior: &'a Q,
    rng: &'a mut R,
    shape: PhantomData<S>,
}

impl<'a, Q: Posterior, S: Shape, R: Rng + ?Sized> Samples<'a, Q, S, R> {
    /// By the words of `rng`.
    #[inline(always)]
    pub fn new(posterior: &'a Q, rng: &'a mut R) -> Self {
        Samples { posterior, rng, shape: PhantomData }
    }
}

impl<Q: Posterior, S: Shape, R: Rng + ?Sized, const L: usize> Draw<L> for Samples<'_, Q, S, R> {
    #[inline(always)]
    fn draw(&mut self, z: &mut [[f32; L]]) -> [f32; L] {
        self.posterior.sample_log_ratios::<S, R, L>(self.rng, z)
    }
}

/// Posteriors of `L` frames that draw one after another.
impl<Q: Posterior, S: Shape, const L: usize> Draw<L> for OneByOne<Q, S, L> {
    fn draw(&mut self, z: &mut [[f32; L]]) -> [f32; L] {
        self.each(z, |posterior, noise, z| posterior.sample_log_ratio(noise, z))
    }
}
