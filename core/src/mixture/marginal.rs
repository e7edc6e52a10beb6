//! Mixtures of frames some of whose numbers are missing: marginals and conditionals, exactly.

use super::{Components, LogSums, Mixture, Moments};
use crate::decision::Calibrated;
use crate::features::{Features, Frame, FrameBuffer, FrameError, Gaps, extract};
use crate::format::{LoadError, ModelFile};
use crate::math;
use crate::score::{LogMeanExp, filled};
use crate::shape::{Shape, Width};
use core::marker::PhantomData;
use rand_core::Rng;

/// Components that can do without some of the features: NaN stands for one that is missing. `G` is the size
/// of memory for them: as many may be missing.
pub trait Marginal: Components {
    /// As [`for_each_log_joint`](Components::for_each_log_joint), of the features that are there:
    /// `log ∫ p(features, c) d(missing ones)`.
    fn for_each_log_marginal<G: Shape, const L: usize>(
        &self,
        features: &[[f32; L]],
        visit: impl FnMut(&[[f32; L]]),
    );
    /// As [`add_without`](Components::add_without), of the features that are there. Without one that is
    /// missing a frame is as likely as with it.
    fn add_without_of_present<G: Shape>(
        &self,
        features: &[f32],
        offset: f32,
        sum: &mut LogMeanExp<1>,
        without: &mut LogSums<'_>,
    );
    /// Puts in place of each missing feature what a component expects of it, given those that are there, and
    /// `noise()` standard deviations of what is left beside it: a draw where those are normal numbers, the
    /// mean where they are 0.
    fn fill<G: Shape>(&self, component: usize, features: &mut [f32], noise: impl FnMut() -> f32);
}

/// Components of a mixture whose frames may have gaps: see [`Mixture::with_gaps`].
#[derive(Clone, Copy, Debug)]
pub struct Marginals<C, G> {
    components: C,
    gaps: PhantomData<G>,
}

/// A mixture whose frames may have gaps: what [`Mixture::with_gaps`] gives.
pub type WithGaps<F, C, G> = Mixture<Gaps<F>, Marginals<C, G>>;

impl<C, G> Marginals<C, G> {
    /// Of these components.
    pub const fn new(components: C) -> Self {
        Marginals { components, gaps: PhantomData }
    }
}

impl<C: Marginal, G: Shape> Components for Marginals<C, G> {
    type Shape = C::Shape;
    type Joint = C::Joint;

    fn count(&self) -> usize {
        self.components.count()
    }

    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn for_each_log_joint<const L: usize>(&self, features: &[[f32; L]], visit: impl FnMut(&[[f32; L]])) {
        if has_gaps(features.as_flattened()) {
            self.components.for_each_log_marginal::<G, L>(features, visit);
        } else {
            self.components.for_each_log_joint(features, visit);
        }
    }

    fn add_mean(&self, component: usize, weight: f32, to: &mut [f32]) {
        self.components.add_mean(component, weight, to);
    }

    fn add_without(&self, features: &[f32], offset: f32, sum: &mut LogMeanExp<1>, without: &mut LogSums<'_>) {
        if has_gaps(features) {
            self.components.add_without_of_present::<G>(features, offset, sum, without);
        } else {
            self.components.add_without(features, offset, sum, without);
        }
    }

    fn log_weights(&self) -> impl Iterator<Item = f32> {
        self.components.log_weights()
    }

    fn sample<R: Rng + ?Sized>(&self, component: usize, rng: &mut R, features: &mut [f32]) {
        self.components.sample(component, rng, features);
    }

    fn joint(&self) -> Self::Joint {
        self.components.joint()
    }

    fn predict(&self, joint: &Self::Joint, known: &[f32], moments: &mut Moments) {
        self.components.predict(joint, known, moments);
    }

    fn extend(&self, joint: &mut Self::Joint, known: &[f32], x: f32, floor: f32) {
        self.components.extend(joint, known, x, floor);
    }
}

fn has_gaps(features: &[f32]) -> bool {
    features.iter().any(|x| math::is_nan(*x))
}

impl<F: Features, C: Marginal<Shape = F::Shape>> Mixture<F, C> {
    /// The same mixture for frames of which up to `M` numbers are missing, as NaN says
    /// ([`hide`](crate::features::hide) makes it of a bit set): its score is the log density of those that
    /// are there, `log ∫ p(x) d(missing numbers)`, exact but for rounding. A frame without gaps has the bits
    /// that it has here.
    ///
    /// ```ignore
    /// let score = model.with_gaps::<2>().log_density(&frame)?;
    /// ```
    ///
    /// Scores of frames that lack different numbers cannot be compared: fewer numbers are likelier.
    ///
    /// # Cost
    /// Of each of the [`Gaussians`](super::Gaussians) beside its score `m² dims` multiplications for m
    /// missing numbers, of [`Kernels`](super::Kernels) less than a whole frame's. Memory: M + 2 frames.
    pub fn with_gaps<const M: usize>(self) -> WithGaps<F, C, Width<M>> {
        Mixture::new(Gaps::new(self.features, M), Marginals::new(self.components))
    }
}

impl<'a, F: Features + Copy, C: Marginal<Shape = F::Shape> + Copy> Calibrated<'a, Mixture<F, C>> {
    /// The same with [`Mixture::with_gaps`], and the thresholds of frames that lack a sensor, where the file
    /// has them: see [`GapThresholds`](crate::decision::GapThresholds).
    ///
    /// # Errors
    /// As [`Calibration::with_gaps`](crate::Calibration::with_gaps).
    pub fn with_gaps<const M: usize>(
        self,
        file: &ModelFile<'a>,
    ) -> Result<Calibrated<'a, WithGaps<F, C, Width<M>>>, LoadError> {
        let calibration = self.calibration().with_gaps(file, self.model().dims())?;
        Ok(Calibrated::new(self.model().with_gaps(), calibration))
    }
}

impl<F: Features, C: Marginal<Shape = F::Shape>, G: Shape> WithGaps<F, C, G> {
    /// The frame with what is expected of the missing numbers in their places, given those that are there:
    /// `Σ_c p(c|x) E[x|x, c]`, in raw units where the features are linear in them. Numbers that are there
    /// stay as they are.
    ///
    /// # Errors
    /// As [`log_density`](Self::log_density).
    pub fn impute(&self, frame: &Frame<Gaps<F>>) -> Result<FrameBuffer<Gaps<F>>, FrameError> {
        let (features, _) = extract(&self.features, frame.as_ref())?;
        let (mut mean, mut whole) = (F::Shape::buffer::<f32>(self.dims()), features.clone());
        self.for_each_posterior(features.as_ref(), |component, weight| {
            whole.as_mut().copy_from_slice(features.as_ref());
            self.components.components.fill::<G>(component, whole.as_mut(), || 0.0);
            mean.as_mut().iter_mut().zip(whole.as_ref()).for_each(|(mean, x)| *mean += weight * x);
        });
        self.features.restore(mean.as_mut());
        filled(frame.as_ref(), mean)
    }

    /// As [`impute`](Self::impute), with a draw of the missing numbers, `p(missing numbers|those that are
    /// there)`.
    ///
    /// # Errors
    /// As [`log_density`](Self::log_density).
    pub fn impute_with<R: Rng + ?Sized>(
        &self,
        frame: &Frame<Gaps<F>>,
        rng: &mut R,
    ) -> Result<FrameBuffer<Gaps<F>>, FrameError> {
        let (mut features, _) = extract(&self.features, frame.as_ref())?;
        // a component by its posterior: the first at which the sum of those so far is above a part of all
        let (part, mut sum, mut drawn) = (uniform(rng), 0.0, 0);
        self.for_each_posterior(features.as_ref(), |component, weight| {
            if weight > 0.0 && sum <= part {
                drawn = component;
            }
            sum += weight;
        });
        let normal = || math::normal_quantile(rng.next_u32());
        self.components.components.fill::<G>(drawn, features.as_mut(), normal);
        self.features.restore(features.as_mut());
        filled(frame.as_ref(), features)
    }
}

/// Of [0, 1), in steps of 2⁻²⁴.
fn uniform<R: Rng + ?Sized>(rng: &mut R) -> f32 {
    (rng.next_u32() >> 8) as f32 / 16_777_216.0
}
