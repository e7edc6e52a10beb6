//! Which of some: a law of integers from their weights.

use crate::codec::rans::StreamError;
use crate::codec::table::Table;
use crate::math;

use super::cumulative::PRECISION;
use super::shares::share_out;

/// Samples at most.
pub const MAX_SAMPLES: usize = 64;
/// What a choice is among at most: samples, or values of a digit.
pub(super) const MAX_WEIGHTS: usize = 64;
const _: () = assert!(MAX_SAMPLES <= MAX_WEIGHTS);

/// Log weights of up to [`MAX_WEIGHTS`] samples, or values of a digit, in nats up to a constant.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogWeights {
    values: [f32; MAX_WEIGHTS],
    len: usize,
}

impl LogWeights {
    pub(super) fn new() -> Self {
        LogWeights { values: [0.0; MAX_WEIGHTS], len: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// One more; the constants hold none beyond [`MAX_WEIGHTS`]. A network that overflows gives none a
    /// weight.
    pub(super) fn push(&mut self, log_weight: f32) {
        if let Some(value) = self.values.get_mut(self.len) {
            *value = if math::is_finite(log_weight) { log_weight } else { f32::MIN };
            self.len += 1;
        }
    }

    /// The law `P(k) = w_k/Σw`, by shares `⌊2^16·w_k/max w⌋`.
    pub(super) fn law(&self) -> Choice {
        let values = self.values.get(..self.len).unwrap_or_default();
        let highest =
            values.iter().fold(f32::MIN, |highest, value| if *value > highest { *value } else { highest });
        let shares = values.iter().map(|value| (65_536.0 * math::exp(value - highest)) as u32);
        let mut law = Choice { cumulative: [0; MAX_WEIGHTS + 1], samples: self.len };
        share_out(shares, PRECISION, &mut law.cumulative);
        law
    }
}

/// The law of the sample that is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice {
    cumulative: [u16; MAX_WEIGHTS + 1],
    samples: usize,
}

impl Choice {
    /// Of two samples or more.
    pub(super) fn table(&self) -> Result<Table<'_, PRECISION>, StreamError> {
        let cumulative = self.cumulative.get(..=self.samples).unwrap_or_default();
        Table::new(cumulative).map_err(|_| StreamError::BadModel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::EntropyModel;

    fn masses(log_weights: &[f32]) -> [u16; 4] {
        let mut weights = LogWeights::new();
        log_weights.iter().for_each(|value| weights.push(*value));
        let law = weights.law();
        let table = law.table().unwrap();
        core::array::from_fn(|k| table.interval(k as u16).map_or(0, |interval| interval.mass))
    }

    #[test]
    fn masses_follow_the_weights() {
        assert_eq!(masses(&[-900.0; 4]), [8192; 4]);
        // log 1, log 2, log 5
        let [one, two, five, none] = masses(&[7.0, 7.693_147, 8.609_438]);
        assert_eq!(one + two + five, 1 << 15);
        assert!(one.abs_diff(4096) <= 2 && two.abs_diff(8192) <= 2 && none == 0, "{one} {two}");
        assert_eq!(masses(&[0.0, -200.0, -1e30]), [32_766, 1, 1, 0]);
    }

    #[test]
    fn weights_that_are_none_count_for_nothing() {
        assert_eq!(masses(&[f32::NAN, 0.0, f32::NEG_INFINITY]), [1, 32_766, 1, 0]);
        assert_eq!(masses(&[f32::INFINITY, f32::NAN]), [16_384, 16_384, 0, 0]);
    }
}
