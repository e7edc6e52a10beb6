//! A component with a full covariance, in `f64`.

use nalgebra::{Cholesky, DMatrix};

use elbow_host::numbers::HALF_LOG_TAU;

/// `w N(x; μ, Σ)`, known by W with `Σ⁻¹ = WᵀW`.
#[derive(Clone, Debug, PartialEq)]
pub struct Normal {
    /// w
    pub weight: f64,
    /// μ
    pub mean: Vec<f64>,
    /// W, lower triangular, `[dims][dims]`
    pub inverse_cholesky: Vec<f64>,
    pub(super) log_constant: f64,
}

impl Normal {
    /// Of a covariance, of which the lower triangle counts; nothing where that is not positive definite.
    pub fn new(weight: f64, mean: Vec<f64>, covariance: DMatrix<f64>) -> Option<Normal> {
        let d = mean.len();
        let cholesky = Cholesky::new(covariance)?.unpack();
        let inverse = cholesky.solve_lower_triangular(&DMatrix::identity(d, d))?;
        let log_scale: f64 = inverse.diagonal().iter().map(|w| libm::log(*w)).sum();
        let log_constant = libm::log(weight) + log_scale - d as f64 * HALF_LOG_TAU;
        // row by row
        let inverse_cholesky = inverse.transpose().as_slice().to_vec();
        log_scale.is_finite().then_some(Normal { weight, mean, inverse_cholesky, log_constant })
    }

    /// The same times `factor`.
    pub fn scale_weight(&mut self, factor: f64) {
        self.weight *= factor;
        self.log_constant += libm::log(factor);
    }

    /// `log w + log N(x; μ, Σ) = log w + Σ_i log W_ii − ½ dims·log 2π − ½ |W (x − μ)|²`
    pub fn log_joint(&self, x: &[f32]) -> f64 {
        let d = self.mean.len();
        let square = |i: usize| -> f64 {
            let row = self.inverse_cholesky[i * d..][..=i].iter().zip(x).zip(&self.mean);
            row.map(|((w, x), mean)| w * (f64::from(*x) - mean)).sum::<f64>().powi(2)
        };
        self.log_constant - 0.5 * (0..d).map(square).sum::<f64>()
    }
}
