//! The mean of numbers that are known by their logarithms.

use super::Score;
use crate::math;
use crate::unit::Nats;

/// `e⁻¹⁷ < 2⁻²⁴`, half of the last place of 1: a smaller term is lost in any sum that is 1 or more.
const SEEN: f32 = 17.0;

/// `log (1/K) Σ exp(a_k)` over `L` streams side by side, with the moments that its error needs. Nothing is stored but
/// three numbers for each.
#[derive(Clone, Copy, Debug)]
pub struct LogMeanExp<const L: usize> {
    /// largest a so far
    max: [f32; L],
    /// Σ exp(a − max)
    sum: [f32; L],
    /// Σ exp(2(a − max))
    sum_square: [f32; L],
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

    /// The means, their effective sample sizes and their standard errors.
    ///
    /// With `K Σw²/(Σw)² = 1 + c²`, c the weights' coefficient of variation, the standard error of the log of the mean is
    /// `c/√K` by the delta method, c² taken with K − 1.
    pub fn scores(&self, dims: u32) -> [Score; L] {
        core::array::from_fn(|l| {
            let k = self.count as f32;
            let log_density = Nats(self.max[l] + math::ln(self.sum[l]) - math::ln(k));
            let effective_sample_size = self.sum[l] * self.sum[l] / self.sum_square[l];
            let standard_error = if self.count > 1 {
                let excess = k / effective_sample_size - 1.0;
                math::sqrt(if excess > 0.0 { excess } else { 0.0 } / (k - 1.0))
            } else {
                f32::INFINITY
            };
            Score { log_density, effective_sample_size, standard_error, samples: self.count, dims }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_of(terms: &[f32]) -> Score {
        let mut mean = LogMeanExp::<1>::new();
        terms.iter().for_each(|&a| mean.push([a]));
        let [score] = mean.scores(1);
        score
    }

    #[test]
    fn equal_terms() {
        let score = mean_of(&[-7.5; 5]);
        assert!((score.log_density.0 + 7.5).abs() < 1e-6);
        assert!((score.effective_sample_size - 5.0).abs() < 1e-5);
        assert!(score.standard_error < 1e-3);
    }

    #[test]
    fn known_terms_in_any_order() {
        // log((1 + 2 + 3)/3) = log 2, far from zero so that a plain sum of exponentials would overflow
        let [a, b, c] = [200.0, 200.0 + 2.0_f64.ln() as f32, 200.0 + 3.0_f64.ln() as f32];
        for terms in [[a, b, c], [c, b, a], [b, c, a]] {
            let score = mean_of(&terms);
            assert!((score.log_density.0 - 200.693_15).abs() < 3e-5, "{score:?}");
            assert!((score.effective_sample_size - 36.0 / 14.0).abs() < 1e-4, "{score:?}");
            // c² = var(1,2,3)/mean² = 1/4, so the error is √(1/4/3)
            assert!((score.standard_error - math::sqrt(1.0 / 12.0)).abs() < 1e-4, "{score:?}");
        }
    }

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

    #[test]
    fn impossible_and_broken_terms() {
        assert!((mean_of(&[f32::NEG_INFINITY, 0.0]).log_density.0 + core::f32::consts::LN_2).abs() < 1e-6);
        assert!(!mean_of(&[f32::NEG_INFINITY]).log_density.0.is_finite());
        assert!(mean_of(&[0.0, f32::NAN, 1.0]).log_density.0.is_nan());
        assert!(!mean_of(&[1.0, f32::INFINITY]).log_density.0.is_finite());
        assert_eq!(mean_of(&[3.0]).standard_error, f32::INFINITY);
    }
}
