//! Mixtures of several sizes as one density, each by what it makes of rows held out.

use rand_core::Rng;
use rand_pcg::Pcg32;
use rayon::prelude::*;

use super::folds::Fold;
use super::normal::Normal;
use super::{Rows, em, shrunk};
use elbow_host::numbers::SumOfExp;

/// Numbers of components that are tried, each from so many starts.
const COUNTS: [usize; 8] = [1, 2, 3, 4, 6, 8, 12, 16];
const STARTS: u64 = 3;
/// Rows that are shared out in folds, at most.
const MOST_ROWS: usize = 5_000;
/// Rows for each component and dimension, at least.
const ROWS: usize = 2;
/// A mixture with less than this of the whole is left out.
const LEAST_SHARE: f64 = 0.01;
/// Steps towards the shares. They begin equal, and what the rows do not tell apart shall stay so.
const STEPS: usize = 100;
/// The generator's stream of a start.
const STREAM: u64 = u64::from_be_bytes(*b"stacked ");

/// Mixtures of 1, 2, 3, … components in one: `p = Σ_m a_m p_m`. The shares a are those that make rows
/// likeliest which the mixtures were not fitted on, by five folds; then each is fitted to all rows. `room` is
/// the most components in all.
///
/// One number of components, chosen by rows held out or by BIC, is as good where the law is such a mixture.
/// Where it is not, sizes and starts err in different places, and their mean is nearer than the best of them.
///
/// # Cost
/// That of [`em::fit`] for each size, start and fold, of at most 5,000 rows; once more of all.
///
/// # Source
/// Smyth and Wolpert (1999), "Linearly combining density estimators via stacking", section 3.
pub(super) fn fit(rows: Rows<'_>, room: usize, floor: f64, rng: &mut impl Rng) -> Vec<Normal> {
    let (candidates, held_out) = candidates(rows, room, floor, rng.next_u64());
    let shares = shares(&held_out);
    let mut chosen: Vec<(f64, Candidate)> = shares.into_iter().zip(candidates).collect();
    chosen.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut left = room;
    // the first is kept whatever its share
    let least = chosen.first().map_or(0.0, |first| first.0.min(LEAST_SHARE));
    chosen.retain(|(share, candidate)| {
        let fits = *share >= least && candidate.count <= left;
        left -= if fits { candidate.count } else { 0 };
        fits
    });
    let total: f64 = chosen.iter().map(|(share, _)| share).sum();
    let fit = |(share, candidate): &(f64, Candidate)| {
        let mut components = candidate.fit(rows, floor);
        components.iter_mut().for_each(|component| component.scale_weight(share / total));
        components
    };
    chosen.par_iter().flat_map_iter(fit).collect()
}

/// A mixture that is tried.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    count: usize,
    seed: u64,
    /// whether it is the one component that is drawn towards a sphere
    is_shrunk: bool,
}

impl Candidate {
    fn fit(&self, rows: Rows<'_>, floor: f64) -> Vec<Normal> {
        if self.is_shrunk {
            return shrunk::fit(rows, floor).into_iter().collect();
        }
        em::fit(rows, self.count, floor, &mut Pcg32::new(self.seed, STREAM))
    }
}

/// Those that the rows and the room are enough for, from the smallest on, until two sizes in a row are no
/// nearer to rows held out than one before them; and the log density of each such row by each:
/// `[candidates][rows]`.
fn candidates(rows: Rows<'_>, room: usize, floor: f64, seed: u64) -> (Vec<Candidate>, Vec<Vec<f64>>) {
    let most = room.min(rows.len() / (ROWS * (rows.spanned + 1)));
    let folds = Fold::all(rows, MOST_ROWS);
    let (mut candidates, mut log_densities) = (Vec::new(), Vec::new());
    let (mut best, mut worse) = (f64::NEG_INFINITY, 0);
    for count in COUNTS.into_iter().take_while(|count| *count == 1 || *count <= most) {
        let of_size: Vec<_> = match count {
            // few rows leave a whole covariance uncertain
            1 => [false, true].map(|is_shrunk| Candidate { count, seed, is_shrunk }).to_vec(),
            _ => (0..STARTS)
                .map(|start| Candidate { count, seed: seed.wrapping_add(start), is_shrunk: false })
                .collect(),
        };
        let held_out: Vec<Vec<f64>> = of_size
            .par_iter()
            .map(|candidate| {
                let held_out = |fold: &Fold<'_>| fold.held_out(|rows| candidate.fit(rows, floor));
                folds.par_iter().flat_map_iter(held_out).collect()
            })
            .collect();
        let mean = |logs: &Vec<f64>| logs.iter().sum::<f64>() / logs.len() as f64;
        let now = held_out.iter().map(mean).fold(f64::NEG_INFINITY, f64::max);
        worse = if now > best { 0 } else { worse + 1 };
        best = best.max(now);
        candidates.extend(of_size);
        log_densities.extend(held_out);
        if worse == 2 {
            break;
        }
    }
    (candidates, log_densities)
}

/// The shares of the likeliest mixture of densities, by EM from equal ones: `[candidates][rows]`.
fn shares(log_densities: &[Vec<f64>]) -> Vec<f64> {
    let (count, rows) = (log_densities.len(), log_densities.first().map_or(0, Vec::len));
    let mut shares = vec![1.0 / count as f64; count];
    for _ in 0..STEPS {
        let mut sums = vec![0.0; count];
        for n in 0..rows {
            let joint = log_densities.iter().zip(&shares).map(|(logs, share)| logs[n] + libm::log(*share));
            let joint: Vec<f64> = joint.collect();
            let sum = SumOfExp::of(&joint);
            sums.iter_mut().zip(&joint).for_each(|(to, joint)| *to += sum.share(*joint));
        }
        shares = sums.iter().map(|sum| sum / rows as f64).collect();
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use elbow::math::normal_quantile;

    /// Rows of `draw`, which takes normal numbers.
    fn rows<const D: usize>(count: usize, draw: impl Fn(&mut dyn FnMut() -> f32) -> [f32; D]) -> Vec<f32> {
        let mut rng = Pcg32::new(1, 2);
        (0..count).flat_map(|_| draw(&mut || normal_quantile(rng.next_u32()))).collect()
    }

    fn fitted(features: &[f32], dims: usize, room: usize) -> Vec<Normal> {
        fit(Rows { features, dims, spanned: dims }, room, 1e-6, &mut Pcg32::new(3, 4))
    }

    /// `−log p(x)`, mean over the rows.
    fn cost(features: &[f32], dims: usize, components: &[Normal]) -> f64 {
        let log_density = |row: &[f32]| {
            SumOfExp::of(&components.iter().map(|component| component.log_joint(row)).collect::<Vec<_>>())
                .log()
        };
        let rows = features.chunks_exact(dims);
        let count = rows.len() as f64;
        -rows.map(log_density).sum::<f64>() / count
    }

    #[test]
    fn of_a_normal_distribution_little_is_lost() {
        let features = rows(800, |normal| [normal(), normal(), normal()]);
        let components = fitted(&features, 3, 100);
        let total: f64 = components.iter().map(|component| component.weight).sum();
        assert!((total - 1.0).abs() < 1e-9, "{total}");
        let fresh = rows(1600, |normal| [normal(), normal(), normal()]).split_off(2400);
        let entropy = 1.5 * (1.0 + std::f64::consts::TAU.ln());
        let cost = cost(&fresh, 3, &components);
        assert!((cost - entropy).abs() < 0.1, "{cost} {entropy}");
    }

    /// A ring of radius 2 and width 0.1, far from any normal distribution. Its entropy:
    /// `½ log 2πe 0.1² + E log 2πr`.
    #[test]
    fn a_ring_takes_many() {
        let ring = |normal: &mut dyn FnMut() -> f32| {
            // the direction of two normal numbers is even
            let (x, y) = (f64::from(normal()), f64::from(normal()));
            let scale = (2.0 + 0.1 * f64::from(normal())) / x.hypot(y);
            [(scale * x) as f32, (scale * y) as f32]
        };
        let all = rows(3000, ring);
        let (features, fresh) = all.split_at(3000);
        let entropy =
            0.5 * (std::f64::consts::TAU.ln() + 1.0) + 0.1_f64.ln() + (2.0 * std::f64::consts::TAU).ln();
        let distance = |room| cost(fresh, 2, &fitted(features, 2, room)) - entropy;
        let (many, one) = (distance(200), distance(1));
        assert!(many < 0.12 && one > 0.5, "{many} {one}");
        assert!(fitted(features, 2, 7).len() <= 7);
    }

    /// Of 30 rows of 20 numbers a whole covariance says nearly nothing.
    #[test]
    fn few_rows_are_drawn_towards_a_sphere() {
        let row = |normal: &mut dyn FnMut() -> f32| std::array::from_fn::<f32, 20, _>(|_| normal());
        let all = rows(430, row);
        let (features, fresh) = all.split_at(30 * 20);
        let entropy = 10.0 * (1.0 + std::f64::consts::TAU.ln());
        let distance = cost(fresh, 20, &fitted(features, 20, 100)) - entropy;
        assert!(distance < 2.0, "{distance}");
    }
}
