//! Densities without a network: normal distributions, mixtures of them, and kernel density estimates.

mod bandwidth;
mod clusters;
mod em;
mod export;
mod folds;
mod gaps;
mod kernels;
mod normal;
mod principal;
mod shrunk;
mod stacked;

pub(crate) use bandwidth::log_density;
pub use kernels::Kernel;
pub use normal::Normal;

use bandwidth::Bandwidth;
use elbow::kernel::TILE;
use elbow::kernel::triangle;
use rand_pcg::Pcg32;

/// Added to the variance of each standardised feature where the recipe says no more: a thousandth of its own.
/// Single precision bears the inverse of what is left.
const FLOOR: f64 = 1e-3;
/// The same of one normal distribution that is drawn towards a sphere anyway.
const SHRUNK_FLOOR: f64 = 1e-5;
/// Bytes of a model whose size is not given, without its metadata.
const AUTO_BYTES: usize = 62 * 1024;
/// Components with a full covariance that it has, at most.
const AUTO_GAUSSIANS: usize = 8;
/// Components that what is missing is drawn from.
const MOST_TO_COMPLETE: usize = 4;
/// Rows for each of them, for each dimension that the rows span, at least: what a covariance needs.
const AUTO_ROWS: usize = 10;

/// Which density is fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipe {
    /// so many components with a full covariance, by expectation–maximisation
    Gaussians(usize),
    /// one component that varies in so many directions, and alike in all others
    Principal(usize),
    /// as many components with a full covariance as rows held out ask for
    Stacked,
    /// half kernels, half components with a full covariance that are as smooth: see [`fit`]
    Auto,
}

/// A fitted mixture, of features.
#[derive(Clone, Debug, Default)]
pub struct Fitted {
    /// components with a full covariance
    pub gaussians: Vec<Normal>,
    /// spherical components
    pub kernels: Vec<Kernel>,
}

/// Rows of features.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// `[rows][dims]`
    pub features: &'a [f32],
    /// features of a row
    pub dims: usize,
    /// dimensions in which the rows lie: constant features and those that repeat others are not among them
    pub spanned: usize,
}

impl<'a> Rows<'a> {
    fn len(&self) -> usize {
        self.features.len() / self.dims
    }

    fn row(&self, n: usize) -> &'a [f32] {
        &self.features[n * self.dims..][..self.dims]
    }
}

/// The rows with draws in place of what is missing, NaN, given what is there: of a mixture with as many
/// components as the rows bear, at most four.
pub fn complete(rows: Rows<'_>, rng: &mut Pcg32) -> Vec<f32> {
    let count = (rows.len() / (AUTO_ROWS * rows.spanned.max(1))).clamp(1, MOST_TO_COMPLETE);
    gaps::complete(rows, &gaps::fit(rows, count, FLOOR, rng), rng)
}

/// Fits a mixture to features, whose rows should be in random order. Where numbers are missing, as NaN says,
/// the recipe is one of Gaussians.
///
/// [`Recipe::Auto`] is the density `½ p_K + ½ p_G`. `p_K` is a kernel density estimate, its
/// bandwidth h that which gives each row the largest density by the others (`bandwidth.rs`), its
/// rows merged to as many as there is room for. `p_G` is a mixture of normal distributions with h²
/// added to every variance: smoothed as `p_K` is, so that neither claims more than the data show. Of few rows
/// it is one normal distribution, where that wins clearly (`shrunk.rs`), or there is none.
/// Nothing is chosen by a label or by how a set scores.
///
/// # Panics
/// If there is no row.
pub fn fit(rows: Rows<'_>, recipe: Recipe, rng: &mut Pcg32) -> Fitted {
    match recipe {
        Recipe::Gaussians(count) => {
            let count = count.min(rows.len());
            let has_gaps = rows.features.iter().any(|x| x.is_nan());
            let fit = if has_gaps { gaps::fit } else { em::fit };
            Fitted { gaussians: fit(rows, count, FLOOR, rng), kernels: Vec::new() }
        }
        Recipe::Principal(rank) => {
            Fitted { gaussians: principal::fit(rows, rank, FLOOR).into_iter().collect(), kernels: Vec::new() }
        }
        Recipe::Stacked => {
            let room = AUTO_BYTES / bytes_of_gaussian(rows.dims);
            Fitted { gaussians: stacked::fit(rows, room.max(1), FLOOR, rng), kernels: Vec::new() }
        }
        Recipe::Auto => auto(rows, rng),
    }
}

/// Bytes of a component with a full covariance.
fn bytes_of_gaussian(dims: usize) -> usize {
    size_of::<f32>() * (dims + 1 + TILE * triangle(dims))
}

fn auto(rows: Rows<'_>, rng: &mut Pcg32) -> Fitted {
    let Bandwidth { h, log_densities } = bandwidth::leave_one_out(rows);
    let (bytes, bytes_of_kernel) = (bytes_of_gaussian(rows.dims), size_of::<f32>() * (rows.dims + 2));
    let room =
        (AUTO_BYTES / 2 / bytes).min(AUTO_GAUSSIANS).min(rows.len() / (AUTO_ROWS * rows.spanned.max(1)));
    let mut gaussians = match room {
        // one alone would hide what the kernels tell apart, unless that is nothing
        0 | 1 if bytes + TILE * bytes_of_kernel <= AUTO_BYTES => {
            shrunk::where_it_wins(rows, &log_densities, SHRUNK_FLOOR).into_iter().collect()
        }
        0 | 1 => Vec::new(),
        count => em::fit(rows, count, h * h, rng),
    };
    let left = AUTO_BYTES - gaussians.len() * bytes;
    let mut kernels = kernels::merge(rows, (left / bytes_of_kernel / TILE * TILE).max(1), h, rng);
    if !gaussians.is_empty() {
        gaussians.iter_mut().for_each(|component| component.scale_weight(0.5));
        kernels.iter_mut().for_each(|kernel| kernel.weight *= 0.5);
    }
    Fitted { gaussians, kernels }
}
