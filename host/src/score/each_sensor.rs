//! Thresholds of frames that lack a sensor.

use elbow::Calibration;
use elbow::decision::{margin, statistic};
use elbow::features::Missing;

use crate::error::Error;
use crate::file::parts::FileParts;
use crate::file::write::Sections;
use crate::model::{HostModel, ModelBytes};
use crate::score::calibrate::{counted_as, each_row, threshold_rank};
use elbow_reader::Dataset;

/// The most rows in a row in which each sensor holds a value, of rows that follow one another in their file;
/// `u32::MAX` where it never moves.
fn holds(data: &Dataset, sensors: usize) -> Vec<u32> {
    let order = data.in_order();
    let of_sensor = |sensor: usize| {
        let (mut longest, mut held, mut moved) = (0, 0_u32, false);
        let mut last: Option<(usize, f32)> = None;
        for frame in &order {
            let row = data.source_rows[*frame];
            // of windows that overlap each row counts once
            let from = last.map_or(0, |(next, _)| next.saturating_sub(row));
            let values = data.row(*frame).chunks_exact(sensors).enumerate().skip(from);
            for (at, x) in values.map(|(at, values)| (row + at, values[sensor])).filter(|(_, x)| !x.is_nan())
            {
                let goes_on =
                    last.is_some_and(|(next, before)| next >= at && before.to_bits() == x.to_bits());
                moved |= last.is_some_and(|(_, before)| before.to_bits() != x.to_bits());
                held = if goes_on { held + 1 } else { 1 };
                longest = longest.max(held);
                last = Some((at + 1, x));
            }
        }
        if moved { longest } else { u32::MAX }
    };
    (0..sensors).map(of_sensor).collect()
}

/// A calibrated model with a threshold for each sensor too: that of frames which lack it, at the rate
/// `false_alarm` and with the samples of its calibration. Rows that lack a sensor count for it, whole ones
/// for each.
///
/// For frames that lack this sensor and are else like those, `P(Anomalous) ≤ false_alarm`, as of whole
/// frames.
///
/// # Errors
/// [`Error::Frame`], [`Error::TooLarge`].
///
/// # Cost
/// A score of each row for each sensor.
pub fn each_sensor(
    model: &HostModel<'_>,
    calibration: &Calibration<'_>,
    data: &Dataset,
    false_alarm: f64,
    scored: impl Fn() + Sync,
) -> Result<ModelBytes, Error> {
    let rows = data.window.max(1);
    let sensors = data.dims / rows;
    let threshold = |sensor: usize| -> Result<f32, Error> {
        let fits = |row: &usize| {
            let missing = Missing::of(data.row(*row));
            missing.count == 0 || missing.sensor(rows, sensors) == Some(sensor)
        };
        let mut of_sensor = data.select(&(0..data.rows).filter(fits).collect::<Vec<_>>());
        of_sensor.values.chunks_exact_mut(sensors).for_each(|row| row[sensor] = f32::NAN);
        let engine = &*model.engine;
        let statistics = each_row(&of_sensor, |frame| {
            scored();
            statistic(&engine, frame, calibration.samples, margin(data.dims))
        })?;
        let independent = of_sensor.independent(&statistics);
        let sorted = counted_as(statistics, independent);
        let rank = threshold_rank(false_alarm, sorted.len());
        // fewer than any rate takes: nothing is so unlikely that it would be told
        Ok(rank.map_or(f32::MIN, |rank| sorted[rank as usize - 1]))
    };
    let thresholds = (0..sensors).map(threshold).collect::<Result<Vec<_>, _>>()?;
    let mut out = Sections(Vec::new());
    let parameters = calibration.parameters.unwrap_or_default();
    let words = [calibration.samples, parameters, rows as u32, sensors as u32];
    out.numbers(words.map(u32::to_le_bytes));
    out.floats(&thresholds);
    out.numbers(holds(data, sensors).iter().map(|rows| rows.to_le_bytes()));
    let parts = FileParts {
        members: model.members,
        calibration: model.extras.calibration_bytes,
        plan: model.extras.plan_bytes,
        gaps: &out.0,
        ..FileParts::new(&model.metadata, model.parameters)
    };
    Ok(ModelBytes::new(&parts.encode()?))
}
