//! A variational autoencoder as the predictor of a codec.

use super::header::PacketError;
use super::integer_law::IntegerLaw;
use super::law_tables::Shape;
use super::predictor::Predictor;
use crate::features::round;
use crate::latent::Posterior;
use crate::math;
use crate::model::{FrameBuffer, FrameShape, LatentShape, Parts, Vae};
use crate::shape::Shape as Size;
use core::fmt;

/// Largest scale of a latent's steps: 2²⁸ of them to a unit.
const MAX_LATENT_SCALE: u8 = 60;

/// A model of frames in raw units, for windows of integers in units of a resolution:
/// sample n of channel c is the number `n·resolution_c`.
///
/// A latent z is sent as `k = round(z·2^(scale/2 − 2))`, under the Gaussian law of its scale: the standard
/// normal prior in steps of `2^(2 − scale/2)`. The best step is √12 times the posterior's standard
/// deviation s, so `scale ≈ 4 − 2·log₂(√12·s)`; a latent then costs 0.25 bit more than ideal bits-back
/// coding, and 0.5 at twice the step or half of it.
///
/// **Numerics.** The reconstruction is computed in floats by both ends;
/// with equal numeric profiles it is the same.
///
/// **Source.** The step: Elbow's own derivation from the rate of a uniform quantiser, `Δ²/24s² + log₂(s/Δ)`.
#[derive(Clone, Copy)]
pub struct VaePredictor<'m, P: Parts> {
    model: &'m Vae<P>,
    id: u32,
    resolution: &'m [f32],
    latent_scales: &'m [u8],
}

impl<P: Parts> fmt::Debug for VaePredictor<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VaePredictor").field("id", &self.id).finish_non_exhaustive()
    }
}

impl<'m, P: Parts> VaePredictor<'m, P> {
    /// Joins a model, its id, the unit of each channel's integers, and the scales of the latents' steps, 0 to
    /// 60: one for each latent, or one for all.
    ///
    /// The id is that of the model's file: [`model_id`](super::model_id).
    ///
    /// # Errors
    /// [`PacketError::BadResolution`].
    pub fn new(
        model: &'m Vae<P>,
        id: u32,
        resolution: &'m [f32],
        latent_scales: &'m [u8],
    ) -> Result<Self, PacketError> {
        let whole = !resolution.is_empty() && model.dims().is_multiple_of(resolution.len());
        let scaled = latent_scales.len() == 1 || latent_scales.len() == model.latent_dims();
        if whole && scaled && are_units(resolution) && are_scales(latent_scales) {
            Ok(VaePredictor { model, id, resolution, latent_scales })
        } else {
            Err(PacketError::BadResolution)
        }
    }

    /// [`encode`](Predictor::encode) by a posterior that was [`refined`](Vae::refined), which only a sender
    /// need know of; by the encoder's where there is no way back. `LANES` samples go side by side.
    pub fn encode_refined<const LANES: usize>(
        &self,
        steps: u32,
        window: &[i32],
        latents: &mut [i32],
    ) -> Option<()> {
        let frame = self.frame_of(window);
        let (features, _) = self.model.extract(frame.as_ref()).ok()?;
        let refined = self.model.refined_posterior::<LANES>(features.as_ref(), steps);
        let posterior = refined.unwrap_or_else(|| self.model.posterior(features.as_ref()));
        self.round(posterior.mode(), latents);
        Some(())
    }

    fn frame_of(&self, window: &[i32]) -> FrameBuffer<P> {
        let mut frame = FrameShape::<P>::buffer::<f32>(self.model.dims());
        for ((x, n), unit) in frame.as_mut().iter_mut().zip(window).zip(self.resolution.iter().cycle()) {
            *x = *n as f32 * unit;
        }
        frame
    }

    fn round(&self, z: &[f32], latents: &mut [i32]) {
        for ((k, z), scale) in latents.iter_mut().zip(z).zip(self.latent_scales.iter().cycle()) {
            *k = round(z * steps(*scale));
        }
    }
}

/// Whether these are positive numbers that can be divided by.
pub(super) fn are_units(resolution: &[f32]) -> bool {
    resolution.iter().all(|unit| *unit > 0.0 && math::is_finite(1.0 / unit))
}

/// Whether latents can have steps of these scales.
pub(super) fn are_scales(latent_scales: &[u8]) -> bool {
    latent_scales.iter().all(|scale| *scale <= MAX_LATENT_SCALE)
}

/// Steps to a unit of a latent: `2^(scale/2 − 2)`, exact or once rounded.
#[inline(never)]
fn steps(scale: u8) -> f32 {
    let power = f32::from_bits((127 - 2 + u32::from(scale) / 2) << 23);
    if scale.is_multiple_of(2) { power } else { power * core::f32::consts::SQRT_2 }
}

impl<P: Parts> Predictor for VaePredictor<'_, P> {
    fn id(&self) -> u32 {
        self.id
    }

    fn frame(&self) -> Option<usize> {
        Some(self.model.dims())
    }

    fn latents(&self) -> usize {
        self.model.latent_dims()
    }

    #[inline(never)]
    fn prior(&self, latent: usize) -> IntegerLaw {
        let scale = self.latent_scales.get(latent).or(self.latent_scales.first());
        scale.and_then(|scale| IntegerLaw::new(Shape::Gaussian, *scale)).unwrap_or(IntegerLaw::WIDEST)
    }

    #[inline(never)]
    fn encode(&self, window: &[i32], latents: &mut [i32]) -> Option<()> {
        let frame = self.frame_of(window);
        let (features, _) = self.model.extract(frame.as_ref()).ok()?;
        self.round(self.model.posterior(features.as_ref()).mode(), latents);
        Some(())
    }

    #[inline(never)]
    fn decode(&self, latents: &[i32], window: &mut [i32]) -> Option<()> {
        let mut z = LatentShape::<P>::buffer::<f32>(self.model.latent_dims());
        for ((z, k), scale) in z.as_mut().iter_mut().zip(latents).zip(self.latent_scales.iter().cycle()) {
            *z = *k as f32 / steps(*scale);
        }
        let frame = self.model.mean(z.as_ref()).ok()?;
        for ((n, x), unit) in window.iter_mut().zip(frame.as_ref()).zip(self.resolution.iter().cycle()) {
            *n = round(x / unit);
        }
        Some(())
    }
}
