//! A fit, beside which Python stays awake: it shows progress and hears Ctrl-C.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use elbow::architecture::LikelihoodKind;
use elbow_host::Model;
use elbow_reader::Dataset;
use elbow_trainer::constant_columns::seen_from;
use elbow_trainer::fit::{Event, Progress};
use elbow_trainer::repeated_columns::Repeats;
use elbow_trainer::settings::{Settings, SettingsArgs};
use elbow_trainer::support::is_whole;
use elbow_trainer::train::{Trained, train};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::alarm::lowest;
use crate::engine::Engine;
use crate::error::Error;
use crate::table::{Columns, Table};
use crate::threads::spread;

/// How long Ctrl-C may wait.
const LOOK: Duration = Duration::from_millis(50);

/// Fits a model to rows: what `elbow fit` gives for a file of them, with these flags and `--out NAME.elbow`.
/// The dictionary tells how it went, and what there is to warn of and why there is no threshold: a fit is not
/// thrown away for that.
#[pyfunction]
#[pyo3(signature = (rows, columns, flags, name, progress=None))]
pub(crate) fn fit<'py>(
    py: Python<'py>,
    rows: &Bound<'py, PyAny>,
    columns: Vec<String>,
    flags: Vec<(String, String)>,
    name: String,
    progress: Option<Bound<'py, PyAny>>,
) -> PyResult<(Engine, Bound<'py, PyDict>)> {
    let settings = settings(&flags)?;
    let are_whole = is_whole(*settings.likelihood, settings.binarize);
    let data =
        Table::of(rows, &Columns { names: &columns, are_whole, with_gaps: false })?.into_dataset(&columns);
    let mut notes = Vec::new();
    if *settings.likelihood != LikelihoodKind::Bernoulli {
        notes.extend(py.detach(|| Repeats::of(&data.values, data.dims).note(&data.columns)));
    }
    let trained = awake(py, name, data, settings.clone(), progress)?;
    let model = Model::open(trained.bytes.as_bytes()).map_err(Error::from)?;
    if *settings.likelihood != LikelihoodKind::Bernoulli {
        notes.extend(py.detach(|| seen_from(model.get(), &trained.valid)).iter().map(constant));
    }
    notes.extend(lowest(model.get()));
    let report = report(py, &trained)?;
    report.set_item("notes", notes)?;
    report.set_item("refused", trained.refused.as_ref().map(ToString::to_string))?;
    Ok((Engine::of(model), report))
}

fn settings(flags: &[(String, String)]) -> Result<Settings, Error> {
    let flags = flags.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let settings = SettingsArgs::of(flags)?.resolve(None)?;
    settings.fit_config()?;
    Ok(settings)
}

/// Fits on another thread. A mixture that is half fitted is left to end on its own: there is nothing to keep.
fn awake(
    py: Python<'_>,
    name: String,
    data: Dataset,
    settings: Settings,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Trained> {
    let stop = Arc::new(AtomicBool::new(false));
    let (sender, mut receiver) = channel::<Progress>();
    let is_mixture = settings.mixture().is_some();
    let work = {
        let stop = Arc::clone(&stop);
        move || {
            let told = move |now: &Progress| {
                if now.event != Event::Step {
                    let _ = sender.send(*now);
                }
            };
            spread(|| train(&name, data, &settings, None, &stop, told))
        }
    };
    let worker = thread::spawn(work);
    let heard = loop {
        let told = &mut receiver;
        let next = py.detach(move || told.recv_timeout(LOOK));
        let heard = py.check_signals().and_then(|()| match (&next, &progress) {
            (Ok(now), Some(progress)) => show(now, progress),
            _ => Ok(()),
        });
        if heard.is_err() || matches!(next, Err(RecvTimeoutError::Disconnected)) {
            break heard;
        }
    };
    if let Err(interrupt) = heard {
        stop.store(true, Ordering::Relaxed);
        if !is_mixture {
            let _ = py.detach(|| worker.join());
        }
        return Err(interrupt);
    }
    let panicked = |_| PyRuntimeError::new_err("the fit panicked; this is a bug of elbow: please report it");
    let trained = py.detach(|| worker.join()).map_err(panicked)?.map_err(PyErr::from)?;
    Ok(trained.map_err(Error::from)?)
}

/// One call for each epoch.
fn show(now: &Progress, progress: &Bound<'_, PyAny>) -> PyResult<()> {
    let told = PyDict::new(progress.py());
    told.set_item("epoch", now.epoch)?;
    told.set_item("epochs", now.epochs)?;
    told.set_item("train_nats", -now.train_nats)?;
    told.set_item("valid_nats", now.valid_nats.map(|nats| -nats))?;
    told.set_item("learning_rate", now.learning_rate)?;
    told.set_item("restarted", now.event == Event::Restart)?;
    told.set_item("seconds", now.elapsed.as_secs_f64())?;
    told.set_item("seconds_left", now.remaining.as_secs_f64())?;
    progress.call1((told,)).map(|_| ())
}

fn report<'py>(py: Python<'py>, trained: &Trained) -> PyResult<Bound<'py, PyDict>> {
    let report = PyDict::new(py);
    report.set_item("rows", trained.train_rows)?;
    report.set_item("valid_rows", trained.valid.rows)?;
    report.set_item("calibration_rows", trained.calibration_rows)?;
    report.set_item("train_nats", -trained.train_nats)?;
    report.set_item("valid_nats", -trained.valid_nats)?;
    if let Some(fitted) = &trained.fitted {
        let history = fitted.history.iter().map(|epoch| (-epoch.train_nats, -epoch.valid_nats));
        report.set_item("history", history.collect::<Vec<_>>())?;
        report.set_item("best_epoch", fitted.best_epoch)?;
    }
    Ok(report)
}

fn constant((name, value, change): &(String, f32, Option<f32>)) -> String {
    let seen = match change {
        Some(change) => format!("a change by {change} is seen"),
        None => "no change of it is seen".into(),
    };
    format!("constant: {name} ({value}): {seen}")
}
