//! Scores of many frames, `L` of them side by side. Each has the bits that it has on its own.

use super::{LogMeanExp, Score};
use crate::features::{FrameError, extract_all};
use crate::latent::Posteriors as _;
use crate::layer::Layer as _;
use crate::likelihood::Likelihood as _;
use crate::model::{Frame, FrameShape, LatentShape, Parts, Vae};
use crate::shape::Shape;

impl<P: Parts> Vae<P> {
    /// [`log_density`](Self::log_density) of each of `N` frames, for a host with many of them.
    ///
    /// Frames side by side fill vector registers at any K, and where the posterior draws a fixed number of
    /// words they share the noise.
    ///
    /// # Errors
    /// As there, each frame its own.
    ///
    /// # Cost
    /// As `N` calls of `log_density` on one lane each. Memory: features and activations of `N` frames.
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub fn log_densities<const N: usize>(
        &self,
        frames: [&Frame<P>; N],
        samples: u32,
    ) -> [Result<Score, FrameError>; N] {
        if samples == 0 {
            return [Err(FrameError::NoSamples); N];
        }
        let mut features = FrameShape::<P>::scratch::<[f32; N]>(self.dims());
        let (log_jacobians, refused) = extract_all(&self.features, frames, features.as_mut());
        let mut posteriors = self.posteriors(features.as_ref());
        let mut z = LatentShape::<P>::scratch::<[f32; N]>(self.latent_dims());
        let mut mean = LogMeanExp::<N>::new();
        for _ in 0..samples {
            let log_ratio = posteriors.sample_log_ratio(z.as_mut());
            let hidden = self.decoder.forward(z.as_ref());
            let log_prob = self.likelihood.log_prob(hidden.as_ref(), features.as_ref());
            let mut log_weight = [0.0; N];
            for (l, log_weight) in log_weight.iter_mut().enumerate() {
                // in the order of one frame's score
                *log_weight = log_prob[l] + log_ratio[l] + log_jacobians[l];
            }
            mean.push(log_weight);
        }
        let mut scores = mean.scores(self.dims() as u32).map(Score::checked);
        for (score, refused) in scores.iter_mut().zip(refused) {
            *score = refused.map_or(*score, Err);
        }
        scores
    }
}
