//! Frames some of whose numbers are given and not modelled.

use super::{Likelihood, Terms};
use crate::shape::{Lanes, Shape};
use core::marker::PhantomData;
use rand_core::Rng;

/// The likelihood `T` of the first numbers of a frame, `p(x|z, y)`; those behind them, up to the size `S`,
/// are given.
///
/// A mean or a draw leaves the given ones as they are.
#[derive(Clone, Copy, Debug)]
pub struct Modelled<T, S> {
    likelihood: T,
    modelled: usize,
    shape: PhantomData<S>,
}

impl<T: Likelihood, S: Shape> Modelled<T, S> {
    /// Of the first `modelled` numbers.
    pub fn new(likelihood: T, modelled: usize) -> Self {
        Modelled { likelihood, modelled, shape: PhantomData }
    }
}

impl<T: Likelihood, S: Shape> Likelihood for Modelled<T, S> {
    type In = T::In;
    type From = T::From;
    type Out = S;

    #[inline(always)]
    fn log_prob_terms<const L: usize, X: Lanes<L>>(
        &self,
        hidden: &[[T::From; L]],
        features: &[X],
        terms: &mut (impl Terms + ?Sized),
    ) -> [f32; L] {
        let modelled = features.get(..self.modelled).unwrap_or(features);
        (modelled.len()..features.len()).for_each(|feature| terms.set(feature, [0.0; L]));
        self.likelihood.log_prob_terms(hidden, modelled, terms)
    }

    fn mean(&self, hidden: &[[T::From; 1]], features: &mut [f32]) {
        if let Some(modelled) = features.get_mut(..self.modelled) {
            self.likelihood.mean(hidden, modelled);
        }
    }

    fn sample<R: Rng + ?Sized>(&self, hidden: &[[T::From; 1]], rng: &mut R, features: &mut [f32]) {
        if let Some(modelled) = features.get_mut(..self.modelled) {
            self.likelihood.sample(hidden, rng, modelled);
        }
    }
}
