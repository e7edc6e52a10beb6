//! What the weights of a score say of it.

use super::Score;
use crate::log_mean_exp::LogMeanExp;
use crate::math;
use crate::shape::lanes;
use crate::unit::Nats;

impl<const L: usize> LogMeanExp<L> {
    /// The means, their effective sample sizes and their standard errors.
    ///
    /// With `K Σw²/(Σw)² = 1 + c²`, c the weights' coefficient of variation, the standard error of the log of
    /// the mean is `c/√K` by the delta method, c² taken with K − 1.
    pub fn scores(&self, dims: u32) -> [Score; L] {
        let (samples, k) = (self.count(), self.count() as f32);
        let log_k = math::ln(k);
        let log_density: [f32; L] = lanes(|l| self.max[l] + math::ln(self.sum[l]) - log_k);
        let effective: [f32; L] = lanes(|l| self.sum[l] * self.sum[l] / self.sum_square[l]);
        core::array::from_fn(|l| {
            let (log_density, effective_sample_size) = (Nats(log_density[l]), effective[l]);
            let standard_error = if samples > 1 {
                let excess = k / effective_sample_size - 1.0;
                math::sqrt(if excess > 0.0 { excess } else { 0.0 } / (k - 1.0))
            } else {
                f32::INFINITY
            };
            Score { log_density, effective_sample_size, standard_error, samples, dims }
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
    fn impossible_and_broken_terms() {
        assert!((mean_of(&[f32::NEG_INFINITY, 0.0]).log_density.0 + core::f32::consts::LN_2).abs() < 1e-6);
        assert!(!mean_of(&[f32::NEG_INFINITY]).log_density.0.is_finite());
        assert!(mean_of(&[0.0, f32::NAN, 1.0]).log_density.0.is_nan());
        assert!(!mean_of(&[1.0, f32::INFINITY]).log_density.0.is_finite());
        assert_eq!(mean_of(&[3.0]).standard_error, f32::INFINITY);
    }
}
