//! A mixture of any number of components.

use super::features::AnyFeatures;
use super::memory::{Lent, lanes, lanes_mut, take};
use crate::features::{Features as _, FrameError, extract_into, extract_present, missing};
use crate::format::{LoadError, Sections};
use crate::math;
use crate::mixture::{Components, Gaussians, Kernels, LogSums, Marginal as _};
use crate::mixture::{as_of, exact, posterior_weights, restore};
use crate::score::{LogMeanExp, Score};
use crate::unit::Nats;

/// Numbers of memory that a score of a mixture takes, or one that is explained.
pub(super) fn memory_of<const GAPS: bool>(dims: usize, explained: bool) -> usize {
    // features and their distance from a mean; then sums, and two numbers for a matrix
    let whole = dims * if explained { 5 } else { 2 };
    // what a component makes of the features, and a direction for each but one, which may be missing
    whole.saturating_add(if GAPS { dims.saturating_mul(dims) } else { 0 })
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
    pub(super) fn add_without<const GAPS: bool>(
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
        let too_short = too_short::<GAPS>(dims, !without.is_empty(), memory);
        let features = take(&mut memory, dims).ok_or(too_short)?;
        let centred = take(&mut memory, dims).ok_or(too_short)?;
        let log_jacobian = self.extract::<GAPS>(frame, centred, features)?;
        let [log_density] = if without.is_empty() {
            self.log_sum::<GAPS>(features, centred, memory)
        } else {
            let sums = take(&mut memory, dims).ok_or(too_short)?;
            let parts = take(&mut memory, 2 * dims).ok_or(too_short)?;
            let offset = log_jacobian + math::ln(samples as f32);
            self.explain::<GAPS>(features, offset, LogSums::new(without, sums), centred, parts, memory)
        };
        let present = dims - if GAPS { missing(features) } else { 0 };
        let score = as_of(samples, exact(log_density + log_jacobian, present)?);
        is_enough(&score, Nats(0.0));
        Ok(score)
    }

    /// `Σ_c p(c|x) E[x|c]`, in raw units.
    #[inline]
    pub(super) fn reconstruct<const GAPS: bool>(
        &self,
        mut memory: &mut [f32],
        frame: &[f32],
        to: &mut [f32],
    ) -> Result<(), FrameError> {
        let (expected, found) = (self.dims(), to.len());
        let too_short = too_short::<GAPS>(expected, false, memory);
        let features = take(&mut memory, expected).ok_or(too_short)?;
        let centred = take(&mut memory, expected).ok_or(too_short)?;
        self.extract::<GAPS>(frame, centred, features)?;
        if found != expected {
            return Err(FrameError::WrongLength { expected, found });
        }
        let [log_density] = self.log_sum::<GAPS>(features, centred, memory);
        to.fill(0.0);
        let add = |component, weight| self.add_mean(component, weight, to);
        self.for_each_log_joint::<GAPS>(features, centred, memory, posterior_weights(log_density, add));
        restore(&self.features, to)
    }

    #[inline]
    fn add_mean(&self, component: usize, weight: f32, to: &mut [f32]) {
        let before = self.gaussians.as_ref().map_or(0, Components::count);
        match (&self.gaussians, &self.kernels) {
            (Some(gaussians), _) if component < before => gaussians.add_mean(component, weight, to),
            (_, Some(kernels)) => kernels.add_mean(component - before, weight, to),
            _ => {}
        }
    }

    /// The features, and the log Jacobian; `filled` is as long.
    #[inline(always)]
    fn extract<const GAPS: bool>(
        &self,
        frame: &[f32],
        filled: &mut [f32],
        features: &mut [f32],
    ) -> Result<f32, FrameError> {
        if GAPS {
            return extract_present(&self.features, frame, filled, features);
        }
        extract_into(&self.features, frame, features)
    }

    /// `log p(features, c)` of all components in order; `gaps` is memory for those of what is there.
    #[inline(always)]
    fn for_each_log_joint<const GAPS: bool>(
        &self,
        features: &[f32],
        centred: &mut [f32],
        gaps: &mut [f32],
        mut visit: impl FnMut(&[[f32; 1]]),
    ) {
        let dims = self.dims();
        let (of_frame, has_gaps) = (lanes::<1>(features, dims), GAPS && missing(features) > 0);
        if let Some(gaussians) = &self.gaussians {
            if has_gaps && let Some((y, basis)) = gaps.split_at_mut_checked(dims) {
                gaussians.log_marginals(features, [centred, y], basis, &mut visit);
            } else {
                gaussians.log_joints(of_frame, lanes_mut(centred, dims), &mut visit);
            }
        }
        if let Some(kernels) = &self.kernels {
            if has_gaps {
                kernels.for_each_log_marginal::<Lent, 1>(of_frame, visit);
            } else {
                kernels.for_each_log_joint(of_frame, visit);
            }
        }
    }

    /// log p(features)
    #[inline(never)]
    fn log_sum<const GAPS: bool>(&self, features: &[f32], centred: &mut [f32], gaps: &mut [f32]) -> [f32; 1] {
        let mut sum = LogMeanExp::new();
        self.for_each_log_joint::<GAPS>(
            features,
            centred,
            gaps,
            #[inline(always)]
            |terms| sum.push_all_to_sum(terms),
        );
        sum.log_sum()
    }

    /// As [`log_sum`](Self::log_sum), without each number too.
    #[inline(never)]
    fn explain<const GAPS: bool>(
        &self,
        features: &[f32],
        offset: f32,
        mut without: LogSums<'_>,
        centred: &mut [f32],
        parts: &mut [f32],
        gaps: &mut [f32],
    ) -> [f32; 1] {
        let (dims, has_gaps) = (self.dims(), GAPS && missing(features) > 0);
        let mut sum = LogMeanExp::new();
        if let Some(gaussians) = &self.gaussians {
            match gaps.split_at_mut_checked(dims) {
                Some((y, basis)) if has_gaps => {
                    let memory = [centred, y];
                    gaussians.add_without_in_present(features, offset, &mut sum, &mut without, memory, basis);
                }
                _ => {
                    let (centred, parts) = (lanes_mut(centred, dims), lanes_mut(parts, dims));
                    gaussians.add_without_in(features, offset, &mut sum, &mut without, centred, parts);
                }
            }
        }
        if let Some(kernels) = &self.kernels {
            if has_gaps {
                kernels.add_without_of_present::<Lent>(features, offset, &mut sum, &mut without);
            } else {
                kernels.add_without(features, offset, &mut sum, &mut without);
            }
        }
        without.finish();
        sum.log_sum()
    }
}

fn too_short<const GAPS: bool>(dims: usize, explained: bool, memory: &[f32]) -> FrameError {
    FrameError::NoMemory { needed: memory_of::<GAPS>(dims, explained), found: memory.len() }
}
