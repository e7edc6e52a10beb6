//! Components of two kinds as one mixture.

use super::{Components, LogSums, Marginal, Moments};
use crate::score::LogMeanExp;
use crate::shape::Shape;
use rand_core::Rng;

/// Components of one kind, then those of another.
impl<A: Components, B: Components<Shape = A::Shape>> Components for (A, B) {
    type Shape = A::Shape;
    type Joint = (A::Joint, B::Joint);

    fn count(&self) -> usize {
        self.0.count() + self.1.count()
    }

    #[inline(always)]
    fn for_each_log_joint<const L: usize>(&self, features: &[[f32; L]], mut visit: impl FnMut(&[[f32; L]])) {
        self.0.for_each_log_joint(features, &mut visit);
        self.1.for_each_log_joint(features, visit);
    }

    fn add_mean(&self, component: usize, weight: f32, to: &mut [f32]) {
        match component.checked_sub(self.0.count()) {
            None => self.0.add_mean(component, weight, to),
            Some(component) => self.1.add_mean(component, weight, to),
        }
    }

    fn add_without(&self, features: &[f32], offset: f32, sum: &mut LogMeanExp<1>, without: &mut LogSums<'_>) {
        self.0.add_without(features, offset, sum, without);
        self.1.add_without(features, offset, sum, without);
    }

    fn log_weights(&self) -> impl Iterator<Item = f32> {
        self.0.log_weights().chain(self.1.log_weights())
    }

    fn sample<R: Rng + ?Sized>(&self, component: usize, rng: &mut R, features: &mut [f32]) {
        match component.checked_sub(self.0.count()) {
            None => self.0.sample(component, rng, features),
            Some(component) => self.1.sample(component, rng, features),
        }
    }

    fn joint(&self) -> Self::Joint {
        (self.0.joint(), self.1.joint())
    }

    fn predict(&self, (a, b): &Self::Joint, known: &[f32], moments: &mut Moments) {
        self.0.predict(a, known, moments);
        self.1.predict(b, known, moments);
    }

    fn extend(&self, (a, b): &mut Self::Joint, known: &[f32], x: f32, floor: f32) {
        self.0.extend(a, known, x, floor);
        self.1.extend(b, known, x, floor);
    }
}

impl<A: Marginal, B: Marginal<Shape = A::Shape>> Marginal for (A, B) {
    fn for_each_log_marginal<G: Shape, const L: usize>(
        &self,
        features: &[[f32; L]],
        mut visit: impl FnMut(&[[f32; L]]),
    ) {
        self.0.for_each_log_marginal::<G, L>(features, &mut visit);
        self.1.for_each_log_marginal::<G, L>(features, visit);
    }

    fn add_without_of_present<G: Shape>(
        &self,
        features: &[f32],
        offset: f32,
        sum: &mut LogMeanExp<1>,
        without: &mut LogSums<'_>,
    ) {
        self.0.add_without_of_present::<G>(features, offset, sum, without);
        self.1.add_without_of_present::<G>(features, offset, sum, without);
    }

    fn fill<G: Shape>(&self, component: usize, features: &mut [f32], noise: impl FnMut() -> f32) {
        match component.checked_sub(self.0.count()) {
            None => self.0.fill::<G>(component, features, noise),
            Some(component) => self.1.fill::<G>(component, features, noise),
        }
    }
}
