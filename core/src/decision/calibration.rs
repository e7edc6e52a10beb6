//! What a model file says of normal frames.

use crate::format::{CALIBRATION, CALIBRATION_WITHOUT_SPREAD, LoadError, PACKET_PLAN, Sections};
use crate::math;
use crate::unit::Nats;

/// Most samples of a verdict: a file that asks for more is damaged.
const MAX_SAMPLES: u32 = 1 << 20;

/// Nats by which the score of the first samples may be too low before a frame is taken
/// for anomalous without the others, besides what the spread of their log weights
/// tells: one for each number of the frame, at least 16.
///
/// The rate of false alarms holds with any margin that does not depend on the calibration frames; one as wide
/// as this changes next to no verdict (`docs/alarms.md`).
pub fn margin(dims: usize) -> f32 {
    if dims < 16 { 16.0 } else { dims as f32 }
}

/// The threshold, and the quantiles that p-values come from (`docs/model-format.md`).
#[derive(Clone, Copy, Debug)]
pub struct Calibration<'a> {
    /// samples K of every score that was calibrated
    pub samples: u32,
    /// calibration frames n
    pub rows: u32,
    /// bound of the rate of false alarms
    pub false_alarm: f32,
    /// the ⌊false_alarm·(n + 1)⌋-th smallest statistic, in nats: a frame below it is anomalous
    pub threshold: f32,
    /// see [`margin()`]
    pub margin: f32,
    /// mean score of the calibration frames, as [`judge`](super::Calibrated::judge) returns it
    pub mean: Nats,
    /// standard deviation of the same
    pub deviation: Nats,
    /// CRC-32 of the calibration frames, as little-endian floats
    pub data: u32,
    /// some of the sorted statistics
    quantiles: &'a [f32],
    /// how many statistics are at most as large as the quantile, itself included
    ranks: &'a [u32],
    /// of each feature the median of its term, and 1/(median − 1 % quantile)
    terms: [&'a [f32]; 2],
}

impl<'a> Calibration<'a> {
    /// Takes the calibration's sections.
    ///
    /// # Errors
    /// [`LoadError::NotCalibrated`] where there are none; [`LoadError::BadCalibration`] where they are of
    /// another version, or no threshold and p-value could follow from them; as [`Sections::floats`].
    pub fn read(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        if matches!(sections.first_word(), None | Some(PACKET_PLAN)) {
            return Err(LoadError::NotCalibrated);
        }
        let [CALIBRATION | CALIBRATION_WITHOUT_SPREAD, samples, rows, count, data, features] =
            *sections.integers::<u32>(6)?
        else {
            return Err(LoadError::BadCalibration);
        };
        let [false_alarm, threshold, margin, mean, deviation] = *sections.floats(5)? else {
            return Err(LoadError::BadCalibration);
        };
        let quantiles = sections.floats(count as usize)?;
        let ranks = sections.integers::<u32>(count as usize)?;
        let mut of_features = || sections.floats(features as usize);
        let terms = [of_features()?, of_features()?];
        let are_sorted = quantiles.is_sorted() && ranks.is_sorted();
        let within =
            ranks.first().is_some_and(|first| *first > 0) && ranks.last().is_some_and(|last| *last <= rows);
        let countable = samples > 0 && samples <= MAX_SAMPLES;
        if !countable || rows == u32::MAX || margin < 0.0 || !are_sorted || !within {
            return Err(LoadError::BadCalibration);
        }
        let (mean, deviation) = (Nats(mean), Nats(deviation));
        Ok(Calibration {
            samples,
            rows,
            false_alarm,
            threshold,
            margin,
            mean,
            deviation,
            data,
            quantiles,
            ranks,
            terms,
        })
    }

    /// `p = (1 + #{calibration frames as low as this or lower}) / (n + 1)`,
    /// rounded up to the next quantile that the file keeps.
    ///
    /// For a normal frame `P(p ≤ a) ≤ a`. Exact for the 16 lowest frames; else too large
    /// by at most 1/8 of itself, and by at most 1/64.
    ///
    /// # Cost
    /// A binary search in about a hundred floats.
    pub fn p_value(&self, statistic: f32) -> f32 {
        // With q_(r) the first quantile above it, r − 1 frames at most are as low.
        let above = self.quantiles.partition_point(|quantile| *quantile <= statistic);
        match self.ranks.get(above) {
            Some(rank) => *rank as f32 / (self.rows + 1) as f32,
            None => 1.0,
        }
    }

    /// Terms of the features to surprises, in place: `(median − term)/(median − 1 % quantile)`.
    pub(super) fn surprise(&self, terms: &mut [f32]) {
        let [median, inverse_spread] = self.terms;
        for ((term, median), inverse_spread) in terms.iter_mut().zip(median).zip(inverse_spread) {
            *term = (median - *term) * inverse_spread;
        }
    }

    /// The p-values that the file can tell apart, rising, with the statistics below which they are returned.
    pub fn quantiles(&self) -> impl Iterator<Item = (f32, Nats)> {
        let n = (self.rows + 1) as f32;
        self.ranks.iter().zip(self.quantiles).map(move |(rank, q)| (*rank as f32 / n, Nats(*q)))
    }

    /// `(score − mean)/deviation`, negative where the frame is less likely
    /// than most: what a drift monitor watches.
    pub fn standardize(&self, log_density: Nats) -> f32 {
        let scale =
            if math::is_finite(self.deviation.0) && self.deviation.0 > 0.0 { self.deviation.0 } else { 1.0 };
        (log_density.0 - self.mean.0) / scale
    }
}
