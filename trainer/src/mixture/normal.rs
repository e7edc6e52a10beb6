//! A component with a full covariance, in `f64`.

use std::f64::consts::TAU;

/// `w N(x; μ, Σ)`, known by W with `Σ⁻¹ = WᵀW`.
#[derive(Clone, Debug, PartialEq)]
pub struct Normal {
    /// w
    pub weight: f64,
    /// μ
    pub mean: Vec<f64>,
    /// W, lower triangular, `[dims][dims]`
    pub inverse_cholesky: Vec<f64>,
    log_constant: f64,
}

impl Normal {
    /// Of the lower triangle of a covariance `[dims][dims]`; nothing where that is not positive definite.
    pub fn new(weight: f64, mean: Vec<f64>, mut covariance: Vec<f64>) -> Option<Normal> {
        let d = mean.len();
        cholesky(&mut covariance, d).then(|| {
            let inverse_cholesky = inverse(&covariance, d);
            let log_scale: f64 = (0..d).map(|i| libm::log(inverse_cholesky[i * d + i])).sum();
            let log_constant = libm::log(weight) + log_scale - 0.5 * d as f64 * libm::log(TAU);
            Normal { weight, mean, inverse_cholesky, log_constant }
        })
    }

    /// The same times `factor`.
    pub fn scale_weight(&mut self, factor: f64) {
        self.weight *= factor;
        self.log_constant += libm::log(factor);
    }

    /// `log w + log N(x; μ, Σ) = log w + Σ_i log W_ii − ½ dims·log 2π − ½ |W (x − μ)|²`
    pub fn log_joint(&self, x: &[f32]) -> f64 {
        let d = self.mean.len();
        let centred: Vec<f64> = x.iter().zip(&self.mean).map(|(x, mean)| f64::from(*x) - mean).collect();
        let square = |i: usize| -> f64 {
            let row = &self.inverse_cholesky[i * d..][..=i];
            row.iter().zip(&centred).map(|(w, x)| w * x).sum::<f64>().powi(2)
        };
        self.log_constant - 0.5 * (0..d).map(square).sum::<f64>()
    }
}

/// Puts L with `A = LLᵀ` in the place of the lower triangle of A; false where there is none.
fn cholesky(a: &mut [f64], d: usize) -> bool {
    for i in 0..d {
        for j in 0..=i {
            let (upper, lower) = a.split_at(i * d);
            let row = if i == j { &lower[..j] } else { &upper[j * d..][..j] };
            let dot: f64 = lower.iter().zip(row).map(|(x, y)| x * y).sum();
            let rest = a[i * d + j] - dot;
            a[i * d + j] = if i == j { libm::sqrt(rest) } else { rest / a[j * d + j] };
        }
        // not so for NaN, the root of a negative number
        if !(a[i * d + i] > 0.0 && a[i * d + i].is_finite()) {
            return false;
        }
    }
    true
}

/// The inverse of a lower triangle.
fn inverse(l: &[f64], d: usize) -> Vec<f64> {
    let mut w = vec![0.0; d * d];
    for i in 0..d {
        for j in 0..=i {
            let unit = if i == j { 1.0 } else { 0.0 };
            let dot: f64 = (j..i).map(|k| l[i * d + k] * w[k * d + j]).sum();
            w[i * d + j] = (unit - dot) / l[i * d + i];
        }
    }
    w
}
