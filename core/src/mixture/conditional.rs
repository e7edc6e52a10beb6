//! What a mixture expects of each feature once those before it are known.

use super::{Components, Mixture};
use crate::features::{Features, FrameError};
use crate::math;
use crate::shape::Shape;
use rand_core::Rng;

/// A number further than this many standard deviations from what was expected counts as that far: one that is
/// broken then says little of the numbers behind it.
const FURTHEST: f32 = 8.0;
/// A component `e⁻³⁰` as likely as the likeliest is not asked again.
const DEAD: f32 = 30.0;
/// A component `e⁻¹⁷` as likely moves no digit of a mean.
const SEEN: f32 = 17.0;

/// Mean and variance of one feature over the components, each under the logarithm of its weight.
#[derive(Clone, Copy, Debug)]
pub struct Moments {
    max: f32,
    weight: f32,
    sum: f32,
    squares: f32,
}

impl Moments {
    pub(super) fn new() -> Self {
        Moments { max: f32::NEG_INFINITY, weight: 0.0, sum: 0.0, squares: 0.0 }
    }

    /// Whether a component of this log weight would move nothing.
    #[inline]
    pub(super) fn is_blind_to(&self, log_weight: f32) -> bool {
        log_weight < self.max - SEEN || log_weight == f32::NEG_INFINITY
    }

    /// Takes what a component says.
    pub(super) fn push(&mut self, log_weight: f32, Conditional { mean, root_precision }: Conditional) {
        if log_weight > self.max {
            let scale = math::exp_call(self.max - log_weight);
            (self.weight, self.sum, self.squares) =
                (self.weight * scale, self.sum * scale, self.squares * scale);
            self.max = log_weight;
        }
        let weight = math::exp_call(log_weight - self.max);
        let deviation = 1.0 / root_precision;
        self.weight += weight;
        self.sum += weight * mean;
        self.squares += weight * (mean * mean + deviation * deviation);
    }

    /// Below this a component's log weight is as good as none.
    pub(super) fn floor(&self) -> f32 {
        self.max - DEAD
    }

    /// Mean and standard deviation.
    fn finish(&self) -> (f32, f32) {
        let mean = self.sum / self.weight;
        let variance = self.squares / self.weight - mean * mean;
        if math::is_finite(mean) {
            (mean, math::sqrt(math::clamp(variance, 0.0, f32::MAX)))
        } else {
            (0.0, 0.0)
        }
    }
}

/// The normal distribution of a feature within a component, given the features before it.
#[derive(Clone, Copy, Debug)]
pub struct Conditional {
    /// its mean
    pub mean: f32,
    /// 1/σ
    pub root_precision: f32,
}

impl Conditional {
    /// Draws x, by one word of the generator.
    pub(super) fn sample<R: Rng + ?Sized>(self, rng: &mut R) -> f32 {
        self.mean + math::normal_quantile(rng.next_u32()) / self.root_precision
    }

    /// `log p(x)`, but for the `−½ log 2π` that all components share.
    pub(super) fn log_density(self, x: f32) -> f32 {
        let y = math::clamp(self.root_precision * (x - self.mean), -1e9, 1e9);
        math::ln(self.root_precision) - 0.5 * (y * y)
    }
}

impl<F: Features, C: Components<Shape = F::Shape>> Mixture<F, C> {
    /// Hands over, number by number, what is expected of it given those before it, in raw units, and takes
    /// what it is. With y = x_1 … x_(i−1), `E[feature_i | y] = Σ_c p(c | y) E[feature_i | y, c]`.
    ///
    /// A number beyond eight standard deviations counts as one at eight, and one that has no feature as the
    /// one that was expected.
    ///
    /// # Errors
    /// [`FrameError::Overflow`] where a number of the mixture's is not finite.
    ///
    /// # Cost
    /// About two scores; the square of the dimensions for the way to raw units and back.
    pub fn predict_in_order(&self, mut visit: impl FnMut(f32) -> f32) -> Result<(), FrameError> {
        let dims = self.dims();
        let (mut features, mut scaled) = (F::Shape::buffer::<f32>(dims), F::Shape::buffer::<f32>(dims));
        let mut joint = self.components.joint();
        for at in 0..dims {
            let mut moments = Moments::new();
            let known = features.as_ref().get(..at).unwrap_or_default();
            self.components.predict(&joint, known, &mut moments);
            let (mean, deviation) = moments.finish();
            let x = {
                let mut frame = features.clone();
                set(frame.as_mut(), at, mean);
                self.features.restore(frame.as_mut());
                let expected = frame.as_ref().get(at).copied().unwrap_or(0.0);
                if !math::is_finite(expected) {
                    return Err(FrameError::Overflow);
                }
                set(frame.as_mut(), at, visit(expected));
                let extracted = self.features.extract(frame.as_ref(), scaled.as_mut());
                let feature = extracted.ok().and(scaled.as_ref().get(at));
                let reach = FURTHEST * deviation;
                math::clamp(feature.copied().unwrap_or(mean), mean - reach, mean + reach)
            };
            self.components.extend(&mut joint, known, x, moments.floor());
            set(features.as_mut(), at, x);
        }
        Ok(())
    }
}

fn set(numbers: &mut [f32], at: usize, x: f32) {
    if let Some(place) = numbers.get_mut(at) {
        *place = x;
    }
}

/// [`Components::predict`] of one kind.
pub(super) fn predict(joint: &[f32], conditional: impl Fn(usize) -> Conditional, moments: &mut Moments) {
    for (component, log_weight) in joint.iter().enumerate() {
        if !moments.is_blind_to(*log_weight) {
            moments.push(*log_weight, conditional(component));
        }
    }
}

/// [`Components::extend`] of one kind.
pub(super) fn extend(joint: &mut [f32], conditional: impl Fn(usize) -> Conditional, x: f32, floor: f32) {
    for (component, log_joint) in joint.iter_mut().enumerate() {
        if *log_joint < floor {
            *log_joint = f32::NEG_INFINITY;
        } else {
            *log_joint += conditional(component).log_density(x);
        }
    }
}
