//! The evidence lower bound of a file's frames, and how far it lies below their log density.

use serde::Serialize;

use crate::numbers::SumOfExp;
use crate::score::estimate::Estimate;

/// Rows that are all looked at; of those behind them fewer, the further on the fewer.
const ALL: u64 = 10_000;

/// The evidence lower bound, its parts and its gap: means over rows, in nats.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bound {
    /// `E_q[log w]`, w = p(x|z) p(z)/q(z|x), by K draws of each frame's own
    pub elbo: f64,
    /// `elbo + kl`: `E_q[log p(x|z)]`
    pub reconstruction: f64,
    /// `KL(q(z|x) ‖ p(z))`, in closed form where there is one
    pub kl: f64,
    /// `log (1/K) Σ w − E_q[log w]` by the same samples: with K large it is `KL(q(z|x) ‖ p(z|x))`, what a
    /// better encoder could gain (Cremer, Li and Duvenaud 2018, "Inference suboptimality in variational
    /// autoencoders", equation 1)
    pub gap: f64,
    /// how much higher scores are, by the K points that all of them share, than `elbo + gap`, of draws of
    /// each frame's own, frames taken for independent. It is of the points: more frames make it no
    /// smaller
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared_points: Option<Estimate>,
}

/// Bounds of frames that come some at a time.
#[derive(Clone, Copy, Debug, Default)]
pub struct BoundSums {
    weight: f64,
    elbo: f64,
    kl: f64,
    gap: f64,
    /// of score − log mean of the weights
    above: Weighted,
}

impl BoundSums {
    /// Takes the log weights of draws of a frame's own and its divergence, as one that stands for so many,
    /// and its score.
    pub fn push(&mut self, log_weights: &[f32], kl: f32, score: Option<f32>, weight: f64) {
        let terms: Vec<f64> = log_weights.iter().map(|log_weight| f64::from(*log_weight)).collect();
        let elbo = terms.iter().sum::<f64>() / terms.len() as f64;
        self.weight += weight;
        self.elbo += weight * elbo;
        self.kl += weight * f64::from(kl);
        let log_mean = SumOfExp::of(&terms).log_mean(terms.len());
        self.gap += weight * (log_mean - elbo);
        if let Some(score) = score {
            self.above.push(f64::from(score) - log_mean, weight);
        }
    }

    /// The means; nothing of no frame.
    pub fn finish(self) -> Option<Bound> {
        let BoundSums { weight, elbo, kl, gap, above } = self;
        let ([elbo, kl, gap], shared_points) = ([elbo, kl, gap].map(|sum| sum / weight), above.mean());
        (weight > 0.0).then_some(Bound { elbo, reconstruction: elbo + kl, kl, gap, shared_points })
    }
}

/// Sums of independent terms, each of which stands for so many.
#[derive(Clone, Copy, Debug, Default)]
struct Weighted {
    terms: f64,
    /// `Σ w`, `Σ w x`
    sums: [f64; 2],
    /// `Σ w²`, `Σ w² x`, `Σ w² x²`
    squares: [f64; 3],
}

impl Weighted {
    fn push(&mut self, x: f64, w: f64) {
        self.terms += 1.0;
        self.sums.iter_mut().zip([w, w * x]).for_each(|(sum, term)| *sum += term);
        let terms = [1.0, x, x * x].map(|power| w * w * power);
        self.squares.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
    }

    /// Their mean; nothing of one term.
    fn mean(self) -> Option<Estimate> {
        let ([w, wx], [ww, wwx, wwxx]) = (self.sums, self.squares);
        let m = wx / w;
        // n/(n − 1) Σ w² (x − m)² / (Σ w)²
        let variance =
            self.terms / (self.terms - 1.0) * (wwxx - 2.0 * m * wwx + m * m * ww).max(0.0) / (w * w);
        (self.terms > 1.0).then(|| Estimate { nats: m, ci95: 1.96 * variance.sqrt() })
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
        sums.push(&[0.0, elbow::math::ln(3.0)], 0.25, Some(elbow::math::ln(2.0) + 0.5), 1.0);
        sums.push(&[-1.0, -1.0], 0.75, Some(-1.5), 3.0);
        let Bound { elbo, reconstruction, kl, gap, shared_points } = sums.finish().unwrap();
        let half_log_3 = 0.5 * 3.0_f64.ln();
        assert!((elbo - 0.25 * (half_log_3 - 3.0)).abs() < 1e-6 && (kl - 0.625).abs() < 1e-12);
        assert!((gap - 0.25 * (2.0_f64.ln() - half_log_3)).abs() < 1e-6);
        assert!((reconstruction - (elbo + kl)).abs() < 1e-12);
        // ½ once, −½ thrice: mean −¼; 2/1 (¾² + 3² ¼²)/4² = 9/64
        let Estimate { nats, ci95 } = shared_points.unwrap();
        assert!((nats + 0.25).abs() < 1e-6 && (ci95 - 1.96 * 0.375).abs() < 1e-6);
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
