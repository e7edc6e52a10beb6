//! The evidence lower bound of a file's frames, and how far it lies below their log density.

use serde::Serialize;

use crate::numbers::SumOfExp;

/// Rows that are all looked at; of those behind them fewer, the further on the fewer.
const ALL: u64 = 10_000;

/// The evidence lower bound, its parts and its gap: means over rows, in nats.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bound {
    /// `E_q[log w]`, w = p(x|z) p(z)/q(z|x), by K samples
    pub elbo: f64,
    /// `elbo + kl`: `E_q[log p(x|z)]`
    pub reconstruction: f64,
    /// `KL(q(z|x) ‖ p(z))`, in closed form where there is one
    pub kl: f64,
    /// `log (1/K) Σ w − E_q[log w]` by the same samples: with K large it is `KL(q(z|x) ‖ p(z|x))`, what a
    /// better encoder could gain (Cremer, Li and Duvenaud 2018, "Inference suboptimality in variational
    /// autoencoders", equation 1)
    pub gap: f64,
}

/// Bounds of frames that come some at a time.
#[derive(Clone, Copy, Debug, Default)]
pub struct BoundSums {
    weight: f64,
    elbo: f64,
    kl: f64,
    gap: f64,
}

impl BoundSums {
    /// Takes the log weights of a frame's samples and its divergence, as one that stands for so many.
    pub fn push(&mut self, log_weights: &[f32], kl: f32, weight: f64) {
        let terms: Vec<f64> = log_weights.iter().map(|log_weight| f64::from(*log_weight)).collect();
        let elbo = terms.iter().sum::<f64>() / terms.len() as f64;
        self.weight += weight;
        self.elbo += weight * elbo;
        self.kl += weight * f64::from(kl);
        self.gap += weight * (SumOfExp::of(&terms).log_mean(terms.len()) - elbo);
    }

    /// The means; nothing of no frame.
    pub fn finish(self) -> Option<Bound> {
        let BoundSums { weight, elbo, kl, gap } = self;
        let mean = |sum: f64| sum / weight;
        let bound = Bound { elbo: mean(elbo), reconstruction: mean(elbo + kl), kl: mean(kl), gap: mean(gap) };
        (weight > 0.0).then_some(bound)
    }
}

/// Which of `rows` rows are looked at, the first of them the `first` of all, and for how many each stands:
/// all of the first 10,000, then every second up to 20,000, every fourth up to 40,000 and so on. So many rows
/// cost little, and nobody need know beforehand how many there are.
pub fn thinned(first: u64, rows: usize) -> impl Iterator<Item = (usize, f64)> {
    (0..rows).filter_map(move |row| {
        let at = first + row as u64;
        let stride = if at < ALL { 1 } else { (at / ALL + 1).next_power_of_two() };
        at.is_multiple_of(stride).then_some((row, stride as f64))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_by_hand() {
        let mut sums = BoundSums::default();
        assert!(sums.finish().is_none());
        // weights 1 and 3: log 2 above, ½ log 3 on average
        sums.push(&[0.0, elbow::math::ln(3.0)], 0.25, 1.0);
        sums.push(&[-1.0, -1.0], 0.75, 3.0);
        let Bound { elbo, reconstruction, kl, gap } = sums.finish().unwrap();
        let half_log_3 = 0.5 * 3.0_f64.ln();
        assert!((elbo - 0.25 * (half_log_3 - 3.0)).abs() < 1e-6 && (kl - 0.625).abs() < 1e-12);
        assert!((gap - 0.25 * (2.0_f64.ln() - half_log_3)).abs() < 1e-6);
        assert!((reconstruction - (elbo + kl)).abs() < 1e-12);
    }

    #[test]
    fn each_row_is_stood_for_once() {
        for rows in [1, 10_000, 20_000, 160_000] {
            let (mut count, mut weights) = (0, 0.0);
            for first in (0..rows).step_by(500) {
                let block: Vec<_> = thinned(first, 500.min((rows - first) as usize)).collect();
                count += block.len();
                weights += block.iter().map(|(_, weight)| weight).sum::<f64>();
            }
            assert_eq!(weights, rows as f64);
            assert!(count <= 30_000, "{rows}: {count}");
        }
    }
}
