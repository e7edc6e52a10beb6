//! A loaded model as the codec's predictor.

use elbow::codec::{IntegerLaw, Predictor, Shape};

use crate::model::{Engine, HostModel, Prediction, Units};

/// A model with the units that the codec's integers are in.
#[derive(Clone, Debug)]
pub struct HostPredictor<'a> {
    engine: &'a (dyn Engine + 'a),
    id: u32,
    frame: usize,
    resolution: Vec<f32>,
    latent_scales: Vec<u8>,
    refine: u32,
}

impl<'a> HostPredictor<'a> {
    /// The predictor of a model's id, the resolution of each channel and the scale of each latent.
    pub fn new(model: &'a HostModel<'_>, id: u32, resolution: Vec<f32>, latent_scales: Vec<u8>) -> Self {
        let frame = model.metadata.architecture.features as usize;
        HostPredictor { engine: &*model.engine, id, frame, resolution, latent_scales, refine: 0 }
    }

    /// The same for a sender that refines the latents of a window in so many steps.
    #[must_use]
    pub fn refining(self, steps: u32) -> Self {
        HostPredictor { refine: steps, ..self }
    }

    /// Numbers of a window's latent: none where a model predicts number by number.
    pub(super) fn latents_of(model: &HostModel<'_>) -> usize {
        match model.engine.prediction() {
            Some(Prediction::Latents(_)) => model.metadata.architecture.latent_dims() as usize,
            _ => 0,
        }
    }

    fn units(&self) -> Units<'_> {
        Units { resolution: &self.resolution, latent_scales: &self.latent_scales }
    }
}

impl Predictor for HostPredictor<'_> {
    fn id(&self) -> u32 {
        self.id
    }

    fn frame(&self) -> Option<usize> {
        Some(self.frame)
    }

    fn latents(&self) -> usize {
        self.latent_scales.len()
    }

    fn prior(&self, latent: usize) -> IntegerLaw {
        let scale = self.latent_scales.get(latent);
        scale.and_then(|scale| IntegerLaw::new(Shape::Gaussian, *scale)).unwrap_or(IntegerLaw::WIDEST)
    }

    fn encode(&self, window: &[i32], latents: &mut [i32]) -> Option<()> {
        match self.engine.prediction()? {
            Prediction::Latents(latent) => latent.find_latents(self.units(), self.refine, window, latents),
            Prediction::InOrder(_) => Some(()),
        }
    }

    fn decode(&self, latents: &[i32], window: &mut [i32]) -> Option<()> {
        match self.engine.prediction()? {
            Prediction::Latents(latent) => latent.predict(self.units(), latents, window),
            Prediction::InOrder(_) => None,
        }
    }

    fn is_sequential(&self) -> bool {
        matches!(self.engine.prediction(), Some(Prediction::InOrder(_)))
    }

    fn in_order(&self, visit: &mut dyn FnMut(i32) -> i32) -> Option<()> {
        match self.engine.prediction()? {
            Prediction::Latents(_) => None,
            Prediction::InOrder(engine) => engine.in_order(&self.resolution, visit),
        }
    }
}
