//! Scores in blocks of samples, for who may have seen enough.

use super::spread::Spread;
use super::{LANES, LogMeanExp, Score};
use crate::features::FrameError;
use crate::likelihood::Terms;
use crate::model::{Frame, Parts, Vae};
use crate::unit::Nats;

/// Something that scores a frame in blocks of samples: what a decision asks of a model.
///
/// An exact density has one block, whose score has no standard error and says K samples, as asked; its log
/// weights have no spread.
pub trait Density {
    /// A raw frame, as a caller hands it over.
    type Frame: ?Sized;

    /// The log density by at most `samples` samples of the default noise. After each block of samples
    /// `is_enough` sees the score by those so far and the standard deviation of their log weights, and may
    /// end it there: that score is then returned.
    ///
    /// # Errors
    /// [`FrameError`] for a frame or a K that has no score.
    fn log_density_until(
        &self,
        frame: &Self::Frame,
        samples: u32,
        is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError>;
}

/// A density that can say which numbers of a frame it finds unlikely.
pub trait Explain: Density {
    /// As [`log_density_until`](Density::log_density_until), with `terms[i]` the mean over the samples of
    /// `log p(x_i|z)`, up to a constant of the feature: its share of the reconstruction term of the ELBO.
    ///
    /// # Errors
    /// As there.
    fn explain_until(
        &self,
        frame: &Self::Frame,
        samples: u32,
        terms: &mut [f32],
        is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError>;
}

impl<M: Density + ?Sized> Density for &M {
    type Frame = M::Frame;

    fn log_density_until(
        &self,
        frame: &M::Frame,
        samples: u32,
        is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        (**self).log_density_until(frame, samples, is_enough)
    }
}

impl<M: Explain + ?Sized> Explain for &M {
    fn explain_until(
        &self,
        frame: &M::Frame,
        samples: u32,
        terms: &mut [f32],
        is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        (**self).explain_until(frame, samples, terms, is_enough)
    }
}

impl<P: Parts> Density for Vae<P> {
    type Frame = Frame<P>;

    /// Blocks of four samples, and where K is no multiple of four the last ones alone. Of the score of n
    /// samples every bit is that of [`log_density`](Vae::log_density) with K = n.
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn log_density_until(
        &self,
        frame: &Frame<P>,
        samples: u32,
        is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        self.blocks(frame, samples, &mut (), is_enough)
    }
}

impl<P: Parts> Explain for Vae<P> {
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn explain_until(
        &self,
        frame: &Frame<P>,
        samples: u32,
        terms: &mut [f32],
        is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        terms.fill(0.0);
        let score = self.blocks(frame, samples, terms, is_enough)?;
        terms.iter_mut().for_each(|term| *term /= score.samples as f32);
        Ok(score)
    }
}

impl<P: Parts> Vae<P> {
    /// The score by blocks; `terms` takes the likelihood's.
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn blocks(
        &self,
        frame: &Frame<P>,
        samples: u32,
        terms: &mut (impl Terms + ?Sized),
        mut is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        if samples == 0 {
            return Err(FrameError::NoSamples);
        }
        let (features, log_jacobian) = self.extract(frame.as_ref())?;
        let (posterior, mut noise) = (self.posterior(features.as_ref()), self.noise());
        let mut draw = self.samples(&posterior, &mut noise);
        let (mut mean, mut spread) = (LogMeanExp::new(), Spread::default());
        loop {
            let mut block = [0.0; LANES];
            let drawn = if samples - mean.count() >= LANES as u32 {
                block = self.log_weights(&mut draw, features.as_ref(), terms).of_features();
                LANES
            } else {
                [block[0]] = self.log_weights(&mut draw, features.as_ref(), terms).of_features();
                1
            };
            for log_weight in block.into_iter().take(drawn) {
                mean.push([log_weight + log_jacobian]);
                spread.push(log_weight);
            }
            let [score] = mean.scores(self.dims() as u32);
            if is_enough(&score, spread.deviation()) || mean.count() == samples {
                return score.checked();
            }
        }
    }
}
