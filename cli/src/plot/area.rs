//! Areas: between two curves.

use super::chart::{Chart, Tone};

impl Chart {
    /// The area between a lower and an upper curve, given as (x, lower, upper).
    pub(crate) fn area_between(mut self, tone: Tone, points: &[(f64, f64, f64)]) -> Chart {
        let is_there = |point: &&(f64, f64, f64)| point.1.is_finite() && point.2.is_finite();
        let there = || points.iter().filter(is_there);
        let around =
            there().map(|(x, low, _)| (*x, *low)).chain(there().rev().map(|(x, _, high)| (*x, *high)));
        let path = self.through(&around.collect::<Vec<_>>());
        if !path.is_empty() {
            self.path("area", tone, &(path + "Z"));
        }
        self
    }
}
