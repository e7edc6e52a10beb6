//! The posterior's samples, its two terms of a bound, and the way back through them.
//!
//! A family of posteriors is a variant of [`Latent`] and a file here with the same four functions: `forward`,
//! `log_ratio`, `divergence`, `backward`. Nothing else in the trainer knows how z is drawn.

mod gaussian;
mod mixture;
mod point;
mod von_mises_fisher;

use crate::net::buffer::Buffer;
use crate::net::dense;
use crate::net::layout::Latent;
use crate::net::params::Params;
use crate::net::real::Real;

use gaussian::Gaussian;
use mixture::Mixture;
use point::Point;
use von_mises_fisher::Sphere;

/// q(z|x) of the rows of a batch: what it is computed from.
#[derive(Clone, Copy, Debug)]
pub struct Posterior<'a, T> {
    /// where its parameters lie
    pub latent: &'a Latent,
    /// all parameters
    pub params: Params<'a, T>,
    /// what the encoder gave, `[row][hidden]`
    pub hidden: &'a [T],
    /// standard normals, `[row][sample][noise_len]`
    pub noise: &'a [T],
    /// samples per row
    pub samples: usize,
}

/// What the posterior leaves for the decoder and for the way back, and the way back for the gradient.
#[derive(Debug, Default)]
pub struct Draws<T> {
    /// the samples, `[row][sample][dim]`
    pub z: Buffer<T>,
    /// the derivatives of the loss with respect to the outputs of the posterior's dense layers, `[row][output]`
    d_outputs: [Buffer<T>; 2],
    gaussian: Gaussian<T>,
    mixture: Mixture<T>,
    sphere: Sphere<T>,
    point: Point<T>,
    /// mean divergence of each unit, and the derivative of the loss with respect to it
    units: Vec<f64>,
    d_units: Vec<T>,
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
        self.z.keep_rows(kept, samples);
    }

    /// The means of a Gaussian posterior, `[row][coordinate]`; of another, nothing.
    pub fn means(&self) -> &[T] {
        self.gaussian.loc()
    }

    /// The derivative of the loss with respect to the prior's parameters, after `backward`.
    pub fn d_prior(&self) -> &[T] {
        self.mixture.d_prior()
    }

    /// The derivative of the loss with respect to the `i`-th dense layer's outputs, after `backward`.
    pub fn d_output(&self, i: usize) -> &[T] {
        &self.d_outputs[i]
    }
}

impl<T: Real> Posterior<'_, T> {
    /// Draws z ~ q(z|x).
    pub fn forward(&self, draws: &mut Draws<T>) {
        let rows = self.hidden.len() / self.latent.heads().next().map_or(1, |dense| dense.inputs);
        draws.z.resize(rows * self.samples * self.latent.dim());
        match self.latent {
            Latent::Gaussian { loc, log_scale } => {
                gaussian::forward(self, loc, log_scale, &mut draws.gaussian, &mut draws.z);
            }
            Latent::GaussianMixture { loc, log_scale, prior } => {
                let Draws { gaussian, mixture, z, .. } = draws;
                mixture::forward(self, (loc, log_scale), prior, (gaussian, mixture), z);
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
            Latent::GaussianMixture { .. } => mixture::add_log_ratio(&draws.mixture, out),
            Latent::VonMisesFisher { .. } => von_mises_fisher::add_log_ratio(self, &draws.sphere, out),
            Latent::Point { .. } => {}
        }
    }

    /// `KL(q(z|x) ‖ p(z))` of one row.
    pub fn divergence(&self, draws: &Draws<T>, row: usize) -> f64 {
        match self.latent {
            Latent::Gaussian { loc, .. } => gaussian::divergence(&draws.gaussian, loc.outputs, row),
            Latent::GaussianMixture { .. } => mixture::divergence(&draws.mixture, self.samples, row),
            Latent::VonMisesFisher { .. } => von_mises_fisher::divergence(&draws.sphere, row),
            Latent::Point { .. } => 0.0,
        }
    }

    /// What the ELBO charges: `Σ_j max(free, mean over the rows of KL_j)`, in nats. The units j are the coordinates of a Gaussian, or a
    /// sphere, or a Gaussian under a mixture, as a whole; with `free = 0` it is the mean of the divergence.
    ///
    /// # Source
    /// Kingma and others (2016), "Improving variational inference with inverse autoregressive flow", equation 15, with each unit a
    /// group.
    pub fn charge(&self, draws: &mut Draws<T>, free: f64) -> f64 {
        self.unit_divergences(draws);
        draws.units.iter().map(|kl| kl.max(free)).sum()
    }

    fn unit_divergences(&self, draws: &mut Draws<T>) {
        match self.latent {
            Latent::Gaussian { loc, .. } => {
                gaussian::unit_divergences(&draws.gaussian, loc.outputs, &mut draws.units);
            }
            Latent::GaussianMixture { .. } => {
                mixture::unit_divergences(&draws.mixture, &mut draws.units);
            }
            Latent::VonMisesFisher { .. } => {
                von_mises_fisher::unit_divergences(&draws.sphere, &mut draws.units);
            }
            Latent::Point { .. } => draws.units.clear(),
        }
    }

    /// Of each unit: `d_charge`, or nothing where the divergence is below what is free.
    fn d_units(&self, draws: &mut Draws<T>, d_charge: T, free: f64) {
        if free > 0.0 {
            self.unit_divergences(draws);
            let Draws { units, d_units, .. } = draws;
            d_units.clear();
            d_units.extend(units.iter().map(|kl| if *kl < free { T::ZERO } else { d_charge }));
        } else {
            draws.d_units.clear();
            draws.d_units.resize(self.latent.dim(), d_charge);
        }
    }

    /// From the loss's derivatives with respect to each row's divergence beyond what is `free`, and each kept sample's z (the likelihood's part), and
    /// what is followed of that sample, to those in the outputs of the dense layers and, if it is asked for, in `hidden`.
    pub fn backward(
        &self,
        draws: &mut Draws<T>,
        (d_charge, free): (T, f64),
        pulls: &[Pull<T>],
        d_z: &[T],
        d_hidden: Option<&mut Buffer<T>>,
    ) {
        self.d_units(draws, d_charge, free);
        let Draws { z, d_outputs, gaussian, mixture, sphere, point, d_units, .. } = draws;
        match self.latent {
            Latent::Gaussian { .. } => {
                // ∂log p(z)/∂z = −z
                gaussian::backward(self, gaussian, (z, |z: T| -z), d_units, pulls, d_z, d_outputs);
            }
            Latent::GaussianMixture { .. } => {
                let d_divergence = d_units.first().copied().unwrap_or(T::ZERO);
                let draws = (&*gaussian, mixture);
                mixture::backward(self, draws, z, d_divergence, pulls, d_z, d_outputs);
            }
            Latent::VonMisesFisher { .. } => {
                let d_divergence = d_units.first().map_or(0.0, |d| d.to_f64());
                von_mises_fisher::backward(self, sphere, z, d_divergence, pulls, d_z, d_outputs);
            }
            Latent::Point { layer } => point::backward(self, layer, point, pulls, d_z, &mut d_outputs[0]),
        }
        if let Some(d_hidden) = d_hidden {
            d_hidden.resize(self.hidden.len());
            for (i, dense) in self.latent.heads().enumerate() {
                dense::backward_input(dense, self.params, &d_outputs[i], i > 0, d_hidden);
            }
        }
    }
}
