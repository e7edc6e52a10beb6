//! Constants and sums in `f64` that more than one part needs.

/// `½ log 2π`
pub const HALF_LOG_TAU: f64 = 0.918_938_533_204_672_7;

/// `Σ exp(term)`, kept as the largest term and `Σ exp(term − largest)`: neither overflows.
#[derive(Clone, Copy, Debug)]
pub struct SumOfExp {
    largest: f64,
    sum: f64,
}

impl SumOfExp {
    /// Of all terms.
    pub fn of(terms: &[f64]) -> SumOfExp {
        let largest = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        SumOfExp { largest, sum: terms.iter().map(|term| (term - largest).exp()).sum() }
    }

    /// `log Σ exp(term)`
    pub fn log(self) -> f64 {
        self.largest + self.sum.ln()
    }

    /// `log (1/count) Σ exp(term)`
    pub fn log_mean(self, count: usize) -> f64 {
        self.largest + (self.sum / count as f64).ln()
    }

    /// `exp(term) / Σ exp`
    pub fn share(self, term: f64) -> f64 {
        (term - self.largest).exp() / self.sum
    }
}

/// The median, without another list of them; their order changes.
pub(crate) fn median_in_place(values: &mut [f32]) -> f64 {
    let Some(last) = values.len().checked_sub(1) else { return f64::NAN };
    let mut middle = |at: usize| f64::from(*values.select_nth_unstable_by(at, f32::total_cmp).1);
    0.5 * (middle(last / 2) + middle(last.div_ceil(2)))
}

/// The middle value, or the mean of the two there; NaN of none.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = |at: usize| values.get(at).copied().unwrap_or(f64::NAN);
    0.5 * (middle(values.len().saturating_sub(1) / 2) + middle(values.len() / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_log_tau() {
        assert_eq!(HALF_LOG_TAU, 0.5 * std::f64::consts::TAU.ln());
    }

    #[test]
    fn sums_far_beyond_the_range_of_exp() {
        for shift in [-1e4, 0.0, 1e4] {
            let sum = SumOfExp::of(&[shift + 2.0_f64.ln(), shift + 6.0_f64.ln()]);
            assert!((sum.log() - shift - 8.0_f64.ln()).abs() < 1e-11);
            assert!((sum.log_mean(2) - shift - 4.0_f64.ln()).abs() < 1e-11);
            assert!((sum.share(shift + 2.0_f64.ln()) - 0.25).abs() < 1e-11);
        }
    }
}
