//! Bits.

use super::{Independent, Law, ReadLaw};
use crate::fingerprint::Part;
use crate::format::{LoadError, Sections};
use crate::math;
use core::iter::repeat;
use rand_core::Rng;

/// `p(x|z) = Π_i Bernoulli(x_i; sigmoid(logit_i))`, the logits from one dense layer. Base measure: counting.
pub type Bernoulli<P> = Independent<BernoulliLaw, (P,), 1>;

/// `P(1) = sigmoid(logit)`
#[derive(Clone, Copy, Debug)]
pub struct BernoulliLaw;

impl Law<1> for BernoulliLaw {
    type Feature = ();

    #[inline(always)]
    fn features(&self) -> impl Iterator<Item = ()> {
        repeat(())
    }

    #[inline(always)]
    fn part(&self, (): (), bit: f32, [logit]: [f32; 1]) -> f32 {
        // log Bernoulli(x; sigmoid(s)) = −softplus((1 − 2x)·s)
        -math::softplus((1.0 - 2.0 * bit) * logit)
    }

    /// `x − sigmoid(logit)`
    #[inline(always)]
    fn slope(&self, (): (), bit: f32, [logit]: [f32; 1]) -> Option<[f32; 1]> {
        Some([bit - math::sigmoid(logit)])
    }

    fn constant(&self, (): ()) -> f32 {
        0.0
    }

    fn mean(&self, (): (), [logit]: [f32; 1]) -> f32 {
        math::sigmoid(logit)
    }

    fn draw<R: Rng + ?Sized>(&self, (): (), [logit]: [f32; 1], rng: &mut R) -> f32 {
        // 24 bits of a word are exact in f32
        let uniform = (rng.next_u32() >> 8) as f32 / 16_777_216.0;
        if uniform < math::sigmoid(logit) { 1.0 } else { 0.0 }
    }
}

impl ReadLaw<'_> for BernoulliLaw {
    const PART: Part = Part::Bernoulli;

    fn read(_: &mut Sections<'_>, _: usize) -> Result<Self, LoadError> {
        Ok(BernoulliLaw)
    }
}
