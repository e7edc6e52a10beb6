//! `elbow record`: this machine's counters at a fixed rate, as the CSV that `elbow fit` reads.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

mod error;
mod job;
mod proc;

pub use error::RecordError;
use job::Job;
use proc::Snapshot;

/// The arguments of `elbow record`.
#[derive(Clone, Debug, clap::Args)]
pub struct RecordArgs {
    /// The CSV file to write
    pub out: PathBuf,

    /// Rows per second
    #[arg(long, value_name = "HZ", default_value_t = 4.0)]
    pub rate: f64,

    /// How long to record; without it, until Ctrl-C or until COMMAND ends
    #[arg(long, value_name = "S")]
    pub seconds: Option<f64>,

    /// What is happening on the machine, for the column `label`
    #[arg(long, value_name = "NAME", default_value = "normal")]
    pub label: String,

    /// Continue a file that has the same columns
    #[arg(long)]
    pub append: bool,

    /// A command to run while recording; it is stopped at the end
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<String>,
}

/// What was recorded.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Recording {
    /// the file
    pub path: PathBuf,
    /// rows added to it
    pub rows: usize,
    /// how long it took
    pub seconds: f64,
    /// the rows' label
    pub label: String,
}

impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, rows, seconds, label } = self;
        write!(f, "{}: {rows} rows of {label} in {seconds:.1} s", path.display())
    }
}

/// Records until the time is over, the command ends, or Ctrl-C.
///
/// # Errors
/// If the arguments are wrong, the output cannot be written, or the counters cannot be read.
pub fn run(args: &RecordArgs) -> Result<Recording, RecordError> {
    let (stop, stopped) = mpsc::channel();
    ctrlc::set_handler(move || {
        // Nobody listens once the recording is over.
        let _ = stop.send(());
    })?;
    record(args, &stopped)
}

/// [`run`], with a message on the channel in the place of Ctrl-C.
fn record(args: &RecordArgs, stopped: &Receiver<()>) -> Result<Recording, RecordError> {
    check(args)?;
    let mut before = Snapshot::take()?;
    let mut out = open(&args.out, args.append)?;
    let mut job = Job::start(&args.command).inspect_err(|_| {
        // The corrected call shall not find a file in its way.
        if !args.append {
            let _ = fs::remove_file(&args.out);
        }
    })?;
    let terminal = io::stderr().is_terminal();
    let half = 0.5 / args.rate;

    let start = Instant::now();
    let (mut last, mut tick, mut rows) = (start, 0, 0);
    let status = loop {
        // Deadlines count from the start, so that lateness does not add up; those
        // missed outright are skipped.
        tick = (tick + 1).max((start.elapsed().as_secs_f64() * args.rate).ceil() as u64);
        let due = start + Duration::from_secs_f64(tick as f64 / args.rate);
        let interrupted = stopped.recv_timeout(due.saturating_duration_since(Instant::now())).is_ok();

        let (now, after) = (Instant::now(), Snapshot::take()?);
        let (elapsed, seconds) = ((now - start).as_secs_f64(), (now - last).as_secs_f64());
        // A row over a sliver of time, as Ctrl-C would leave, is noise.
        if seconds > half {
            let row = line(elapsed, &after.since(&before, seconds), &args.label);
            out.write_all(row.as_bytes())
                .map_err(|source| RecordError::Write { path: args.out.clone(), source })?;
            rows += 1;
            (last, before) = (now, after);
        }
        if terminal {
            eprint!("\r{elapsed:8.1} s  {rows} rows  (Ctrl-C ends it)");
        }
        let ended = job.as_mut().and_then(Job::ended);
        if interrupted || ended.is_some() || args.seconds.is_some_and(|limit| elapsed > limit - half) {
            break ended;
        }
    };
    if terminal {
        eprintln!();
    }
    match status.filter(|status| !status.success()) {
        Some(status) => Err(RecordError::Command { command: args.command[0].clone(), status, rows }),
        None => Ok(Recording {
            path: args.out.clone(),
            rows,
            seconds: (last - start).as_secs_f64(),
            label: args.label.clone(),
        }),
    }
}

fn check(args: &RecordArgs) -> Result<(), RecordError> {
    if !cfg!(target_os = "linux") {
        return Err(RecordError::NotLinux);
    }
    if !(0.001..=50.0).contains(&args.rate) {
        return Err(RecordError::Rate(args.rate));
    }
    if let Some(seconds) = args.seconds.filter(|s| !(s * args.rate >= 1.0 && s.is_finite())) {
        return Err(RecordError::Seconds(seconds));
    }
    if args.label.trim().is_empty() || args.label.contains([',', '"', '\n', '\r']) {
        return Err(RecordError::Label(args.label.clone()));
    }
    Ok(())
}

/// A new file with the header, or the end of one that has it.
fn open(path: &Path, append: bool) -> Result<File, RecordError> {
    let header = format!("time_s,{},label\n", proc::names().collect::<Vec<_>>().join(","));
    let failed = |source| RecordError::Open { path: path.to_path_buf(), source };
    let mut options = OpenOptions::new();
    let mut file = match append {
        true => options.read(true).append(true).create(true),
        false => options.write(true).create_new(true),
    }
    .open(path)
    .map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => RecordError::Exists(path.to_path_buf()),
        _ => failed(source),
    })?;

    let mut text = Vec::new();
    if append {
        file.read_to_end(&mut text).map_err(failed)?;
    }
    if text.is_empty() {
        file.write_all(header.as_bytes()).map_err(failed)?;
    } else if !text.starts_with(header.as_bytes()) {
        return Err(RecordError::Columns(path.to_path_buf()));
    } else if !text.ends_with(b"\n") {
        return Err(RecordError::CutOff(path.to_path_buf()));
    }
    Ok(file)
}

/// One row; five significant digits are more than the counters carry.
fn line(seconds: f64, values: &[f64], label: &str) -> String {
    use fmt::Write;
    let mut line = format!("{seconds:.3}");
    for value in values {
        let rounded = format!("{value:.4e}").parse().unwrap_or(*value);
        let _ = write!(line, ",{rounded}");
    }
    line + "," + label + "\n"
}

#[cfg(test)]
mod tests;
