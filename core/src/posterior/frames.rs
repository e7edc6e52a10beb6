//! Posteriors of several frames that draw one after another.

use crate::noise::LowDiscrepancy;
use crate::shape::{Element, Shape};

/// Posteriors `Q` of `L` frames, each with noise of its own: their samplers take as many words as they need.
#[derive(Clone, Debug)]
pub struct OneByOne<Q, S: Shape, const L: usize> {
    posteriors: [(Q, LowDiscrepancy); L],
    z: S::Buffer<f32>,
}

impl<Q, S: Shape, const L: usize> OneByOne<Q, S, L> {
    /// Of each hidden vector, of the size `H`: what `posterior` makes of it, with noise of its own. The
    /// latents have `dims` coordinates.
    pub(crate) fn new<H: Shape, T: Element>(
        hidden: &[[T; L]],
        dims: usize,
        posterior: impl Fn(&[[T; 1]]) -> Q,
        noise: impl Fn() -> LowDiscrepancy,
    ) -> Self {
        let mut of_frame = H::buffer(hidden.len());
        let posteriors = core::array::from_fn(|l| {
            of_frame.as_mut().iter_mut().zip(hidden).for_each(|(h, lanes)| *h = [lanes[l]]);
            (posterior(of_frame.as_ref()), noise())
        });
        OneByOne { posteriors, z: S::buffer(dims) }
    }

    /// Draws the next z of every frame; returns what `of_frame`, which draws one, says of each.
    pub(crate) fn each(
        &mut self,
        z: &mut [[f32; L]],
        of_frame: impl Fn(&Q, &mut LowDiscrepancy, &mut [f32]) -> f32,
    ) -> [f32; L] {
        let mut said = [0.0; L];
        for (l, (posterior, noise)) in self.posteriors.iter_mut().enumerate() {
            said[l] = of_frame(posterior, noise, self.z.as_mut());
            z.iter_mut().zip(self.z.as_ref()).for_each(|(z, of_lane)| z[l] = *of_lane);
        }
        said
    }
}
