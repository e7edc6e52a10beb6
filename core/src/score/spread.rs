//! How widely log weights are spread: what the first samples say of those to come.

use crate::math;
use crate::unit::Nats;

/// The standard deviation of log weights. Nothing is stored but three numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spread {
    /// about which the sums are taken, so that they lose nothing to numbers far from 0
    first: f32,
    /// Σ (a − first)
    sum: f32,
    /// Σ (a − first)²
    sum_square: f32,
    count: u32,
}

impl Spread {
    pub(super) fn push(&mut self, log_weight: f32) {
        if self.count == 0 {
            self.first = log_weight;
        }
        let from_first = log_weight - self.first;
        self.sum += from_first;
        self.sum_square += from_first * from_first;
        self.count += 1;
    }

    /// `√(Σ (a − mean)²/(n − 1))`; infinite of a single weight, and where one of them is not finite.
    pub(super) fn deviation(&self) -> Nats {
        let n = self.count as f32;
        let variance = (self.sum_square - self.sum * self.sum / n) / (n - 1.0);
        if !math::is_finite(variance) {
            return Nats(f32::INFINITY);
        }
        // of equal weights rounding may leave less than nothing
        Nats(math::sqrt(if variance > 0.0 { variance } else { 0.0 }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(log_weights: &[f32]) -> f32 {
        let mut spread = Spread::default();
        log_weights.iter().for_each(|log_weight| spread.push(*log_weight));
        spread.deviation().0
    }

    #[test]
    fn known_weights_near_zero_and_far_from_it() {
        // 2, 4, 4, 4, 5, 5, 7, 9: Σ (a − 5)² = 32
        let weights = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        for shift in [0.0, -1e6] {
            let deviation = of(&weights.map(|a| a + shift));
            assert!((deviation - math::sqrt(32.0 / 7.0)).abs() < 1e-6, "{shift}: {deviation}");
        }
        assert_eq!(of(&[-812.3; 8]), 0.0);
    }

    #[test]
    fn what_says_nothing_of_the_others_is_infinite() {
        for weights in
            [&[-3.0][..], &[f32::NEG_INFINITY, 1.0, 2.0], &[1.0, f32::NEG_INFINITY], &[1.0, f32::NAN]]
        {
            assert_eq!(of(weights), f32::INFINITY, "{weights:?}");
        }
        assert_eq!(of(&[1e30, -1e30]), f32::INFINITY);
    }
}
