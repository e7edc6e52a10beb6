//! Parts of a model, compiled for the vector instructions of the machine that runs them.
//!
//! The engine's loops go over samples, frames or outputs side by side, each sum in its own lane and in its own order: a
//! wider register changes the speed and never a bit.

use elbow::codec::{DiscreteLikelihood, Rans, StreamError};
use elbow::features::WholeNumbers;
use elbow::latent::Head;
use elbow::likelihood::{Likelihood, Terms};
use elbow::shape::Lanes;
use rand_core::Rng;

use crate::simd::wide;

/// A part whose loops run in the widest registers that there are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wide<T>(pub(super) T);

impl<T: Head> Head for Wide<T> {
    type In = T::In;
    type From = T::From;
    type Latent = T::Latent;
    type Posterior = T::Posterior;
    type Noise = T::Noise;
    type Posteriors<const L: usize> = T::Posteriors<L>;

    fn dims(&self) -> usize {
        self.0.dims()
    }

    fn posterior(&self, hidden: &[[T::From; 1]]) -> T::Posterior {
        wide(
            #[inline(always)]
            || self.0.posterior(hidden),
        )
    }

    fn posteriors<const L: usize>(&self, hidden: &[[T::From; L]]) -> T::Posteriors<L> {
        wide(
            #[inline(always)]
            || self.0.posteriors(hidden),
        )
    }

    fn noise(&self) -> T::Noise {
        self.0.noise()
    }
}

impl<T: Likelihood> Likelihood for Wide<T> {
    type In = T::In;
    type From = T::From;
    type Out = T::Out;

    fn log_prob_terms<const L: usize, X: Lanes<L>>(
        &self,
        hidden: &[[T::From; L]],
        features: &[X],
        terms: &mut (impl Terms + ?Sized),
    ) -> [f32; L] {
        wide(
            #[inline(always)]
            || self.0.log_prob_terms(hidden, features, terms),
        )
    }

    fn mean(&self, hidden: &[[T::From; 1]], features: &mut [f32]) {
        self.0.mean(hidden, features);
    }

    fn sample<R: Rng + ?Sized>(&self, hidden: &[[T::From; 1]], rng: &mut R, features: &mut [f32]) {
        self.0.sample(hidden, rng, features);
    }
}

impl<T: DiscreteLikelihood> DiscreteLikelihood for Wide<T> {
    const SYMBOLS: usize = T::SYMBOLS;

    fn continuous(&self) -> Option<usize> {
        self.0.continuous()
    }

    fn push<F: WholeNumbers, B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        features: &F,
        hidden: &[[T::From; 1]],
        frame: &[f32],
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        self.0.push(features, hidden, frame, rans)
    }

    fn pop<F: WholeNumbers, B: AsRef<[u8]>>(
        &self,
        features: &F,
        hidden: &[[T::From; 1]],
        frame: &mut [f32],
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        self.0.pop(features, hidden, frame, rans)
    }
}
