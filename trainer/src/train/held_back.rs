//! Rows that the fit does not see, and the threshold that they set.

use elbow_host::model::{DEFAULT_SAMPLES, ModelBytes};
use elbow_host::score::calibrate::{calibrate, rows_needed};
use elbow_reader::Dataset;

use super::trained::Trained;
use crate::binarize::Binarize;
use crate::error::Error;
use crate::settings::Settings;
use crate::support::prepare;

/// So many of the rows held back lie below the threshold where there are rows enough: the rate of one
/// calibration then lies within about 60 % of the one that is promised.
const BELOW: f64 = 10.0;
/// The rows that are held back are at most one in so many, unless the rate needs more of them …
const USUALLY: usize = 4;
/// … and then one in so many.
const MOST: usize = 2;

/// Rows to fit to, and rows to calibrate by.
pub(super) struct Divided {
    pub fit: Dataset,
    pub calibration: Dataset,
}

/// Divides normal rows for a rate of false alarms.
///
/// # Errors
/// [`Error::TooFewToHoldBack`].
pub(super) fn divide(data: &Dataset, false_alarm: f64, settings: &Settings) -> Result<Divided, Error> {
    let as_one = data.frames_as_one();
    let overlap = data.rows as f64 / data.places().apart() as f64;
    let needed = (rows_needed(false_alarm) as f64 * overlap).ceil() as usize;
    let wanted = (BELOW / false_alarm * as_one).ceil() as usize;
    // of rows that hang together it is not known before the fit how far their scores do
    let (most, usually) = (data.rows / MOST, data.rows / if as_one > 1.0 { MOST } else { USUALLY });
    if needed > most {
        return Err(Error::TooFewToHoldBack {
            path: data.path.clone(),
            found: data.rows,
            false_alarm,
            needed: needed.saturating_mul(MOST),
            least: 1.0 / ((most as f64 / overlap).floor() + 1.0),
        });
    }
    let held_back = wanted.min(usually).max(needed);
    let split = data.hold_out(held_back as f64 / data.rows as f64, settings.seed);
    Ok(Divided { fit: data.select(&split.train), calibration: data.select(&split.valid) })
}

impl Trained {
    /// With the threshold that these rows set; where they can set none with the reason, as a fit is not
    /// thrown away for it.
    pub(super) fn calibrated(self, rows: Dataset, false_alarm: f64, settings: &Settings) -> Trained {
        let calibration_rows = Some(rows.rows);
        match self.with_threshold(rows, false_alarm, settings) {
            Ok(bytes) => Trained { bytes, calibration_rows, ..self },
            Err(refused) => Trained { refused: Some(refused), ..self },
        }
    }

    fn with_threshold(
        &self,
        mut rows: Dataset,
        false_alarm: f64,
        settings: &Settings,
    ) -> Result<ModelBytes, Error> {
        if rows.has_gaps() {
            // the threshold is of whole frames
            rows = rows.whole();
        }
        prepare(&mut rows, *settings.likelihood, settings.binarize)?;
        if settings.binarize == Binarize::Dynamic {
            Binarize::draw_all(&mut rows, settings.seed);
        }
        let model = self.bytes.open().map_err(Error::model(&rows.path))?;
        Ok(calibrate(&model, model.metadata.name, &rows, false_alarm, DEFAULT_SAMPLES, || ())?)
    }
}
