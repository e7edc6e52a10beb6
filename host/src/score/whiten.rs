//! Rows in units in which a distance means the same in every direction.

use super::neighbours::Points;

/// The map of rows to such units: the inverse of the Cholesky factor L of their covariance, or of the
/// standard deviations where a column is an angle, which has no covariance with others.
#[derive(Clone, Debug)]
pub(super) struct Whitening {
    /// rows of L, lower triangular
    lower: Vec<Vec<f64>>,
    periods: Vec<f64>,
}

impl Whitening {
    /// By rows one behind the other. `None` where a column never changes or is given by the others.
    pub(super) fn of(values: &[f32], dims: usize, periods: &[f32]) -> Option<Whitening> {
        let rows = (values.len() / dims) as f64;
        let means: Vec<f64> = (0..dims).map(|j| column(values, dims, j).sum::<f64>() / rows).collect();
        let mut covariance = vec![vec![0.0; dims]; dims];
        for row in values.chunks_exact(dims) {
            let centred: Vec<f64> = row.iter().zip(&means).map(|(x, mean)| f64::from(*x) - mean).collect();
            for (i, of_row) in covariance.iter_mut().enumerate() {
                let x = centred[i] / rows;
                of_row.iter_mut().take(i + 1).zip(&centred).for_each(|(sum, y)| *sum += x * y);
            }
        }
        let periods: Vec<f64> = periods.iter().map(|period| f64::from(*period)).collect();
        if periods.iter().any(|period| *period > 0.0) {
            covariance.iter_mut().enumerate().for_each(|(i, row)| row[..i].fill(0.0));
        }
        Some(Whitening { lower: factor(covariance)?, periods })
    }

    /// Rows in these units: `L z = x`, coordinates rising.
    pub(super) fn points(&self, values: &[f32]) -> Points {
        let dims = self.lower.len();
        let mut white = Vec::with_capacity(values.len());
        for row in values.chunks_exact(dims) {
            let first = white.len();
            for (x, lower) in row.iter().zip(&self.lower) {
                let known: f64 = lower.iter().zip(&white[first..]).map(|(l, z)| l * z).sum();
                let diagonal = lower[white.len() - first];
                white.push((f64::from(*x) - known) / diagonal);
            }
        }
        let diagonal = |j: usize| self.lower[j][j];
        let periods = self.periods.iter().enumerate().map(|(j, period)| period / diagonal(j)).collect();
        let log_scale = (0..dims).map(|j| diagonal(j).ln()).sum();
        Points { values: white, dims, periods, log_scale }
    }
}

fn column(values: &[f32], dims: usize, j: usize) -> impl Iterator<Item = f64> {
    values.iter().skip(j).step_by(dims).map(|x| f64::from(*x))
}

/// What of a column's variance the others must leave, for its share to be more than rounding.
const LEAST: f64 = 1e-9;

/// Cholesky's factor of the lower half of a matrix.
fn factor(mut matrix: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    for i in 0..matrix.len() {
        let (done, rest) = matrix.split_at_mut(i);
        let row = &mut rest[0];
        let variance = row[i];
        for (j, above) in done.iter().enumerate() {
            let known: f64 = row[..j].iter().zip(above).map(|(a, b)| a * b).sum();
            row[j] = (row[j] - known) / above[j];
        }
        let left = variance - row[..i].iter().map(|x| x * x).sum::<f64>();
        if !(left.is_finite() && left > LEAST * variance) {
            return None;
        }
        row[i] = left.sqrt();
    }
    Some(matrix)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// And by hand `[[4, 2], [2, 3]] = L Lᵀ` with L = [[2, 0], [1, √2]].
    #[test]
    fn white_rows_have_no_covariance() {
        let rows: Vec<f32> = (0..50_u8)
            .flat_map(|i| {
                let (a, b) = (f32::from(i % 10), f32::from(i / 10));
                [1000.0 + 3.0 * a, a - 0.2 * b, b + f32::from(i % 7)]
            })
            .collect();
        let whitening = Whitening::of(&rows, 3, &[]).unwrap();
        let points = whitening.points(&rows);
        let value = |row: usize, j: usize| points.values[row * 3 + j];
        for (i, j) in [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2)] {
            let mean = |j| (0..50).map(|row| value(row, j)).sum::<f64>() / 50.0;
            let product = (0..50).map(|row| (value(row, i) - mean(i)) * (value(row, j) - mean(j)));
            let covariance = product.sum::<f64>() / 50.0;
            assert!((covariance - f64::from(u8::from(i == j))).abs() < 1e-6, "{i} {j}: {covariance}");
        }
        assert_eq!(factor(vec![vec![4.0], vec![2.0, 3.0]]).unwrap(), [vec![2.0], vec![1.0, 2.0_f64.sqrt()]]);
    }

    #[test]
    fn what_says_nothing_new_has_no_units() {
        assert!(Whitening::of(&[1.0, 2.0, 1.0, 3.0, 1.0, 5.0], 2, &[]).is_none());
        assert!(Whitening::of(&[1.0, 2.0, 2.0, 4.0, 3.0, 6.0], 2, &[]).is_none());
        // beside an angle each has its own
        assert!(Whitening::of(&[1.0, 2.0, 2.0, 4.0, 3.0, 6.0], 2, &[360.0, 0.0]).is_some());
    }
}
