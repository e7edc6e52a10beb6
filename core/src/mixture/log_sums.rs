//! Sums by their logarithms, one for each number of a frame.

use crate::math;

/// A term `e^12` times smaller than the greatest is left out: 1,000 of them would be 0.006 of the sum.
const SEEN: f32 = 12.0;

/// `greatest_i + log sum_i`
#[derive(Debug)]
pub struct LogSums<'a> {
    /// the greatest logarithm so far
    greatest: &'a mut [f32],
    /// the sum, in units of the greatest term
    sum: &'a mut [f32],
    /// a term below this is left out of every sum
    seen: f32,
}

impl<'a> LogSums<'a> {
    /// Goes on with these sums, given by their logarithms, in memory of the caller's.
    pub(crate) fn new(log_sums: &'a mut [f32], memory: &'a mut [f32]) -> Self {
        memory.fill(1.0);
        LogSums { greatest: log_sums, sum: memory, seen: f32::NEG_INFINITY }
    }

    /// Below this a term is left out of every sum.
    #[inline(always)]
    pub(super) fn seen(&self) -> f32 {
        self.seen
    }

    /// Adds a term to each sum. One that is no number counts as none.
    #[inline(always)]
    pub(super) fn add(&mut self, log_terms: impl Iterator<Item = f32>) {
        let mut least = f32::INFINITY;
        for ((greatest, sum), term) in self.greatest.iter_mut().zip(self.sum.iter_mut()).zip(log_terms) {
            let distance = term - *greatest;
            if distance > 0.0 {
                (*greatest, *sum) = (term, *sum * math::exp_of_minus_abs_to_60(distance) + 1.0);
            } else if distance > -SEEN {
                *sum += math::exp_of_minus_abs_to_60(distance);
            }
            least = if *greatest < least { *greatest } else { least };
        }
        self.seen = least - SEEN;
    }

    /// Leaves the logarithms of the sums where they were given.
    pub(crate) fn finish(self) {
        let sums = self.greatest.iter_mut().zip(self.sum.iter());
        sums.for_each(|(greatest, sum)| *greatest += math::ln(*sum));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_doubles_in_any_order() {
        let terms = [-3.0_f32, 200.0, f32::NAN, 190.5, f32::NEG_INFINITY, 201.25, -1e30, 201.25];
        for turn in 0..terms.len() {
            let (mut log_sums, mut memory) = ([f32::NEG_INFINITY, 195.0], [0.0; 2]);
            let mut sums = LogSums::new(&mut log_sums, &mut memory);
            let mut turned = terms;
            turned.rotate_left(turn);
            turned.iter().for_each(|term| sums.add([*term; 2].into_iter()));
            sums.finish();
            for (found, first) in log_sums.into_iter().zip([f64::NEG_INFINITY, 195.0]) {
                let finite = terms.iter().filter(|term| term.is_finite()).map(|term| f64::from(*term));
                let sum: f64 = finite.chain([first]).map(|term| libm::exp(term - 200.0)).sum();
                assert!((f64::from(found) - 200.0 - libm::log(sum)).abs() < 3e-5, "{turn}: {found}");
            }
        }
    }
}
