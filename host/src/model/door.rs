//! Likelihoods behind one door: each is compiled for the lanes that the
//! engine uses, and no engine for each of them.

use core::fmt::Debug;

use elbow::likelihood::{BLOCK, Likelihood};
use elbow::shape::Lanes;
use rand_core::Rng;

use super::Dynamic;
#[cfg(feature = "simd")]
use super::lanes::LANES;
use super::lanes::SAMPLES;
use crate::simd::wide;

/// A likelihood, its lanes a number: `hidden[i][lane]`.
pub(super) trait Door: Debug + Send + Sync {
    /// `log p(features|z)` of each lane. `features` holds one number for each feature
    /// or, unless `shared`, one for each lane of it; `terms`, where they are asked for,
    /// are kept for each feature and lane.
    fn log_prob(
        &self,
        hidden: &[f32],
        features: &[f32],
        shared: bool,
        terms: Option<&mut [[f32; BLOCK]]>,
        log_prob: &mut [f32],
    );
    /// The slopes of `log p(features|z)` of one frame by the hidden vectors of [`SAMPLES`] samples; `false`
    /// where there is no way back.
    fn pull_back(&self, hidden: &[f32], features: &[f32], to: &mut [f32]) -> bool;
    /// `E[features|z]`
    fn mean(&self, hidden: &[f32], features: &mut [f32]);
    /// Draws features ~ p(·|z).
    fn sample(&self, hidden: &[f32], rng: &mut dyn Rng, features: &mut [f32]);
}

/// A likelihood of run-time sizes on layers behind a door of their own.
pub(super) trait OnDense: Likelihood<In = Dynamic, From = f32, Out = Dynamic> {}

impl<T: Likelihood<In = Dynamic, From = f32, Out = Dynamic>> OnDense for T {}

impl<T: OnDense + Debug + Send + Sync> Door for T {
    fn log_prob(
        &self,
        hidden: &[f32],
        features: &[f32],
        shared: bool,
        terms: Option<&mut [[f32; BLOCK]]>,
        log_prob: &mut [f32],
    ) {
        match (log_prob.len(), shared, terms) {
            (1, _, terms) => shared_frame::<1, _>(self, hidden, features, terms, log_prob),
            (4, true, terms) => shared_frame::<4, _>(self, hidden, features, terms, log_prob),
            #[cfg(feature = "simd")]
            (SAMPLES, true, None) => samples(self, hidden, features, log_prob),
            #[cfg(feature = "simd")]
            (LANES, false, None) => frames(self, hidden, features, log_prob),
            (lanes, ..) => unreachable!("the engine asks {lanes} lanes for no such thing"),
        }
    }

    fn pull_back(&self, hidden: &[f32], features: &[f32], to: &mut [f32]) -> bool {
        wide(
            #[inline(always)]
            || {
                let (hidden, to) = (hidden.as_chunks::<SAMPLES>().0, to.as_chunks_mut().0);
                Likelihood::pull_back(self, hidden, features, to)
            },
        )
    }

    fn mean(&self, hidden: &[f32], features: &mut [f32]) {
        Likelihood::mean(self, hidden.as_chunks().0, features);
    }

    fn sample(&self, hidden: &[f32], rng: &mut dyn Rng, features: &mut [f32]) {
        Likelihood::sample(self, hidden.as_chunks().0, rng, features);
    }
}

/// `L` samples of one frame, and their terms: what explains a score.
fn shared_frame<const L: usize, T: OnDense>(
    likelihood: &T,
    hidden: &[f32],
    features: &[f32],
    terms: Option<&mut [[f32; BLOCK]]>,
    log_prob: &mut [f32],
) {
    // where nobody asks for them, they are for no feature
    let terms = terms.unwrap_or(&mut []);
    let sums: [f32; L] = wide(
        #[inline(always)]
        || likelihood.log_prob_terms(hidden.as_chunks::<L>().0, features, terms),
    );
    log_prob.copy_from_slice(&sums);
}

/// Samples of one frame.
#[cfg(feature = "simd")]
fn samples<T: OnDense>(likelihood: &T, hidden: &[f32], features: &[f32], log_prob: &mut [f32]) {
    let sums: [f32; SAMPLES] = wide(
        #[inline(always)]
        || likelihood.log_prob(hidden.as_chunks().0, features),
    );
    log_prob.copy_from_slice(&sums);
}

/// A sample of each of many frames.
#[cfg(feature = "simd")]
fn frames<T: OnDense>(likelihood: &T, hidden: &[f32], features: &[f32], log_prob: &mut [f32]) {
    let sums: [f32; LANES] = wide(
        #[inline(always)]
        || {
            let features: &[[f32; LANES]] = features.as_chunks().0;
            likelihood.log_prob(hidden.as_chunks().0, features)
        },
    );
    log_prob.copy_from_slice(&sums);
}

/// `log p(features|z)` through the door.
#[inline(always)]
pub(super) fn log_prob<const L: usize, X: Lanes<L>>(
    door: &dyn Door,
    hidden: &[[f32; L]],
    features: &[X],
    terms: Option<&mut [[f32; BLOCK]]>,
) -> [f32; L] {
    let mut log_prob = [0.0; L];
    let numbers = X::numbers(features);
    door.log_prob(hidden.as_flattened(), numbers, X::SHARED, terms, &mut log_prob);
    log_prob
}

/// The way back through the door, of as many samples as a posterior is refined with.
pub(super) fn pull_back<const L: usize>(
    door: &dyn Door,
    hidden: &[[f32; L]],
    features: &[f32],
    to: &mut [[f32; L]],
) -> bool {
    L == SAMPLES && door.pull_back(hidden.as_flattened(), features, to.as_flattened_mut())
}
