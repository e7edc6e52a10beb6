//! The mean of numbers that are known by their logarithms.

use crate::math;

/// `e⁻¹⁷ < 2⁻²⁴`, half of the last place of 1: a smaller term is lost in any sum that is 1 or more.
const SEEN: f32 = 17.0;

/// `log (1/K) Σ exp(a_k)` over `L` streams side by side, with the moments that its error needs. Nothing is stored but
/// three numbers for each.
#[derive(Clone, Copy, Debug)]
pub struct LogMeanExp<const L: usize> {
    /// largest a so far
    pub(crate) max: [f32; L],
    /// Σ exp(a − max)
    pub(crate) sum: [f32; L],
    /// Σ exp(2(a − max))
    pub(crate) sum_square: [f32; L],
    count: u32,
}

impl<const L: usize> Default for LogMeanExp<L> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const L: usize> LogMeanExp<L> {
    /// The mean of nothing yet.
    pub fn new() -> Self {
        LogMeanExp { max: [f32::NEG_INFINITY; L], sum: [0.0; L], sum_square: [0.0; L], count: 0 }
    }

    /// Terms of each stream so far.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Takes one term of each stream.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub fn push(&mut self, terms: [f32; L]) {
        self.add::<true>(terms);
    }

    /// As [`push`](Self::push), for the sum alone: the scores' errors are then wrong.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(crate) fn push_to_sum(&mut self, terms: [f32; L]) {
        if !self.is_blind_to(&terms) {
            self.add::<false>(terms);
        }
    }

    /// Whether these terms change no sum by a bit, so that no `exp` need tell: each lies more than [`SEEN`] below the largest of
    /// its stream, whose sums are at least 1.
    #[inline(always)]
    fn is_blind_to(&self, terms: &[f32; L]) -> bool {
        // every lane is looked at: a loop that is not left early can be vectorised
        terms.iter().zip(&self.max).fold(true, |blind, (a, max)| blind & (a - max < -SEEN))
    }

    #[inline(always)]
    fn add<const SQUARES: bool>(&mut self, terms: [f32; L]) {
        self.count += 1;
        for (l, a) in terms.into_iter().enumerate() {
            let (max, sum, sum_square) = (self.max[l], self.sum[l], self.sum_square[l]);
            // the smaller of the two over the larger
            let ratio = math::exp_call(-(a - max).abs());
            let (max, sum, sum_square) = if a > max {
                // the sums so far are in units of the old largest term
                (a, sum * ratio + 1.0, sum_square * (ratio * ratio) + 1.0)
            } else if a == f32::NEG_INFINITY {
                (max, sum, sum_square)
            } else {
                // NaN comes here too, and stays in the sums
                (max, sum + ratio, sum_square + ratio * ratio)
            };
            (self.max[l], self.sum[l]) = (max, sum);
            if SQUARES {
                self.sum_square[l] = sum_square;
            }
        }
    }

    /// `log Σ exp(a_k)`
    #[inline(always)]
    pub fn log_sum(&self) -> [f32; L] {
        core::array::from_fn(|l| self.max[l] + math::ln(self.sum[l]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_that_is_not_seen_changes_no_bit() {
        let mut mean = LogMeanExp::<2>::new();
        assert!(!mean.is_blind_to(&[-1e30; 2]), "the first term counts, whatever it is");
        mean.push([-3.0, 5.0]);
        let before = mean.log_sum();
        assert!(!mean.is_blind_to(&[-20.5, -11.9]) && !mean.is_blind_to(&[f32::NAN, -99.0]));
        for terms in [[-20.01, -12.01], [-1e4, f32::NEG_INFINITY]] {
            assert!(mean.is_blind_to(&terms));
            mean.push(terms);
            assert_eq!(mean.log_sum(), before);
        }
    }
}
