//! Scores of many frames, `L` of them side by side. Each has the bits that it has on its own.

use super::{LogMeanExp, Score};
use crate::features::{Features, FrameError, extract_all};
use crate::latent::{Head, Posteriors};
use crate::layer::Layer;
use crate::likelihood::Likelihood;
use crate::model::{Frame, Vae};
use crate::shape::Shape;

impl<F, E, H, D, L> Vae<F, E, H, D, L>
where
    F: Features,
    E: Layer<In = F::Shape, From = f32>,
    H: Head<In = E::Out, From = E::To>,
    D: Layer<In = H::Latent, From = f32>,
    L: Likelihood<In = D::Out, From = D::To, Out = F::Shape>,
{
    /// [`log_density`](Self::log_density) of each of `N` frames, for a host with many of them.
    ///
    /// Frames side by side fill vector registers at any K, and where the posterior draws a fixed number of words they
    /// share the noise.
    ///
    /// # Errors
    /// As there, each frame its own.
    ///
    /// # Cost
    /// As `N` calls of `log_density` on one lane each. Memory: features and activations of `N` frames.
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub fn log_densities<const N: usize>(
        &self,
        frames: [&Frame<F>; N],
        samples: u32,
    ) -> [Result<Score, FrameError>; N] {
        if samples == 0 {
            return [Err(FrameError::NoSamples); N];
        }
        let mut features = F::Shape::scratch::<[f32; N]>(self.dims());
        let (log_jacobians, refused) = extract_all(&self.features, frames, features.as_mut());
        let mut posteriors = self.posteriors(features.as_ref());
        let mut z = H::Latent::scratch::<[f32; N]>(self.latent_dims());
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
