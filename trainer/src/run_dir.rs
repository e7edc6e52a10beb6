//! The folder of a run: what was asked (`config.toml`), how it went (`metrics.jsonl`), the best model so far
//! (`model.elbow`) and the state to go on from (`checkpoint.bin`).

use std::borrow::Cow;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::error::Error;
use crate::fit::{Checkpoint, EpochRecord, Event, Fingerprint, Progress, State};
use crate::settings::Settings;
use elbow_host::file::atomic_file::write_atomically;
use elbow_host::model::ModelBytes;

mod begun;
mod interval;
mod metrics;
pub use begun::Begun;
pub use interval::Interval;
pub use metrics::{Epoch, METRICS, epochs};

const CONFIG: &str = "config.toml";
const CHECKPOINT: &str = "checkpoint.bin";
/// Before its number: the model of an epoch.
const SNAPSHOT: &str = "epoch-";
/// What a run writes of itself, whatever else is in its folder.
pub const FILES: [&str; 3] = [CONFIG, METRICS, CHECKPOINT];
/// The best model so far.
pub const MODEL: &str = "model.elbow";

/// When what is written.
#[derive(Clone, Copy, Debug)]
pub struct Cadence {
    /// checkpoints and the best model
    pub checkpoints: Interval,
    /// epochs from one model that is kept to the next
    pub snapshots: Option<u32>,
}

/// A run's folder that no other process uses.
#[derive(Debug)]
pub struct RunDir {
    folder: PathBuf,
    cadence: Cadence,
    /// locked as long as it is open
    metrics: File,
}

impl RunDir {
    /// Makes the folder, or, to `resume`, takes up one that is there. The settings are its first file, so
    /// that whatever ends a run, it can only go on with those that it was begun with.
    ///
    /// # Errors
    /// [`Argument`](elbow_host::Error::Argument) where it holds a run that is not to be resumed, or a part
    /// of one without its settings, or another process is at work in it; [`Error::OtherRun`];
    /// [`Io`](elbow_host::Error::Io).
    pub fn open(folder: &Path, resume: bool, cadence: Cadence, run: Begun<'_>) -> Result<RunDir, Error> {
        let wrong = |problem| Error::argument("run", folder.display(), problem);
        let holds = |name| folder.join(name).exists();
        let is_begun = holds(CONFIG);
        if !is_begun && [METRICS, CHECKPOINT].into_iter().any(holds) {
            return Err(wrong("holds a run without its config.toml; name another folder"));
        }
        if is_begun && !resume {
            return Err(wrong("holds a run already; go on with --resume, or name another folder"));
        }
        if is_begun {
            let path = folder.join(CONFIG);
            let begun = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
            if let Some(problem) = difference(&begun, run.settings) {
                return Err(Error::OtherRun { folder: folder.to_path_buf(), problem });
            }
        } else {
            fs::create_dir_all(folder).map_err(Error::io("write", folder))?;
            run.write(&folder.join(CONFIG))?;
        }
        let path = folder.join(METRICS);
        let metrics = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let metrics = metrics.map_err(Error::io("write", &path))?;
        match metrics.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(wrong("another process is at work in this folder")),
            Err(TryLockError::Error(error)) => return Err(Error::io("write", &path)(error)),
        }
        Ok(RunDir { folder: folder.to_path_buf(), cadence, metrics })
    }

    /// The settings of the run that `folder` holds, where it holds one.
    pub fn config(folder: &Path) -> Option<PathBuf> {
        let path = folder.join(CONFIG);
        path.exists().then_some(path)
    }

    /// The state of the last checkpoint, if there is one of this run: of the same
    /// settings and rows. Otherwise the run begins here.
    ///
    /// # Errors
    /// [`Error::Checkpoint`] where the file is none, [`Error::OtherRun`], [`Io`](elbow_host::Error::Io).
    pub fn begin(
        self,
        settings: &Settings,
        data: &Path,
        rows: Fingerprint,
    ) -> Result<(Recorder, Option<State>), Error> {
        self.remove_leftovers();
        let state = self.read_state(settings, data, rows)?;
        let epochs = state.as_ref().map_or(0, |state| state.history().len() as u32);
        let recorder = Recorder {
            dir: self,
            settings: settings.to_toml(),
            rows,
            kept: Instant::now(),
            kept_epoch: epochs,
            written: 0,
        };
        Ok((recorder, state))
    }

    fn read_state(
        &self,
        settings: &Settings,
        data: &Path,
        rows: Fingerprint,
    ) -> Result<Option<State>, Error> {
        let path = self.folder.join(CHECKPOINT);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(Error::io("read", &path))?,
        };
        let checkpoint =
            Checkpoint::decode(&bytes).map_err(|source| Error::Checkpoint { path: path.clone(), source })?;
        let other = |problem| Error::OtherRun { folder: self.folder.clone(), problem };
        if let Some(difference) = difference(&checkpoint.settings, settings) {
            return Err(other(difference));
        }
        if checkpoint.rows != rows {
            let problem =
                format!("the rows of {} or its columns are not those it was begun with", data.display());
            return Err(other(problem));
        }
        Ok(Some(checkpoint.state.into_owned()))
    }

    /// A process that was killed while it wrote has left a temporary file.
    fn remove_leftovers(&self) {
        let is_ours = |name: &str| {
            [CONFIG, CHECKPOINT, MODEL, SNAPSHOT].iter().any(|file| name.starts_with(file))
                && name.ends_with(".tmp")
        };
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name().to_str().is_some_and(is_ours)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The first setting that is not as it was.
fn difference(begun: &str, settings: &Settings) -> Option<String> {
    // A setting that is newer than the checkpoint had its default.
    let begun: Settings = toml::from_str(begun).unwrap_or_default();
    let table = |settings: &Settings| toml::Table::try_from(settings).unwrap_or_default();
    let (was, is) = (table(&begun), table(settings));
    let name = was.keys().chain(is.keys()).find(|name| was.get(*name) != is.get(*name))?;
    let shown = |table: &toml::Table| table.get(name).map_or("unset".into(), toml::Value::to_string);
    Some(format!("it was begun with {name} {}, not {}", shown(&was), shown(&is)))
}

/// Writes down a run while it goes on.
#[derive(Debug)]
pub struct Recorder {
    dir: RunDir,
    settings: String,
    rows: Fingerprint,
    /// when the last checkpoint was written, and after how many epochs
    kept: Instant,
    kept_epoch: u32,
    /// lines of metrics
    written: usize,
}

impl Recorder {
    /// Where it writes.
    pub fn into_folder(self) -> PathBuf {
        self.dir.folder
    }

    /// Writes one line for each epoch that has none, those of an earlier
    /// process included; `batches` steps in an epoch.
    ///
    /// # Errors
    /// [`Io`](elbow_host::Error::Io).
    pub fn record(&mut self, state: &State, batches: u32) -> Result<(), Error> {
        let (history, times) = (state.history(), state.times());
        let line = |i: usize| {
            let steps = (i as u64 + 1) * u64::from(batches);
            let metrics = Epoch::of(i + 1, &history[i], steps, times[i]);
            serde_json::to_string(&metrics).map(|line| line + "\n")
        };
        let lines = (self.written..history.len()).map(line).collect::<Result<String, _>>();
        let path = self.dir.folder.join(METRICS);
        let file = &mut self.dir.metrics;
        if self.written == 0 {
            // What a killed process wrote after its last checkpoint will come again.
            file.set_len(0).and_then(|()| file.rewind()).map_err(Error::io("write", &path))?;
        }
        let written = lines.map_err(io::Error::from).and_then(|lines| file.write_all(lines.as_bytes()));
        written.map_err(Error::io("write", &path))?;
        self.written = history.len();
        Ok(())
    }

    /// Records a finished epoch; writes a checkpoint and models where it is
    /// time to. `encode` makes a model of parameters.
    ///
    /// # Errors
    /// [`Io`](elbow_host::Error::Io), and what `encode` gives.
    pub fn see(
        &mut self,
        now: &Progress,
        state: &State,
        encode: impl Fn((&[f32], &EpochRecord)) -> Result<ModelBytes, Error>,
    ) -> Result<(), Error> {
        if now.event == Event::Epoch {
            self.record(state, now.batches)?;
            if self.dir.cadence.snapshots.is_some_and(|epochs| now.epoch.is_multiple_of(epochs))
                && let Some(model) = state.last().map(&encode).transpose()?
            {
                let path = self.dir.folder.join(format!("{SNAPSHOT}{:06}.elbow", now.epoch));
                write_atomically(&path, model.as_bytes())?;
            }
        }
        let is_due = match self.dir.cadence.checkpoints {
            Interval::Time(time) => self.kept.elapsed() >= time,
            Interval::Epochs(epochs) => state.history().len() as u32 - self.kept_epoch >= epochs,
        };
        if is_due { self.keep(state, state.best().map(encode).transpose()?.as_ref()) } else { Ok(()) }
    }

    /// Writes a checkpoint, and the best model so far.
    ///
    /// # Errors
    /// [`Io`](elbow_host::Error::Io).
    pub fn keep(&mut self, state: &State, best: Option<&ModelBytes>) -> Result<(), Error> {
        let checkpoint = Checkpoint {
            settings: Cow::Borrowed(&self.settings),
            rows: self.rows,
            state: Cow::Borrowed(state),
        };
        let bytes = checkpoint.encode().map_err(|_| elbow_host::Error::TooLarge)?;
        if let Some(best) = best {
            write_atomically(&self.dir.folder.join(MODEL), best.as_bytes())?;
        }
        write_atomically(&self.dir.folder.join(CHECKPOINT), &bytes)?;
        (self.kept, self.kept_epoch) = (Instant::now(), state.history().len() as u32);
        Ok(())
    }
}
