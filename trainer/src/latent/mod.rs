//! The posterior's samples, its two terms of a bound, and the way back through them.
//!
//! A family of posteriors is a variant of [`Latent`] and a file here with the same four functions: `forward`,
//! `log_ratio`, `divergence`, `backward`. Nothing else in the trainer knows how z is drawn.

mod gaussian;
mod point;
mod von_mises_fisher;

use crate::net::chain::{Slope, keep_rows};
use crate::net::dense;
use crate::net::layout::{Dense, Latent};
use crate::net::real::Real;

use gaussian::Gaussian;
use point::Point;
use von_mises_fisher::Sphere;

/// q(z|x) of the rows of a batch: what it is computed from.
#[derive(Clone, Copy, Debug)]
pub struct Posterior<'a, T> {
    /// where its parameters lie
    pub latent: &'a Latent,
    /// all parameters
    pub params: &'a [T],
    /// what the encoder gave, `[row][hidden]`
    pub hidden: &'a [T],
    /// standard normals, `[row][sample][noise_len]`
    pub noise: &'a [T],
    /// samples per row
    pub samples: usize,
}

/// What the posterior leaves for the decoder and for the way back.
#[derive(Debug, Default)]
pub struct Draws<T> {
    /// the samples, `[row][sample][dim]`
    pub z: Vec<T>,
    gaussian: Gaussian<T>,
    sphere: Sphere<T>,
    point: Point<T>,
}

/// What the posterior's parameters φ follow of one sample:
/// `d_log_ratio (path ∂log w/∂z ∂z/∂φ − score ∂log q(z|x)/∂φ)`, of which the likelihood's part of `∂log w/∂z` is in the slope.
#[derive(Clone, Copy, Debug)]
pub struct Pull<T> {
    /// which, of all `[row][sample]`
    pub sample: usize,
    /// derivative of the loss with respect to `log p(z) − log q(z|x)`; 0 where the bound has the divergence for it
    pub d_log_ratio: T,
    /// factor of the way through z
    pub path: T,
    /// factor of the way around it
    pub score: T,
}

impl<T: Real> Draws<T> {
    /// Forgets all samples but these of `samples`, which must rise.
    pub fn keep(&mut self, kept: &[usize], samples: usize) {
        keep_rows(&mut self.z, kept, samples);
    }
}

impl<T: Real> Posterior<'_, T> {
    /// Draws z ~ q(z|x).
    pub fn forward(&self, draws: &mut Draws<T>) {
        let rows = self.hidden.len() / self.latent.dense().first().map_or(1, |dense| dense.inputs);
        draws.z.resize(rows * self.samples * self.latent.dim(), T::ZERO);
        match self.latent {
            Latent::Gaussian { loc, log_scale } => {
                gaussian::forward(self, loc, log_scale, &mut draws.gaussian, &mut draws.z);
            }
            Latent::VonMisesFisher { mean, concentration } => {
                von_mises_fisher::forward(self, mean, concentration, &mut draws.sphere, &mut draws.z);
            }
            Latent::Point { layer } => point::forward(self, layer, &mut draws.point, &mut draws.z),
        }
    }

    /// `log p(z) − log q(z|x)` of each sample, added to `out[row][sample]`.
    pub fn add_log_ratio(&self, draws: &Draws<T>, out: &mut [f64]) {
        match self.latent {
            Latent::Gaussian { .. } => gaussian::add_log_ratio(self, &draws.gaussian, &draws.z, out),
            Latent::VonMisesFisher { .. } => von_mises_fisher::add_log_ratio(self, &draws.sphere, out),
            Latent::Point { .. } => {}
        }
    }

    /// `KL(q(z|x) ‖ p(z))` of one row.
    pub fn divergence(&self, draws: &Draws<T>, row: usize) -> f64 {
        match self.latent {
            Latent::Gaussian { loc, .. } => gaussian::divergence(&draws.gaussian, loc.outputs, row),
            Latent::VonMisesFisher { .. } => von_mises_fisher::divergence(&draws.sphere, row),
            Latent::Point { .. } => 0.0,
        }
    }

    /// Adds the parameters' gradient, given the loss's derivative with respect to each row's divergence and what is followed of
    /// each kept sample. `slope` is at `∂z` of the likelihood before and, if `to_hidden` asks for it, at `∂hidden` after.
    pub fn backward(
        &self,
        draws: &mut Draws<T>,
        d_divergence: T,
        pulls: &[Pull<T>],
        to_hidden: bool,
        slope: &mut Slope<T>,
        gradient: &mut [T],
    ) {
        let Draws { z, gaussian, sphere, point } = draws;
        let back: [Option<(&Dense, &[T])>; 2] = match self.latent {
            Latent::Gaussian { loc, log_scale } => {
                let (d_loc, d_log_scale) =
                    gaussian::backward(self, gaussian, z, d_divergence, pulls, &slope.here);
                [Some((loc, d_loc)), Some((log_scale, d_log_scale))]
            }
            Latent::VonMisesFisher { mean, concentration } => {
                let layers = (mean, concentration);
                von_mises_fisher::backward(self, layers, sphere, z, d_divergence, pulls, &slope.here)
            }
            Latent::Point { layer } => {
                [Some((&layer.dense, point::backward(self, layer, point, pulls, &slope.here))), None]
            }
        };
        for (dense, d_output) in back.iter().flatten() {
            dense::backward(dense, self.hidden, d_output, gradient);
        }
        if to_hidden {
            slope.step_back(self.hidden.len(), |_, d_hidden| {
                for (i, (dense, d_output)) in back.iter().flatten().enumerate() {
                    dense::backward_input(dense, self.params, d_output, i > 0, d_hidden);
                }
            });
        }
    }
}
