//! What a model's latent carries: divergences, active units, mutual
//! information. The densities are those of `core`.

use elbow::FrameError;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::information::term;
use crate::model::{HostPosterior, LatentEngine};

/// Most rows that are encoded.
const MOST_ROWS: usize = 10_000;
/// Most of them whose samples are held against every other's posterior, where time is no matter.
pub const MOST_PAIRED: usize = 1_000;
/// A unit whose mean varies more than this over the data is active (Burda,
/// Grosse and Salakhutdinov 2016, section 5.2).
const ACTIVE: f64 = 0.01;

/// What the latent carries, in nats. A latent that is a point has no distribution, and all of it is 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LatentUse {
    /// mean of `KL(q(z|x) ‖ p(z))`
    pub kl: f64,
    /// of each coordinate, the largest first; none on a sphere, whose coordinates are not independent
    pub kl_per_unit: Vec<f64>,
    /// coordinates whose posterior mean has a variance over the rows above 0.01
    pub active_units: Option<usize>,
    /// `I(x; z)` where x is one of `paired_rows` rows, each as likely: at most the logarithm of their number
    pub mutual_information: f64,
    /// `KL(q(z) ‖ p(z))`, q(z) the mean of their posteriors: `kl − mutual_information`
    pub aggregate_kl: f64,
    /// rows that were encoded, spread evenly over the file
    pub encoded_rows: usize,
    /// rows of the mutual information, spread evenly over those
    pub paired_rows: usize,
}

impl LatentUse {
    /// Of the frames `rows`, of which at most 10,000 are encoded, and `most_paired` compared in pairs.
    ///
    /// # Errors
    /// [`FrameError`] of a frame that has no posterior.
    ///
    /// # Panics
    /// If there is no row.
    pub fn new<'a>(
        engine: &dyn LatentEngine,
        rows: usize,
        most_paired: usize,
        frame: impl Fn(usize) -> &'a [f32] + Sync,
    ) -> Result<LatentUse, FrameError> {
        let posteriors: Vec<_> =
            spread(rows, MOST_ROWS).into_par_iter().map(|row| engine.posterior(frame(row))).collect();
        // the first error by row, whatever the number of threads
        Ok(Self::of(&posteriors.into_iter().collect::<Result<Vec<_>, _>>()?, most_paired))
    }

    fn of<'a>(posteriors: &[Box<dyn HostPosterior + 'a>], most_paired: usize) -> LatentUse {
        let paired: Vec<_> =
            spread(posteriors.len(), most_paired).into_iter().map(|n| &*posteriors[n]).collect();
        let mutual_information = mutual_information(&paired);
        let kl = mean(posteriors.iter().map(|posterior| posterior.divergence().into()));
        let units: Vec<_> = posteriors.iter().map(|posterior| posterior.units()).collect();
        let variances: Vec<f64> = (0..units[0].len())
            .map(|j| {
                let center = mean(units.iter().map(|units| units[j].0.into()));
                mean(units.iter().map(|units| (f64::from(units[j].0) - center).powi(2)))
            })
            .collect();
        let mut kl_per_unit: Vec<f64> =
            (0..units[0].len()).map(|j| mean(units.iter().map(|units| units[j].1.into()))).collect();
        kl_per_unit.sort_unstable_by(|a, b| b.total_cmp(a));
        LatentUse {
            kl,
            active_units: (!variances.is_empty())
                .then(|| variances.iter().filter(|variance| **variance > ACTIVE).count()),
            kl_per_unit,
            mutual_information,
            aggregate_kl: kl - mutual_information,
            encoded_rows: posteriors.len(),
            paired_rows: paired.len(),
        }
    }
}

/// Posteriors of frames that come some at a time, spread evenly over them: of many every second, fourth, …
/// one.
pub(super) struct Spread<'a> {
    engine: &'a dyn LatentEngine,
    posteriors: Vec<Box<dyn HostPosterior + 'a>>,
    /// frames from one that is encoded to the next
    stride: usize,
    /// frames that have come
    frames: usize,
}

impl<'a> Spread<'a> {
    pub(super) fn new(engine: &'a dyn LatentEngine) -> Self {
        Spread { engine, posteriors: Vec::new(), stride: 1, frames: 0 }
    }

    /// The next frames, so many.
    ///
    /// # Errors
    /// [`FrameError`] of a frame that has no posterior, and which one it is.
    pub(super) fn push<'f>(
        &mut self,
        frames: usize,
        frame: impl Fn(usize) -> &'f [f32] + Sync,
    ) -> Result<(), (usize, FrameError)> {
        while (self.frames + frames).div_ceil(self.stride) > 2 * MOST_ROWS {
            let mut at = 0..;
            self.posteriors.retain(|_| at.next().is_some_and(|at: usize| at.is_multiple_of(2)));
            self.stride *= 2;
        }
        let first = self.frames.next_multiple_of(self.stride) - self.frames;
        let chosen: Vec<usize> = (first..frames).step_by(self.stride).collect();
        let encoded: Vec<_> = chosen.par_iter().map(|at| self.engine.posterior(frame(*at))).collect();
        for (at, posterior) in chosen.into_iter().zip(encoded) {
            self.posteriors.push(posterior.map_err(|error| (at, error))?);
        }
        self.frames += frames;
        Ok(())
    }

    /// What the latent carries of them; nothing of none.
    pub(super) fn finish(self, most_paired: usize) -> Option<LatentUse> {
        let mut chosen = spread(self.posteriors.len(), MOST_ROWS).into_iter().peekable();
        let mut at = 0..;
        let mut posteriors = self.posteriors;
        posteriors.retain(|_| at.next().is_some_and(|at| chosen.next_if_eq(&at).is_some()));
        (!posteriors.is_empty()).then(|| LatentUse::of(&posteriors, most_paired))
    }
}

/// `I(x; z) = (1/N) Σ_n log q(z_n|x_n) − log (1/N) Σ_m q(z_n|x_m)`, z_n ~
/// q(z|x_n): one draw a row, against the mixture of all.
///
/// # Source
/// Hoffman and Johnson (2016), "ELBO surgery": `E KL(q(z|x) ‖ p(z)) = I(x; z) + KL(q(z) ‖ p(z))`.
fn mutual_information(posteriors: &[&dyn HostPosterior]) -> f64 {
    let term = |n: usize| term(posteriors, n, false);
    let terms: Vec<f64> = (0..posteriors.len()).into_par_iter().map(term).collect();
    mean(terms.into_iter())
}

/// At most `most` of `count` numbers from 0, evenly spread.
fn spread(count: usize, most: usize) -> Vec<usize> {
    let taken = count.min(most);
    (0..taken).map(|n| n * count / taken).collect()
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    // a sum of zeros may be −0
    values.sum::<f64>() / count + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::posterior::gaussian;
    use elbow::latent::Measured;
    use elbow::math::normal_quantile;
    use elbow::prior::StandardNormal;

    fn gaussians(locs: impl Iterator<Item = f32>, log_scale: f32) -> Vec<Box<dyn HostPosterior>> {
        // the second coordinate is the prior's
        let one = |loc| gaussian(&[loc, 0.0], &[log_scale, 0.0]).unwrap();
        locs.map(|loc| Box::new(Measured::new(one(loc), StandardNormal)) as Box<dyn HostPosterior>).collect()
    }

    #[test]
    fn a_collapsed_posterior_says_nothing() {
        let latent = LatentUse::of(&gaussians([0.0; 50].into_iter(), 0.0), MOST_PAIRED);
        assert_eq!((latent.kl, latent.mutual_information, latent.active_units), (0.0, 0.0, Some(0)));
        assert_eq!(latent.kl_per_unit, [0.0, 0.0]);
    }

    #[test]
    fn far_posteriors_name_their_row() {
        let latent = LatentUse::of(&gaussians((0..8).map(|n| 10.0 * n as f32), 0.0), MOST_PAIRED);
        assert!((latent.mutual_information - libm::log(8.0)).abs() < 1e-9, "{latent:?}");
        // ½ E loc²
        assert!((latent.kl - 50.0 * 17.5).abs() < 1e-3, "{latent:?}");
        assert_eq!((latent.active_units, latent.kl_per_unit[1]), (Some(1), 0.0));
    }

    /// Means like N(0, a²) and scale s: q(z) is N(0, a² + s²), and I(x; z) = ½ log (1 +
    /// a²/s²). One draw's term has a standard deviation of √(a²/(a² + s²)) < 1, so the mean of
    /// 1,000 is within 5/√1000 but for one time in 10⁶.
    #[test]
    fn mutual_information_of_normal_means() {
        for (a, s) in [(1.0f32, 0.5f32), (0.3, 0.9), (2.0, 0.1)] {
            let loc = |n: u32| a * normal_quantile(n * 4_294_967 + 2_147_483);
            let latent = LatentUse::of(&gaussians((0..1_000).map(loc), libm::logf(s)), MOST_PAIRED);
            let (a, s) = (f64::from(a), f64::from(s));
            let expected = 0.5 * libm::log(1.0 + (a / s).powi(2));
            assert!((latent.mutual_information - expected).abs() < 0.16, "{expected} {latent:?}");
            let kl = 0.5 * (a * a + s * s - 1.0) - libm::log(s);
            assert!((latent.kl - kl).abs() < 0.03 * (1.0 + a * a), "{kl} {latent:?}");
            assert_eq!((latent.active_units, latent.paired_rows), (Some(1), 1_000));
        }
    }
}
