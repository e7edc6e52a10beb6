//! Frames some of whose numbers are missing.

use super::{GaussianCategorical, Independent, Law, Likelihood, Outputs, Terms};
use crate::layer::Projection;
use crate::shape::{Lanes, Shape};
use rand_core::Rng;

/// A likelihood of independent numbers, of which a frame may lack some: NaN stands for one that is missing.
/// The product is then over the others, which integrates the missing ones out.
///
/// Beside it stand the features [`Gaps`](crate::features::Gaps).
#[derive(Clone, Copy, Debug)]
pub struct Incomplete<T>(pub T);

impl<W: Law<N>, O: Outputs<N>, const N: usize> Likelihood for Incomplete<Independent<W, O, N>> {
    type In = O::In;
    type From = O::From;
    type Out = O::Out;

    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn log_prob_terms<const L: usize, X: Lanes<L>>(
        &self,
        hidden: &[[O::From; L]],
        features: &[X],
        terms: &mut (impl Terms + ?Sized),
    ) -> [f32; L] {
        self.0.log_prob_of::<true, L, X>(hidden, features, terms)
    }

    fn mean(&self, hidden: &[[O::From; 1]], features: &mut [f32]) {
        self.0.mean(hidden, features);
    }

    fn sample<R: Rng + ?Sized>(&self, hidden: &[[O::From; 1]], rng: &mut R, features: &mut [f32]) {
        self.0.sample(hidden, rng, features);
    }
}

impl<S: Shape, P: Projection> Likelihood for Incomplete<GaussianCategorical<'_, S, P>> {
    type In = P::In;
    type From = P::From;
    type Out = S;

    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn log_prob_terms<const L: usize, X: Lanes<L>>(
        &self,
        hidden: &[[P::From; L]],
        features: &[X],
        terms: &mut (impl Terms + ?Sized),
    ) -> [f32; L] {
        self.0.log_prob_of::<true, L, X>(hidden, features, terms)
    }

    fn mean(&self, hidden: &[[P::From; 1]], features: &mut [f32]) {
        self.0.mean(hidden, features);
    }

    fn sample<R: Rng + ?Sized>(&self, hidden: &[[P::From; 1]], rng: &mut R, features: &mut [f32]) {
        self.0.sample(hidden, rng, features);
    }
}
