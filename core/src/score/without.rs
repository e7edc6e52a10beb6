//! How likely a frame is without one of its numbers.

use super::{LANES, Score};
use crate::math;
use crate::math::binary_logs::{NATS, UNITS, log2_add};
use crate::shape::{Element, lanes};

/// A weight `e^9` times smaller than the greatest is next to nothing in the sum of the weights.
const SEEN: f32 = 9.0;

/// Sums over samples, by the terms `log p(x_i|z_k)` of each: `exp(log_sums[i]) += w_k/p(x_i|z_k)`.
///
/// A weight without a factor of its likelihood is that of the frame without this number, so nothing is drawn
/// or decoded again. What counts for next to nothing in the score is left out here too: a sample whose weight
/// is less than `e^−9` of the greatest so far. The others' sum is right within 0.06 nats.
#[derive(Debug)]
pub(crate) struct Without<'a> {
    log_sums: &'a mut [f32],
    /// the greatest log weight
    best: f32,
}

impl<'a> Without<'a> {
    pub(crate) fn new(log_sums: &'a mut [f32]) -> Self {
        Without { log_sums, best: f32::NEG_INFINITY }
    }

    /// Takes a block of samples, −∞ for the weight of one that was not drawn.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(crate) fn add(&mut self, terms: &[[f32; LANES]], log_weights: [f32; LANES]) {
        self.best = log_weights.iter().fold(self.best, |best, w| if *w > best { *w } else { best });
        let seen = self.best - SEEN;
        let mut counting = log_weights.iter().enumerate().filter(|(_, w)| **w >= seen);
        match (counting.next(), counting.next()) {
            (Some(_), Some(_)) => self.add_all(terms, log_weights, |terms| *terms),
            (Some((lane, w)), None) => {
                self.add_all(terms, [*w], |terms| [terms.get(lane).copied().unwrap_or(0.0)]);
            }
            _ => {}
        }
    }

    #[inline(always)]
    fn add_all<const N: usize>(
        &mut self,
        terms: &[[f32; LANES]],
        log_weights: [f32; N],
        of: impl Fn(&[f32; LANES]) -> [f32; N],
    ) where
        [f32; N]: Element,
    {
        let log_weights: [f32; N] = lanes(|n| log_weights[n] * UNITS);
        for (log_sum, terms) in self.log_sums.iter_mut().zip(terms) {
            let terms = of(terms);
            let log_weights: [f32; N] = lanes(|n| log_weights[n] - terms[n] * UNITS);
            *log_sum = log2_add(*log_sum * UNITS, log_weights) * NATS;
        }
    }
}

/// `log p(x_−i) − log p(x)`, from the sums `log K p(x_−i)` of the K samples of a score.
pub(super) fn surprises(log_sums: &mut [f32], score: &Score) {
    let log_sum = score.log_density.0 + math::ln(score.samples as f32);
    log_sums.iter_mut().for_each(|without| *without -= log_sum);
}
