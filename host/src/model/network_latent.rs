//! What a model with a network answers of its latent.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use elbow::codec::{Predictor, VaePredictor};
use elbow::latent::Posterior;
use elbow::model::PosteriorOf;
use elbow::{Elbo, FrameError};
use rand_core::Rng as _;
use rand_pcg::Pcg32;

use super::engine::{Network, Parts};
use super::lanes::SAMPLES;
use super::latent::{Encoding, LatentEngine, Refined, Units, chosen, encoding};
use super::posterior::HostPosterior;

impl LatentEngine for Network<'_> {
    fn elbo(&self, frame: &[f32], samples: u32) -> Result<Elbo, FrameError> {
        self.elbo(frame, samples)
    }

    fn encode(&self, frame: &[f32]) -> Result<Encoding, FrameError> {
        Ok(encoding(&self.encode(frame)?))
    }

    fn decode(&self, z: &[f32]) -> Result<Vec<f32>, FrameError> {
        Ok(self.decode(z)?.as_ref().to_vec())
    }

    fn resample(&self, frame: &[f32], samples: u32, rng: &mut Pcg32) -> Result<Vec<f32>, FrameError> {
        let (posterior, mut drawn, uniform) = (self.encode(frame)?, rng.clone(), rng.next_u32());
        drawn.next_u32();
        let weights = weigh(self, &posterior, frame, samples, Some(&mut drawn.clone()))?;
        let chosen = chosen(&weights, uniform);
        let mut z = vec![0.0; self.latent_dims()];
        for _ in 0..=chosen {
            posterior.sample_log_ratio(&mut drawn, &mut z);
        }
        *rng = drawn;
        Ok(z)
    }

    fn posterior(&self, frame: &[f32]) -> Result<Box<dyn HostPosterior + '_>, FrameError> {
        Ok(Box::new(self.encode(frame)?))
    }

    fn log_weights(
        &self,
        frame: &[f32],
        samples: u32,
        rng: Option<&mut Pcg32>,
    ) -> Result<Vec<f32>, FrameError> {
        weigh(self, &self.encode(frame)?, frame, samples, rng)
    }

    fn refined(
        &self,
        frame: &[f32],
        samples: u32,
        steps: u32,
        rng: Option<&mut Pcg32>,
    ) -> Result<Refined, FrameError> {
        let posterior = self.refined_lanes::<SAMPLES>(frame, steps)?;
        let log_weights =
            if samples == 0 { Vec::new() } else { weigh(self, &posterior, frame, samples, rng)? };
        Ok(Refined { encoding: encoding(&posterior), log_weights })
    }

    fn latents(&self, frame: &[f32], samples: u32) -> Result<Vec<f32>, FrameError> {
        let (posterior, mut noise) = (self.encode(frame)?, self.noise());
        let mut latents = vec![0.0; samples as usize * self.latent_dims()];
        for z in latents.chunks_exact_mut(self.latent_dims()) {
            posterior.sample_log_ratio(&mut noise, z);
        }
        Ok(latents)
    }

    fn find_latents(&self, units: Units<'_>, refine: u32, window: &[i32], latents: &mut [i32]) -> Option<()> {
        let predictor = VaePredictor::new(self, 0, units.resolution, units.latent_scales).ok()?;
        match refine {
            0 => predictor.encode(window, latents),
            steps => predictor.encode_refined::<SAMPLES>(steps, window, latents),
        }
    }

    fn predict(&self, units: Units<'_>, latents: &[i32], window: &mut [i32]) -> Option<()> {
        VaePredictor::new(self, 0, units.resolution, units.latent_scales).ok()?.decode(latents, window)
    }
}

/// The log weights of so many draws of a posterior.
fn weigh<'a>(
    network: &Network<'a>,
    posterior: &PosteriorOf<Parts<'a>>,
    frame: &[f32],
    samples: u32,
    rng: Option<&mut Pcg32>,
) -> Result<Vec<f32>, FrameError> {
    let mut weights = Vec::with_capacity(samples as usize);
    let push = |weight| weights.push(weight);
    match rng {
        Some(rng) => network.for_each_log_weight_of::<SAMPLES, _>(posterior, frame, samples, rng, push),
        None => {
            let mut noise = network.noise();
            network.for_each_log_weight_of::<SAMPLES, _>(posterior, frame, samples, &mut noise, push)
        }
    }?;
    Ok(weights)
}
