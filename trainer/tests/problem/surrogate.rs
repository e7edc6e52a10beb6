//! What an objective's gradient is the slope of where that is not its bound: the samples' normalised weights
//! v, and in each part whatever the objective stops, are those of the parameters at which the gradient is
//! taken. Written from the papers' formulas, with densities of its own.

use elbow::architecture::{ConcentrationKind, LatentKind};
use elbow::distribution::{MAX_CONCENTRATION, vmf_normalizer};
use elbow::posterior::{LOG_SCALE_MAX, LOG_SCALE_MIN};
use elbow_trainer::bound::{Encoded, Latent, Observation};
use elbow_trainer::likelihood::Frames;
use elbow_trainer::net::chain::{self, Trace};
use elbow_trainer::net::dense::{self, Dense};
use elbow_trainer::net::real::Real;
use elbow_trainer::objective::Objective;

use super::{Problem, ROWS};

impl Problem {
    /// `−Σ_k v_k log p(x|z_k)` of these decoder's parameters, and of these
    /// encoder's `−Σ_k u_k (log p(x, z_k) − log q(z_k|x))`, q stopped, u = v²
    /// or v; or `−Σ_k v_k log q(z_k|x)`, z stopped.
    pub(crate) fn surrogate(&self, params: &[f64]) -> f64 {
        let first_of_decoder = self.layout.posterior_heads.last().unwrap().bias().end;
        let moved_encoder = [&params[..first_of_decoder], &self.params[first_of_decoder..]].concat();
        let (z, moved_z) = (self.draw(&self.params), self.draw(params));
        let log_weight = |moved: &[f64]| -> Vec<f64> {
            let (log_p, log_q) = (self.log_joint(&self.params, moved), self.log_q(&self.params, moved));
            log_p.iter().zip(log_q).map(|(p, q)| p - q).collect()
        };
        let v = softmax(&log_weight(&z), self.samples);
        let squares: Vec<f64> = v.iter().map(|v| v * v).collect();
        let encoder = match self.objective {
            Objective::Dreg => dot(&squares, &log_weight(&moved_z)),
            Objective::Stl => dot(&v, &log_weight(&moved_z)),
            Objective::Rws => dot(&v, &self.log_q(&moved_encoder, &z)),
            other => unreachable!("{other:?} is the slope of its bound"),
        };
        -(dot(&v, &self.log_joint(params, &z)) + encoder) / ROWS as f64
    }

    fn encode<R>(&self, params: &[f64], use_it: impl FnOnce(Encoded<'_, f64>) -> R) -> R {
        let mut trace = Trace::default();
        chain::forward(&self.layout.encoder, params.into(), &self.input, &mut trace);
        let (hidden, noise) = (trace.output(&self.input), &self.noise[..]);
        let (layout, params) = (&self.layout, params.into());
        use_it(Encoded { layout, params, hidden, noise, samples: self.samples })
    }

    fn draw(&self, params: &[f64]) -> Vec<f64> {
        let mut latent = Latent::new(&self.layout);
        self.encode(params, |encoded| latent.forward(&encoded));
        latent.z.to_vec()
    }

    /// `log p(x, z)` but for a constant.
    fn log_joint(&self, params: &[f64], z: &[f64]) -> Vec<f64> {
        let mut trace = Trace::default();
        chain::forward(&self.layout.decoder, params.into(), z, &mut trace);
        let frames = Frames { values: &self.target, features: self.layout.features, samples: self.samples };
        let mut log_p = vec![0.0; ROWS * self.samples];
        let mut observation = Observation::new(&self.layout);
        observation.forward(&self.layout, params.into(), trace.output(z), frames, &mut log_p);
        let samples = log_p.iter_mut().zip(z.chunks_exact(self.layout.latent_dims));
        match self.layout.latent {
            LatentKind::Gaussian { .. } => samples.for_each(|(p, z)| *p -= 0.5 * dot(z, z)),
            LatentKind::GaussianMixture { components, .. } => {
                let prior = &params[self.layout.prior.clone()];
                samples.for_each(|(p, z)| *p += log_mixture(components as usize, prior, z));
            }
            _ => {}
        }
        log_p
    }

    /// `log q(z|x)` but for a constant.
    fn log_q(&self, params: &[f64], z: &[f64]) -> Vec<f64> {
        let heads: Vec<Vec<f64>> = self.encode(params, |encoded| {
            let output = |head: &Dense| {
                let mut out = vec![0.0; ROWS * head.outputs];
                dense::forward(head, params.into(), encoded.hidden, &mut out);
                out
            };
            self.layout.posterior_heads.iter().map(output).collect()
        });
        let dim = self.layout.latent_dims;
        let log_q = |(k, z): (usize, &[f64])| {
            let row = k / self.samples;
            let first = &heads[0][row * dim..(row + 1) * dim];
            match self.layout.latent {
                LatentKind::Gaussian { .. } | LatentKind::GaussianMixture { .. } => {
                    let log_scale = &heads[1][row * dim..(row + 1) * dim];
                    let term = |((z, m), s): ((&f64, &f64), &f64)| {
                        let s = s.clamp(LOG_SCALE_MIN.into(), LOG_SCALE_MAX.into());
                        -0.5 * ((z - m) * libm::exp(-s)).powi(2) - s
                    };
                    z.iter().zip(first).zip(log_scale).map(term).sum::<f64>()
                }
                LatentKind::VonMisesFisher { concentration, .. } => {
                    let kappa = match concentration {
                        ConcentrationKind::Fixed { kappa } | ConcentrationKind::Tabled { kappa } => {
                            f64::from(kappa)
                        }
                        ConcentrationKind::Learned => {
                            (Real::softplus(heads[1][row]) + 1.0).min(f64::from(MAX_CONCENTRATION))
                        }
                    };
                    let cosine = dot(first, z) / dot(first, first).sqrt();
                    kappa * (cosine - 1.0) - vmf_normalizer(dim, kappa).log_normalizer
                }
                LatentKind::Point { .. } | LatentKind::Component { .. } => 0.0,
            }
        };
        z.chunks_exact(dim).enumerate().map(log_q).collect()
    }
}

/// `log Σ_c w_c Π_j exp(−½ ((z_j − μ_cj)/σ_cj)²)/σ_cj`, w the softmax of the logits.
fn log_mixture(components: usize, params: &[f64], z: &[f64]) -> f64 {
    let (logits, rest) = params.split_at(components);
    let (means, log_scales) = rest.split_at(components * z.len());
    let weights = softmax(logits, components);
    let density = |(c, weight): (usize, &f64)| {
        let log_term = |(j, z): (usize, &f64)| {
            let at = c * means.len() / components + j;
            let s = log_scales[at].clamp(LOG_SCALE_MIN.into(), LOG_SCALE_MAX.into());
            -0.5 * ((z - means[at]) / libm::exp(s)).powi(2) - s
        };
        weight * libm::exp(z.iter().enumerate().map(log_term).sum::<f64>())
    };
    libm::log(weights.iter().enumerate().map(density).sum::<f64>())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The normalised weights of each row.
fn softmax(log_weight: &[f64], samples: usize) -> Vec<f64> {
    let of_row = |row: &[f64]| {
        let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = row.iter().map(|l| libm::exp(l - largest)).sum();
        row.iter().map(|l| libm::exp(l - largest) / total).collect::<Vec<_>>()
    };
    log_weight.chunks_exact(samples).flat_map(of_row).collect()
}
