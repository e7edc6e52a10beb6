//! One normal distribution of few rows.

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::Rows;
use super::folds::Fold;
use super::normal::Normal;

/// Of so many rows held out, one may be less likely.
const LOST: usize = 100;

/// The normal distribution of the rows where it wins clearly: where rows held out of its fit are likelier by
/// it than by `others`, the log densities of the first rows by another model that did not see them; not on
/// average, which a few rows can decide, but one by one.
pub(super) fn where_it_wins(rows: Rows<'_>, others: &[f64], floor: f64) -> Option<Normal> {
    let held_out = |fold: &Fold<'_>| fold.held_out(|rows| fit(rows, floor).into_iter().collect());
    let mine: Vec<f64> = Fold::all(rows, others.len()).par_iter().flat_map_iter(held_out).collect();
    let lost = mine.iter().zip(others).filter(|(mine, other)| mine <= other).count();
    if lost * LOST > mine.len() { None } else { fit(rows, floor) }
}

/// A normal distribution whose covariance is drawn towards a multiple of the identity by as much as the rows
/// leave uncertain: `Σ = (1 − ρ) S + ρ m I`, S that of the rows, m its mean variance, `ρ = min(b̄², d²)/d²`,
/// `d² = |S − m I|²`, `b̄² = N⁻² Σ_n |x_n x_nᵀ − S|²`, in Frobenius' norm, x less its mean.
///
/// # Cost
/// rows · dims² multiply-adds, and the inverse of a triangle.
///
/// # Source
/// Ledoit and Wolf (2004), "A well-conditioned estimator for large-dimensional covariance matrices", lemma
/// 3.3.
pub(super) fn fit(rows: Rows<'_>, floor: f64) -> Option<Normal> {
    let (d, n) = (rows.dims, rows.len() as f64);
    let mut mean = vec![0.0; d];
    for row in 0..rows.len() {
        mean.iter_mut().zip(rows.row(row)).for_each(|(mean, x)| *mean += f64::from(*x) / n);
    }
    let centred = DMatrix::from_fn(d, rows.len(), |i, row| f64::from(rows.row(row)[i]) - mean[i]);
    let covariance = &centred * centred.transpose() / n;
    let scale = covariance.trace() / d as f64;
    // Σ |x xᵀ − S|² = Σ |x|⁴ − N |S|²
    let squares = covariance.norm_squared();
    let fourth: f64 = centred.column_iter().map(|x| x.norm_squared().powi(2)).sum();
    let uncertain = (fourth / n - squares) / n;
    let distance = squares - d as f64 * scale * scale;
    let shrinkage = if distance > 0.0 { (uncertain / distance).clamp(0.0, 1.0) } else { 1.0 };
    let diagonal = DMatrix::from_diagonal_element(d, d, shrinkage * scale + floor);
    Normal::new(1.0, mean, covariance * (1.0 - shrinkage) + diagonal)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Golden value: `LedoitWolf().fit(X).covariance_` of scikit-learn 1.9.
    #[test]
    fn as_scikit_learn_has_it() {
        let features: Vec<f32> = (0..60).map(|i| ((i * i * 7 + 3 * i) % 31) as f32 / 8.0).collect();
        let rows = Rows { features: &features, dims: 5, spanned: 5 };
        let fitted = fit(rows, 0.0).unwrap();
        let inverse = DMatrix::from_row_slice(5, 5, &fitted.inverse_cholesky);
        let covariance = (inverse.transpose() * inverse).try_inverse().unwrap();
        let golden = [0.799_315_440_679_090_4, -0.004_338_630_864_684_278, -0.028_231_654_358_931_497];
        let found = [covariance[(0, 0)], covariance[(1, 0)], covariance[(4, 2)]];
        for (found, expected) in found.into_iter().zip(golden) {
            assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
    }
}
