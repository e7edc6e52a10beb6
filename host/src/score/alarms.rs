//! How often a calibrated model raises the alarm on a file of frames.

use elbow::{Calibrated, Verdict};

use super::calibrate::each_row;
use super::evaluate::is_zero;
use crate::error::Error;
use crate::model::{Engine, HostModel};
use elbow_reader::Dataset;

/// What a calibration says of a file of frames.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Alarms {
    /// the rate of false alarms that was asked for
    pub false_alarm: f32,
    /// part of the normal frames that raise an alarm
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_normal: Option<f64>,
    /// part of the anomalous frames that do; where there are no labels, of all
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_anomalous: Option<f64>,
    /// mean number of samples that a verdict took
    pub samples: f64,
    /// frames without a verdict: they lack numbers for whose absence there is no threshold
    #[serde(skip_serializing_if = "is_zero")]
    pub uncalibrated: usize,
    /// part of the frames whose score by all samples is on the same side of the threshold
    pub agreement: f64,
}

/// What a calibrated model says of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// by as few samples as settle it: the alarm
    pub early: Verdict,
    /// by all of them: the p-value
    pub full: Verdict,
}

/// Alarms in the making: frames come some at a time.
#[allow(missing_debug_implementations, reason = "it holds posteriors and engines")]
pub struct AlarmCounts<'a> {
    judge: Calibrated<'a, &'a (dyn Engine + 'a)>,
    /// rows and alarms of normal frames, and of the others
    of: [[usize; 2]; 2],
    samples: f64,
    agreeing: usize,
    uncalibrated: usize,
    is_labelled: bool,
}

impl<'a> AlarmCounts<'a> {
    /// Of no frames yet; nothing where the model has no threshold.
    pub fn new(model: &'a HostModel<'_>) -> Option<Self> {
        let judge = model.calibrated()?;
        let (of, samples, agreeing, uncalibrated) = ([[0; 2]; 2], 0.0, 0, 0);
        Some(AlarmCounts { judge, of, samples, agreeing, uncalibrated, is_labelled: false })
    }

    /// Judges frames, and hands on what it says of each; nothing of gaps that it has no threshold for.
    ///
    /// # Errors
    /// [`Error::Frame`].
    pub fn push(&mut self, data: &Dataset) -> Result<Vec<Option<Judged>>, Error> {
        let judge = &self.judge;
        let threshold = |frame: &[f32]| judge.calibration().threshold_without(judge.model().missing(frame));
        let verdicts = each_row(data, |frame| {
            let Some(threshold) = threshold(frame) else { return Ok(None) };
            let early = judge.judge(frame)?;
            // what took all samples, as of a mixture, is in full
            let took_all = early.score.samples == judge.calibration().samples;
            let full = if took_all { early } else { judge.judge_in_full(frame)? };
            Ok(Some((Judged { early, full }, threshold)))
        })?;
        self.is_labelled |= data.labels.is_some();
        for (row, verdict) in verdicts.iter().enumerate() {
            let Some((Judged { early, full }, threshold)) = verdict else {
                self.uncalibrated += 1;
                continue;
            };
            let is_other = data.labels.as_ref().is_none_or(|labels| labels.anomalous[row]);
            let [rows, alarms] = &mut self.of[usize::from(is_other)];
            (*rows, *alarms) = (*rows + 1, *alarms + usize::from(early.is_anomalous()));
            self.samples += f64::from(early.score.samples);
            let agrees = early.is_anomalous() == (full.score.log_density.0 < *threshold);
            self.agreeing += usize::from(agrees);
        }
        Ok(verdicts.into_iter().map(|verdict| verdict.map(|(judged, _)| judged)).collect())
    }

    /// What they say.
    pub fn finish(self) -> Alarms {
        let n = (self.of[0][0] + self.of[1][0]) as f64;
        let part = |[rows, alarms]: [usize; 2]| (rows > 0).then(|| alarms as f64 / rows as f64);
        Alarms {
            false_alarm: self.judge.calibration().false_alarm,
            of_normal: part(self.of[0]).filter(|_| self.is_labelled),
            of_anomalous: part(self.of[1]),
            samples: self.samples / n,
            uncalibrated: self.uncalibrated,
            agreement: self.agreeing as f64 / n,
        }
    }
}
