//! Thresholds of frames some of whose numbers are missing.

use crate::features::Missing;
use crate::format::{LoadError, Sections};

/// For each sensor the threshold of frames that lack it, at the calibration's rate of false alarms
/// (`docs/model-format.md`). A frame that lacks other numbers has none: its verdict is
/// [`Uncalibrated`](super::VerdictKind::Uncalibrated).
#[derive(Clone, Copy, Debug, Default)]
pub struct GapThresholds<'a> {
    /// rows of a frame, each with a number of every sensor
    rows: usize,
    /// in nats
    thresholds: &'a [f32],
    /// the most rows in a row in which a sensor held a value
    holds: &'a [u32],
}

impl<'a> GapThresholds<'a> {
    /// Takes the section, which must be of a calibration of so many samples and these parameters.
    pub(super) fn read(sections: &mut Sections<'a>, of: (u32, Option<u32>)) -> Result<Self, LoadError> {
        let [samples, parameters, rows, sensors] = *sections.integers::<u32>(4)? else {
            return Err(LoadError::BadCalibration);
        };
        let thresholds = sections.floats(sensors as usize)?;
        let holds = sections.integers(sensors as usize)?;
        if of != (samples, Some(parameters)) || rows == 0 || sensors == 0 {
            return Err(LoadError::BadCalibration);
        }
        Ok(GapThresholds { rows: rows as usize, thresholds, holds })
    }

    /// The threshold of frames that lack this.
    pub fn of(&self, missing: Missing) -> Option<f32> {
        let sensor = missing.sensor(self.rows, self.thresholds.len())?;
        self.thresholds.get(sensor).copied()
    }

    /// Those of all sensors, in nats; none where none were calibrated.
    pub fn thresholds(&self) -> &'a [f32] {
        self.thresholds
    }

    /// The most rows in a row in which each sensor held a value; `u32::MAX` of one that never moved.
    pub fn holds(&self) -> &'a [u32] {
        self.holds
    }

    #[cfg(test)]
    pub(crate) fn of_holds(holds: &'a [u32]) -> Self {
        GapThresholds { holds, ..GapThresholds::default() }
    }
}
