//! What a model file says of normal frames.

use super::gap_thresholds::GapThresholds;
use crate::features::Missing;
use crate::format::fields::GAP_THRESHOLDS;
use crate::format::{
    CALIBRATION, CALIBRATION_OF_ANY, CALIBRATION_WITHOUT_SPREAD, LoadError, ModelFile, PACKET_PLAN, Sections,
    checksum,
};
use crate::kind::MAX_WIDTH;
use crate::math;
use crate::unit::Nats;

/// Most samples of a verdict where the caller allows no other number: a device that a file made draw a
/// million would not come back before its watchdog bites.
pub const MAX_SAMPLES: u32 = 4096;
/// No frame has more numbers, and so no calibration a larger margin.
const MAX_MARGIN: f32 = MAX_WIDTH as f32;
/// A rate that was rounded once, by one that was rounded three times.
const ROUNDED: f32 = 1.000_001;

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
    /// mean score of the calibration frames that are not anomalous, as [`judge`](super::Calibrated::judge)
    /// returns it, each held within three deviations
    pub mean: Nats,
    /// standard deviation of the same
    pub deviation: Nats,
    /// so many frames in a row count as one, 1 where they are independent; older files do not say
    pub frames_as_one: f32,
    /// CRC-32 of the calibration frames, as little-endian floats
    pub data: u32,
    /// CRC-32 of the parameters that it was made with; older files do not say
    pub parameters: Option<u32>,
    /// some of the sorted statistics
    quantiles: &'a [f32],
    /// how many statistics are at most as large as the quantile, itself included
    ranks: &'a [u32],
    /// thresholds of frames with gaps
    gaps: GapThresholds<'a>,
}

impl<'a> Calibration<'a> {
    /// The calibration of a model file, whose verdicts take at most `max_samples` samples.
    ///
    /// # Errors
    /// As [`read`](Self::read); [`LoadError::CalibrationOfOther`] where it was made with other parameters
    /// than the file's.
    pub fn of(file: &ModelFile<'a>, max_samples: u32) -> Result<Self, LoadError> {
        let calibration = Self::read(&mut file.calibration(), max_samples)?;
        calibration.check_parameters(file).map(|()| calibration)
    }

    /// Whether it was made with the parameters of this file; one that does not say so may be.
    ///
    /// # Errors
    /// [`LoadError::CalibrationOfOther`].
    pub fn check_parameters(&self, file: &ModelFile<'_>) -> Result<(), LoadError> {
        match self.parameters {
            Some(parameters) if parameters != checksum(file.parameters()) => {
                Err(LoadError::CalibrationOfOther)
            }
            _ => Ok(()),
        }
    }

    /// Takes the calibration's sections; [`MAX_SAMPLES`] is a number for who has none in mind.
    ///
    /// # Errors
    /// [`LoadError::NotCalibrated`] where there are none; [`LoadError::TooManySamples`];
    /// [`LoadError::BadCalibration`] where they are of another version, contradict themselves, or no
    /// threshold and p-value could follow from them; as [`Sections::floats`].
    pub fn read(sections: &mut Sections<'a>, max_samples: u32) -> Result<Self, LoadError> {
        let calibration = Self::take(sections)?;
        if calibration.samples > max_samples {
            return Err(LoadError::TooManySamples { found: calibration.samples, allowed: max_samples });
        }
        if calibration.is_sound() { Ok(calibration) } else { Err(LoadError::BadCalibration) }
    }

    /// Takes the sections, whatever their numbers.
    pub(crate) fn take(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        if matches!(sections.first_word(), None | Some(PACKET_PLAN)) {
            return Err(LoadError::NotCalibrated);
        }
        let [rule, samples, rows, count, data, features, parameters, _] = *sections.integers::<u32>(8)?
        else {
            return Err(LoadError::BadCalibration);
        };
        let parameters = match rule {
            CALIBRATION => Some(parameters),
            CALIBRATION_OF_ANY | CALIBRATION_WITHOUT_SPREAD => None,
            _ => return Err(LoadError::BadCalibration),
        };
        // the sixth was padding once
        let [false_alarm, threshold, margin, mean, deviation, as_one] = *sections.floats(6)? else {
            return Err(LoadError::BadCalibration);
        };
        let (mean, deviation) = (Nats(mean), Nats(deviation));
        let quantiles = sections.floats(count as usize)?;
        let ranks = sections.integers::<u32>(count as usize)?;
        // of each feature two numbers, which causes were once counted in
        sections.floats(features as usize)?;
        sections.scales(features as usize)?;
        Ok(Calibration {
            samples,
            rows,
            false_alarm,
            threshold,
            margin,
            mean,
            deviation,
            frames_as_one: if as_one > 1.0 { as_one } else { 1.0 },
            data,
            parameters,
            quantiles,
            ranks,
            gaps: GapThresholds::default(),
        })
    }

    /// With the thresholds of frames of `dims` numbers that lack a sensor, where the file has them.
    ///
    /// # Errors
    /// [`LoadError::BadCalibration`] where they are of another calibration, of other frames, or contradict
    /// themselves; [`LoadError::Malformed`] where anything stands behind them; as [`Sections::floats`].
    pub fn with_gaps(self, file: &ModelFile<'a>, dims: usize) -> Result<Self, LoadError> {
        let gaps = match file.field(GAP_THRESHOLDS) {
            Some(bytes) => GapThresholds::read(Sections::new(bytes), (self.samples, self.parameters), dims)?,
            None => GapThresholds::default(),
        };
        Ok(Calibration { gaps, ..self })
    }

    /// Thresholds of frames that lack a sensor.
    pub fn gaps(&self) -> &GapThresholds<'a> {
        &self.gaps
    }

    /// The threshold of frames that lack this; nothing where there is none.
    #[inline(always)]
    pub fn threshold_without(&self, missing: Missing) -> Option<f32> {
        if missing.count == 0 { Some(self.threshold) } else { self.gaps.of(missing) }
    }

    /// Whether a threshold and p-values follow from it.
    fn is_sound(&self) -> bool {
        let Calibration { quantiles, ranks, .. } = self;
        let within = ranks.first().is_some_and(|first| *first > 0)
            && ranks.last().is_some_and(|last| *last <= self.rows)
            && self.rows < u32::MAX;
        let are_sorted = rises(quantiles) && rises(ranks);
        let in_range =
            self.samples > 0 && self.deviation.0 >= 0.0 && (0.0..=MAX_MARGIN).contains(&self.margin);
        within && are_sorted && in_range && self.has_its_rate()
    }

    /// Whether the rate of false alarms is the threshold's: it lies between the p-values of the statistics
    /// just below the threshold and just above.
    fn has_its_rate(&self) -> bool {
        let [below, above] = [self.threshold.next_down(), self.threshold].map(|t| self.p_value(t));
        below <= self.false_alarm * ROUNDED && self.false_alarm <= above * ROUNDED && self.false_alarm < 1.0
    }

    /// `p = (1 + #{calibration frames as low as this or lower}) / (n + 1)`,
    /// rounded up to the next quantile that the file keeps.
    ///
    /// For a normal frame `P(p ≤ a) ≤ a`. Exact for the 16 lowest frames; else too large
    /// by at most 1/8 of itself, and by at most 1/64.
    ///
    /// # Cost
    /// A binary search in about a hundred floats.
    #[cfg_attr(target_os = "none", inline(never))]
    pub fn p_value(&self, statistic: f32) -> f32 {
        // With q_(r) the first quantile above it, r − 1 frames at most are as low.
        let above = self.quantiles.partition_point(|quantile| *quantile <= statistic);
        match self.ranks.get(above) {
            Some(rank) => *rank as f32 / (self.rows + 1) as f32,
            None => 1.0,
        }
    }

    /// The score that a part of the calibration frames is at most as high as: of those that the file keeps
    /// the next one up, or the highest.
    pub fn quantile(&self, part: f32) -> Nats {
        let rank = part * self.rows as f32;
        let at = self.ranks.partition_point(|kept| (*kept as f32) < rank);
        Nats(self.quantiles.get(at).or(self.quantiles.last()).copied().unwrap_or(0.0))
    }

    /// The p-values that the file can tell apart, rising, with the statistics below which they are returned.
    pub fn quantiles(&self) -> impl Iterator<Item = (f32, Nats)> {
        let n = (self.rows + 1) as f32;
        self.ranks.iter().zip(self.quantiles).map(move |(rank, q)| (*rank as f32 / n, Nats(*q)))
    }

    /// `(score − mean)/deviation`, negative where the frame is less likely
    /// than most: what a drift monitor watches.
    ///
    /// Mean and deviation are of whole frames, and fewer numbers are likelier. So of a frame with gaps a
    /// [`Watch`](crate::stream::Watch) takes 0 in its place, as is expected, a
    /// [`Follow`](crate::stream::Follow) takes nothing, and the verdict stays as it is; of an
    /// [`Uncalibrated`](super::VerdictKind::Uncalibrated) one neither is told. Commands that score do so.
    pub fn standardize(&self, log_density: Nats) -> f32 {
        let scale =
            if math::is_finite(self.deviation.0) && self.deviation.0 > 0.0 { self.deviation.0 } else { 1.0 };
        (log_density.0 - self.mean.0) / scale
    }
}

/// As `is_sorted`, of which a device would hold a panic that nothing reaches.
fn rises<T: PartialOrd>(numbers: &[T]) -> bool {
    numbers.iter().zip(numbers.iter().skip(1)).all(|(number, next)| number <= next)
}
