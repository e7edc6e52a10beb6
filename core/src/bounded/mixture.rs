//! A mixture of any number of components.

use super::features::AnyFeatures;
use super::memory::{Lent, lanes, lanes_mut, take};
use crate::features::{Features as _, FrameError, extract_into};
use crate::format::{LoadError, Sections};
use crate::math;
use crate::mixture::{Components, Gaussians, Kernels, LogSums, as_of, exact, posterior_weights, restore};
use crate::score::{LogMeanExp, Score};
use crate::unit::Nats;

/// Numbers of memory that a score of a mixture takes, or one that is explained.
pub(super) fn memory_of(dims: usize, explained: bool) -> usize {
    // features and their distance from a mean; then sums, and two numbers for a matrix
    dims * if explained { 5 } else { 2 }
}

/// As [`Mixture`](crate::Mixture), its kinds of components those that the file has.
#[derive(Clone, Debug)]
pub(super) struct Mixture<'a> {
    features: AnyFeatures<'a, Lent>,
    gaussians: Option<Gaussians<'a, Lent, Lent>>,
    kernels: Option<Kernels<'a, Lent, Lent>>,
}

impl<'a> Mixture<'a> {
    /// Takes the components; kinds of which there are none take no sections.
    #[inline(never)]
    pub(super) fn read(
        features: AnyFeatures<'a, Lent>,
        gaussians: u32,
        kernels: u32,
        sections: &mut Sections<'a>,
    ) -> Result<Self, LoadError> {
        let dims = features.dims();
        let gaussians = match gaussians {
            0 if kernels > 0 => None,
            count => Some(Gaussians::read(sections, dims, count as usize)?),
        };
        let kernels = match kernels {
            0 => None,
            count => Some(Kernels::read(sections, dims, count as usize)?),
        };
        Ok(Mixture { features, gaussians, kernels })
    }

    pub(super) fn dims(&self) -> usize {
        self.features.dims()
    }

    /// [`Explain::add_without`](crate::Explain::add_without), and where `without` is empty a score alone.
    #[inline]
    pub(super) fn add_without(
        &self,
        mut memory: &mut [f32],
        frame: &[f32],
        samples: u32,
        without: &mut [f32],
        mut is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        if samples == 0 {
            return Err(FrameError::NoSamples);
        }
        let dims = self.dims();
        let too_short =
            FrameError::NoMemory { needed: memory_of(dims, !without.is_empty()), found: memory.len() };
        let features = take(&mut memory, dims).ok_or(too_short)?;
        let centred = take(&mut memory, dims).ok_or(too_short)?;
        let log_jacobian = extract_into(&self.features, frame, features)?;
        let [log_density] = if without.is_empty() {
            self.log_sum(features, centred)
        } else {
            let sums = take(&mut memory, dims).ok_or(too_short)?;
            let parts = take(&mut memory, 2 * dims).ok_or(too_short)?;
            let offset = log_jacobian + math::ln(samples as f32);
            self.explain(features, offset, LogSums::new(without, sums), centred, parts)
        };
        let score = as_of(samples, exact(log_density + log_jacobian, dims)?);
        is_enough(&score, Nats(0.0));
        Ok(score)
    }

    /// `Σ_c p(c|x) E[x|c]`, in raw units.
    #[inline]
    pub(super) fn reconstruct(
        &self,
        mut memory: &mut [f32],
        frame: &[f32],
        to: &mut [f32],
    ) -> Result<(), FrameError> {
        let (expected, found) = (self.dims(), to.len());
        let too_short = FrameError::NoMemory { needed: memory_of(expected, false), found: memory.len() };
        let features = take(&mut memory, expected).ok_or(too_short)?;
        let centred = take(&mut memory, expected).ok_or(too_short)?;
        extract_into(&self.features, frame, features)?;
        if found != expected {
            return Err(FrameError::WrongLength { expected, found });
        }
        let [log_density] = self.log_sum(features, centred);
        let (features, centred) = (lanes::<1>(features, expected), lanes_mut(centred, expected));
        to.fill(0.0);
        if let Some(gaussians) = &self.gaussians {
            let add = |component, weight| gaussians.add_mean(component, weight, to);
            gaussians.log_joints(features, centred, posterior_weights(log_density, add));
        }
        if let Some(kernels) = &self.kernels {
            let add = |component, weight| kernels.add_mean(component, weight, to);
            kernels.for_each_log_joint(features, posterior_weights(log_density, add));
        }
        restore(&self.features, to)
    }

    /// log p(features)
    #[inline(never)]
    fn log_sum(&self, features: &[f32], centred: &mut [f32]) -> [f32; 1] {
        let (features, centred) = (lanes::<1>(features, self.dims()), lanes_mut(centred, self.dims()));
        let mut sum = LogMeanExp::new();
        if let Some(gaussians) = &self.gaussians {
            gaussians.log_joints(features, centred, |terms| sum.push_all_to_sum(terms));
        }
        if let Some(kernels) = &self.kernels {
            kernels.for_each_log_joint(features, |terms| sum.push_all_to_sum(terms));
        }
        sum.log_sum()
    }

    /// As [`log_sum`](Self::log_sum), without each number too.
    #[inline(never)]
    fn explain(
        &self,
        features: &[f32],
        offset: f32,
        mut without: LogSums<'_>,
        centred: &mut [f32],
        parts: &mut [f32],
    ) -> [f32; 1] {
        let (centred, parts) = (lanes_mut(centred, self.dims()), lanes_mut(parts, self.dims()));
        let mut sum = LogMeanExp::new();
        if let Some(gaussians) = &self.gaussians {
            gaussians.add_without_in(features, offset, &mut sum, &mut without, centred, parts);
        }
        if let Some(kernels) = &self.kernels {
            kernels.add_without(features, offset, &mut sum, &mut without);
        }
        without.finish();
        sum.log_sum()
    }
}
