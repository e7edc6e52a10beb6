//! A normal distribution that varies in few directions.

use super::Rows;
use super::normal::Normal;

/// Rounds over all pairs of coordinates, at most: the rest falls quadratically, and 6 to 10 are common.
const SWEEPS: usize = 30;

/// Probabilistic principal components: the covariance keeps its `rank` largest eigenvalues λ with their eigenvectors u, and gives all other
/// directions the mean σ² of the others: `Σ = Σ_k (λ_k − σ²) u_k u_kᵀ + σ² I`, the maximum of the likelihood. No eigenvalue is taken for
/// less than `floor`.
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
    let mut covariance = vec![0.0; d * d];
    for row in 0..rows.len() {
        let centred: Vec<f64> =
            rows.row(row).iter().zip(&mean).map(|(x, mean)| f64::from(*x) - mean).collect();
        for (line, x) in covariance.chunks_exact_mut(d).zip(&centred) {
            line.iter_mut().zip(&centred).for_each(|(sum, y)| *sum += x * y / n);
        }
    }
    let (eigenvalues, vectors) = eigen(covariance, d);
    let mut order: Vec<usize> = (0..d).collect();
    order.sort_by(|a, b| eigenvalues[*b].total_cmp(&eigenvalues[*a]));
    let (kept, others) = order.split_at(rank.min(d));
    let rest = others.iter().map(|k| eigenvalues[*k]).sum::<f64>() / others.len().max(1) as f64;
    let rest = rest.max(floor);
    let mut covariance = vec![0.0; d * d];
    for i in 0..d {
        covariance[i * d + i] = rest;
        for j in 0..=i {
            let part =
                |k: &usize| (eigenvalues[*k].max(floor) - rest) * vectors[k * d + i] * vectors[k * d + j];
            covariance[i * d + j] += kept.iter().map(part).sum::<f64>();
        }
    }
    Normal::new(1.0, mean, covariance)
}

/// Eigenvalues of a symmetric matrix, and eigenvectors in rows, by cyclic rotations (Jacobi 1846; Golub and Van Loan 2013, "Matrix
/// computations", algorithm 8.5.3).
fn eigen(mut a: Vec<f64>, d: usize) -> (Vec<f64>, Vec<f64>) {
    let mut vectors: Vec<f64> = (0..d * d).map(|at| if at % (d + 1) == 0 { 1.0 } else { 0.0 }).collect();
    let scale: f64 = (0..d).map(|i| a[i * d + i].abs()).sum();
    for _ in 0..SWEEPS {
        let off: f64 =
            (0..d).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i * d + j].abs()).sum();
        if off <= 1e-14 * scale {
            break;
        }
        for (p, q) in (0..d).flat_map(|p| (p + 1..d).map(move |q| (p, q))) {
            if let Some((c, s)) = rotation(a[p * d + p], a[p * d + q], a[q * d + q]) {
                for k in 0..d {
                    rotate(&mut a, k * d + p, k * d + q, c, s);
                }
                for k in 0..d {
                    rotate(&mut a, p * d + k, q * d + k, c, s);
                    rotate(&mut vectors, p * d + k, q * d + k, c, s);
                }
            }
        }
    }
    ((0..d).map(|i| a[i * d + i]).collect(), vectors)
}

/// Cosine and sine of the angle that makes the off-diagonal zero; none where it is.
fn rotation(pp: f64, pq: f64, qq: f64) -> Option<(f64, f64)> {
    if pq == 0.0 {
        return None;
    }
    let tau = (qq - pp) / (2.0 * pq);
    let t = tau.signum() / (tau.abs() + libm::sqrt(1.0 + tau * tau));
    let c = 1.0 / libm::sqrt(1.0 + t * t);
    Some((c, t * c))
}

fn rotate(numbers: &mut [f64], p: usize, q: usize, c: f64, s: f64) {
    let (x, y) = (numbers[p], numbers[q]);
    (numbers[p], numbers[q]) = (c * x - s * y, s * x + c * y);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvectors_of_a_known_matrix() {
        // 2 and 4 on the axes turned by 30°, and 1
        let (c, s) = (libm::sqrt(0.75), 0.5);
        let a = [2.0 * c * c + 4.0 * s * s, -2.0 * c * s, 0.0, -2.0 * c * s, 2.0 * s * s + 4.0 * c * c, 0.0];
        let a = [a.as_slice(), &[0.0, 0.0, 1.0]].concat();
        let (values, vectors) = eigen(a.clone(), 3);
        for (k, value) in values.iter().enumerate() {
            let v = &vectors[3 * k..][..3];
            for i in 0..3 {
                let product: f64 = (0..3).map(|j| a[3 * i + j] * v[j]).sum();
                assert!((product - value * v[i]).abs() < 1e-12, "{values:?} {vectors:?}");
            }
        }
        let mut sorted = values;
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.iter().zip([1.0, 2.0, 4.0]).all(|(a, b)| (a - b).abs() < 1e-12), "{sorted:?}");
    }

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
