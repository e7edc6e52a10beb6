//! Scores in blocks of samples, for who may have seen enough.

use super::spread::Spread;
use super::without::{Without, surprises};
use super::{LANES, LogMeanExp, Score};
use crate::features::{Features as _, FrameError, Missing, extract_into};
use crate::likelihood::Terms;
use crate::model::{Frame, FrameShape, Parts, Vae};
use crate::shape::Shape;
use crate::unit::Nats;

/// Something that scores a frame in blocks of samples: what a decision asks of a model.
///
/// An exact density has one block, whose score has no standard error and says K samples, as asked; its log
/// weights have no spread.
pub trait Density {
    /// A raw frame, as a caller hands it over.
    type Frame: ?Sized;

    /// Which numbers of a frame are missing: none, unless the density is one of frames with gaps.
    #[inline(always)]
    fn missing(&self, _frame: &Self::Frame) -> Missing {
        Missing::NOTHING
    }

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

/// A density that can say which numbers of a frame it finds unlikely, given the others.
pub trait Explain: Density {
    /// As [`log_density_until`](Density::log_density_until); to `exp(without[i])` it adds, for each of the K
    /// samples of the score, `p(x_−i)`: how likely the frame is without its number i. Where samples are drawn
    /// the sum is `Σ_k w_k/p(x_i|z_k)`, whose mean is that density.
    ///
    /// # Errors
    /// As there.
    fn add_without(
        &self,
        frame: &Self::Frame,
        samples: u32,
        without: &mut [f32],
        is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError>;

    /// As [`log_density_until`](Density::log_density_until), with
    /// `−log p(x_i | the others) = log p(x_−i) − log p(x)` in place of each number's, in nats of the
    /// features. Of a network it is counted from a constant of the feature, as the terms of its likelihood
    /// are: of normal distributions from their peak.
    ///
    /// # Errors
    /// As there.
    #[inline(always)]
    fn explain_until(
        &self,
        frame: &Self::Frame,
        samples: u32,
        without: &mut [f32],
        is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        without.fill(f32::NEG_INFINITY);
        let score = self.add_without(frame, samples, without, is_enough)?;
        surprises(without, &score);
        Ok(score)
    }
}

impl<M: Density + ?Sized> Density for &M {
    type Frame = M::Frame;

    #[inline(always)]
    fn missing(&self, frame: &M::Frame) -> Missing {
        (**self).missing(frame)
    }

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
    fn add_without(
        &self,
        frame: &M::Frame,
        samples: u32,
        without: &mut [f32],
        is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        (**self).add_without(frame, samples, without, is_enough)
    }
}

impl<P: Parts> Density for Vae<P> {
    type Frame = Frame<P>;

    #[inline(always)]
    fn missing(&self, frame: &Frame<P>) -> Missing {
        self.features.missing(frame.as_ref())
    }

    /// Blocks of four samples, and where K is no multiple of four the last ones alone. Of the score of n
    /// samples every bit is that of [`log_density`](Vae::log_density) with K = n.
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn log_density_until(
        &self,
        frame: &Frame<P>,
        samples: u32,
        is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        self.blocks(frame, samples, &mut (), |(), _| (), is_enough)
    }
}

impl<P: Parts> Explain for Vae<P> {
    /// # Cost
    /// No pass of the network: forty operations for each feature and block of samples. Memory: four numbers a
    /// feature.
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn add_without(
        &self,
        frame: &Frame<P>,
        samples: u32,
        without: &mut [f32],
        is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        // none where a host asks for none
        let mut terms = FrameShape::<P>::scratch::<[f32; LANES]>(without.len());
        let mut without = Without::new(without);
        let add = |terms: &[[f32; LANES]], log_weights| without.add(terms, log_weights);
        self.blocks(frame, samples, terms.as_mut(), add, is_enough)
    }
}

impl<P: Parts> Vae<P> {
    /// The score by blocks; `terms` takes the likelihood's, and `see_block` sees them after each block with
    /// the log weights, which are −∞ where no sample was drawn.
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn blocks<T: Terms + ?Sized>(
        &self,
        frame: &Frame<P>,
        samples: u32,
        terms: &mut T,
        mut see_block: impl FnMut(&T, [f32; LANES]),
        is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        if samples == 0 {
            return Err(FrameError::NoSamples);
        }
        let mut features = FrameShape::<P>::scratch(self.dims());
        let log_jacobian = extract_into(&self.features, frame.as_ref(), features.as_mut())?;
        let (posterior, mut noise) = (self.posterior(features.as_ref()), self.noise());
        let mut draw = self.samples(&posterior, &mut noise);
        by_blocks(
            samples,
            self.present(frame.as_ref()) as usize,
            log_jacobian,
            #[inline(always)]
            |is_whole, log_weights| {
                if is_whole {
                    *log_weights = self.log_weights(&mut draw, features.as_ref(), terms).of_features();
                } else {
                    [log_weights[0]] = self.log_weights(&mut draw, features.as_ref(), terms).of_features();
                }
                see_block(terms, log_weights.map(|log_weight| log_weight + log_jacobian));
            },
            is_enough,
        )
    }
}

/// The score of so many samples, which `weigh` draws in blocks of four, and where there is no whole block one
/// by one: it puts the log weights of the features where they belong.
#[inline(always)]
pub(crate) fn by_blocks(
    samples: u32,
    dims: usize,
    log_jacobian: f32,
    mut weigh: impl FnMut(bool, &mut [f32; LANES]),
    mut is_enough: impl FnMut(&Score, Nats) -> bool,
) -> Result<Score, FrameError> {
    let (mut mean, mut spread) = (LogMeanExp::new(), Spread::default());
    loop {
        let mut block = [f32::NEG_INFINITY; LANES];
        let is_whole = samples - mean.count() >= LANES as u32;
        weigh(is_whole, &mut block);
        for log_weight in block.into_iter().take(if is_whole { LANES } else { 1 }) {
            mean.push([log_weight + log_jacobian]);
            spread.push(log_weight);
        }
        let [score] = mean.scores(dims as u32);
        if is_enough(&score, spread.deviation()) || mean.count() == samples {
            return score.checked();
        }
    }
}
