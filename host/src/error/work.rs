//! Work on files that failed.

use std::fmt;
use std::path::{Path, PathBuf};

use elbow::codec::PacketError;
use elbow::{FrameError, LoadError};

use elbow_reader::DataError;

use super::{FileProblem, LogError};

/// A rate of false alarms that is promised, three digits of it: not below the least one, which typed as it is
/// shown must serve.
pub fn shown_rate(least: f64) -> String {
    let digits = (2 - least.log10().floor() as i32).clamp(0, 17);
    let unit = 10_f64.powi(-digits);
    format!("{:.digits$}", (least / unit).ceil() * unit, digits = digits as usize)
}

/// Rows, and as how many independent ones they count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "said above")]
pub struct Counted {
    pub rows: usize,
    pub independent: usize,
}

impl Counted {
    /// The smallest rate of false alarms that they can promise, where that is no matter of counting lines.
    fn least(self) -> String {
        let least = 1.0 / (self.independent as f64 + 1.0);
        if self.independent < self.rows {
            format!(" of at least {}", shown_rate(least))
        } else {
            String::new()
        }
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} normal rows", self.rows)?;
        if self.independent < self.rows {
            write!(
                f,
                " count as {}, as they overlap, repeat or follow one another closely",
                self.independent
            )?;
        }
        Ok(())
    }
}

/// Work on files that failed. Its text is the one sentence that the user reads.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An operating-system call on a path failed.
    #[error("{}: cannot {action}: {source}", path.display())]
    Io {
        /// what was tried: "read", "write", …
        action: &'static str,
        /// on which file
        path: PathBuf,
        /// what the system said
        source: std::io::Error,
    },
    /// A file of frames was refused.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A model file was refused.
    #[error("{}: {source}", path.display())]
    Model {
        /// the file
        path: PathBuf,
        /// why
        source: LoadError,
    },
    /// A frame has no score.
    #[error("{}: row {row}: {source}", path.display())]
    Frame {
        /// the file of frames
        path: PathBuf,
        /// which of its data rows, counted from 1
        row: usize,
        /// why
        source: FrameError,
    },
    /// Windows were not coded.
    #[error("{}: {source}", path.display())]
    Packet {
        /// the file of frames
        path: PathBuf,
        /// why
        source: PacketError,
    },
    /// A file of packets was refused, or is not whole.
    #[error("{}: {problem}", path.display())]
    Packets {
        /// the file
        path: PathBuf,
        /// why
        problem: FileProblem,
    },
    /// Frames were not made a log, or a log not frames.
    #[error("{}: {source}", path.display())]
    Log {
        /// the file
        path: PathBuf,
        /// why
        source: LogError,
    },
    /// A file of frames does not fit a model.
    #[error(
        "{}: its frames have {found} numbers, the model {} takes {expected}; use data of the same columns",
        data.display(), model.display()
    )]
    Dims {
        /// the file of frames
        data: PathBuf,
        /// the model
        model: PathBuf,
        /// what the model takes
        expected: usize,
        /// what the file has
        found: usize,
    },
    /// Fewer rows than a rate of false alarms needs.
    #[error(
        "{}: {found}; --false-alarm {false_alarm} needs at least {needed}: give more rows or a larger rate{}",
        path.display(), found.least()
    )]
    TooFewToCalibrate {
        /// the file of frames
        path: PathBuf,
        /// rows there are
        found: Counted,
        /// independent rows needed
        needed: usize,
        /// the rate
        false_alarm: f64,
    },
    /// Rows that the model was fitted to, and that cannot tell what it makes of new ones.
    #[error(
        "{}: the fit saw about {:.0} % of these rows; their scores are better than those of new rows, and \
         the rate of false alarms would be higher than {false_alarm}: give rows of their own, or let the fit \
         hold some back (elbow fit --false-alarm {false_alarm})",
        path.display(), 100.0 * part
    )]
    SeenRows {
        /// the file of frames
        path: PathBuf,
        /// about which part of its rows
        part: f64,
        /// the rate
        false_alarm: f64,
    },
    /// An argument has an impossible value.
    #[error("--{name} {value}: {problem}")]
    Argument {
        /// the flag's name
        name: &'static str,
        /// what was given
        value: String,
        /// what it should be
        problem: String,
    },
    /// A file cannot serve for what it was given for.
    #[error("{}: {problem}", path.display())]
    File {
        /// the file
        path: PathBuf,
        /// why, and what would
        problem: String,
    },
    /// A model too large for the format.
    #[error("the model is larger than 4 GiB; use fewer or narrower layers")]
    TooLarge,
}

impl Error {
    /// Wraps an I/O error with the file it concerns.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.to_path_buf();
        move |source| Error::Io { action, path, source }
    }

    /// Wraps a refused model with its file.
    pub fn model(path: &Path) -> impl FnOnce(LoadError) -> Error {
        let path = path.to_path_buf();
        move |source| Error::Model { path, source }
    }

    /// Says what is wrong with an argument.
    pub fn argument(name: &'static str, value: impl ToString, problem: impl Into<String>) -> Error {
        Error::Argument { name, value: value.to_string(), problem: problem.into() }
    }

    /// Says why a file cannot serve.
    pub fn file(path: &Path, problem: impl Into<String>) -> Error {
        Error::File { path: path.to_path_buf(), problem: problem.into() }
    }

    /// 2 where the arguments or the files are wrong, 1 where the work itself failed.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Io { action: "write", .. }
            | Error::Packets { problem: FileProblem::Incomplete { .. }, .. } => 1,
            _ => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::shown_rate;

    #[test]
    fn a_rate_that_is_shown_is_not_below_the_least() {
        for (rows, shown) in [(20, "0.0477"), (9, "0.100"), (1, "0.500"), (99, "0.0100"), (788, "0.00127")] {
            assert_eq!(shown_rate(1.0 / (f64::from(rows) + 1.0)), shown);
        }
        for rows in 1..5000 {
            let least = 1.0 / f64::from(rows);
            assert!(shown_rate(least).parse::<f64>().unwrap() >= least, "{rows}");
        }
    }
}
