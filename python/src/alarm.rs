//! The threshold of a model.

use elbow::decision::MAX_SAMPLES;
use elbow_host::model::HostModel;
use elbow_host::score::calibrate::calibrate;
use elbow_host::score::gap::gap;
use elbow_reader::Dataset;
use pyo3::prelude::*;

use crate::error::Error;
use crate::loaded::Loaded;
use crate::notes::{tell, tell_if_signed};
use crate::table::NAME;
use crate::threads::spread;

/// The same model with a threshold by these rows; warns where some of them lie apart.
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
        let bytes = spread(|| calibrate(loaded.host(), name, data, false_alarm, samples, || ()))??;
        Ok(Loaded::open(bytes.as_bytes())?)
    };
    let with = py.detach(work)?;
    tell(py, &lowest(with.host()).into_iter().collect::<Vec<_>>())?;
    tell_if_signed(py, &loaded.model)?;
    Ok(with)
}

/// What rows that lie apart from the others mean for the threshold.
pub(crate) fn lowest(model: &HostModel<'_>) -> Option<String> {
    let gap = model.extras.calibration.as_ref().and_then(gap)?;
    let so = if gap.has_threshold { "the threshold is among them" } else { "the threshold is above them" };
    Some(format!(
        "{NAME}: the {} lowest of the rows that set the threshold lie {:.3e} nats below all others, as \
         faults do; {so}: look at them, or leave them out",
        gap.rows, gap.nats
    ))
}
