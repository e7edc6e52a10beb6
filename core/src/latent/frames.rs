//! Posteriors of several frames side by side, for a host that scores many.

use super::{Draw, Head, Posterior};
use crate::distribution::{GaussianMixture, gaussian_draw, gaussian_draw_alone};
use crate::math;
use crate::noise::LowDiscrepancy;
use crate::shape::{Shape, lanes};
use rand_core::Rng;

/// Gaussian posteriors: one word of noise a coordinate, the same for every frame, so it is made once.
#[derive(Clone, Debug)]
pub struct GaussianPosteriors<S: Shape, const L: usize> {
    loc: S::Buffer<[f32; L]>,
    log_scale: S::Buffer<[f32; L]>,
    scale: S::Buffer<[f32; L]>,
    noise: LowDiscrepancy,
}

/// Of `L` locations, scales, log scales and a noise in common: z, and a term of a sum over the coordinates.
type OfCoordinate<const L: usize> = fn([f32; L], [f32; L], [f32; L], f32) -> ([f32; L], [f32; L]);

impl<S: Shape, const L: usize> GaussianPosteriors<S, L> {
    #[inline(always)]
    pub(super) fn new(
        loc: S::Buffer<[f32; L]>,
        log_scale: S::Buffer<[f32; L]>,
        noise: LowDiscrepancy,
    ) -> Self {
        let mut scale = log_scale.clone();
        for s in scale.as_mut().as_flattened_mut() {
            *s = math::exp(*s);
        }
        GaussianPosteriors { loc, log_scale, scale, noise }
    }

    /// Draws the next z of every frame; the sum over the coordinates of what `of_coordinate` says of each.
    #[inline(always)]
    fn each(&mut self, z: &mut [[f32; L]], of_coordinate: OfCoordinate<L>) -> [f32; L] {
        let mut sum = [0.0; L];
        let scales = self.scale.as_ref().iter().zip(self.log_scale.as_ref());
        for ((loc, (scale, log_scale)), z) in self.loc.as_ref().iter().zip(scales).zip(z) {
            let noise = math::normal_quantile(self.noise.next_u32());
            let terms;
            (*z, terms) = of_coordinate(*loc, *scale, *log_scale, noise);
            sum = lanes(|l| sum[l] + terms[l]);
        }
        sum
    }
}

impl<S: Shape, const L: usize> Draw<L> for GaussianPosteriors<S, L> {
    #[inline(always)]
    fn draw(&mut self, z: &mut [[f32; L]]) -> [f32; L] {
        self.each(z, gaussian_draw)
    }
}

/// Gaussian posteriors, measured against a mixture.
#[derive(Clone, Debug)]
pub struct MixturePosteriors<'a, S: Shape, const L: usize> {
    gaussian: GaussianPosteriors<S, L>,
    prior: GaussianMixture<'a, S>,
}

impl<'a, S: Shape, const L: usize> MixturePosteriors<'a, S, L> {
    #[inline(always)]
    pub(super) fn new(gaussian: GaussianPosteriors<S, L>, prior: GaussianMixture<'a, S>) -> Self {
        MixturePosteriors { gaussian, prior }
    }
}

impl<S: Shape, const L: usize> Draw<L> for MixturePosteriors<'_, S, L> {
    #[inline(always)]
    fn draw(&mut self, z: &mut [[f32; L]]) -> [f32; L] {
        let surprise = self.gaussian.each(z, gaussian_draw_alone);
        let log_prior = self.prior.log_prob_up_to_constant(z);
        lanes(|l| log_prior[l] + surprise[l])
    }
}

/// Posteriors that draw one after another, each from noise of its own: their samplers take as many words as
/// they need.
#[derive(Clone, Debug)]
pub struct OneByOne<P, N, S: Shape, const L: usize> {
    posteriors: [(P, N); L],
    z: S::Buffer<f32>,
}

/// The posteriors of `L` frames by way of [`Head::posterior`].
pub(super) fn one_by_one<H: Head, const L: usize>(
    head: &H,
    hidden: &[[H::From; L]],
) -> OneByOne<H::Posterior, H::Noise, H::Latent, L> {
    let mut of_frame = H::In::buffer(hidden.len());
    let posteriors = core::array::from_fn(|l| {
        of_frame.as_mut().iter_mut().zip(hidden).for_each(|(h, lanes)| *h = [lanes[l]]);
        (head.posterior(of_frame.as_ref()), head.noise())
    });
    OneByOne { posteriors, z: H::Latent::buffer(head.dims()) }
}

impl<P: Posterior, N: Rng, S: Shape, const L: usize> Draw<L> for OneByOne<P, N, S, L> {
    fn draw(&mut self, z: &mut [[f32; L]]) -> [f32; L] {
        let mut log_ratio = [0.0; L];
        for (l, (posterior, noise)) in self.posteriors.iter_mut().enumerate() {
            log_ratio[l] = posterior.sample_log_ratio(noise, self.z.as_mut());
            z.iter_mut().zip(self.z.as_ref()).for_each(|(z, of_lane)| z[l] = *of_lane);
        }
        log_ratio
    }
}
