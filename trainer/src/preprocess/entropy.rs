//! A scale that says how closely the values of a column lie, not how far apart its regimes are.

use super::{Preprocessing, column, mean_and_deviation};

/// Spans below this part of the standard deviation are of equal values: the next wider ones are taken.
const LEAST_SPAN: f64 = 1e-6;
/// The least part of its standard deviation that is a column's scale.
const LEAST: f64 = 1e-4;

impl Preprocessing {
    /// The same with columns scaled by less than their standard deviation, where their values lie closer than
    /// those of a normal distribution would.
    ///
    /// The root of the entropy power says how close, r of the standard deviation. Under heavy tails r is
    /// 0.2 to 0.9, and the scale is half-way, √r. A motor that idles at 0.10 ± 0.01 A and runs at 12 ±
    /// 0.05 A has a standard deviation of 6 A and an entropy power of (0.05 A)². That of one regime is
    /// less, k of them add log k to the entropy: three are assumed, and the scale is r/3. Down to that,
    /// by (4r)², the one goes over to the other.
    ///
    /// # Source
    /// Shannon (1948), "A mathematical theory of communication", section 21 (entropy power).
    pub fn with_entropy_scale(mut self, values: &[f32]) -> Self {
        let features = self.features(values);
        if let Preprocessing::Standardize { inverse_scale, .. } = &mut self {
            let dims = inverse_scale.len();
            for (i, inverse) in inverse_scale.iter_mut().enumerate() {
                let scaled =
                    (f64::from(*inverse) / regime_scale(entropy_scale(column(&features, dims, i)))) as f32;
                *inverse = if scaled.is_normal() { scaled } else { *inverse };
            }
        }
        self
    }
}

fn regime_scale(ratio: f64) -> f64 {
    ratio.sqrt().min((4.0 * ratio).powi(2)).max(ratio / 3.0)
}

/// The root of the entropy power by the standard deviation, `exp(h)/(σ √(2πe))`, at most 1. The entropy h is
/// that of Vasicek: the mean over n sorted values of `log n (x_(i+m) − x_(i−m))/2m`, m = ½√n. Equal values
/// have no density: around them m doubles until there is a distance.
///
/// # Source
/// Vasicek (1976), "A test for normality based on sample entropy", equation 3.
fn entropy_scale(mut values: Vec<f64>) -> f64 {
    let (_, deviation) = mean_and_deviation(&values);
    let n = values.len();
    values.sort_by(f64::total_cmp);
    let range = values.last().zip(values.first()).map_or(0.0, |(last, first)| last - first);
    let least = LEAST_SPAN * deviation;
    // a range of rounding, or of nothing, says nothing
    if n < 2 || range.is_nan() || range <= least || least == 0.0 {
        return 1.0;
    }
    let m = (0.5 * (n as f64).sqrt()).ceil() as usize;
    let log_spacing = |i: usize| {
        let mut m = m;
        loop {
            let (from, to) = (i.saturating_sub(m), (i + m).min(n - 1));
            let span = values[to] - values[from];
            if span > least {
                return libm::log(span * n as f64 / (to - from) as f64);
            }
            m *= 2;
        }
    };
    let entropy = (0..n).map(log_spacing).sum::<f64>() / n as f64;
    let of_normal = libm::sqrt(std::f64::consts::TAU * std::f64::consts::E);
    (libm::exp(entropy) / (deviation * of_normal)).clamp(LEAST, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use elbow::architecture::FeaturesKind;
    use elbow::math::normal_quantile;

    /// Quantiles of a normal distribution.
    fn normal(count: u32) -> impl Iterator<Item = f64> {
        (0..count).map(move |i| f64::from(normal_quantile((2 * i + 1) * (u32::MAX / (2 * count)))))
    }

    #[test]
    fn of_a_normal_distribution_it_is_the_standard_deviation() {
        let scale = entropy_scale(normal(1000).map(|x| 40.0 + 3.0 * x).collect());
        assert!((0.95..=1.0).contains(&scale), "{scale}");
    }

    /// `√(2πe)` cancels: the entropy of two regimes far apart is `½ log 2πe σ₁σ₂ + log 2`.
    #[test]
    fn of_two_regimes_it_is_theirs() {
        let values: Vec<f64> = normal(500).flat_map(|x| [0.10 + 0.01 * x, 12.0 + 0.05 * x]).collect();
        let expected = 2.0 * (0.01_f64 * 0.05).sqrt() / mean_and_deviation(&values).1;
        let scale = entropy_scale(values.clone());
        // spacings across the gap take it up a little
        assert!((0.0..0.3).contains(&(scale / expected).ln()), "{scale} {expected}");
        // in steps of 0.01, too
        let stepped = entropy_scale(values.iter().map(|x| (100.0 * x).round() / 100.0).collect());
        assert!((stepped / expected).ln().abs() < 1.0, "{stepped} {expected}");
    }

    /// Values that are mostly equal, or few, are no regimes.
    #[test]
    fn of_what_has_no_density_it_is_the_standard_deviation() {
        let bits = (0..100).map(|i| f64::from(i % 3 / 2)).collect();
        let rare = (0..1000).map(|i| if i % 50 == 0 { f64::from(i) } else { 0.0 }).collect();
        for values in [vec![], vec![1.0], vec![7.0; 50], bits, rare, vec![0.0, f64::MAX]] {
            assert_eq!(entropy_scale(values.clone()), 1.0, "{values:?}");
        }
        let values = [f32::MAX, -f32::MAX, 1e-40, 2e-40, 0.0, 0.0];
        let fitted =
            Preprocessing::fit(FeaturesKind::Standardize, &values, 2, 8.0).with_entropy_scale(&values);
        assert!(fitted.log_jacobian().is_finite(), "{fitted:?}");
    }
}
