//! A normal distribution that varies in few directions.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use super::Rows;
use super::normal::Normal;

/// Probabilistic principal components: the covariance keeps its `rank` largest
/// eigenvalues λ with their eigenvectors u, and gives all other directions the mean
/// σ² of the others: `Σ = Σ_k (λ_k − σ²) u_k u_kᵀ + σ² I`, the maximum of the
/// likelihood. No eigenvalue is taken for less than `floor`.
///
/// # Cost
/// About 20·dims³ multiply-adds.
///
/// # Source
/// Tipping and Bishop (1999), "Probabilistic principal component analysis", equations 7 and 8.
pub(super) fn fit(rows: Rows<'_>, rank: usize, floor: f64) -> Option<Normal> {
    let (d, n) = (rows.dims, rows.len() as f64);
    let mut mean = vec![0.0; d];
    for row in 0..rows.len() {
        mean.iter_mut().zip(rows.row(row)).for_each(|(mean, x)| *mean += f64::from(*x) / n);
    }
    let mut covariance = DMatrix::zeros(d, d);
    for row in 0..rows.len() {
        let centred =
            DVector::from_iterator(d, rows.row(row).iter().zip(&mean).map(|(x, mean)| f64::from(*x) - mean));
        covariance.ger(1.0 / n, &centred, &centred, 1.0);
    }
    let SymmetricEigen { eigenvalues, eigenvectors } = SymmetricEigen::new(covariance);
    let mut order: Vec<usize> = (0..d).collect();
    order.sort_by(|a, b| eigenvalues[*b].total_cmp(&eigenvalues[*a]));
    let (kept, others) = order.split_at(rank.min(d));
    let rest = others.iter().map(|k| eigenvalues[*k]).sum::<f64>() / others.len().max(1) as f64;
    let rest = rest.max(floor);
    let mut covariance = DMatrix::from_diagonal_element(d, d, rest);
    for k in kept {
        let u = eigenvectors.column(*k);
        covariance.ger(eigenvalues[*k].max(floor) - rest, &u, &u, 1.0);
    }
    Normal::new(1.0, mean, covariance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_directions_kept_are_the_whole_covariance() {
        let features: Vec<f32> = (0..90).map(|i| (i * i * 7 % 31) as f32 - 9.0 * (i % 3) as f32).collect();
        let rows = Rows { features: &features, dims: 3, spanned: 3 };
        let whole = fit(rows, 3, 0.0).unwrap();
        let most = fit(rows, 1, 0.0).unwrap();
        let mean = |normal: &Normal| (0..30).map(|n| normal.log_joint(rows.row(n))).sum::<f64>() / 30.0;
        // −½ of the mean square is −dims/2 for each, as the trace is kept
        assert!(mean(&whole) > mean(&most), "{} {}", mean(&whole), mean(&most));
        assert!(
            fit(rows, 2, 0.0)
                .is_some_and(|two| mean(&two) > mean(&most) && mean(&two) <= mean(&whole) + 1e-12)
        );
    }
}
