//! Mixtures of normal distributions: densities without a network, known exactly.

mod conditional;
mod gaussians;
mod kernels;
mod log_sums;
mod marginal;
mod pair;
mod posterior;
mod projection;
mod sample;

pub use conditional::{Conditional, Moments};
pub use gaussians::Gaussians;
pub use kernels::Kernels;
pub use log_sums::LogSums;
pub use marginal::{Marginal, Marginals, WithGaps};
pub(crate) use posterior::{posterior_weights, restore};

use crate::distribution::HALF_LOG_TAU;
use crate::features::{Features, Frame, FrameBuffer, FrameError, Missing, extract, extract_all};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, ModelFile, Sections};
use crate::math;
use crate::score::{Density, Explain, LogMeanExp, Score};
use crate::shape::Shape;
use crate::unit::Nats;
use rand_core::Rng;

/// Some of a mixture's components. Their weights are those that they have in the whole mixture.
pub trait Components {
    /// Size of the features.
    type Shape: Shape;
    /// A number for each component.
    type Joint;

    /// Number of components.
    fn count(&self) -> usize;
    /// Hands over `log p(features, c) = log w_c + log p(features|c)` of the components c in order, some at a
    /// time, in nats, for `L` frames side by side.
    fn for_each_log_joint<const L: usize>(&self, features: &[[f32; L]], visit: impl FnMut(&[[f32; L]]));
    /// `to += weight · E[features|c]`
    fn add_mean(&self, component: usize, weight: f32, to: &mut [f32]);
    /// Adds `Σ_c exp(offset) p(features without i, c)` to the i-th sum of `without`, and the log
    /// joints to `sum`, as [`for_each_log_joint`](Self::for_each_log_joint) hands them over.
    ///
    /// With P the inverse of a component's covariance and `r = features − μ_c`,
    /// `log N(features without i) = log N(features) + (P r)_i²/(2 P_ii) − ½ log P_ii + ½ log 2π`.
    fn add_without(&self, features: &[f32], offset: f32, sum: &mut LogMeanExp<1>, without: &mut LogSums<'_>);
    /// `log w_c` of each component in order, and a constant that all components of a mixture share.
    fn log_weights(&self) -> impl Iterator<Item = f32>;
    /// Draws features ~ p(·|c), one word of the generator each.
    fn sample<R: Rng + ?Sized>(&self, component: usize, rng: &mut R, features: &mut [f32]);
    /// [`log_weights`](Self::log_weights), kept.
    fn joint(&self) -> Self::Joint;
    /// Tells what each component expects of the feature behind those that are known, under
    /// `log p(known, c)`.
    fn predict(&self, joint: &Self::Joint, known: &[f32], moments: &mut Moments);
    /// Makes `log p(known, x, c)` of `log p(known, c)`; what is below `floor` before it is none.
    fn extend(&self, joint: &mut Self::Joint, known: &[f32], x: f32, floor: f32);
}

/// A mixture of normal distributions: `p(x) = Σ_c w_c N(x; μ_c, Σ_c)`, in raw units.
///
/// The component is a latent variable whose posterior is known, so the density is exact and a
/// score has no error. The type is written by the trainer beside the model file; see
/// [`Gaussians`] and [`Kernels`] for what the components are.
///
/// **Source.** Dempster, Laird and Rubin (1977), "Maximum likelihood from
/// incomplete data via the EM algorithm", section 4.3.
#[derive(Clone, Copy, Debug)]
pub struct Mixture<F, C> {
    features: F,
    components: C,
}

impl<F: Features, C: Components<Shape = F::Shape>> Mixture<F, C> {
    /// Puts a model together from parts that were loaded one by one.
    pub fn new(features: F, components: C) -> Self {
        Mixture { features, components }
    }

    /// Loads a model; its parameters stay where `bytes` are.
    ///
    /// # Errors
    /// A [`LoadError`] of its own for everything that can be wrong with the bytes.
    pub fn from_bytes<'a>(bytes: &'a [u8]) -> Result<Self, LoadError>
    where
        Self: Load<'a> + Fingerprint,
    {
        let file = ModelFile::parse(bytes)?;
        if file.fingerprint != Self::FINGERPRINT {
            return Err(LoadError::WrongShape { expected: Self::FINGERPRINT, found: file.fingerprint });
        }
        let mut sections = file.sections();
        let model = Self::load(&mut sections)?;
        sections.finish()?;
        Ok(model)
    }

    /// Numbers in a frame.
    pub fn dims(&self) -> usize {
        self.features.dims()
    }

    /// Number of components.
    pub fn components(&self) -> usize {
        self.components.count()
    }

    /// The log density of a frame, exact but for rounding: `log Σ_c exp(log w_c + log N(x; μ_c, Σ_c))`. The
    /// score's standard error is 0, and it says one sample.
    ///
    /// # Errors
    /// [`FrameError`] for a frame that has no score.
    ///
    /// # Cost
    /// Half a square of the dimensions for each of the [`Gaussians`], the dimensions for each of the
    /// [`Kernels`], and one `exp` a component. Memory: the features twice.
    pub fn log_density(&self, frame: &Frame<F>) -> Result<Score, FrameError> {
        let (features, log_jacobian) = extract(&self.features, frame.as_ref())?;
        let (features, _) = features.as_ref().as_chunks();
        let [log_density] = self.log_sum::<1>(features);
        self.score(log_density + log_jacobian, frame)
    }

    /// [`log_density`](Self::log_density) of each of `N` frames, side by side
    /// in vector registers where there are any.
    ///
    /// # Errors
    /// As there, each frame its own.
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub fn log_densities<const N: usize>(&self, frames: [&Frame<F>; N]) -> [Result<Score, FrameError>; N] {
        let mut features = F::Shape::scratch::<[f32; N]>(self.dims());
        let (log_jacobians, refused) = extract_all(&self.features, frames, features.as_mut());
        let log_densities = self.log_sum(features.as_ref());
        core::array::from_fn(|l| match refused[l] {
            Some(error) => Err(error),
            None => self.score(log_densities[l] + log_jacobians[l], frames[l]),
        })
    }

    /// Hands over `log p(x, c) = log w_c + log p(x|c)` of each component c in order, in nats. Their
    /// exponentials add up to p(x); each by this sum is p(c|x).
    ///
    /// # Errors
    /// As [`log_density`](Self::log_density).
    pub fn for_each_log_joint(&self, frame: &Frame<F>, mut visit: impl FnMut(f32)) -> Result<(), FrameError> {
        let (features, log_jacobian) = extract(&self.features, frame.as_ref())?;
        let (features, _) = features.as_ref().as_chunks::<1>();
        self.components.for_each_log_joint(features, |terms| {
            terms.as_flattened().iter().for_each(|term| visit(term + log_jacobian));
        });
        Ok(())
    }

    /// `Σ_c p(c|x) E[x|c]`, in raw units where the features are linear in
    /// them: what a normal frame near this one looks like.
    ///
    /// # Errors
    /// As [`log_density`](Self::log_density).
    pub fn reconstruct(&self, frame: &Frame<F>) -> Result<FrameBuffer<F>, FrameError> {
        let (features, _) = extract(&self.features, frame.as_ref())?;
        let mut mean = F::Shape::buffer(self.dims());
        self.for_each_posterior(features.as_ref(), |component, weight| {
            self.components.add_mean(component, weight, mean.as_mut());
        });
        restore(&self.features, mean.as_mut()).map(|()| mean)
    }

    /// Hands over each component with its p(c|features), where that is not too
    /// small for a number; returns log p(features).
    fn for_each_posterior(&self, features: &[f32], mut visit: impl FnMut(usize, f32)) -> f32 {
        let (features, _) = features.as_chunks::<1>();
        let [log_density] = self.log_sum(features);
        self.components.for_each_log_joint(features, posterior_weights(log_density, &mut visit));
        log_density
    }

    /// log p(features)
    #[inline(always)]
    fn log_sum<const L: usize>(&self, features: &[[f32; L]]) -> [f32; L] {
        let mut sum = LogMeanExp::new();
        self.components.for_each_log_joint(
            features,
            #[inline(always)]
            |terms| sum.push_all_to_sum(terms),
        );
        sum.log_sum()
    }

    fn score(&self, log_density: f32, frame: &Frame<F>) -> Result<Score, FrameError> {
        let missing = self.features.missing(frame.as_ref()).count;
        exact(log_density, self.dims().saturating_sub(missing))
    }
}

/// The score of a density that is known.
pub(crate) fn exact(log_density: f32, dims: usize) -> Result<Score, FrameError> {
    let score = Score {
        log_density: Nats(log_density),
        effective_sample_size: 1.0,
        standard_error: 0.0,
        samples: 1,
        dims: dims as u32,
    };
    score.checked()
}

impl<F: Features, C: Components<Shape = F::Shape>> Density for Mixture<F, C> {
    type Frame = Frame<F>;

    #[inline(always)]
    fn missing(&self, frame: &Frame<F>) -> Missing {
        self.features.missing(frame.as_ref())
    }

    /// One block, whatever the number of samples: each would say the same.
    fn log_density_until(
        &self,
        frame: &Frame<F>,
        samples: u32,
        mut is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        if samples == 0 {
            return Err(FrameError::NoSamples);
        }
        let score = as_of(samples, self.log_density(frame)?);
        is_enough(&score, Nats(0.0));
        Ok(score)
    }
}

/// Each of K samples would say the same.
pub(crate) fn as_of(samples: u32, score: Score) -> Score {
    Score { samples, effective_sample_size: samples as f32, ..score }
}

impl<F: Features, C: Components<Shape = F::Shape>> Explain for Mixture<F, C> {
    /// Exact but for rounding, and for components that are `e^12` times less likely than others whichever
    /// number is left out.
    ///
    /// # Cost
    /// Of each of the [`Gaussians`] that of three scores; of the [`Kernels`] that of one and a half, and
    /// fifty operations a number of those that are likely without one of the numbers.
    fn add_without(
        &self,
        frame: &Frame<F>,
        samples: u32,
        without: &mut [f32],
        mut is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        if samples == 0 {
            return Err(FrameError::NoSamples);
        }
        let (features, log_jacobian) = extract(&self.features, frame.as_ref())?;
        let offset = log_jacobian + math::ln(samples as f32);
        let (mut sum, mut memory) = (LogMeanExp::new(), F::Shape::scratch::<f32>(self.dims()));
        let mut without = LogSums::new(without, memory.as_mut());
        self.components.add_without(features.as_ref(), offset, &mut sum, &mut without);
        without.finish();
        let [log_density] = sum.log_sum();
        let score = as_of(samples, self.score(log_density + log_jacobian, frame)?);
        is_enough(&score, Nats(0.0));
        Ok(score)
    }
}

/// `−½ log P + ½ log 2π`: what the density of a number gains in its log where its precision given the others
/// is P and it stands where they expect it.
fn log_width(precision: f32) -> f32 {
    HALF_LOG_TAU - 0.5 * math::ln(precision)
}

impl<'a, F: Load<'a>, C: Load<'a>> Load<'a> for Mixture<F, C> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        Ok(Mixture { features: F::load(sections)?, components: C::load(sections)? })
    }
}

impl<F: Fingerprint, C: Fingerprint> Fingerprint for Mixture<F, C> {
    const FINGERPRINT: u32 = of(&[Part::Mixture as u32, F::FINGERPRINT, C::FINGERPRINT]);
}
