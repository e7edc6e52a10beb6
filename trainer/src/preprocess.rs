//! What is done to raw frames before the network: fitted here, stored in the model, applied by `core`.

use elbow::architecture::LikelihoodKind;

/// The encoder sees features clipped to this many standard deviations unless the user says otherwise.
pub const DEFAULT_CLIP: f32 = 8.0;

/// The map from raw frames to features (formulas: [`elbow::features`]).
#[derive(Clone, Debug, PartialEq)]
pub enum Preprocessing {
    /// frames of bits are their own features
    Binary,
    /// `feature = (x − loc) · inverse_scale`
    Standardize {
        /// mean of each feature
        loc: Vec<f32>,
        /// one over the standard deviation of each feature
        inverse_scale: Vec<f32>,
        /// limit of what the encoder sees
        clip: f32,
    },
}

impl Preprocessing {
    /// Fits the map to rows of `dims` numbers.
    ///
    /// A constant column keeps its units (scale 1): its spread is unknown, not zero.
    pub fn fit(likelihood: LikelihoodKind, values: &[f32], dims: usize, clip: f32) -> Self {
        if likelihood == LikelihoodKind::Bernoulli {
            return Preprocessing::Binary;
        }
        let rows = (values.len() / dims) as f64;
        let mut mean = vec![0.0_f64; dims];
        for row in values.chunks_exact(dims) {
            mean.iter_mut().zip(row).for_each(|(mean, x)| *mean += f64::from(*x) / rows);
        }
        let mut variance = vec![0.0_f64; dims];
        for row in values.chunks_exact(dims) {
            for ((variance, mean), x) in variance.iter_mut().zip(&mean).zip(row) {
                *variance += (f64::from(*x) - mean).powi(2) / rows;
            }
        }
        let inverse = |(variance, mean): (&f64, &f64)| {
            // Below the resolution of f32 around the mean, what varies is rounding.
            let resolution = f64::from(f32::EPSILON) * mean.abs();
            let scale = variance.sqrt();
            if scale > resolution && (1.0 / scale) as f32 > 0.0 && ((1.0 / scale) as f32).is_finite() {
                (1.0 / scale) as f32
            } else {
                1.0
            }
        };
        let inverse_scale = variance.iter().zip(&mean).map(inverse).collect();
        let loc = mean.into_iter().map(|mean| mean as f32).collect();
        Preprocessing::Standardize { loc, inverse_scale, clip }
    }

    /// Features of raw rows: what the likelihood sees.
    pub fn features(&self, values: &[f32]) -> Vec<f32> {
        match self {
            Preprocessing::Binary => values.to_vec(),
            Preprocessing::Standardize { loc, inverse_scale, .. } => values
                .chunks_exact(loc.len())
                .flat_map(|row| row.iter().zip(loc).zip(inverse_scale).map(|((x, loc), inv)| (x - loc) * inv))
                .collect(),
        }
    }

    /// Limit of what the encoder sees of a feature.
    pub fn clip(&self) -> f32 {
        match self {
            Preprocessing::Binary => f32::INFINITY,
            Preprocessing::Standardize { clip, .. } => *clip,
        }
    }

    /// `log |∂features/∂frame| = Σ log(1/scale)`, in nats.
    pub fn log_jacobian(&self) -> f64 {
        match self {
            Preprocessing::Binary => 0.0,
            Preprocessing::Standardize { inverse_scale, .. } => {
                inverse_scale.iter().map(|inverse| f64::from(*inverse).ln()).sum()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standardises_and_spares_constant_columns() {
        let values = [1.0, 5.0, 1e6, 3.0, 5.0, 1e6, 5.0, 5.0, 1e6];
        let fitted = Preprocessing::fit(LikelihoodKind::Gaussian, &values, 3, 8.0);
        let Preprocessing::Standardize { loc, inverse_scale, .. } = &fitted else { panic!("{fitted:?}") };
        assert_eq!(loc, &[3.0, 5.0, 1e6]);
        assert!((inverse_scale[0] - (3.0_f64 / 8.0).sqrt() as f32).abs() < 1e-6);
        assert_eq!(&inverse_scale[1..], &[1.0, 1.0]);
        let features = fitted.features(&values);
        assert!((features[0] + 1.224_744_9).abs() < 1e-5 && features[1] == 0.0, "{features:?}");
        assert!((fitted.log_jacobian() - 0.5 * (3.0_f64 / 8.0).ln()).abs() < 1e-6);
    }

    #[test]
    fn extreme_columns_stay_finite() {
        let fitted =
            Preprocessing::fit(LikelihoodKind::Gaussian, &[f32::MAX, -f32::MAX, 1e-40, 2e-40], 2, 8.0);
        assert!(fitted.features(&[f32::MAX, 1e-40]).iter().all(|x| x.is_finite()));
        assert!(fitted.log_jacobian().is_finite());
    }
}
