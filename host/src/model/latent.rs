//! What the host asks of a model's latent.

use alloc::boxed::Box;
use alloc::vec::Vec;
use elbow::latent::Posterior;
use elbow::{Elbo, FrameError};
use rand_pcg::Pcg32;

use super::posterior::{Dispersion, HostPosterior};

/// What a posterior says of one frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoding {
    /// the most likely latent
    pub mode: Vec<f32>,
    /// how far the posterior reaches around it
    pub dispersion: Dispersion,
    /// `KL(q(z|x) ‖ p(z))`, in nats
    pub kl: f32,
}

/// A posterior that was refined for its frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Refined {
    /// what it says
    pub encoding: Encoding,
    /// the log weights of samples, in nats
    pub log_weights: Vec<f32>,
}

/// What the host asks of a model with a network, of its latent.
pub trait LatentEngine: Sync + core::fmt::Debug {
    /// [`Vae::elbo`](elbow::Vae::elbo).
    ///
    /// # Errors
    /// As there.
    fn elbo(&self, frame: &[f32], samples: u32) -> Result<Elbo, FrameError>;
    /// [`Vae::encode`](elbow::Vae::encode).
    ///
    /// # Errors
    /// As there.
    fn encode(&self, frame: &[f32]) -> Result<Encoding, FrameError>;
    /// [`Vae::decode`](elbow::Vae::decode).
    ///
    /// # Errors
    /// As there.
    fn decode(&self, z: &[f32]) -> Result<Vec<f32>, FrameError>;
    /// A latent of the distribution that the importance-weighted bound of `samples` samples implies: of
    /// `z_k ~ q(z|x)` one, with a probability in proportion to `w_k = p(x|z_k) p(z_k)/q(z_k|x)`. With K = 1
    /// it is q(z|x), with many it comes to p(z|x).
    ///
    /// **Source.** Domke and Sheldon (2018), "Importance weighting and variational inference", theorem 1.
    ///
    /// # Errors
    /// As [`Vae::log_density`](elbow::Vae::log_density).
    fn resample(&self, frame: &[f32], samples: u32, rng: &mut Pcg32) -> Result<Vec<f32>, FrameError>;
    /// [`Vae::encode`](elbow::Vae::encode), for questions about q(z|x) itself.
    ///
    /// # Errors
    /// As there.
    fn posterior(&self, frame: &[f32]) -> Result<Box<dyn HostPosterior + '_>, FrameError>;
    /// The log weights of the default noise or, with a generator, of draws of its own, in nats. The default
    /// noise is the same for each frame: a mean over frames of what it gives keeps its error.
    ///
    /// # Errors
    /// As [`Vae::log_density`](elbow::Vae::log_density).
    fn log_weights(
        &self,
        frame: &[f32],
        samples: u32,
        rng: Option<&mut Pcg32>,
    ) -> Result<Vec<f32>, FrameError>;
    /// `Vae::refined`, and so many of its samples weighed, as [`log_weights`](Self::log_weights) draws them.
    ///
    /// # Errors
    /// As there.
    fn refined(
        &self,
        frame: &[f32],
        samples: u32,
        steps: u32,
        rng: Option<&mut Pcg32>,
    ) -> Result<Refined, FrameError>;
    /// A window of integers to its latents, in steps, refined so often: `VaePredictor`. `None` where there
    /// are none.
    fn find_latents(&self, units: Units<'_>, refine: u32, window: &[i32], latents: &mut [i32]) -> Option<()>;
    /// Latents, in steps, to a window of integers: `VaePredictor`. `None` where the model cannot.
    fn predict(&self, units: Units<'_>, latents: &[i32], window: &mut [i32]) -> Option<()>;
    /// The latents of the default noise, one after another.
    ///
    /// # Errors
    /// As [`Vae::encode`](elbow::Vae::encode).
    fn latents(&self, frame: &[f32], samples: u32) -> Result<Vec<f32>, FrameError>;
}

/// In which units a codec's integers are.
#[derive(Clone, Copy, Debug)]
pub struct Units<'a> {
    /// the unit of each channel's integers
    pub resolution: &'a [f32],
    /// the scale of each latent's steps
    pub latent_scales: &'a [u8],
}

/// What a posterior says.
pub(super) fn encoding(posterior: &(impl Posterior + HostPosterior)) -> Encoding {
    let (mode, dispersion) = (posterior.mode().to_vec(), posterior.dispersion());
    Encoding { mode, dispersion, kl: posterior.kl() }
}

/// The first of some weights, given by their logarithms, whose sum with those before it exceeds `word/2³²` of
/// all.
pub(super) fn chosen(log_weights: &[f32], word: u32) -> usize {
    let max = log_weights.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weights = || log_weights.iter().map(|log_weight| f64::from(elbow::math::exp(log_weight - max)));
    let (total, mut below) = (weights().sum::<f64>(), 0.0);
    let reach = total * (f64::from(word) / 4_294_967_296.0);
    let is_reached = |weight: f64| {
        below += weight;
        reach < below
    };
    weights().position(is_reached).unwrap_or(log_weights.len().saturating_sub(1))
}
