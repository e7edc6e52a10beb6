//! Expectation–maximisation of rows some of whose numbers are missing, and draws of those.

use elbow::math::normal_quantile;
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};
use rand_core::Rng;
use rand_pcg::Pcg32;
use rayon::prelude::*;

use super::Rows;
use super::em::{self, Moments};
use super::normal::Normal;
use elbow_host::numbers::{HALF_LOG_TAU, SumOfExp};

/// Steps, at most: where half of the numbers are missing EM is slow.
const STEPS: usize = 500;
/// A step that raises the mean log density by less than this, in nats, is the last.
const LEAST_GAIN: f64 = 1e-4;
/// Rows whose sums are formed on their own are at least this many, and no more than so many parts.
const PART: usize = 64;
const PARTS: usize = 64;

/// A component with what a row with gaps asks of it.
struct Component<'a> {
    normal: &'a Normal,
    /// `Σ⁻¹`
    precision: DMatrix<f64>,
}

/// What a component says of a row.
struct Filled {
    /// `log p(those that are there, c)`
    log_joint: f64,
    /// the row with the means of the missing numbers in their places
    row: Vec<f64>,
    missing: Vec<usize>,
    /// of the precision of the missing numbers; nothing where none is
    cholesky: Option<Cholesky<f64, Dyn>>,
}

impl<'a> Component<'a> {
    fn of(normal: &'a Normal) -> Self {
        let d = normal.mean.len();
        let w = DMatrix::from_row_slice(d, d, &normal.inverse_cholesky);
        Component { normal, precision: w.transpose() * w }
    }

    /// With P = Σ⁻¹ and r = x − μ, zero where x is missing: those have the mean `−P_mm⁻¹ (P r)_m` and the
    /// covariance `P_mm⁻¹`, and
    /// `log p(x_o) = log p(x) + ½ (P r)_m·P_mm⁻¹ (P r)_m + ½ m log 2π − ½ log |P_mm|`.
    fn fill(&self, row: &[f32]) -> Option<Filled> {
        let mean = &self.normal.mean;
        let missing: Vec<usize> = (0..row.len()).filter(|i| row[*i].is_nan()).collect();
        let there = |(x, mean): (&f32, &f64)| if x.is_nan() { 0.0 } else { f64::from(*x) - mean };
        let r = DVector::from_iterator(row.len(), row.iter().zip(mean).map(there));
        let product = &self.precision * &r;
        let mut log_joint = self.normal.log_constant - 0.5 * r.dot(&product);
        let mut filled: Vec<f64> = r.iter().zip(mean).map(|(r, mean)| r + mean).collect();
        if missing.is_empty() {
            return Some(Filled { log_joint, row: filled, missing, cholesky: None });
        }
        let of_missing = self.precision.select_rows(&missing).select_columns(&missing);
        let cholesky = Cholesky::new(of_missing)?;
        let pull = product.select_rows(&missing);
        let solved = cholesky.solve(&pull);
        let log_root: f64 = cholesky.l_dirty().diagonal().iter().map(|l| libm::log(*l)).sum();
        log_joint += 0.5 * pull.dot(&solved) + missing.len() as f64 * HALF_LOG_TAU - log_root;
        missing.iter().zip(&solved).for_each(|(i, solved)| filled[*i] -= solved);
        Some(Filled { log_joint, row: filled, missing, cholesky: Some(cholesky) })
    }
}

/// What each component says of a row, its part of the row, and `log p(those that are there)`.
fn posterior(components: &[Component<'_>], row: &[f32]) -> (Vec<Option<Filled>>, Vec<f64>, f64) {
    let filled: Vec<_> = components.iter().map(|component| component.fill(row)).collect();
    let log_joint = |filled: &Option<Filled>| filled.as_ref().map_or(f64::NEG_INFINITY, |f| f.log_joint);
    let mut shares: Vec<f64> = filled.iter().map(log_joint).collect();
    let sum = SumOfExp::of(&shares);
    shares.iter_mut().for_each(|share| *share = sum.share(*share));
    (filled, shares, sum.log())
}

/// As [`em::fit`], of rows in which NaN stands for what is missing: in the sums each missing number counts by
/// its mean and its variance given those that are there.
///
/// # Cost
/// A step: for each row and component dims² multiply-adds, and m³/3 for m missing numbers.
///
/// # Source
/// Dempster, Laird and Rubin (1977), section 4.1; Little and Rubin (2002), "Statistical analysis with missing
/// data", section 11.2.
pub(super) fn fit(rows: Rows<'_>, count: usize, floor: f64, rng: &mut Pcg32) -> Vec<Normal> {
    let d = rows.dims;
    // features are standardised
    let mut components: Vec<Normal> =
        Normal::new(1.0, vec![0.0; d], DMatrix::identity(d, d)).into_iter().collect();
    raise(rows, &mut components, floor);
    if count > 1 {
        let features = complete(rows, &components, rng);
        components = em::fit(Rows { features: &features, ..rows }, count, floor, rng);
        raise(rows, &mut components, floor);
    }
    components
}

/// Steps until they gain little.
fn raise(rows: Rows<'_>, components: &mut Vec<Normal>, floor: f64) {
    let mut before = f64::NEG_INFINITY;
    for _ in 0..STEPS {
        let (mean_log_density, next) = step(rows, components, floor);
        if mean_log_density - before < LEAST_GAIN || next.is_empty() {
            break;
        }
        (before, *components) = (mean_log_density, next);
    }
}

/// The mean log density of what is there, and the components after a step.
fn step(rows: Rows<'_>, components: &[Normal], floor: f64) -> (f64, Vec<Normal>) {
    let known: Vec<Component<'_>> = components.iter().map(Component::of).collect();
    let part = PART.max(rows.len().div_ceil(PARTS));
    let none = DMatrix::zeros(0, 0);
    let sums = |first: usize| {
        let (mut log_density, mut moments) = (0.0, vec![Moments::empty(rows.dims); known.len()]);
        for n in first..rows.len().min(first + part) {
            let (filled, shares, log) = posterior(&known, rows.row(n));
            log_density += log;
            for ((moments, filled), r) in moments.iter_mut().zip(filled).zip(shares) {
                let Some(Filled { row, missing, cholesky, .. }) = filled.filter(|_| r > 1e-12) else {
                    continue;
                };
                let covariance = cholesky.map(|cholesky| cholesky.inverse());
                moments.add_uncertain(&row, &missing, covariance.as_ref().unwrap_or(&none), r);
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
    (log_density / n, moments.iter().filter_map(|moments| moments.normal(n, floor)).collect())
}

/// The rows with a draw in place of each missing number.
pub(super) fn complete(rows: Rows<'_>, components: &[Normal], rng: &mut Pcg32) -> Vec<f32> {
    let known: Vec<Component<'_>> = components.iter().map(Component::of).collect();
    let mut features = rows.features.to_vec();
    for row in features.chunks_exact_mut(rows.dims).filter(|row| row.iter().any(|x| x.is_nan())) {
        let (filled, shares, _) = posterior(&known, row);
        let mut left = f64::from(rng.next_u32()) / (f64::from(u32::MAX) + 1.0);
        let reached = shares.iter().position(|share| {
            left -= share;
            left < 0.0
        });
        let Some(Filled { row: means, missing, cholesky: Some(cholesky), .. }) =
            filled.into_iter().nth(reached.unwrap_or(0)).flatten()
        else {
            row.iter_mut().filter(|x| x.is_nan()).for_each(|x| *x = 0.0);
            continue;
        };
        let mut noise = DVector::from_fn(missing.len(), |_, _| f64::from(normal_quantile(rng.next_u32())));
        // P = L Lᵀ, and L⁻ᵀ ε has the covariance P⁻¹
        cholesky.l_dirty().tr_solve_lower_triangular_mut(&mut noise);
        missing.iter().zip(&noise).for_each(|(i, noise)| row[*i] = (means[*i] + noise) as f32);
    }
    features
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two columns of correlation 0.9, of which every other row lacks the second one, and lacks it where the
    /// first is high: the mean of what is there is off, that of EM is not.
    #[test]
    fn means_and_covariances_are_those_of_all_rows() {
        let mut rng = Pcg32::new(7, 7);
        let mut features = Vec::new();
        for _ in 0..4000 {
            let [u, v] = [0; 2].map(|_| normal_quantile(rng.next_u32()));
            let y = 0.9 * u + 0.435_889_9 * v;
            features.extend([u, if u > 0.0 { f32::NAN } else { y }]);
        }
        let rows = Rows { features: &features, dims: 2, spanned: 2 };
        let [normal] = &fit(rows, 1, 0.0, &mut rng)[..] else { panic!("one component") };
        let w = DMatrix::from_row_slice(2, 2, &normal.inverse_cholesky);
        let covariance = (w.transpose() * w).try_inverse().unwrap();
        // standard errors of 4,000 rows, of which half tell of the second column: below 0.04
        assert!(normal.mean.iter().all(|mean| mean.abs() < 0.12), "{:?}", normal.mean);
        for (i, j, expected) in [(0, 0, 1.0), (0, 1, 0.9), (1, 1, 1.0)] {
            assert!((covariance[(i, j)] - expected).abs() < 0.12, "{covariance}");
        }
        let complete = complete(rows, std::slice::from_ref(normal), &mut rng);
        let products: f32 = complete.chunks_exact(2).map(|row| row[0] * row[1]).sum();
        assert!((products / 4000.0 - 0.9).abs() < 0.08, "{products}");
        assert!(complete.iter().all(|x| x.is_finite()));
    }

    /// Without a floor no step lowers the likelihood of what is there.
    #[test]
    fn every_step_raises_the_likelihood() {
        let mut rng = Pcg32::new(1, 2);
        let row = |n: usize, rng: &mut Pcg32| {
            let [x, y, z] = [0; 3].map(|_| normal_quantile(rng.next_u32()));
            let c = (n % 2) as f32;
            [3.0 * c + x, y + 0.5 * x, z - 2.0 * c * y]
        };
        let mut features: Vec<f32> = (0..400).flat_map(|n| row(n, &mut rng)).collect();
        features.iter_mut().enumerate().filter(|(i, _)| i * 7 % 5 == 0).for_each(|(_, x)| *x = f32::NAN);
        let rows = Rows { features: &features, dims: 3, spanned: 3 };
        let mut components = fit(rows, 2, 0.0, &mut rng);
        components[0].mean[0] += 1.0;
        let mut before = f64::NEG_INFINITY;
        for at in 0..20 {
            let (now, next) = step(rows, &components, 0.0);
            assert!(now >= before - 1e-9, "step {at}: {before} {now}");
            (before, components) = (now, next);
        }
    }
}
