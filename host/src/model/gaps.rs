//! Likelihoods of frames with gaps behind the door of the others.

use core::fmt::Debug;

use elbow::likelihood::{BLOCK, Incomplete, Likelihood};
use elbow::shape::Shape as _;
use rand_core::Rng;

use super::Dynamic;
use super::door::{Door, OnDense};

/// Frames without gaps go the way of every other model; those with gaps go four lanes at a time, whatever the
/// engine asks: no bit depends on it, and no likelihood is compiled for all its lanes again.
#[derive(Debug)]
pub(super) struct WithGaps<T>(pub(super) Incomplete<T>);

impl<T: OnDense + Debug + Send + Sync> Door for WithGaps<T>
where
    Incomplete<T>: OnDense,
{
    fn log_prob(
        &self,
        hidden: &[f32],
        features: &[f32],
        shared: bool,
        mut terms: Option<&mut [[f32; BLOCK]]>,
        log_prob: &mut [f32],
    ) {
        if !features.iter().any(|x| x.is_nan()) {
            return Door::log_prob(&self.0.0, hidden, features, shared, terms, log_prob);
        }
        let lanes = log_prob.len();
        let dims = if shared { features.len() } else { features.len() / lanes };
        let mut some_hidden = Dynamic::scratch::<[f32; BLOCK]>(hidden.len() / lanes);
        let mut some_features = Dynamic::scratch::<[f32; BLOCK]>(dims);
        for (block, log_prob) in log_prob.chunks_mut(BLOCK).enumerate() {
            // behind the last lane comes the last again
            let lane = |l: usize| (block * BLOCK + l).min(lanes - 1);
            for (to, hidden) in some_hidden.as_mut().iter_mut().zip(hidden.chunks_exact(lanes)) {
                *to = core::array::from_fn(|l| hidden[lane(l)]);
            }
            for (i, to) in some_features.as_mut().iter_mut().enumerate() {
                *to = core::array::from_fn(
                    |l| {
                        if shared { features[i] } else { features[i * lanes + lane(l)] }
                    },
                );
            }
            // where nobody asks for them, they are for no feature
            let terms: &mut [[f32; BLOCK]] = terms.as_deref_mut().unwrap_or(&mut []);
            let sums = self.0.log_prob_terms(some_hidden.as_ref(), some_features.as_ref(), terms);
            log_prob.iter_mut().zip(sums).for_each(|(to, sum)| *to = sum);
        }
    }

    /// A number that is missing has no slope.
    fn pull_back(&self, hidden: &[f32], features: &[f32], to: &mut [f32]) -> bool {
        !features.iter().any(|x| x.is_nan()) && Door::pull_back(&self.0.0, hidden, features, to)
    }

    fn mean(&self, hidden: &[f32], features: &mut [f32]) {
        Door::mean(&self.0.0, hidden, features);
    }

    fn sample(&self, hidden: &[f32], rng: &mut dyn Rng, features: &mut [f32]) {
        Door::sample(&self.0.0, hidden, rng, features);
    }
}
