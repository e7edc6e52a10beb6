//! Independent bits.

use super::Likelihood;
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections};
use crate::kernel::TILE;
use crate::layer::Projection;
use crate::math;
use crate::shape::Lanes;
use rand_core::Rng;

/// `p(x|z) = Π_i Bernoulli(x_i; sigmoid(logit_i))`, the logits from one dense layer. Base measure: counting.
#[derive(Clone, Copy, Debug)]
pub struct Bernoulli<P> {
    pub(crate) logits: P,
}

impl<P: Projection> Bernoulli<P> {
    /// Takes the layer that gives the logits.
    pub fn new(logits: P) -> Self {
        Bernoulli { logits }
    }
}

impl<P: Projection> Likelihood for Bernoulli<P> {
    type In = P::In;
    type From = P::From;
    type Out = P::Out;

    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn log_prob_terms<const L: usize, X: Lanes<L>>(
        &self,
        hidden: &[[P::From; L]],
        features: &[X],
        mut see: impl FnMut(f32),
    ) -> [f32; L] {
        let mut log_prob = [0.0; L];
        for (t, bits) in features.chunks(TILE).enumerate() {
            let logits = self.logits.tile(t, hidden);
            for (logits, bit) in logits.iter().zip(bits) {
                let bit = bit.lanes();
                for l in 0..L {
                    // log Bernoulli(x; sigmoid(s)) = −softplus((1 − 2x)·s)
                    let sign = 1.0 - 2.0 * bit[l];
                    let cost = math::softplus(sign * logits[l]);
                    log_prob[l] -= cost;
                    see(-cost);
                }
            }
        }
        log_prob
    }

    fn mean(&self, hidden: &[[P::From; 1]], features: &mut [f32]) {
        for (t, features) in features.chunks_mut(TILE).enumerate() {
            for (feature, [logit]) in features.iter_mut().zip(self.logits.tile(t, hidden)) {
                *feature = math::sigmoid(logit);
            }
        }
    }

    fn sample<R: Rng + ?Sized>(&self, hidden: &[[P::From; 1]], rng: &mut R, features: &mut [f32]) {
        self.mean(hidden, features);
        for feature in features {
            // 24 bits of a word are exact in f32
            let uniform = (rng.next_u32() >> 8) as f32 / 16_777_216.0;
            *feature = if uniform < *feature { 1.0 } else { 0.0 };
        }
    }
}

impl<'a, P: Load<'a>> Load<'a> for Bernoulli<P> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        Ok(Bernoulli { logits: P::load(sections)? })
    }
}

impl<P: Fingerprint> Fingerprint for Bernoulli<P> {
    const FINGERPRINT: u32 = of(&[Part::Bernoulli as u32, P::FINGERPRINT]);
}
