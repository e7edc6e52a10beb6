//! k-means: where the components of a mixture begin.

use rand_core::Rng;
use rayon::prelude::*;

use super::Rows;

/// Rounds of assignment after the start: what is left to gain after these is small.
const ROUNDS: usize = 12;

/// Centres, and the centre of each row.
#[derive(Clone, Debug)]
pub(super) struct Clusters {
    /// `[centres][dims]`
    pub(super) centres: Vec<f64>,
    /// one for each row
    pub(super) labels: Vec<usize>,
}

/// Lloyd's algorithm from a k-means++ start.
///
/// # Cost
/// 13 · rows · count · dims multiply-adds.
///
/// # Source
/// Arthur and Vassilvitskii (2007), "k-means++: the advantages of careful seeding", section 2;
/// Lloyd (1982), "Least squares quantization in PCM".
pub(super) fn clusters(rows: Rows<'_>, count: usize, rng: &mut impl Rng) -> Clusters {
    let mut centres = start(rows, count, rng);
    let mut labels = Vec::new();
    for _ in 0..ROUNDS {
        let now = assign(rows, &centres);
        if now == labels {
            break;
        }
        labels = now;
        move_centres(rows, &labels, &mut centres);
    }
    Clusters { centres, labels }
}

/// Each centre a row, drawn with a probability that grows as the square of
/// its distance from the centres before it.
fn start(rows: Rows<'_>, count: usize, rng: &mut impl Rng) -> Vec<f64> {
    let mut uniform = || f64::from(rng.next_u32()) / (f64::from(u32::MAX) + 1.0);
    let mut chosen = (uniform() * rows.len() as f64) as usize;
    let mut nearest = vec![f64::INFINITY; rows.len()];
    let mut centres = Vec::with_capacity(count * rows.dims);
    for _ in 0..count {
        let centre: Vec<f64> = rows.row(chosen).iter().copied().map(f64::from).collect();
        nearest.par_iter_mut().enumerate().for_each(|(n, nearest)| {
            *nearest = nearest.min(square_distance(rows.row(n), &centre));
        });
        centres.extend(centre);
        let mut left = uniform() * nearest.iter().sum::<f64>();
        let reached = nearest.iter().position(|square| {
            left -= square;
            left < 0.0
        });
        // all rows are centres already
        chosen = reached.unwrap_or(0);
    }
    centres
}

fn assign(rows: Rows<'_>, centres: &[f64]) -> Vec<usize> {
    let nearest = |n: usize| {
        let distances = centres.chunks_exact(rows.dims).map(|centre| square_distance(rows.row(n), centre));
        let closer = |best: (usize, f64), now: (usize, f64)| if now.1 < best.1 { now } else { best };
        distances.enumerate().fold((0, f64::INFINITY), closer).0
    };
    (0..rows.len()).into_par_iter().map(nearest).collect()
}

/// To the mean of their rows; a centre that no row has stays.
fn move_centres(rows: Rows<'_>, labels: &[usize], centres: &mut [f64]) {
    let mut sums = vec![0.0; centres.len()];
    let mut counts = vec![0.0; centres.len() / rows.dims];
    for (n, label) in labels.iter().enumerate() {
        counts[*label] += 1.0;
        let sum = &mut sums[label * rows.dims..][..rows.dims];
        sum.iter_mut().zip(rows.row(n)).for_each(|(sum, x)| *sum += f64::from(*x));
    }
    let sums = sums.chunks_exact(rows.dims).zip(counts);
    for (centre, (sum, count)) in centres.chunks_exact_mut(rows.dims).zip(sums).filter(|(_, (_, n))| *n > 0.0)
    {
        centre.iter_mut().zip(sum).for_each(|(centre, sum)| *centre = sum / count);
    }
}

pub(super) fn square_distance(row: &[f32], centre: &[f64]) -> f64 {
    row.iter().zip(centre).map(|(x, centre)| (f64::from(*x) - centre).powi(2)).sum()
}
