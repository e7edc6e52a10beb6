//! The window that a log's own period suggests.

use std::path::PathBuf;
use std::time::Duration;

use elbow_reader::time::TimeForms;
use elbow_reader::{DataError, Dataset, Gap, LoadOptions, Problem, RowRange, load_files};
use elbow_trainer::period::{Period, period, resampled};
use elbow_trainer::settings::{AUTO_WINDOW, Settings};

use crate::error::Error;
use crate::report;

/// Rows that are looked at.
const SEEN: usize = 100_000;
/// Numbers of a frame, and rows of a window, at most: of a longer period a window sees a part.
const MOST_NUMBERS: usize = 256;
const MOST_ROWS: usize = 64;

/// Settings with the window that was left to the data; says why it is that one.
///
/// # Errors
/// As [`load_files`]; where nothing repeats, what to do.
pub(super) fn with_window(data: &[PathBuf], settings: Settings) -> Result<Settings, Error> {
    if settings.window != AUTO_WINDOW {
        return Ok(settings);
    }
    let Some(found) = Found::of(data, &settings)? else {
        let problem = "nothing in these rows repeats itself three times; give a number of rows, such as 16";
        return Err(Error::argument("window", "auto", problem));
    };
    let hop = settings.hop.unwrap_or(found.hop());
    report::note(&format!("{}: --window {} --hop {hop}", found.why(), found.window()));
    Ok(Settings { window: found.window(), hop: Some(hop), ..settings })
}

/// Says what window a log of one sensor would have, where rows are fitted one by one.
pub(super) fn suggest(data: &[PathBuf], dims: usize, settings: &Settings) {
    if dims != 1 || settings.window != 1 {
        return;
    }
    // a note is no reason to fail
    if let Ok(Some(found)) = Found::of(data, settings) {
        report::note(&format!(
            "{}; rows one by one do not show that: --window auto, or --window {} --hop {}",
            found.why(),
            found.window(),
            found.hop()
        ));
    }
}

/// A period, and what it is called.
struct Found {
    period: Period,
    /// nanoseconds
    step: Option<i64>,
    dims: usize,
}

impl Found {
    fn of(data: &[PathBuf], settings: &Settings) -> Result<Option<Found>, Error> {
        let options = Settings { window: 1, hop: None, ..settings.clone() }.load_options();
        let mut options = LoadOptions { keep: settings.time.iter().cloned().collect(), ..options };
        options.part.rows.get_or_insert(RowRange { first: 1, last: Some(SEEN) });
        let first = &data[..data.len().min(1)];
        let data = match load_files(first, &options) {
            // an array keeps no text: its rows are its steps
            Err(DataError { problem: Problem::NothingToKeep { .. }, .. }) => {
                load_files(first, &LoadOptions { keep: Vec::new(), ..options })?.0
            }
            loaded => loaded?.0,
        };
        let times = times(&data);
        let column = |column: usize| {
            let values: Vec<f64> = (0..data.rows).map(|row| data.row(row)[column].into()).collect();
            times.as_ref().map_or((values.clone(), None), |times| resampled(times, &values))
        };
        let columns: Vec<(Vec<f64>, Option<i64>)> = (0..data.dims).map(column).collect();
        let step = columns.first().and_then(|(_, step)| *step);
        let columns: Vec<Vec<f64>> = columns.into_iter().map(|(values, _)| values).collect();
        Ok(period(&columns).map(|period| Found { period, step, dims: data.dims }))
    }

    fn window(&self) -> usize {
        self.period.steps.clamp(2, MOST_ROWS.min((MOST_NUMBERS / self.dims).max(2)))
    }

    fn hop(&self) -> usize {
        self.window().div_ceil(4)
    }

    fn why(&self) -> String {
        let Period { steps, correlation } = self.period;
        let time = self.step.and_then(|step| u64::try_from(step).ok()).map(|step| {
            let seconds = Duration::from_nanos(step.saturating_mul(steps as u64)).as_secs();
            format!(" ({})", Gap(Duration::from_secs(seconds.max(1))))
        });
        let part = if self.window() < steps { ", of which a window sees a part" } else { "" };
        format!(
            "the rows repeat themselves after {steps}{}, with an autocorrelation of {correlation:.2}{part}",
            time.unwrap_or_default()
        )
    }
}

/// The times of the rows, where they were kept and can be read.
fn times(data: &Dataset) -> Option<Vec<i64>> {
    let cells = || (0..data.rows).filter_map(|row| data.kept.row(row).first());
    let mut forms = TimeForms::default();
    cells().for_each(|cell| forms.see(cell.as_bytes()));
    let form = forms.form()?;
    let times: Vec<i64> = cells().filter_map(|cell| form.parse(cell.as_bytes())).collect();
    (times.len() == data.rows).then_some(times)
}
