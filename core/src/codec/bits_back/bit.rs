//! Bits, on the stack.

use super::discrete::DiscreteLaw;
use crate::codec::entropy_model::{EntropyModel, Interval};
use crate::codec::rans::{Rans, StreamError};
use crate::likelihood::BernoulliLaw;
use crate::math;

/// A bit that is 1 in `ones` slots of 2^14.
///
/// One bit more of precision, and the coder's own loss outweighs what the rounding gains; two bits less, and
/// the rounding does.
#[derive(Clone, Copy, Debug)]
struct Bit {
    ones: u16,
}

impl Bit {
    const SLOTS: u16 = 1 << 14;

    /// `P(1) = sigmoid(logit)`, rounded to slots, at least one for each.
    fn new(logit: f32) -> Self {
        let ones = (math::sigmoid(logit) * f32::from(Self::SLOTS) + 0.5) as u16;
        Bit { ones: ones.clamp(1, Self::SLOTS - 1) }
    }
}

impl EntropyModel for Bit {
    const PRECISION: u32 = 14;

    #[inline]
    fn interval(&self, bit: u16) -> Option<Interval> {
        match bit {
            0 => Some(Interval { start: self.ones, mass: Self::SLOTS - self.ones }),
            1 => Some(Interval { start: 0, mass: self.ones }),
            _ => None,
        }
    }

    #[inline]
    fn symbol(&self, slot: u16) -> (u16, Interval) {
        if slot < self.ones {
            (1, Interval { start: 0, mass: self.ones })
        } else {
            (0, Interval { start: self.ones, mass: Self::SLOTS - self.ones })
        }
    }
}

impl DiscreteLaw<1> for BernoulliLaw {
    const SYMBOLS: usize = 1;

    fn push<B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        [logit]: [f32; 1],
        _: (f32, f32),
        bit: f32,
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        rans.push(u16::from(bit > 0.5), &Bit::new(logit))
    }

    fn pop<B: AsRef<[u8]>>(
        &self,
        [logit]: [f32; 1],
        _: (f32, f32),
        rans: &mut Rans<B>,
    ) -> Result<f32, StreamError> {
        Ok(f32::from(rans.pop(&Bit::new(logit))?))
    }
}
