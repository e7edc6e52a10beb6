//! A mixture, its number of components read from the file.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt::Debug;
use elbow::codec::{MixturePredictor, Predictor as _};
use elbow::features::{Features, Gaps, Missing};
use elbow::format::Sections;
use elbow::mixture::{Gaussians, Kernels, Marginal, Marginals};
use elbow::{Density, Explain, FrameError, LoadError, Nats, Score};
use rand_pcg::Pcg32;

use super::{Dynamic, Engine, LANES, LatentEngine, Prediction, SequentialEngine};
use crate::simd::wide;

/// Frames side by side: their sums with those of eight components fill the registers.
const BESIDE: usize = if LANES < 16 { LANES } else { 16 };

/// Takes the components; kinds of which there are none take no sections.
pub(super) fn build<'a, F>(
    features: Gaps<F>,
    gaussians: u32,
    kernels: u32,
    sections: &mut Sections<'a>,
) -> Result<Box<dyn Engine + 'a>, LoadError>
where
    F: Features<Shape = Dynamic> + Send + Sync + Debug + 'a,
{
    let dims = features.dims();
    let mut full = || Gaussians::<Dynamic, Dynamic>::read(sections, dims, gaussians as usize);
    if kernels == 0 {
        return Ok(boxed(features, full()?));
    }
    let full = if gaussians == 0 { None } else { Some(full()?) };
    let spherical = Kernels::<Dynamic, Dynamic>::read(sections, dims, kernels as usize)?;
    Ok(match full {
        Some(full) => boxed(features, (full, spherical)),
        None => boxed(features, spherical),
    })
}

/// A mixture whose frames may have gaps, if the features say so.
type WithGaps<F, C> = elbow::mixture::WithGaps<F, C, Dynamic>;

fn boxed<'a, F, C>(features: Gaps<F>, components: C) -> Box<dyn Engine + 'a>
where
    F: Features<Shape = Dynamic> + Send + Sync + Debug + 'a,
    C: Marginal<Shape = Dynamic> + Send + Sync + Debug + 'a,
{
    Box::new(WithGaps::new(features, Marginals::new(components)))
}

/// The density is exact, whatever number of samples is asked for: each would say the same.
fn as_of(samples: u32) -> impl Fn(Score) -> Result<Score, FrameError> {
    move |score| match samples {
        0 => Err(FrameError::NoSamples),
        _ => Ok(Score { samples, effective_sample_size: samples as f32, ..score }),
    }
}

impl<F, C> Engine for WithGaps<F, C>
where
    F: Features<Shape = Dynamic> + Send + Sync + Debug,
    C: Marginal<Shape = Dynamic> + Send + Sync + Debug,
{
    fn log_density(&self, frame: &[f32], samples: u32) -> Result<Score, FrameError> {
        let score = wide(
            #[inline(always)]
            || self.log_density(frame),
        );
        score.and_then(as_of(samples))
    }

    fn missing(&self, frame: &[f32]) -> Missing {
        Density::missing(self, frame)
    }

    fn log_densities(&self, frames: [&[f32]; LANES], samples: u32) -> [Result<Score, FrameError>; LANES] {
        const { assert!(LANES.is_multiple_of(BESIDE), "no frame is left out") }
        let mut scores = [Err(FrameError::NoSamples); LANES];
        let (beside, _) = frames.as_chunks::<BESIDE>();
        for (frames, scores) in beside.iter().zip(scores.as_chunks_mut().0) {
            *scores = wide(
                #[inline(always)]
                || self.log_densities(*frames),
            );
        }
        scores.map(|score| score.and_then(as_of(samples)))
    }

    fn add_without(
        &self,
        frame: &[f32],
        samples: u32,
        without: &mut [f32],
        is_enough: &mut dyn FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        wide(
            #[inline(always)]
            || {
                if without.is_empty() {
                    return self.log_density_until(frame, samples, is_enough);
                }
                Explain::add_without(self, frame, samples, without, is_enough)
            },
        )
    }

    fn reconstruct(&self, frame: &[f32]) -> Result<Vec<f32>, FrameError> {
        Ok(self.reconstruct(frame)?.as_ref().to_vec())
    }

    fn sample(&self, rng: &mut Pcg32) -> Option<Result<Vec<f32>, FrameError>> {
        Some(self.sample(rng).map(|frame| frame.as_ref().to_vec()))
    }

    fn impute(&self, frame: &[f32], samples: u32, rng: Option<&mut Pcg32>) -> Result<Vec<f32>, FrameError> {
        if samples == 0 {
            return Err(FrameError::NoSamples);
        }
        let filled = match rng {
            Some(rng) => self.impute_with(frame, rng)?,
            None => self.impute(frame)?,
        };
        Ok(filled.as_ref().to_vec())
    }

    fn latent(&self) -> Option<&dyn LatentEngine> {
        None
    }

    fn prediction(&self) -> Option<Prediction<'_>> {
        Some(Prediction::InOrder(self))
    }
}

impl<F, C> SequentialEngine for WithGaps<F, C>
where
    F: Features<Shape = Dynamic> + Send + Sync + Debug,
    C: Marginal<Shape = Dynamic> + Send + Sync + Debug,
{
    fn in_order(&self, resolution: &[f32], visit: &mut dyn FnMut(i32) -> i32) -> Option<()> {
        MixturePredictor::new(self, 0, resolution).ok()?.in_order(visit)
    }
}
