//! Distances from points to their nearest neighbours.

use elbow::distribution::hypersphere::log_area;
use rayon::prelude::*;

/// Euler and Mascheroni's constant.
const GAMMA: f64 = 0.577_215_664_901_532_9;

/// Points of some coordinates each, which may be angles.
#[derive(Clone, Debug)]
pub struct Points {
    /// one behind the other
    pub values: Vec<f64>,
    /// coordinates of each
    pub dims: usize,
    /// the period of each coordinate, 0 where it is no angle; none where no coordinate is
    pub periods: Vec<f64>,
    /// `log |∂raw/∂values|`: what is added to a surprise to be one of the raw numbers
    pub log_scale: f64,
}

impl Points {
    /// How many they are.
    pub fn count(&self) -> usize {
        self.values.len() / self.dims
    }

    fn point(&self, at: usize) -> &[f64] {
        &self.values[at * self.dims..(at + 1) * self.dims]
    }

    /// The square of the distance, or something larger than `most`.
    fn square(&self, a: &[f64], b: &[f64], most: f64) -> f64 {
        let mut sum = 0.0;
        for (j, (a, b)) in a.iter().zip(b).enumerate() {
            let difference = match self.periods.get(j) {
                Some(period) if *period > 0.0 => libm::remainder(a - b, *period),
                _ => a - b,
            };
            sum += difference * difference;
            if sum > most {
                break;
            }
        }
        sum
    }

    /// Of each point `−log` of the density that its k-th nearest neighbour speaks for, in nats of the raw
    /// numbers; their mean is the entropy: `ψ(n) − ψ(k) + log V_d + d log ε_i + log_scale`, V_d the volume of
    /// the unit ball, ε the distance. `None` where a point has k equals, of whose density nothing is known.
    ///
    /// **Source.** Kozachenko and Leonenko (1987), "Sample estimate of the entropy of a random vector"; for
    /// k > 1 Kraskov, Stögbauer and Grassberger (2004), "Estimating mutual information", equation 20.
    ///
    /// # Cost
    /// The square of the number of points.
    pub fn surprises(&self, k: usize) -> Option<Vec<f64>> {
        let (n, d) = (self.count(), self.dims);
        if n <= k {
            return None;
        }
        let log_volume = log_area::<f64>(d) - (d as f64).ln();
        let constant = digamma(n) - digamma(k) + log_volume;
        let surprise = |at: usize| {
            let square = self.nearest(at, k);
            (square > 0.0).then(|| constant + 0.5 * d as f64 * square.ln() + self.log_scale)
        };
        (0..n).into_par_iter().map(surprise).collect()
    }

    /// The square of the distance to the k-th nearest other point.
    fn nearest(&self, at: usize, k: usize) -> f64 {
        // the k smallest so far, falling
        let mut nearest = vec![f64::INFINITY; k];
        let here = self.point(at);
        for other in (0..self.count()).filter(|other| *other != at) {
            let square = self.square(here, self.point(other), nearest[0]);
            if square < nearest[0] {
                nearest[0] = square;
                nearest.sort_unstable_by(|a, b| b.total_cmp(a));
            }
        }
        nearest[0]
    }
}

/// ψ of a natural number.
fn digamma(n: usize) -> f64 {
    (1..n).map(|i| 1.0 / i as f64).sum::<f64>() - GAMMA
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digamma_by_its_asymptote() {
        for n in [10, 100, 5_000] {
            let x = n as f64;
            let expected = x.ln() - 0.5 / x - 1.0 / (12.0 * x * x);
            assert!((digamma(n) - expected).abs() < 1e-6, "{n}");
        }
    }

    /// Four points on a line, ε of each by hand; log V₁ = log 2.
    #[test]
    fn surprises_by_hand() {
        // raw numbers are twice as large
        let points = |values: &[f64], period: f64| Points {
            values: values.to_vec(),
            dims: 1,
            periods: if period > 0.0 { vec![period] } else { Vec::new() },
            log_scale: 2.0_f64.ln(),
        };
        let found = points(&[0.0, 0.5, 1.5, 3.5], 0.0).surprises(1).unwrap();
        let constant = digamma(4) - digamma(1) + 2.0_f64.ln() + 2.0_f64.ln();
        for (found, distance) in found.iter().zip([1.0_f64, 1.0, 2.0, 4.0]) {
            assert!((found - constant - (distance / 2.0).ln()).abs() < 1e-12, "{found}");
        }
        // 3.5 lies ½ before 0
        let around = points(&[0.0, 0.5, 1.5, 3.5], 4.0);
        assert!((around.surprises(1).unwrap()[3] - found[0]).abs() < 1e-12);
        let equals = points(&[1.0, 1.0, 2.0], 0.0);
        assert!(equals.surprises(1).is_none() && equals.surprises(2).is_some());
        assert!(equals.surprises(3).is_none());
    }
}
