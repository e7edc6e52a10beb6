//! Expectation–maximisation of a mixture of normal distributions.

use nalgebra::DMatrix;
use rand_pcg::Pcg32;
use rayon::prelude::*;

use super::Rows;
use super::clusters::clusters;
use super::normal::Normal;
use elbow_host::numbers::SumOfExp;

/// Steps, at most.
const STEPS: usize = 100;
/// A step that raises the mean log density by less than this, in nats, is the last.
const LEAST_GAIN: f64 = 1e-3;
/// Rows whose sums are formed on their own: at least this many, and no more than so many parts.
const PART: usize = 256;
const PARTS: usize = 64;

/// Fits `count` components with full covariances, to each of which `floor` is added on the diagonal: the
/// maximum of the likelihood would else be infinite, a component on one row.
///
/// **E.** `r_nc = p(c|x_n)`. **M.** `w_c = N_c/N`, `μ_c = Σ_n r_nc x_n/N_c`,
/// `Σ_c = Σ_n r_nc (x_n − μ_c)(x_n − μ_c)ᵀ/N_c + floor·I`, `N_c = Σ_n r_nc`.
///
/// # Cost
/// A step: rows · components · dims² multiply-adds.
///
/// # Source
/// Dempster, Laird and Rubin (1977), "Maximum likelihood from incomplete data via the
/// EM algorithm", section 4.3; the start is k-means.
pub(super) fn fit(rows: Rows<'_>, count: usize, floor: f64, rng: &mut Pcg32) -> Vec<Normal> {
    let start = clusters(rows, count, rng);
    let hard = |n: usize, r: &mut [f64]| {
        r[start.labels[n]] = 1.0;
        0.0
    };
    let (_, mut components) = step(rows, count, floor, hard);
    let mut before = f64::NEG_INFINITY;
    for _ in 0..STEPS {
        let (mean_log_density, next) = expectation_maximisation(rows, &components, floor);
        if mean_log_density - before < LEAST_GAIN {
            break;
        }
        (before, components) = (mean_log_density, next);
    }
    components
}

/// The mean log density of the rows by `components`, and the components after a step.
fn expectation_maximisation(rows: Rows<'_>, components: &[Normal], floor: f64) -> (f64, Vec<Normal>) {
    step(rows, components.len(), floor, |n, r| posterior(components, rows.row(n), r))
}

/// p(c|x) into `r`; returns log p(x).
fn posterior(components: &[Normal], row: &[f32], r: &mut [f64]) -> f64 {
    r.iter_mut().zip(components).for_each(|(r, component)| *r = component.log_joint(row));
    let sum = SumOfExp::of(r);
    r.iter_mut().for_each(|r| *r = sum.share(*r));
    sum.log()
}

/// Sums over rows: of a component `N`, `Σ r x` and the lower triangle of `Σ r x xᵀ`.
#[derive(Clone, Debug)]
pub(super) struct Moments {
    count: f64,
    first: Vec<f64>,
    second: Vec<f64>,
}

/// One step by the posterior that `r` gives. A component that no row is left with is dropped.
fn step(
    rows: Rows<'_>,
    count: usize,
    floor: f64,
    r: impl Fn(usize, &mut [f64]) -> f64 + Sync,
) -> (f64, Vec<Normal>) {
    let d = rows.dims;
    let part = PART.max(rows.len().div_ceil(PARTS));
    let sums = |first: usize| {
        let (mut log_density, mut weights) = (0.0, vec![0.0; count]);
        let mut moments = vec![Moments::empty(d); count];
        for n in first..rows.len().min(first + part) {
            weights.fill(0.0);
            log_density += r(n, &mut weights);
            for (moments, r) in moments.iter_mut().zip(&weights).filter(|(_, r)| **r > 1e-12) {
                moments.add(rows.row(n), *r);
            }
        }
        (log_density, moments)
    };
    let parts: Vec<_> = (0..rows.len()).into_par_iter().step_by(part).map(sums).collect();
    let total = parts.into_iter().reduce(|mut total, part| {
        total.0 += part.0;
        total.1.iter_mut().zip(&part.1).for_each(|(total, part)| total.merge(part));
        total
    });
    let (log_density, moments) = total.unwrap_or_default();
    let n = rows.len() as f64;
    let components = moments.iter().filter(|moments| moments.count > 1e-6);
    (log_density / n, components.filter_map(|moments| moments.normal(n, floor)).collect())
}

impl Moments {
    /// Of no rows.
    pub(super) fn empty(d: usize) -> Moments {
        Moments { count: 0.0, first: vec![0.0; d], second: vec![0.0; d * d] }
    }

    /// A row of which some numbers are known only as normal ones: their means are in it, and `covariance` is
    /// theirs.
    pub(super) fn add_uncertain(
        &mut self,
        row: &[f64],
        missing: &[usize],
        covariance: &DMatrix<f64>,
        r: f64,
    ) {
        self.count += r;
        for (i, x) in row.iter().enumerate() {
            self.first[i] += r * x;
            let second = &mut self.second[i * row.len()..][..=i];
            second.iter_mut().zip(row).for_each(|(second, y)| *second += r * x * y);
        }
        for (a, i) in missing.iter().enumerate() {
            for (b, j) in missing[..=a].iter().enumerate() {
                self.second[i * row.len() + j] += r * covariance[(a, b)];
            }
        }
    }

    fn add(&mut self, row: &[f32], r: f64) {
        self.count += r;
        for (i, x) in row.iter().enumerate() {
            let rx = r * f64::from(*x);
            self.first[i] += rx;
            let second = &mut self.second[i * row.len()..][..=i];
            second.iter_mut().zip(row).for_each(|(second, y)| *second += rx * f64::from(*y));
        }
    }

    pub(super) fn merge(&mut self, other: &Moments) {
        self.count += other.count;
        self.first.iter_mut().zip(&other.first).for_each(|(a, b)| *a += b);
        self.second.iter_mut().zip(&other.second).for_each(|(a, b)| *a += b);
    }

    pub(super) fn normal(&self, rows: f64, floor: f64) -> Option<Normal> {
        let d = self.first.len();
        let mean: Vec<f64> = self.first.iter().map(|sum| sum / self.count).collect();
        let mut covariance = DMatrix::zeros(d, d);
        for i in 0..d {
            for j in 0..=i {
                covariance[(i, j)] = self.second[i * d + j] / self.count - mean[i] * mean[j];
            }
            // rounding may leave less than nothing of a constant
            covariance[(i, i)] = covariance[(i, i)].max(0.0) + floor;
        }
        Normal::new(self.count / rows, mean, covariance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use elbow::math::normal_quantile;
    use rand_core::Rng as _;

    /// Three clusters on a line, each stretched along another direction.
    fn rows() -> Vec<f32> {
        let mut rng = Pcg32::new(1, 2);
        let row = |n: usize| {
            let (centre, [x, y]) = ((n % 3) as f32, [0; 2].map(|_| normal_quantile(rng.next_u32())));
            [4.0 * centre + x + 0.5 * centre * y, 0.3 * y + (centre - 1.0) * x]
        };
        (0..600).flat_map(row).collect()
    }

    /// Without a floor no step lowers the likelihood (Dempster, Laird and Rubin 1977, theorem 1).
    #[test]
    fn every_step_raises_the_likelihood() {
        let features = rows();
        let rows = Rows { features: &features, dims: 2, spanned: 2 };
        let mut components = fit(rows, 2, 0.0, &mut Pcg32::new(3, 4));
        // a start that is far from the end
        components[0].mean[0] += 2.0;
        let mut before = f64::NEG_INFINITY;
        for step in 0..30 {
            let (now, next) = expectation_maximisation(rows, &components, 0.0);
            assert!(now >= before - 1e-12, "step {step}: {before} {now}");
            (before, components) = (now, next);
        }
        let weights: f64 = components.iter().map(|component| component.weight).sum();
        assert!((weights - 1.0).abs() < 1e-12, "{weights}");
    }

    #[test]
    fn more_components_than_distinct_rows() {
        let features = [1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 5.0, 5.0];
        let components =
            fit(Rows { features: &features, dims: 2, spanned: 2 }, 4, 1e-3, &mut Pcg32::new(1, 1));
        assert!((1..=4).contains(&components.len()));
        assert!(components.iter().all(|component| component.log_joint(&[1.0, 2.0]).is_finite()));
    }
}
