//! The threshold of a model.

use elbow::decision::MAX_SAMPLES;
use elbow_host::Model;
use elbow_host::score::calibrate::{calibrate, is_data_of_fit};
use elbow_host::score::gap::gap;
use elbow_reader::Dataset;
use pyo3::prelude::*;

use crate::error::Error;
use crate::loaded::Loaded;
use crate::notes::tell;
use crate::table::NAME;
use crate::threads::spread;

/// The same model with a threshold by these rows; warns where they are no fit for that.
pub(crate) fn calibrated(
    py: Python<'_>,
    loaded: &Loaded,
    data: &Dataset,
    false_alarm: f64,
    samples: u32,
) -> PyResult<Loaded> {
    if !(false_alarm > 0.0 && false_alarm < 1.0) {
        let problem = "give a rate between 0 and 1, such as 0.001";
        return Err(Error::argument("false_alarm", false_alarm, problem).into());
    }
    if samples > MAX_SAMPLES {
        let problem = format!("a verdict takes at most {MAX_SAMPLES}: a device has no time for more");
        return Err(Error::argument("samples", samples, &problem).into());
    }
    let name = loaded.host().metadata.name;
    let work = || -> Result<_, Error> {
        let is_seen = spread(|| is_data_of_fit(loaded.host(), data))??;
        let bytes = spread(|| calibrate(loaded.host(), name, data, false_alarm, samples, || ()))??;
        Ok((is_seen, Loaded::new(Model::open(bytes.as_bytes())?)))
    };
    let (is_seen, with) = py.detach(work)?;
    let mut notes = Vec::new();
    if is_seen {
        notes.push(format!(
            "{NAME}: the model was fitted to these rows, whose scores are better than those of new ones; \
             the rate of false alarms will be higher than {false_alarm}: calibrate on rows of their own"
        ));
    }
    if let Some(gap) = with.host().extras.calibration.as_ref().and_then(gap) {
        let so =
            if gap.has_threshold { "the threshold is among them" } else { "the threshold is above them" };
        notes.push(format!(
            "{NAME}: the {} lowest of the rows lie {:.3e} nats below all others, as faults do; {so}: look \
             at them, or leave them out",
            gap.rows, gap.nats
        ));
    }
    tell(py, &notes)?;
    Ok(with)
}
