//! Posteriors that are refined for their frame.

use crate::features::FrameError;
use crate::latent::{Head, Posterior as _};
use crate::layer::Layer as _;
use crate::likelihood::Likelihood as _;
use crate::model::{Frame, LatentShape, Parts, PosteriorOf, Vae};
use crate::shape::Shape;

/// Samples of a step, and of the bound that is held against that of the start.
const SAMPLES: usize = 16;
/// Samples that go through the decoder side by side on a device. No bit depends on it.
const LANES: usize = 4;
/// The first step's part of the way; the last step has a tenth of it.
const RATE: f32 = 0.5;

/// The slope of a number by each coordinate of a latent.
type Slopes<P> = <LatentShape<P> as Shape>::Buffer<f32>;

impl<P: Parts> Vae<P> {
    /// q(z|x), the encoder's for a start, after `steps` steps up the evidence lower bound of this frame: what
    /// a better encoder would give. A pure function of model, frame and `steps`; where its bound is no higher
    /// than the start's, by samples of its own, it is the start.
    ///
    /// Each step has 16 samples of the default noise; with g the slope of `log p(x|z) − KL` it adds
    /// `ρ scale² E[g]` to the mean and `½ ρ scale E[g ε]` to the log scale, ρ falling from 0.5 to 0.05.
    ///
    /// # Errors
    /// [`FrameError::NotRefinable`] for a latent, a likelihood or weights that have no way back; as
    /// [`encode`](Self::encode).
    ///
    /// # Cost
    /// Of a step, for each of 16 samples, two passes of the decoder and one back; a score of that posterior
    /// costs what any does. Memory: the activations of four samples, twice.
    ///
    /// # Source
    /// Kim, Wiseman, Miller, Sontag and Rush (2018), "Semi-amortized variational autoencoders"; for what it
    /// gains Cremer, Li and Duvenaud (2018), "Inference suboptimality in variational autoencoders".
    pub fn refined(&self, frame: &Frame<P>, steps: u32) -> Result<PosteriorOf<P>, FrameError> {
        let (features, _) = self.extract(frame.as_ref())?;
        self.refined_posterior::<LANES>(features.as_ref(), steps).ok_or(FrameError::NotRefinable)
    }

    /// As [`refined`](Self::refined), `WIDE` samples side by side; of features.
    pub(crate) fn refined_posterior<const WIDE: usize>(
        &self,
        features: &[f32],
        steps: u32,
    ) -> Option<PosteriorOf<P>> {
        const { assert!(SAMPLES.is_multiple_of(WIDE), "no sample is left out") }
        let mut posterior = self.posterior(features);
        if steps == 0 {
            return Some(posterior);
        }
        let before = self.bound::<WIDE>(&posterior, features);
        let mut noise = self.noise();
        for step in 0..steps {
            let rate = RATE - 0.9 * RATE * (step as f32 / steps as f32);
            self.step::<WIDE>(&mut posterior, features, &mut noise, rate)?;
        }
        let after = self.bound::<WIDE>(&posterior, features);
        Some(if after > before { posterior } else { self.posterior(features) })
    }

    /// As [`refined`](Self::refined), `WIDE` samples side by side, 1, 2, 4, 8 or 16: wider is faster on a
    /// host. Same bits.
    ///
    /// # Errors
    /// As there.
    pub fn refined_lanes<const WIDE: usize>(
        &self,
        frame: &Frame<P>,
        steps: u32,
    ) -> Result<PosteriorOf<P>, FrameError> {
        let (features, _) = self.extract(frame.as_ref())?;
        self.refined_posterior::<WIDE>(features.as_ref(), steps).ok_or(FrameError::NotRefinable)
    }

    /// `E_q[log p(x|z)] − KL` by the first samples of the default noise.
    fn bound<const WIDE: usize>(&self, posterior: &PosteriorOf<P>, features: &[f32]) -> f32 {
        let (mut noise, mut sum) = (self.noise(), 0.0);
        let mut draw = self.samples(posterior, &mut noise);
        for _ in 0..SAMPLES / WIDE {
            let weights = self.log_weights::<WIDE>(&mut draw, features, &mut ());
            weights.log_prob.into_iter().for_each(|log_prob| sum += log_prob);
        }
        sum / SAMPLES as f32 - posterior.kl()
    }

    fn step<const WIDE: usize>(
        &self,
        posterior: &mut PosteriorOf<P>,
        features: &[f32],
        noise: &mut <P::Head as Head>::Noise,
        rate: f32,
    ) -> Option<()> {
        let dims = self.latent_dims();
        let (mut slope, mut slope_noise): (Slopes<P>, Slopes<P>) =
            (LatentShape::<P>::buffer(dims), LatentShape::<P>::buffer(dims));
        for _ in 0..SAMPLES / WIDE {
            let mut epsilon = LatentShape::<P>::buffer::<[f32; WIDE]>(dims);
            let mut z = LatentShape::<P>::buffer::<[f32; WIDE]>(dims);
            if !posterior.draw_with_noise(noise, epsilon.as_mut(), z.as_mut()) {
                return None;
            }
            let mut by_z = LatentShape::<P>::buffer::<[f32; WIDE]>(dims);
            self.slopes(z.as_ref(), features, by_z.as_mut())?;
            let sums = slope.as_mut().iter_mut().zip(slope_noise.as_mut());
            for (((sum, sum_noise), by_z), epsilon) in sums.zip(by_z.as_ref()).zip(epsilon.as_ref()) {
                for (by_z, epsilon) in by_z.iter().zip(epsilon) {
                    *sum += by_z;
                    *sum_noise += by_z * epsilon;
                }
            }
        }
        for sum in slope.as_mut().iter_mut().chain(slope_noise.as_mut()) {
            *sum *= 1.0 / SAMPLES as f32;
        }
        posterior.step(rate, slope.as_mut(), slope_noise.as_mut()).then_some(())
    }

    /// The slopes of `log p(x|z)` by z.
    fn slopes<const L: usize>(&self, z: &[[f32; L]], features: &[f32], by_z: &mut [[f32; L]]) -> Option<()> {
        let hidden = self.decoder.forward(z);
        let width = self.decoder.outputs();
        let mut by_hidden = <<P::Decoder as crate::layer::Layer>::Out as Shape>::buffer::<[f32; L]>(width);
        let is_back = self.likelihood.pull_back(hidden.as_ref(), features, by_hidden.as_mut())
            && self.decoder.pull_back(z, by_hidden.as_ref(), by_z);
        is_back.then_some(())
    }
}
