//! Decisions: from a log density to an alarm with a stated rate of false alarms.
//!
//! `elbow calibrate` scores normal frames that the fit has not seen and writes the threshold
//! into the model file. For frames that are exchangeable with those,
//! `P(Anomalous) ≤ false_alarm` holds for every distribution, every model and every number of
//! calibration frames: the model decides only how much is detected at that rate.
//!
//! **Source.** Vovk, Gammerman and Shafer (2005), "Algorithmic learning in a random world", chapter
//! 2; Lei, G'Sell, Rinaldo, Tibshirani and Wasserman (2018), "Distribution-free predictive
//! inference for regression", theorem 2.2 (split conformal).

mod calibration;
mod cause;
mod gap_thresholds;
mod rule;
mod with_gaps;

pub use calibration::{Calibration, MAX_SAMPLES, margin};
pub use cause::{Cause, top};
pub use gap_thresholds::GapThresholds;
pub use with_gaps::OfGaps;

use crate::features::FrameError;
use crate::fingerprint::Fingerprint;
use crate::format::{Load, LoadError, ModelFile};
use crate::score::{Density, Explain, Score};
use rule::{Rule, Statistic};

/// Whether a frame looks like those the model was calibrated on. Firmware has to do something for each, so a
/// further one would be a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum VerdictKind {
    /// as likely as normal frames are
    Typical,
    /// less likely than all but a part `false_alarm` of normal frames
    Anomalous,
    /// numbers are missing for whose absence there is no threshold: nothing can be promised
    Uncalibrated,
}

/// The decision on a frame, and what it rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Verdict {
    /// the decision, at the calibrated rate of false alarms
    pub kind: VerdictKind,
    /// How often a normal frame is as unlikely as this one: `P(p_value ≤ a) ≤ a` for every `a`. Where
    /// [`judge`](Calibrated::judge) stopped early it is a bound, on the side of the verdict: of an anomalous
    /// frame the p-value is at most this, of a typical frame at least this. So it is of a frame that lacks
    /// a number, and of one that is uncalibrated it is 1.
    pub p_value: f32,
    /// The score by the samples that were drawn: `score.samples` of them,
    /// [`Calibration::samples`] unless `judge` stopped early.
    pub score: Score,
}

impl Verdict {
    /// Whether it is an alarm.
    pub fn is_anomalous(&self) -> bool {
        self.kind == VerdictKind::Anomalous
    }
}

/// A model with its calibration: what judges frames.
#[derive(Clone, Copy, Debug)]
pub struct Calibrated<'a, M> {
    model: M,
    calibration: Calibration<'a>,
}

impl<'a, M> Calibrated<'a, M> {
    /// Joins the two, of which the calibration must have been made with the model.
    pub fn new(model: M, calibration: Calibration<'a>) -> Self {
        Calibrated { model, calibration }
    }

    /// Loads a model and its calibration, whose verdicts take at most [`MAX_SAMPLES`] samples; both stay
    /// where `bytes` are.
    ///
    /// # Errors
    /// A [`LoadError`] of its own for everything that can be wrong with the bytes.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, LoadError>
    where
        M: Load<'a> + Fingerprint,
    {
        Self::from_file(&ModelFile::parse(bytes)?, MAX_SAMPLES)
    }

    /// As [`from_bytes`](Self::from_bytes), of a file that was verified, and with a number of samples
    /// that the caller has the time for.
    ///
    /// # Errors
    /// As there.
    pub fn from_file(file: &ModelFile<'a>, max_samples: u32) -> Result<Self, LoadError>
    where
        M: Load<'a> + Fingerprint,
    {
        Ok(Calibrated::new(file.model()?, Calibration::of(file, max_samples)?))
    }

    /// The model.
    pub fn model(&self) -> &M {
        &self.model
    }

    /// What it was calibrated with.
    pub fn calibration(&self) -> &Calibration<'a> {
        &self.calibration
    }
}

impl<M: Density> Calibrated<'_, M> {
    /// The verdict on a frame, by as few samples as it takes: always that of
    /// [`judge_in_full`](Self::judge_in_full), where that has one. A sample
    /// that it need not draw may overflow.
    ///
    /// With `S_n` the sum of the first n weights, `L_n = log S_n/n`, s_n the standard deviation of their
    /// logarithms and K the calibration's samples, a frame is
    ///
    /// - typical as soon as `log S_n/K ≥ threshold`: weights are not negative, so
    ///   `S_K ≥ S_n`, and no later sample changes it;
    /// - anomalous as soon as `L_n + margin + s_n log K/n < threshold`, which is
    ///   the rule that the threshold was calibrated for.
    ///
    /// # Errors
    /// [`FrameError`] for a frame that has no score.
    ///
    /// # Cost
    /// One pass of the encoder; of the decoder four, where those settle it, K at most.
    pub fn judge(&self, frame: &M::Frame) -> Result<Verdict, FrameError> {
        let mut rule = Rule::new(&self.calibration, self.model.missing(frame));
        let samples = self.calibration.samples;
        let score = self
            .model
            .log_density_until(frame, samples, |score, deviation| rule.is_settled(score, deviation))?;
        Ok(rule.verdict(score))
    }

    /// The verdict by all K samples, with the p-value itself instead of a bound.
    ///
    /// What is compared with the threshold is
    /// `T = min(L_K, min_n L_n + margin + s_n log K/n)`, n over the ends of the blocks. Only a
    /// frame whose first samples are too low by more than that has another T than its score.
    ///
    /// # Errors
    /// As [`judge`](Self::judge).
    ///
    /// # Cost
    /// That of a score with K samples.
    pub fn judge_in_full(&self, frame: &M::Frame) -> Result<Verdict, FrameError> {
        let mut rule = Rule::new(&self.calibration, self.model.missing(frame));
        let score = self.model.log_density_until(frame, self.calibration.samples, |score, deviation| {
            rule.see(score, deviation);
            false
        })?;
        Ok(rule.verdict(score))
    }
}

impl<M: Explain> Calibrated<'_, M> {
    /// As [`judge`](Self::judge), and why: `surprises[i] = −log p(x_i | the others)`, in nats of the
    /// features, says how odd number i is beside the others, by the samples that the verdict took. [`top`]
    /// picks the greatest. What the model would have expected instead is `model().reconstruct(frame)`.
    ///
    /// `log p(x_i | the others) = log p(x) − log p(x_−i)`: both are known when the score is
    /// ([`Explain::add_without`]). A number that is odd only because another one is wrong has a small
    /// surprise where the others, among them the wrong one, speak for it; the wrong one has none to speak for
    /// it.
    ///
    /// # Errors
    /// As [`judge`](Self::judge).
    ///
    /// # Cost
    /// No pass of a network: forty operations for each feature and block of four samples. Of a mixture see
    /// [`Mixture`](crate::Mixture).
    pub fn judge_explained(&self, frame: &M::Frame, surprises: &mut [f32]) -> Result<Verdict, FrameError> {
        let mut rule = Rule::new(&self.calibration, self.model.missing(frame));
        let samples = self.calibration.samples;
        let score = self
            .model
            .explain_until(frame, samples, surprises, |score, deviation| rule.is_settled(score, deviation))?;
        Ok(rule.verdict(score))
    }
}

/// The statistic `T = min(L_K, min_n L_n + margin + s_n log K/n)` of a frame, in nats: what a calibration
/// sorts.
///
/// # Errors
/// [`FrameError`] for a frame that has no score.
pub fn statistic<M: Density>(
    model: &M,
    frame: &M::Frame,
    samples: u32,
    margin: f32,
) -> Result<f32, FrameError> {
    let mut statistic = Statistic::new(samples, margin);
    let score = model.log_density_until(frame, samples, |score, deviation| {
        statistic.see(score, deviation);
        false
    })?;
    Ok(statistic.with(score.log_density.0))
}
