//! Scores of many frames, `L` of them side by side. Each has the bits that it has on its own.

use super::{LogMeanExp, Score};
use crate::features::{FrameError, extract_all};
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
        let mut draw = self.posteriors(features.as_ref());
        let mut z = LatentShape::<P>::scratch::<[f32; N]>(self.latent_dims());
        let mut mean = LogMeanExp::<N>::new();
        for _ in 0..samples {
            let log_weights = self.weigh(&mut draw, z.as_mut(), features.as_ref(), &mut ());
            mean.push(log_weights.of_frames(log_jacobians));
        }
        let mut scores = mean.scores(self.dims() as u32).map(Score::checked);
        for ((score, refused), frame) in scores.iter_mut().zip(refused).zip(frames) {
            let dims = self.present(frame.as_ref());
            *score = refused.map_or(score.map(|score| Score { dims, ..score }), Err);
        }
        scores
    }
}
