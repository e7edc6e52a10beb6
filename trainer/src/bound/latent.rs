//! Posterior and prior of a batch: families of the latent behind the posterior's heads.

#[cfg(test)]
mod tests;

use crate::latent::{Heads, Posterior, Prior, Pull, Slopes, of};
use crate::layout::Layout;
use crate::net::buffer::Buffer;
use crate::net::dense;
use crate::net::params::Params;
use crate::net::real::Real;

/// The rows of a batch on their way to z.
#[derive(Clone, Copy, Debug)]
pub struct Encoded<'a, T> {
    /// where the parameters lie
    pub layout: &'a Layout,
    /// all of them
    pub params: Params<'a, T>,
    /// what the encoder gave, `[row][hidden]`
    pub hidden: &'a [T],
    /// standard normals, `[row][sample][noise_len]`
    pub noise: &'a [T],
    /// samples per row
    pub samples: usize,
}

/// Posterior and prior of a batch, with what they leave for the decoder and for the way back.
#[derive(Debug)]
pub struct Latent<T> {
    /// the samples, `[row][sample][dim]`
    pub z: Buffer<T>,
    posterior: Box<dyn Posterior<T>>,
    prior: Option<Learned<T>>,
    /// what each head gave, `[row][output]`, and the derivatives of the loss with respect to it
    outputs: Vec<Buffer<T>>,
    d_outputs: Vec<Buffer<T>>,
    /// mean divergence of each unit, and the derivative of the loss with respect to it
    units: Vec<f64>,
    d_units: Vec<T>,
}

/// A prior that is learned, and what it leaves.
#[derive(Debug)]
struct Learned<T> {
    family: Box<dyn Prior<T>>,
    /// `log p(z) − log q(z|x)`, `[row][sample]`
    log_ratio: Buffer<f64>,
    /// `∂log p(z)/∂z` of each kept sample
    of_prior: Buffer<T>,
    /// the derivative of the loss with respect to the parameters
    d_params: Buffer<T>,
    pulls: Vec<Pull<T>>,
    /// the same for each kept sample: its divergence counts with the log ratio
    d_log_ratio: Vec<T>,
    /// zeros: there is no divergence in closed form
    d_units: Vec<T>,
}

impl<T: Real> Latent<T> {
    /// Of a model.
    pub fn new(layout: &Layout) -> Self {
        let (posterior, prior) = of(layout.latent);
        let heads = posterior.heads().len();
        let buffers = || (0..heads).map(|_| Buffer::default()).collect();
        Latent {
            z: Buffer::default(),
            posterior,
            prior: prior.map(Learned::new),
            outputs: buffers(),
            d_outputs: buffers(),
            units: Vec::new(),
            d_units: Vec::new(),
        }
    }

    fn heads<'a>(outputs: &'a [Buffer<T>], encoded: &Encoded<'a, T>) -> Heads<'a, T> {
        Heads { outputs, noise: encoded.noise, samples: encoded.samples }
    }

    /// Draws z ~ q(z|x).
    pub fn forward(&mut self, encoded: &Encoded<'_, T>) {
        let Encoded { layout, params, hidden, samples, .. } = *encoded;
        let rows = hidden.len() / layout.posterior_heads[0].inputs;
        for (head, output) in layout.posterior_heads.iter().zip(&mut self.outputs) {
            output.resize(rows * head.outputs);
            dense::forward(head, params, hidden, output);
        }
        self.z.resize(rows * samples * layout.latent_dims);
        let heads = Self::heads(&self.outputs, encoded);
        self.posterior.draw(&heads, &mut self.z);
        if let Some(prior) = &mut self.prior {
            prior.log_ratio.resize(rows * samples);
            prior.family.log_prob(&params[layout.prior.clone()], &self.z, &mut prior.log_ratio);
            self.posterior.add_surprise(&heads, &mut prior.log_ratio);
        }
    }

    /// Forgets all samples but these of `samples`, which must rise.
    pub fn keep(&mut self, kept: &[usize], samples: usize) {
        self.z.keep_rows(kept, samples);
    }

    /// `log p(z) − log q(z|x)` of each sample, added to `out[row][sample]`.
    pub fn add_log_ratio(&self, encoded: &Encoded<'_, T>, out: &mut [f64]) {
        match &self.prior {
            Some(prior) => out.iter_mut().zip(prior.log_ratio.iter()).for_each(|(out, ratio)| *out += ratio),
            None => self.posterior.add_log_ratio(&Self::heads(&self.outputs, encoded), &self.z, out),
        }
    }

    /// `KL(q(z|x) ‖ p(z))` of one row; under a prior that is learned, by its samples.
    pub fn divergence(&self, encoded: &Encoded<'_, T>, row: usize) -> f64 {
        let samples = encoded.samples;
        match &self.prior {
            Some(prior) => {
                -prior.log_ratio[row * samples..(row + 1) * samples].iter().sum::<f64>() / samples as f64
            }
            None => self.posterior.divergence(&Self::heads(&self.outputs, encoded), row),
        }
    }

    /// What the ELBO charges: `Σ_j max(free, mean over the rows of KL_j)`, in nats. The units j are the
    /// coordinates of a Gaussian, or a sphere, or whatever is under a learned prior, as a whole; with
    /// `free = 0` it is the mean of the divergence.
    ///
    /// # Source
    /// Kingma and others (2016), "Improving variational inference with inverse
    /// autoregressive flow", equation 15, with each unit a group.
    pub fn charge(&mut self, encoded: &Encoded<'_, T>, free: f64) -> f64 {
        self.unit_divergences(encoded);
        self.units.iter().map(|kl| kl.max(free)).sum()
    }

    fn unit_divergences(&mut self, encoded: &Encoded<'_, T>) {
        self.units.clear();
        match &self.prior {
            Some(Learned { log_ratio, .. }) => {
                self.units.push(-log_ratio.iter().sum::<f64>() / log_ratio.len() as f64);
            }
            None => {
                let heads = Self::heads(&self.outputs, encoded);
                self.posterior.unit_divergences(&heads, &mut self.units);
            }
        }
    }

    /// Of each unit: `d_charge`, or nothing where the divergence is below what is free.
    fn charge_units(&mut self, encoded: &Encoded<'_, T>, d_charge: T, free: f64) {
        self.d_units.clear();
        if free > 0.0 {
            self.unit_divergences(encoded);
            let charged = |kl: &f64| if *kl < free { T::ZERO } else { d_charge };
            self.d_units.extend(self.units.iter().map(charged));
        } else {
            self.d_units.resize(self.posterior.dim(), d_charge);
        }
    }

    /// From the loss's derivatives with respect to each row's divergence beyond what is `free`, and each kept
    /// sample's z (the likelihood's part), and what is followed of that sample, to those in the outputs of
    /// the heads, in the prior's parameters and, if it is asked for, in `hidden`.
    pub fn backward(
        &mut self,
        encoded: &Encoded<'_, T>,
        (d_charge, free): (T, f64),
        pulls: &[Pull<T>],
        d_z: &[T],
        d_hidden: Option<&mut Buffer<T>>,
    ) {
        self.charge_units(encoded, d_charge, free);
        let Encoded { layout, params, hidden, samples, .. } = *encoded;
        let Latent { z, posterior, prior, outputs, d_outputs, d_units, .. } = self;
        let slopes = Slopes { z, d_z, pulls, d_units, of_prior: None };
        let slopes = match prior {
            Some(prior) => {
                prior.backward(&params[layout.prior.clone()], (samples, layout.latent_dims), slopes)
            }
            None => slopes,
        };
        posterior.backward(&Self::heads(outputs, encoded), &slopes, d_outputs);
        if let Some(d_hidden) = d_hidden {
            d_hidden.resize(hidden.len());
            for (i, (head, d_output)) in layout.posterior_heads.iter().zip(d_outputs).enumerate() {
                dense::backward_input(head, params, d_output, i > 0, d_hidden);
            }
        }
    }

    /// The means of a Gaussian posterior, `[row][coordinate]`; of another, nothing.
    pub fn means(&self) -> &[T] {
        self.posterior.means(Heads { outputs: &self.outputs, noise: &[], samples: 0 })
    }

    /// The derivative of the loss with respect to the prior's parameters, after `backward`.
    pub fn d_prior(&self) -> &[T] {
        self.prior.as_ref().map_or(&[], |prior| &prior.d_params)
    }

    /// The derivative of the loss with respect to the `i`-th head's outputs, after `backward`.
    pub fn d_output(&self, i: usize) -> &[T] {
        &self.d_outputs[i]
    }
}

impl<T: Real> Learned<T> {
    fn new(family: Box<dyn Prior<T>>) -> Self {
        Learned {
            family,
            log_ratio: Buffer::default(),
            of_prior: Buffer::default(),
            d_params: Buffer::default(),
            pulls: Vec::new(),
            d_log_ratio: Vec::new(),
            d_units: Vec::new(),
        }
    }

    /// Its own slopes, and what they leave for the posterior to follow.
    fn backward<'a>(
        &'a mut self,
        params: &[T],
        (samples, dim): (usize, usize),
        slopes: Slopes<'a, T>,
    ) -> Slopes<'a, T> {
        let Slopes { z, pulls, d_units, .. } = slopes;
        // the divergence is −1/K of each log ratio
        let d_divergence = d_units.first().copied().unwrap_or(T::ZERO);
        let of_divergence = d_divergence * T::from_f64(-1.0 / samples as f64);
        let whole = |pull: &Pull<T>| Pull { d_log_ratio: pull.d_log_ratio + of_divergence, ..*pull };
        self.pulls.clear();
        self.pulls.extend(pulls.iter().map(whole));
        self.d_log_ratio.clear();
        self.d_log_ratio.extend(self.pulls.iter().map(|pull| pull.d_log_ratio));
        self.of_prior.resize(z.len());
        self.d_params.resize(params.len());
        self.family.backward(params, z, &self.d_log_ratio, &mut self.of_prior, &mut self.d_params);
        self.d_units.resize(dim, T::ZERO);
        Slopes { pulls: &self.pulls, d_units: &self.d_units, of_prior: Some(&self.of_prior), ..slopes }
    }
}
