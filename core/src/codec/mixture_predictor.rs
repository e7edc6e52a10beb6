//! A mixture as the predictor of a codec.

use super::header::PacketError;
use super::integer_law::IntegerLaw;
use super::predictor::Predictor;
use super::vae_predictor::are_units;
use crate::features::{Features, round};
use crate::mixture::{Components, Mixture};
use core::fmt;

/// A mixture of frames in raw units, for windows of integers in units of a resolution: sample n of channel c
/// is the number `n·resolution_c`.
///
/// It has no latents: each sample is expected to be its mean given the samples of the window before it
/// ([`Mixture::predict_in_order`]), as they are decoded.
///
/// **Numerics.** Both ends compute the means in floats; with equal numeric profiles they are the same.
#[derive(Clone, Copy)]
pub struct MixturePredictor<'m, F, C> {
    model: &'m Mixture<F, C>,
    id: u32,
    resolution: &'m [f32],
}

impl<F, C> fmt::Debug for MixturePredictor<'_, F, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MixturePredictor").field("id", &self.id).finish_non_exhaustive()
    }
}

impl<'m, F: Features, C: Components<Shape = F::Shape>> MixturePredictor<'m, F, C> {
    /// Joins a model, its id ([`model_id`](super::model_id)) and the unit of each channel's integers.
    ///
    /// # Errors
    /// [`PacketError::BadResolution`].
    pub fn new(model: &'m Mixture<F, C>, id: u32, resolution: &'m [f32]) -> Result<Self, PacketError> {
        let whole = !resolution.is_empty() && model.dims().is_multiple_of(resolution.len());
        if whole && are_units(resolution) {
            Ok(MixturePredictor { model, id, resolution })
        } else {
            Err(PacketError::BadResolution)
        }
    }
}

impl<F: Features, C: Components<Shape = F::Shape>> Predictor for MixturePredictor<'_, F, C> {
    fn id(&self) -> u32 {
        self.id
    }

    fn frame(&self) -> Option<usize> {
        Some(self.model.dims())
    }

    fn latents(&self) -> usize {
        0
    }

    fn prior(&self, _latent: usize) -> IntegerLaw {
        IntegerLaw::WIDEST
    }

    /// There are none to find.
    fn encode(&self, _window: &[i32], _latents: &mut [i32]) -> Option<()> {
        Some(())
    }

    fn decode(&self, _latents: &[i32], _window: &mut [i32]) -> Option<()> {
        None
    }

    fn is_sequential(&self) -> bool {
        true
    }

    fn in_order(&self, visit: &mut dyn FnMut(i32) -> i32) -> Option<()> {
        let mut units = self.resolution.iter().cycle();
        let next = |expected: f32| {
            let unit = units.next().copied().unwrap_or(1.0);
            visit(round(expected / unit)) as f32 * unit
        };
        self.model.predict_in_order(next).ok()
    }
}
