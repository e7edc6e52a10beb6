//! What can go wrong in a recording.

use std::io;
use std::path::PathBuf;

/// Why a recording could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The counters are Linux's.
    #[error(
        "elbow record reads /proc, which only Linux has; record on a Linux machine and copy the CSV here"
    )]
    NotLinux,
    /// A file of counters cannot be read.
    #[error("{}: cannot read the counters: {source}; record where /proc is mounted in full", path.display())]
    Counters {
        /// which one
        path: PathBuf,
        /// what the system said
        source: io::Error,
    },
    /// A file of counters reads differently from what the kernel documents.
    #[error("{file}: no number where {key:?} should have one; please report this kernel's version")]
    Unexpected {
        /// which file
        file: &'static str,
        /// on which line
        key: String,
    },
    /// A rate that the kernel's clock (100 ticks a second) cannot serve.
    #[error("--rate {0} is outside 0.001 to 50; give rows per second, such as 4")]
    Rate(f64),
    /// A duration without a single row.
    #[error(
        "--seconds {0} has no room for one row; give a longer time, or leave it out to record until Ctrl-C"
    )]
    Seconds(f64),
    /// A label that would need quoting.
    #[error("--label {0:?} is empty or holds a comma, quote or line break; give a plain word")]
    Label(String),
    /// The output is there already.
    #[error("{}: the file exists; continue it with --append, or give another name", .0.display())]
    Exists(PathBuf),
    /// The output to continue has other columns.
    #[error("{}: its columns differ from what this version records; give another name", .0.display())]
    Columns(PathBuf),
    /// The output to continue was cut off.
    #[error("{}: its last line is cut off; delete that line, then --append again", .0.display())]
    CutOff(PathBuf),
    /// The output cannot be opened.
    #[error("{}: cannot open it for writing: {source}; check the folder and its permissions", path.display())]
    Open {
        /// which file
        path: PathBuf,
        /// what the system said
        source: io::Error,
    },
    /// The output cannot be written on.
    #[error("{}: cannot write: {source}; the rows before are complete", path.display())]
    Write {
        /// which file
        path: PathBuf,
        /// what the system said
        source: io::Error,
    },
    /// Ctrl-C cannot be caught.
    #[error("cannot catch Ctrl-C: {0}; give --seconds")]
    Signal(#[from] ctrlc::Error),
    /// The command to run cannot be started.
    #[error("{command}: cannot start it: {source}; check its name, and put it after `--`")]
    Start {
        /// its name
        command: String,
        /// what the system said
        source: io::Error,
    },
    /// The command to run failed by itself.
    #[error(
        "{command}: it ended with {status}, so the last {rows} rows may not show it; run it alone to see why"
    )]
    Command {
        /// its name
        command: String,
        /// how it ended
        status: std::process::ExitStatus,
        /// rows recorded beside it
        rows: usize,
    },
}

impl RecordError {
    /// 2 where the arguments or the files are wrong, 1 where the work itself failed.
    pub fn exit_code(&self) -> u8 {
        use RecordError::*;
        match self {
            Rate(_)
            | Seconds(_)
            | Label(_)
            | Exists(_)
            | Columns(_)
            | CutOff(_)
            | Open { .. }
            | Start { .. } => 2,
            _ => 1,
        }
    }
}
