//! Frames drawn from a mixture.

use super::{Components, Mixture};
use crate::features::{Features, FrameBuffer, FrameError};
use crate::math;
use crate::model::Sample;
use crate::score::LogMeanExp;
use crate::shape::Shape;
use rand_core::Rng;

/// Weights are counted in units of 2⁻³², so that their sums are exact and a word of noise chooses among them.
const ONE: f32 = 4_294_967_296.0;

impl<F: Features, C: Components<Shape = F::Shape>> Mixture<F, C> {
    /// Draws a frame from the model, in raw units: a component c ~ w, then x ~ N(μ_c, Σ_c).
    ///
    /// # Errors
    /// [`FrameError::Overflow`] where the draw is too large for a number, as one of logarithms can be.
    ///
    /// # Cost
    /// To choose the component two `exp` of each, and two logarithms of each of the
    /// [`Kernels`](super::Kernels), `2 dims` of each of the [`Gaussians`](super::Gaussians). Then a normal
    /// quantile a number, and of the Gaussians half a square of the dimensions. Words of `rng`: one for the
    /// component and one a number.
    pub fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Result<FrameBuffer<F>, FrameError> {
        let component = self.choose(rng.next_u32());
        let mut frame = F::Shape::buffer(self.dims());
        self.components.sample(component, rng, frame.as_mut());
        self.features.restore(frame.as_mut());
        if frame.as_ref().iter().all(|x| math::is_finite(*x)) { Ok(frame) } else { Err(FrameError::Overflow) }
    }

    /// The first component whose weight with those before it exceeds `word/2³²`; by rounding there may be
    /// none, and then the last that has a weight.
    fn choose(&self, word: u32) -> usize {
        let mut sum = LogMeanExp::<1>::new();
        self.components.log_weights().for_each(|log_weight| sum.push_to_sum([log_weight]));
        let [total] = sum.log_sum();
        let (mut chosen, mut below) = (0, 0_u64);
        for (component, log_weight) in self.components.log_weights().enumerate() {
            let weight = (math::exp_call(log_weight - total) * ONE) as u64;
            if weight > 0 {
                chosen = component;
                below += weight;
            }
            if u64::from(word) < below {
                break;
            }
        }
        chosen
    }
}

impl<F: Features, C: Components<Shape = F::Shape>> Sample for Mixture<F, C> {
    type Buffer = FrameBuffer<F>;

    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Result<FrameBuffer<F>, FrameError> {
        self.sample(rng)
    }
}
