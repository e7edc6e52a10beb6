//! From frames to a model file in memory.

mod ensemble;
mod held_back;
mod mixture;
mod network;
mod trained;

use std::sync::atomic::AtomicBool;

use elbow_reader::Dataset;

use crate::error::Error;
use crate::fit::Progress;
use crate::run_dir::RunDir;
use crate::settings::Settings;
use held_back::{Divided, divide};
pub use trained::Trained;

/// Fits a model to the normal frames of a file, and calibrates it by some of them that it holds back where
/// the settings name a rate of false alarms; where these cannot set a threshold, [`Trained::refused`] says
/// why. With a `folder`, the run of a network is written down there, and goes on from its last checkpoint.
///
/// # Errors
/// [`Error::TooFewRows`], [`Error::TooFewToHoldBack`], [`Error::TooManyParameters`], [`Error::Fit`]; those of
/// the [host](elbow_host::Error) for settings and numbers that do not go together; [`Error::Interrupted`] or
/// [`Error::Paused`] where it was stopped before the first epoch was done; those of [`RunDir::begin`].
pub fn train(
    name: &str,
    mut data: Dataset,
    settings: &Settings,
    folder: Option<RunDir>,
    stop: &AtomicBool,
    mut progress: impl FnMut(&Progress),
) -> Result<Trained, Error> {
    data.keep_normal();
    trained::check_rows(&data)?;
    check_columns(&data)?;
    if let Some(false_alarm) = settings.false_alarm {
        let Divided { fit, calibration } = divide(&data, false_alarm, settings)?;
        let trained = of_all(name, fit, settings, folder, stop, &mut progress)?;
        return Ok(trained.calibrated(calibration, false_alarm, settings));
    }
    of_all(name, data, settings, folder, stop, &mut progress)
}

/// Refuses a column in which every cell is missing.
fn check_columns(data: &Dataset) -> Result<(), Error> {
    let is_empty = |column: &usize| (0..data.rows).all(|row| data.row(row)[*column].is_nan());
    match (0..data.dims).find(is_empty) {
        Some(column) => {
            let problem = format!(
                "of the column `{}` every cell is missing; leave it out with --drop",
                data.columns[column]
            );
            Err(Error::argument("missing", data.reading.missing.word(), problem))
        }
        None => Ok(()),
    }
}

/// A model of the kind that is asked for, fitted to all of these frames.
fn of_all(
    name: &str,
    data: Dataset,
    settings: &Settings,
    folder: Option<RunDir>,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(&Progress),
) -> Result<Trained, Error> {
    trained::check_rows(&data)?;
    match settings.mixture() {
        Some(recipe) => mixture::fit(name, &data, settings, recipe),
        None if settings.ensemble != 1 => ensemble::fit(name, &data, settings, stop, progress),
        None => network::fit(name, data, settings, folder, stop, progress),
    }
}
