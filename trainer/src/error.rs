//! What can go wrong in a fit.

mod run;

use std::path::{Path, PathBuf};

use elbow::LoadError;
use elbow_host::shown_rate;
use elbow_reader::DataError;

pub use run::{CheckpointError, FitError};

/// A failed fit, or a model that was not made. Its text is the one sentence that the user reads.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Something is wrong with a file, with an argument, or between a model and its data.
    #[error(transparent)]
    Host(#[from] elbow_host::Error),
    /// Fewer rows than a fit needs.
    #[error("{}: {found} normal rows; a fit needs at least {needed}", path.display())]
    TooFewRows {
        /// the file of frames
        path: PathBuf,
        /// rows there are
        found: usize,
        /// rows needed
        needed: usize,
    },
    /// Flags, or their values, were refused.
    #[error("{problem}")]
    Flags {
        /// what is wrong with them
        problem: String,
    },
    /// Fewer rows than a rate of false alarms needs beside the fit.
    #[error(
        "{}: {found} normal rows; --false-alarm {false_alarm} holds back half of {needed}: give as many \
         rows, or a rate of at least {}",
        path.display(), shown_rate(*least)
    )]
    TooFewToHoldBack {
        /// the file of frames
        path: PathBuf,
        /// rows there are
        found: usize,
        /// the rate
        false_alarm: f64,
        /// rows needed
        needed: usize,
        /// the smallest rate that half of the rows can promise
        least: f64,
    },
    /// A configuration file was refused.
    #[error("{}: {problem}", path.display())]
    Config {
        /// the file
        path: PathBuf,
        /// what the parser said, and of which line
        problem: String,
    },
    /// Weights of another program that make no model.
    #[error("{}: {problem}", path.display())]
    Weights {
        /// the file
        path: PathBuf,
        /// what is wrong with them, and what is needed
        problem: String,
    },
    /// The fit failed.
    #[error("the fit failed: {0}")]
    Fit(#[from] FitError),
    /// Ctrl-C before there was anything to keep.
    #[error("stopped before the first epoch was complete; nothing was written")]
    Interrupted,
    /// The same, in a run that is written down.
    #[error(
        "stopped before the first epoch was complete; --run {} --resume goes on from here",
        folder.display()
    )]
    Paused {
        /// of the run
        folder: PathBuf,
    },
    /// A run cannot go on from its checkpoint.
    #[error("{}: {source}", path.display())]
    Checkpoint {
        /// the file
        path: PathBuf,
        /// why
        source: CheckpointError,
    },
    /// A run cannot go on with other settings or rows.
    #[error("--run {}: {problem}; go on as it was begun, or begin in another folder", folder.display())]
    OtherRun {
        /// of the run
        folder: PathBuf,
        /// what is not as it was
        problem: String,
    },
    /// A model too large to fit.
    #[error(
        "the model would have {found} parameters, and a fit takes at most {most}; \
         use fewer or narrower layers"
    )]
    TooManyParameters {
        /// what the settings ask for
        found: usize,
        /// the limit
        most: usize,
    },
}

impl From<DataError> for Error {
    fn from(error: DataError) -> Self {
        Error::Host(error.into())
    }
}

impl Error {
    /// [`elbow_host::Error::io`]
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
        let wrap = elbow_host::Error::io(action, path);
        move |source| wrap(source).into()
    }

    /// [`elbow_host::Error::model`]
    pub fn model(path: &Path) -> impl FnOnce(LoadError) -> Error {
        let wrap = elbow_host::Error::model(path);
        move |source| wrap(source).into()
    }

    /// What is wrong with weights of others.
    pub(crate) fn weights(path: &Path) -> impl Fn(String) -> Error {
        move |problem| Error::Weights { path: path.to_path_buf(), problem }
    }

    /// [`elbow_host::Error::argument`]
    pub fn argument(name: &'static str, value: impl ToString, problem: impl Into<String>) -> Error {
        elbow_host::Error::argument(name, value, problem).into()
    }

    /// 2 where the arguments or the files are wrong, 1 where the work itself failed.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Host(error) => error.exit_code(),
            Error::Fit(_) | Error::Interrupted | Error::Paused { .. } => 1,
            _ => 2,
        }
    }
}
