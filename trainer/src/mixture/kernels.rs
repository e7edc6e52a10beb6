//! Spherical components, in `f64`.

use rand_core::Rng;

use super::Rows;
use super::clusters::{clusters, square_distance};

/// `w N(x; μ, σ² I)`
#[derive(Clone, Debug, PartialEq)]
pub struct Kernel {
    /// w
    pub weight: f64,
    /// μ
    pub centre: Vec<f64>,
    /// σ²
    pub variance: f64,
}

/// A kernel density estimate of `bandwidth`, its kernels merged to at most `count`.
///
/// The kernels of a cluster become one with their weight, their mean and their mean
/// variance: `σ² = h² + Σ_n |x_n − μ|²/(N·dims)`, dims those that the rows span.
/// Where there is room for all rows, each has its own.
pub(super) fn merge(rows: Rows<'_>, count: usize, bandwidth: f64, rng: &mut impl Rng) -> Vec<Kernel> {
    let (n, variance) = (rows.len() as f64, bandwidth * bandwidth);
    if rows.len() <= count {
        let centre = |row: usize| rows.row(row).iter().copied().map(f64::from).collect();
        return (0..rows.len())
            .map(|row| Kernel { weight: 1.0 / n, centre: centre(row), variance })
            .collect();
    }
    let clusters = clusters(rows, count, rng);
    let centres = clusters.centres.chunks_exact(rows.dims);
    let mut merged: Vec<Kernel> =
        centres.map(|centre| Kernel { weight: 0.0, centre: centre.to_vec(), variance: 0.0 }).collect();
    for (row, label) in clusters.labels.iter().enumerate() {
        let kernel = &mut merged[*label];
        kernel.weight += 1.0 / n;
        kernel.variance += square_distance(rows.row(row), &kernel.centre) / n;
    }
    merged.retain(|kernel| kernel.weight > 0.0);
    for kernel in &mut merged {
        kernel.variance = variance + kernel.variance / (kernel.weight * rows.spanned.max(1) as f64);
    }
    merged
}
