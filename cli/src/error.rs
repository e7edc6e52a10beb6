//! What can go wrong in a command, and the exit code it becomes.

use std::path::{Path, PathBuf};

use elbow::LoadError;
use elbow_reader::{DataError, Problem};
use elbow_trainer::fit::FitError;

use crate::record::RecordError;

/// A failed command. Its text is the one sentence that the user reads.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A fit, a file or an argument.
    #[error(transparent)]
    Trainer(#[from] elbow_trainer::Error),
    /// Results could not be printed.
    #[error("cannot print the results: {0}")]
    Print(std::io::Error),
    /// What was written does not read back as it was.
    #[error(
        "{}: the file reads back with other scores than the model in memory; \
         the disk or memory may be faulty",
        path.display()
    )]
    ReadBack {
        /// the file
        path: PathBuf,
    },
    /// An imported model gives other numbers than the framework that it comes from.
    #[error(
        "{}: the model gives other numbers ({found}; {most:e} is rounding); nothing was written: look at \
         --activation, --epsilon, --likelihood and --map",
        path.display()
    )]
    Unlike {
        /// the framework's outputs
        path: PathBuf,
        /// how far off they are
        found: String,
        /// what is still the same
        most: f64,
    },
    /// A recording failed.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl From<elbow_host::Error> for Error {
    fn from(error: elbow_host::Error) -> Self {
        Error::Trainer(error.into())
    }
}

impl From<FitError> for Error {
    fn from(error: FitError) -> Self {
        Error::Trainer(error.into())
    }
}

impl From<DataError> for Error {
    fn from(error: DataError) -> Self {
        Error::Trainer(error.into())
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

    /// [`elbow_host::Error::argument`]
    pub fn argument(name: &'static str, value: impl ToString, problem: impl Into<String>) -> Error {
        elbow_host::Error::argument(name, value, problem).into()
    }

    /// [`elbow_host::Error::file`]
    pub fn file(path: &Path, problem: impl Into<String>) -> Error {
        elbow_host::Error::file(path, problem).into()
    }

    /// What is wrong with a cell of a file, for commands without the flags that others have for it.
    pub(crate) fn without_flags(self, remedy: &str) -> Error {
        let DataError { path, problem } = match self {
            Error::Trainer(elbow_trainer::Error::Host(elbow_host::Error::Data(error))) => error,
            other => return other,
        };
        let problem = match problem {
            Problem::MissingCells { first, .. } => *first,
            other => other,
        };
        match problem {
            Problem::Cell { place, column, fault } => {
                Error::file(&path, format!("{place}, column `{column}`: {fault}; {remedy}"))
            }
            problem => DataError { path, problem }.into(),
        }
    }

    /// 2 where the arguments or the files are wrong, 1 where the work itself failed.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Trainer(error) => error.exit_code(),
            Error::Record(error) => error.exit_code(),
            Error::Print(_) | Error::ReadBack { .. } | Error::Unlike { .. } => 1,
        }
    }
}
