//! Latents beside what is given: a decoder that reads both.

use super::{Draw, Head, Posterior};
use crate::shape::Shape;
use core::marker::PhantomData;
use rand_core::Rng;

/// The head `H` for a decoder that reads `[z ‖ y]`, of the size `O`: y are the last `given` numbers of the
/// hidden vector, of the size `I`, and the numbers before them are H's.
///
/// `log p(z) − log q(z|x, y)` is H's: y is given, and has no part of it.
#[derive(Clone, Copy, Debug)]
pub struct GivenHead<H, I, O> {
    head: H,
    given: usize,
    shapes: PhantomData<fn(I) -> O>,
}

impl<H: Head<From = f32>, I: Shape, O: Shape> GivenHead<H, I, O> {
    /// A head behind whose latent `given` numbers stand.
    ///
    /// # Panics
    /// If `O` is another size than that of both together.
    pub fn new(head: H, given: usize) -> Self {
        let both = head.dims() + given;
        assert!(O::resolve(both) == both, "the latent and what is given are {both}");
        GivenHead { head, given, shapes: PhantomData }
    }

    /// A hidden vector's part that is the head's, and what is given.
    fn parts<'h, const L: usize>(&self, hidden: &'h [[f32; L]]) -> (&'h [[f32; L]], &'h [[f32; L]]) {
        hidden.split_at(hidden.len().saturating_sub(self.given))
    }
}

/// q(z|x, y) of one frame, and y.
#[derive(Clone, Debug)]
pub struct GivenPosterior<P, O: Shape> {
    posterior: P,
    /// `[mode ‖ y]`
    mode: O::Buffer<f32>,
    given: usize,
}

impl<P: Posterior, O: Shape> Posterior for GivenPosterior<P, O> {
    fn sample_log_ratio<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) -> f32 {
        z.copy_from_slice(self.mode());
        let (z, _) = z.split_at_mut(z.len().saturating_sub(self.given));
        self.posterior.sample_log_ratio(rng, z)
    }

    fn log_ratio(&self, z: &[f32]) -> f32 {
        let (z, _) = z.split_at(z.len().saturating_sub(self.given));
        self.posterior.log_ratio(z)
    }

    fn kl(&self) -> f32 {
        self.posterior.kl()
    }

    fn mode(&self) -> &[f32] {
        self.mode.as_ref()
    }
}

/// q(z|x, y) of `L` frames, and y.
#[derive(Clone, Debug)]
pub struct GivenPosteriors<D, I: Shape, const L: usize> {
    draw: D,
    hidden: I::Buffer<[f32; L]>,
    given: usize,
}

impl<D: Draw<L>, I: Shape, const L: usize> Draw<L> for GivenPosteriors<D, I, L> {
    fn draw(&mut self, z: &mut [[f32; L]]) -> [f32; L] {
        let (z, behind) = z.split_at_mut(z.len().saturating_sub(self.given));
        let given = self.hidden.as_ref().iter().rev();
        behind.iter_mut().rev().zip(given).for_each(|(behind, y)| *behind = *y);
        self.draw.draw(z)
    }
}

impl<H: Head<From = f32>, I: Shape, O: Shape> Head for GivenHead<H, I, O> {
    type In = I;
    type From = f32;
    type Latent = O;
    type Posterior = GivenPosterior<H::Posterior, O>;
    type Noise = H::Noise;
    type Posteriors<const L: usize> = GivenPosteriors<H::Posteriors<L>, I, L>;

    fn dims(&self) -> usize {
        self.head.dims() + self.given
    }

    fn posterior(&self, hidden: &[[f32; 1]]) -> Self::Posterior {
        let (of_head, given) = self.parts(hidden);
        let posterior = self.head.posterior(of_head);
        let mut mode = O::buffer(self.dims());
        let both = posterior.mode().iter().chain(given.as_flattened());
        mode.as_mut().iter_mut().zip(both).for_each(|(mode, from)| *mode = *from);
        GivenPosterior { posterior, mode, given: self.given }
    }

    fn posteriors<const L: usize>(&self, hidden: &[[f32; L]]) -> Self::Posteriors<L> {
        let (of_head, _) = self.parts(hidden);
        let mut kept = I::buffer(hidden.len());
        kept.as_mut().copy_from_slice(hidden);
        GivenPosteriors { draw: self.head.posteriors(of_head), hidden: kept, given: self.given }
    }

    fn noise(&self) -> H::Noise {
        self.head.noise()
    }

    fn words(&self) -> usize {
        self.head.words()
    }
}
