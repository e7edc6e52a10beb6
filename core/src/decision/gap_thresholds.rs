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
    /// Takes the section, which must be of a calibration of so many samples and these parameters, and of
    /// frames of so many numbers.
    pub(super) fn read(
        mut sections: Sections<'a>,
        of: (u32, Option<u32>),
        dims: usize,
    ) -> Result<Self, LoadError> {
        let [samples, parameters, rows, sensors] = *sections.integers::<u32>(4)? else {
            return Err(LoadError::BadCalibration);
        };
        let (rows, sensors) = (rows as usize, sensors as usize);
        if of != (samples, Some(parameters)) || rows == 0 || rows.checked_mul(sensors) != Some(dims) {
            return Err(LoadError::BadCalibration);
        }
        let (thresholds, holds) = (sections.floats(sensors)?, sections.integers(sensors)?);
        sections.finish()?;
        Ok(GapThresholds { rows, thresholds, holds })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::ALIGNMENT;

    /// Two sensors of frames of two rows: a section each of heads, thresholds and holds.
    const SECTIONS: [[u32; 4]; 4] = [[16, 7, 2, 2], [0xC000_0000, 0xC040_0000, 0, 0], [3, 4, 0, 0], [0; 4]];

    fn read(sections: &[[u32; 4]], dims: usize) -> Result<(), LoadError> {
        const { assert!(size_of::<[u32; 4]>() == ALIGNMENT) }
        let aligned: [u128; 4] = bytemuck::cast(SECTIONS);
        let mut words = aligned;
        words.iter_mut().zip(sections).for_each(|(word, section)| *word = bytemuck::cast(*section));
        let bytes = bytemuck::cast_slice(words.get(..sections.len()).unwrap_or_default());
        GapThresholds::read(Sections::new(bytes), (16, Some(7)), dims).map(|_| ())
    }

    #[test]
    fn thresholds_are_of_the_frames_and_nothing_stands_behind_them() {
        let [head, thresholds, holds, behind] = SECTIONS;
        assert_eq!(read(&[head, thresholds, holds], 4), Ok(()));
        assert_eq!(read(&[head, thresholds, holds, behind], 4), Err(LoadError::Malformed));
        assert_eq!(read(&[head, thresholds, holds], 6), Err(LoadError::BadCalibration));
        for [rows, sensors] in [[1, 2], [0, 2], [2, 0], [u32::MAX, u32::MAX], [u32::MAX, 2]] {
            let found = read(&[[16, 7, rows, sensors], thresholds, holds], 4);
            assert_eq!(found, Err(LoadError::BadCalibration), "{rows} {sensors}");
        }
    }
}
