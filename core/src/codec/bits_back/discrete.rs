//! Likelihoods of integers as laws that an entropy coder can use.

use crate::codec::rans::{Rans, StreamError};
use crate::distribution::{DiagonalGaussian, StandardNormal};
use crate::features::WholeNumbers;
use crate::kernel::TILE;
use crate::latent::{Head, Measured};
use crate::likelihood::{Independent, Law, Likelihood, Outputs};
use crate::model::{LatentShape, Parts};

/// A likelihood of whole numbers, which can be coded one by one.
pub trait DiscreteLikelihood: Likelihood {
    /// Symbols that a number takes at most.
    fn symbols(&self) -> usize;

    /// The first number of a frame that has a density and no probabilities, where one has.
    fn continuous(&self) -> Option<usize> {
        None
    }

    /// The first number of a frame that has a density and no code, such as a word never seen.
    fn without_code(&self, frame: &[f32]) -> Option<usize>;

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

/// The law of one whole number given the network's outputs for it, which can be coded.
pub trait DiscreteLaw<const N: usize>: Law<N> {
    /// Symbols that a number takes at most.
    const SYMBOLS: usize;

    /// Puts a number on the stack; `grid` is that of [`WholeNumbers`].
    ///
    /// # Errors
    /// As [`Rans::push`].
    fn push<B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        outputs: [f32; N],
        grid: (f32, f32),
        number: f32,
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError>;

    /// Takes it back.
    ///
    /// # Errors
    /// As [`Rans::pop`].
    fn pop<B: AsRef<[u8]>>(
        &self,
        outputs: [f32; N],
        grid: (f32, f32),
        rans: &mut Rans<B>,
    ) -> Result<f32, StreamError>;
}

impl<W: DiscreteLaw<N>, O: Outputs<N>, const N: usize> DiscreteLikelihood for Independent<W, O, N> {
    fn symbols(&self) -> usize {
        W::SYMBOLS
    }

    fn without_code(&self, _: &[f32]) -> Option<usize> {
        None
    }

    fn push<F: WholeNumbers, B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        features: &F,
        hidden: &[[O::From; 1]],
        frame: &[f32],
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        for (t, numbers) in frame.chunks(TILE).enumerate().rev() {
            let outputs = self.outputs.tile(t, hidden);
            for (j, (outputs, number)) in outputs.into_iter().zip(numbers).enumerate().rev() {
                self.law.push(outputs, features.grid(TILE * t + j), *number, rans)?;
            }
        }
        Ok(())
    }

    fn pop<F: WholeNumbers, B: AsRef<[u8]>>(
        &self,
        features: &F,
        hidden: &[[O::From; 1]],
        frame: &mut [f32],
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        for (t, numbers) in frame.chunks_mut(TILE).enumerate() {
            let outputs = self.outputs.tile(t, hidden);
            for (j, (outputs, number)) in outputs.into_iter().zip(numbers).enumerate() {
                *number = self.law.pop(outputs, features.grid(TILE * t + j), rans)?;
            }
        }
        Ok(())
    }
}

/// [`Parts`] of a model whose frames can be coded as whole numbers: Gaussian posterior, discrete likelihood.
pub trait WholeParts:
    Parts<
        Features: WholeNumbers,
        Head: Head<Posterior = Measured<DiagonalGaussian<LatentShape<Self>>, StandardNormal>>,
        Likelihood: DiscreteLikelihood,
    >
{
}

impl<P> WholeParts for P where
    P: Parts<
            Features: WholeNumbers,
            Head: Head<Posterior = Measured<DiagonalGaussian<LatentShape<P>>, StandardNormal>>,
            Likelihood: DiscreteLikelihood,
        >
{
}
