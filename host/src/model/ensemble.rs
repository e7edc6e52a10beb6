//! An ensemble, its number of members read from the file.

use alloc::boxed::Box;
use alloc::vec::Vec;
use elbow::ensemble::{drawn, pooled, take_mean};
use elbow::features::Missing;
use elbow::{FrameError, Nats, Score};
use rand_core::Rng as _;
use rand_pcg::Pcg32;

use super::{Engine, LANES, LatentEngine, Prediction};

/// Members of one density: [`elbow::Ensemble`].
#[derive(Debug)]
pub(super) struct Together<'a>(pub(super) Vec<Box<dyn Engine + 'a>>);

impl Together<'_> {
    fn pool(
        &self,
        score: impl FnMut(&Box<dyn Engine + '_>) -> Result<Score, FrameError>,
    ) -> Result<Score, FrameError> {
        pooled(&self.0.iter().map(score).collect::<Result<Vec<_>, _>>()?)
    }
}

impl Engine for Together<'_> {
    fn log_density(&self, frame: &[f32], samples: u32) -> Result<Score, FrameError> {
        self.pool(|member| member.log_density(frame, samples))
    }

    fn missing(&self, frame: &[f32]) -> Missing {
        self.0.first().map_or(Missing::NOTHING, |member| member.missing(frame))
    }

    fn log_densities(&self, frames: [&[f32]; LANES], samples: u32) -> [Result<Score, FrameError>; LANES] {
        let scores: Vec<_> = self.0.iter().map(|member| member.log_densities(frames, samples)).collect();
        core::array::from_fn(|lane| {
            pooled(&scores.iter().map(|of_member| of_member[lane]).collect::<Result<Vec<_>, _>>()?)
        })
    }

    fn add_without(
        &self,
        frame: &[f32],
        samples: u32,
        without: &mut [f32],
        is_enough: &mut dyn FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        let score = self.pool(|member| member.add_without(frame, samples, without, &mut |_, _| false))?;
        take_mean(without, self.0.len());
        is_enough(&score, Nats(0.0));
        Ok(score)
    }

    /// That of the last member.
    fn reconstruct(&self, frame: &[f32]) -> Result<Vec<f32>, FrameError> {
        self.0.last().ok_or(FrameError::NoMember)?.reconstruct(frame)
    }

    /// That of the member that finds the frame likeliest.
    fn impute(&self, frame: &[f32], samples: u32, rng: Option<&mut Pcg32>) -> Result<Vec<f32>, FrameError> {
        let mut likeliest: Option<(f32, &Box<dyn Engine + '_>)> = None;
        for member in &self.0 {
            let now = member.log_density(frame, samples)?.log_density.0;
            if likeliest.is_none_or(|(log_density, _)| now > log_density) {
                likeliest = Some((now, member));
            }
        }
        likeliest.ok_or(FrameError::NoMember)?.1.impute(frame, samples, rng)
    }

    /// That of a member, each as likely: the density is their mean.
    fn sample(&self, rng: &mut Pcg32) -> Option<Result<Vec<f32>, FrameError>> {
        self.0.get(drawn(rng.next_u32(), self.0.len()))?.sample(rng)
    }

    fn member(&self, at: usize) -> Option<&dyn Engine> {
        self.0.get(at).map(|member| &**member)
    }

    /// Each member has a latent of its own.
    fn latent(&self) -> Option<&dyn LatentEngine> {
        None
    }

    /// That of the last member.
    fn prediction(&self) -> Option<Prediction<'_>> {
        self.0.last()?.prediction()
    }
}
