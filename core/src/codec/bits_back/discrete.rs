//! Likelihoods of integers as laws that an entropy coder can use.

use crate::codec::entropy_model::{EntropyModel, Interval};
use crate::codec::rans::{Rans, StreamError};
use crate::distribution::DiagonalGaussian;
use crate::features::WholeNumbers;
use crate::kernel::TILE;
use crate::latent::Head;
use crate::layer::Projection;
use crate::likelihood::{Bernoulli, Likelihood};
use crate::math;
use crate::model::{LatentShape, Parts};

/// A likelihood of whole numbers, which can be coded one by one.
pub trait DiscreteLikelihood: Likelihood {
    /// Symbols that a number takes at most.
    const SYMBOLS: usize;

    /// The first number of a frame that has a density and no probabilities, where one has.
    fn continuous(&self) -> Option<usize> {
        None
    }

    /// Puts a frame on the stack, the last number first.
    ///
    /// # Errors
    /// As [`Rans::push`].
    fn push<F: WholeNumbers, B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        features: &F,
        hidden: &[[Self::From; 1]],
        frame: &[f32],
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError>;

    /// Takes it back, the first number first.
    ///
    /// # Errors
    /// As [`Rans::pop`].
    fn pop<F: WholeNumbers, B: AsRef<[u8]>>(
        &self,
        features: &F,
        hidden: &[[Self::From; 1]],
        frame: &mut [f32],
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError>;
}

/// [`Parts`] of a model whose frames can be coded as whole numbers: Gaussian posterior, discrete likelihood.
pub trait WholeParts:
    Parts<
        Features: WholeNumbers,
        Head: Head<Posterior = DiagonalGaussian<LatentShape<Self>>>,
        Likelihood: DiscreteLikelihood,
    >
{
}

impl<P> WholeParts for P where
    P: Parts<
            Features: WholeNumbers,
            Head: Head<Posterior = DiagonalGaussian<LatentShape<P>>>,
            Likelihood: DiscreteLikelihood,
        >
{
}

/// A bit that is 1 in `ones` slots of 2^14.
///
/// One bit more of precision, and the coder's own loss outweighs what the rounding gains; two bits less, and the rounding does.
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

impl<P: Projection> DiscreteLikelihood for Bernoulli<P> {
    const SYMBOLS: usize = 1;

    fn push<F: WholeNumbers, B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        _: &F,
        hidden: &[[P::From; 1]],
        frame: &[f32],
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        for (t, bits) in frame.chunks(TILE).enumerate().rev() {
            let logits = self.logits.tile(t, hidden);
            for ([logit], bit) in logits.into_iter().zip(bits).rev() {
                rans.push(u16::from(*bit > 0.5), &Bit::new(logit))?;
            }
        }
        Ok(())
    }

    fn pop<F: WholeNumbers, B: AsRef<[u8]>>(
        &self,
        _: &F,
        hidden: &[[P::From; 1]],
        frame: &mut [f32],
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        for (t, bits) in frame.chunks_mut(TILE).enumerate() {
            for ([logit], bit) in self.logits.tile(t, hidden).into_iter().zip(bits) {
                *bit = f32::from(rans.pop(&Bit::new(logit))?);
            }
        }
        Ok(())
    }
}
