//! How much latents tell of their frames: `I(x; z)` from above and below.

use rayon::prelude::*;
use serde::Serialize;

use super::estimate::Estimate;
use crate::model::HostPosterior;
use crate::numbers::SumOfExp;
use crate::random::{Purpose, stream};

/// A lower bound this near to what it can be at most says little: `log N` where rows are N.
const NEAR: f64 = 1.0;

/// Bounds of `I(x; z)` by N rows, in nats.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Information {
    /// `E log q(z_n|x_n) − log (1/N) Σ_m q(z_n|x_m)`: at most `log N`
    pub lower: Estimate,
    /// the same with `1/(N − 1) Σ_(m ≠ n)`, or `E KL(q(z|x) ‖ p(z))` where that is less
    pub upper: Estimate,
    /// `log N`
    pub most: f64,
    /// whether the lower bound is within a nat of that: there may be more than it can say
    pub is_saturated: bool,
    /// N
    pub rows: usize,
}

impl Information {
    /// By one draw of each posterior. Nothing of fewer than two.
    ///
    /// # Source
    /// Poole, Ozair, van den Oord, Alemi and Tucker (2019), "On variational bounds of mutual information",
    /// equations 12 and 13.
    ///
    /// # Cost
    /// The square of the number of posteriors.
    pub fn of(posteriors: &[&dyn HostPosterior]) -> Option<Information> {
        let rows = posteriors.len();
        if rows < 2 {
            return None;
        }
        let pairs: Vec<[f64; 2]> = (0..rows)
            .into_par_iter()
            .map(|n| [false, true].map(|others| term(posteriors, n, others)))
            .collect();
        let of = |at: usize| Estimate::mean(pairs.iter().map(|pair| pair[at]));
        let kl = Estimate::mean(posteriors.iter().map(|posterior| f64::from(posterior.divergence())));
        let (lower, left_out) = (of(0), of(1));
        let upper = if kl.nats < left_out.nats { kl } else { left_out };
        // both are means of draws, and may lie where no information is
        let upper = Estimate { nats: upper.nats.max(0.0), ..upper };
        let lower = Estimate { nats: lower.nats.clamp(0.0, upper.nats), ..lower };
        let most = (rows as f64).ln();
        Some(Information { lower, upper, most, is_saturated: is_saturated(lower.nats, rows), rows })
    }
}

/// Whether so many rows can say no more than this many nats, or nearly.
pub fn is_saturated(nats: f64, rows: usize) -> bool {
    nats > (rows as f64).ln() - NEAR
}

/// `log q(z_n|x_n) − log (1/M) Σ_m q(z_n|x_m)`, of one draw `z_n ~ q(z|x_n)`; m over all rows, or over the
/// others.
pub(super) fn term(posteriors: &[&dyn HostPosterior], n: usize, others: bool) -> f64 {
    let z = posteriors[n].draw(&mut stream(0, Purpose::Noise, n as u64, 0));
    // log q(z|x_m) − log p(z)
    let log_q = |posterior: &&dyn HostPosterior| -f64::from(posterior.log_ratio_at(&z));
    let mut all: Vec<f64> = posteriors.iter().map(log_q).collect();
    let own = all[n];
    if others {
        all.swap_remove(n);
    }
    own - SumOfExp::of(&all).log_mean(all.len())
}
