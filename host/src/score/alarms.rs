//! How often a calibrated model raises the alarm on a file of frames.

use elbow::Calibration;

use super::calibrate::each_row;
use crate::error::Error;
use crate::model::HostModel;
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
    /// part of the frames whose score by all samples is on the same side of the threshold
    pub agreement: f64,
}

impl Alarms {
    /// Judges every frame.
    ///
    /// # Errors
    /// [`Error::Frame`].
    pub fn new(model: &HostModel<'_>, data: &Dataset) -> Result<Option<Alarms>, Error> {
        let Some(judge) = model.calibrated() else { return Ok(None) };
        let Calibration { false_alarm, threshold, .. } = *judge.calibration();
        let verdicts = each_row(data, |frame| {
            let (early, full) = (judge.judge(frame)?, judge.judge_in_full(frame)?);
            let agrees = early.is_anomalous() == (full.score.log_density.0 < threshold);
            Ok((early.is_anomalous(), early.score.samples, agrees))
        })?;
        let n = verdicts.len() as f64;
        let part = |class: bool| {
            let of =
                |row: &usize| data.labels.as_ref().map_or(class, |labels| labels.anomalous[*row] == class);
            let rows: Vec<usize> = (0..data.rows).filter(of).collect();
            let alarms = rows.iter().filter(|row| verdicts[**row].0).count();
            (!rows.is_empty()).then(|| alarms as f64 / rows.len() as f64)
        };
        Ok(Some(Alarms {
            false_alarm,
            of_normal: data.labels.as_ref().and_then(|_| part(false)),
            of_anomalous: part(true),
            samples: verdicts.iter().map(|(_, samples, _)| f64::from(*samples)).sum::<f64>() / n,
            agreement: verdicts.iter().filter(|(.., agrees)| *agrees).count() as f64 / n,
        }))
    }
}
