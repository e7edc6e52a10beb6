//! Scoring: the log density of a frame, by importance-weighted samples of the posterior.

mod density;
mod frames;
mod gaps;
mod log_weight;
mod moments;
mod refine;
mod spread;
mod without;

pub use crate::log_mean_exp::LogMeanExp;
pub(crate) use density::by_blocks;
pub use density::{Density, Explain};
pub use gaps::WithGaps;
pub(crate) use gaps::filled;
pub(crate) use without::Without;

use crate::features::{FrameError, extract_into};
use crate::latent::{Head, Posterior as _, Samples};
use crate::math;
use crate::model::{Frame, FrameShape, LatentShape, Parts, PosteriorOf, Vae};
use crate::shape::Shape as _;
use crate::unit::{Bits, Nats};
use rand_core::Rng;

/// Samples that go through the decoder side by side on a device. No score depends on it.
pub(crate) const LANES: usize = crate::likelihood::BLOCK;

/// Samples of a score unless somebody says otherwise.
pub const DEFAULT_SAMPLES: u32 = 64;

/// The log density of a frame, with what the samples say of its error. Higher is more typical.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Score {
    /// `log (1/K) Σ_k w_k`: a lower bound of log p(x) on average, tight as K grows. Base measure: Lebesgue in
    /// raw units (counting for bits and integers).
    pub log_density: Nats,
    /// `(Σ w)² / Σ w²`, between 1 and K: how many samples carry the sum.
    pub effective_sample_size: f32,
    /// Standard error of `log_density` in nats, by the delta method; infinite for K = 1, too small where the
    /// effective sample size is a few.
    pub standard_error: f32,
    /// K
    pub samples: u32,
    /// numbers in the frame
    pub dims: u32,
}

impl Score {
    /// `−log₂ p(x) / dims`.
    pub fn bits_per_dim(&self) -> f32 {
        -Bits::from(self.log_density).0 / self.dims as f32
    }

    pub(crate) fn checked(self) -> Result<Self, FrameError> {
        if math::is_finite(self.log_density.0) { Ok(self) } else { Err(FrameError::Overflow) }
    }
}

/// The evidence lower bound of a frame and its two terms: `elbo = reconstruction − kl`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Elbo {
    /// `E_q[log p(x|z)] − KL(q(z|x) ‖ p(z))`
    pub elbo: Nats,
    /// `E_q[log p(x|z)]`, averaged over the samples
    pub reconstruction: Nats,
    /// `KL(q(z|x) ‖ p(z))`, in closed form where there is one
    pub kl: Nats,
}

impl<P: Parts> Vae<P> {
    /// The log density of a frame by `samples` samples of the default noise: a pure function of model, frame
    /// and K.
    ///
    /// `log p(x) ≈ log (1/K) Σ_k w_k`, `w_k = p(x|z_k) p(z_k) / q(z_k|x)`, `z_k ~ q(z|x)`
    ///
    /// # Errors
    /// [`FrameError`] for a frame or a K that has no score.
    ///
    /// # Cost
    /// One pass of the encoder, K of the decoder, four at a time; one `exp` a sample. Memory: the activations
    /// of four samples, whatever K.
    ///
    /// # Source
    /// Burda, Grosse and Salakhutdinov (2016), "Importance weighted autoencoders", equation 8.
    pub fn log_density(&self, frame: &Frame<P>, samples: u32) -> Result<Score, FrameError> {
        self.log_density_with(frame, samples, &mut self.noise())
    }

    /// A fresh copy of the default noise.
    pub fn noise(&self) -> <P::Head as Head>::Noise {
        self.head.noise()
    }

    /// As [`log_density`](Self::log_density), with randomness of the caller's.
    ///
    /// # Errors
    /// As [`log_density`](Self::log_density).
    pub fn log_density_with<R: Rng + ?Sized>(
        &self,
        frame: &Frame<P>,
        samples: u32,
        rng: &mut R,
    ) -> Result<Score, FrameError> {
        self.log_density_lanes::<LANES, R>(frame, samples, rng)
    }

    /// As [`log_density_with`](Self::log_density_with), `WIDE` samples side by side: wider is faster on a
    /// host. Same bits.
    ///
    /// # Errors
    /// As [`log_density`](Self::log_density).
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub fn log_density_lanes<const WIDE: usize, R: Rng + ?Sized>(
        &self,
        frame: &Frame<P>,
        samples: u32,
        rng: &mut R,
    ) -> Result<Score, FrameError> {
        let mut mean = LogMeanExp::new();
        self.for_each_log_weight::<WIDE, R>(frame, samples, rng, |log_weight| mean.push([log_weight]))?;
        let [score] = mean.scores(self.present(frame.as_ref()));
        score.checked()
    }

    /// Hands over `log w_k = log p(x|z_k) + log p(z_k) − log q(z_k|x)` for k rising, in nats.
    ///
    /// # Errors
    /// As [`log_density`](Self::log_density).
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub fn for_each_log_weight<const WIDE: usize, R: Rng + ?Sized>(
        &self,
        frame: &Frame<P>,
        samples: u32,
        rng: &mut R,
        visit: impl FnMut(f32),
    ) -> Result<(), FrameError> {
        if samples == 0 {
            return Err(FrameError::NoSamples);
        }
        let mut features = FrameShape::<P>::scratch(self.dims());
        let log_jacobian = extract_into(&self.features, frame.as_ref(), features.as_mut())?;
        let posterior = self.posterior(features.as_ref());
        let draw = self.samples(&posterior, rng);
        self.weigh_each::<WIDE, R>(draw, features.as_ref(), log_jacobian, samples, visit);
        Ok(())
    }

    /// As [`for_each_log_weight`](Self::for_each_log_weight), of draws of another posterior, such as one that
    /// was [`refined`](Self::refined).
    ///
    /// # Errors
    /// As [`log_density`](Self::log_density).
    pub fn for_each_log_weight_of<const WIDE: usize, R: Rng + ?Sized>(
        &self,
        posterior: &PosteriorOf<P>,
        frame: &Frame<P>,
        samples: u32,
        rng: &mut R,
        visit: impl FnMut(f32),
    ) -> Result<(), FrameError> {
        if samples == 0 {
            return Err(FrameError::NoSamples);
        }
        let (features, log_jacobian) = self.extract(frame.as_ref())?;
        let draw = self.samples(posterior, rng);
        self.weigh_each::<WIDE, R>(draw, features.as_ref(), log_jacobian, samples, visit);
        Ok(())
    }

    #[inline(always)]
    fn weigh_each<const WIDE: usize, R: Rng + ?Sized>(
        &self,
        mut draw: Samples<'_, PosteriorOf<P>, LatentShape<P>, R>,
        features: &[f32],
        log_jacobian: f32,
        samples: u32,
        mut visit: impl FnMut(f32),
    ) {
        let mut left = samples;
        while left >= WIDE as u32 {
            let log_weights = self.log_weights::<WIDE>(&mut draw, features, &mut ());
            for log_weight in log_weights.of_frames([log_jacobian; WIDE]) {
                visit(log_weight);
            }
            left -= WIDE as u32;
        }
        for _ in 0..left {
            let log_weights = self.log_weights::<1>(&mut draw, features, &mut ());
            for log_weight in log_weights.of_frames([log_jacobian]) {
                visit(log_weight);
            }
        }
    }

    /// Samples of a posterior.
    #[inline(always)]
    pub(crate) fn samples<'a, R: Rng + ?Sized>(
        &self,
        posterior: &'a PosteriorOf<P>,
        rng: &'a mut R,
    ) -> Samples<'a, PosteriorOf<P>, LatentShape<P>, R> {
        Samples::new(posterior, rng)
    }

    /// The evidence lower bound, its expectation taken over `samples` samples of the default noise, its KL in
    /// closed form.
    ///
    /// # Errors
    /// As [`log_density`](Self::log_density).
    ///
    /// # Source
    /// Kingma and Welling (2014), "Auto-encoding variational Bayes", equation 7.
    pub fn elbo(&self, frame: &Frame<P>, samples: u32) -> Result<Elbo, FrameError> {
        if samples == 0 {
            return Err(FrameError::NoSamples);
        }
        let (features, log_jacobian) = self.extract(frame.as_ref())?;
        let posterior = self.posterior(features.as_ref());
        let mut noise = self.noise();
        let mut draw = self.samples(&posterior, &mut noise);
        let mut sum = 0.0;
        for _ in 0..samples {
            let [log_prob] = self.log_weights::<1>(&mut draw, features.as_ref(), &mut ()).log_prob;
            sum += log_prob;
        }
        let reconstruction = sum / samples as f32 + log_jacobian;
        let kl = posterior.kl();
        if !math::is_finite(reconstruction - kl) {
            return Err(FrameError::Overflow);
        }
        Ok(Elbo { elbo: Nats(reconstruction - kl), reconstruction: Nats(reconstruction), kl: Nats(kl) })
    }
}
