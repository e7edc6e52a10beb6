//! Posterior means that stay apart: after each step, the spread over the rows of each coordinate of a
//! Gaussian posterior's mean is pulled towards a given one.
//!
//! With spread γ in each of D coordinates, `E KL(q(z|x) ‖ p(z)) ≥ ½ D γ²`: the latent cannot fall silent. Zhu
//! and others (2020), "A batch normalization approach for variational autoencoders with latent variables",
//! equation 9, put a batch norm of fixed gain γ behind the means. Here the weights themselves are brought
//! back after each step: what is validated and exported is what was fitted, with nothing to fold into it, and
//! the rows of a step may lie in any number of shards.

use crate::layout::Layout;
use crate::net::dense::Dense;

/// Part of the way, in logarithms, that a step goes: the spread of one
/// batch is a noisy measure of that of all rows.
const RATE: f64 = 0.1;
/// A step changes the spread by no more than this factor.
const MOST: f64 = 2.0;

/// Mean and squared spread of each coordinate of the posterior's mean over a batch.
#[derive(Debug, Default)]
pub struct PosteriorNorm {
    mean: Vec<f64>,
    variance: Vec<f64>,
}

impl PosteriorNorm {
    /// Pulls the `spread` of each coordinate, as the rows of the last step showed
    /// it, in `parts` of `[row][coordinate]`. A coordinate that does not move at all
    /// is left alone, and so is what is not Gaussian.
    pub fn pull<'a>(
        &mut self,
        layout: &Layout,
        spread: f32,
        parts: impl Iterator<Item = &'a [f32]> + Clone,
        params: &mut [f32],
    ) {
        // under a prior that is learned there is no spread to hold
        let ([loc, ..], true) = (&layout.posterior_heads[..], layout.prior.is_empty()) else { return };
        self.measure(loc.outputs, parts);
        for (unit, (mean, variance)) in self.mean.iter().zip(&self.variance).enumerate() {
            // f = (γ / s)^RATE
            let factor = libm::pow(f64::from(spread) / variance.sqrt(), RATE);
            if factor.is_finite() {
                scale(loc, unit, *mean, factor.clamp(1.0 / MOST, MOST), params);
            }
        }
    }

    fn measure<'a>(&mut self, dim: usize, parts: impl Iterator<Item = &'a [f32]> + Clone) {
        let PosteriorNorm { mean, variance } = self;
        let rows = || parts.clone().flat_map(|part| part.chunks_exact(dim));
        let count = rows().count() as f64;
        mean.clear();
        mean.resize(dim, 0.0);
        variance.clear();
        variance.resize(dim, 0.0);
        for row in rows() {
            mean.iter_mut().zip(row).for_each(|(mean, x)| *mean += f64::from(*x) / count);
        }
        for row in rows() {
            let units = variance.iter_mut().zip(&*mean).zip(row);
            units.for_each(|((variance, mean), x)| {
                let off = f64::from(*x) - mean;
                *variance += off * off / count;
            });
        }
    }
}

/// `μ ← m + f (μ − m)` for every row: `w ← f w`, `b ← m + f (b − m)`.
fn scale(loc: &Dense, unit: usize, mean: f64, factor: f64, params: &mut [f32]) {
    let weights = loc.offset + unit * loc.inputs;
    for w in &mut params[weights..weights + loc.inputs] {
        *w = (factor * f64::from(*w)) as f32;
    }
    let bias = &mut params[loc.bias().start + unit];
    *bias = (mean + factor * (f64::from(*bias) - mean)) as f32;
}

#[cfg(test)]
mod tests {
    use elbow::architecture::{Architecture, FeaturesKind, LatentKind, LikelihoodKind, WeightKind};

    use super::*;

    /// Two inputs, one coordinate: μ = 3 x + y + 5.
    #[test]
    fn the_spread_comes_to_what_is_asked_and_the_mean_stays() {
        let layout = Layout::new(&Architecture {
            preprocessing: FeaturesKind::Binary,
            features: 2,
            encoder: [].into_iter().collect(),
            latent: LatentKind::Gaussian { dim: 1 },
            decoder: [].into_iter().collect(),
            likelihood: LikelihoodKind::Bernoulli,
            weights: WeightKind::F32,
        });
        let inputs = [[1.0, 0.0], [-1.0, 2.0], [0.5, -2.0], [0.0, 1.0]];
        let means = |p: &[f32]| inputs.map(|[x, y]| p[0] * x + p[1] * y + p[2]);
        let mut params = [3.0, 1.0, 5.0, 7.0, 7.0, 7.0, 9.0, 9.0, 9.0, 9.0];
        let mean = |at: [f32; 4]| at.iter().sum::<f32>() / 4.0;
        let spread = |at: [f32; 4]| elbow::math::sqrt(mean(at.map(|x| (x - mean(at)) * (x - mean(at)))));
        let before = mean(means(&params));
        let mut norm = PosteriorNorm::default();
        for _ in 0..100 {
            let now = means(&params);
            norm.pull(&layout, 0.5, now.chunks(3), &mut params);
        }
        let after = means(&params);
        assert!((spread(after) - 0.5).abs() < 1e-3, "{}", spread(after));
        assert!((mean(after) - before).abs() < 1e-3);
        // nothing else moves
        assert_eq!(params[3..], [7.0, 7.0, 7.0, 9.0, 9.0, 9.0, 9.0]);
        // no spread, no change
        let flat = params;
        norm.pull(&layout, 0.5, [[2.0; 4].as_slice()].into_iter(), &mut params);
        assert_eq!(params, flat);
    }
}
