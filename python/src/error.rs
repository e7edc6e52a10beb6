//! Errors of the engine as exceptions of `elbow.errors`, with the sentences of the command line.

use elbow::{FrameError, LoadError};
use elbow_host::Error as HostError;
use elbow_reader::DataError;
use elbow_trainer::Error as FitError;
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::PyType;

/// Anything that can go wrong on this side.
pub(crate) struct Error {
    class: &'static str,
    sentence: String,
}

pub(crate) const DATA: &str = "DataError";
pub(crate) const MODEL: &str = "ModelError";
pub(crate) const SETTING: &str = "SettingError";
pub(crate) const FIT: &str = "FitError";
pub(crate) const FILE: &str = "FileError";
pub(crate) const UNCALIBRATED: &str = "NotCalibratedError";
pub(crate) const UNSUPPORTED: &str = "NotSupportedError";

/// The sentence is the whole exception.
const INTERRUPTED: &str = "KeyboardInterrupt";

impl Error {
    /// One of the classes above.
    pub(crate) fn new(class: &'static str, sentence: impl Into<String>) -> Error {
        Error { class, sentence: sentence.into() }
    }

    /// An argument that has an impossible value.
    pub(crate) fn argument(name: &str, value: impl std::fmt::Display, problem: &str) -> Error {
        Error::new(SETTING, format!("{}={value}: {problem}", name.replace('-', "_")))
    }
}

impl From<HostError> for Error {
    fn from(error: HostError) -> Error {
        let class = match &error {
            HostError::Argument { name, value, problem } => return Error::argument(name, value, problem),
            HostError::Io { .. } => FILE,
            HostError::Model { .. } => MODEL,
            HostError::TooLarge => FIT,
            _ => DATA,
        };
        Error::new(class, error.to_string())
    }
}

impl From<FitError> for Error {
    fn from(error: FitError) -> Error {
        let class = match error {
            FitError::Host(error) => return error.into(),
            FitError::TooFewRows { .. } => DATA,
            FitError::Flags { .. } | FitError::Config { .. } | FitError::TooManyParameters { .. } => SETTING,
            FitError::Interrupted => INTERRUPTED,
            _ => FIT,
        };
        Error::new(class, error.to_string())
    }
}

impl From<DataError> for Error {
    fn from(error: DataError) -> Error {
        HostError::from(error).into()
    }
}

impl From<LoadError> for Error {
    fn from(error: LoadError) -> Error {
        Error::new(MODEL, error.to_string())
    }
}

impl From<FrameError> for Error {
    fn from(error: FrameError) -> Error {
        Error::new(DATA, error.to_string())
    }
}

impl From<Error> for PyErr {
    fn from(Error { class, sentence }: Error) -> PyErr {
        if class == INTERRUPTED {
            return PyKeyboardInterrupt::new_err(sentence);
        }
        Python::attach(|py| {
            let class = py.import("elbow.errors").and_then(|module| module.getattr(class));
            let class = class.and_then(|class| Ok(class.cast_into::<PyType>()?));
            class.map_or_else(|missing| missing, |class| PyErr::from_type(class, sentence))
        })
    }
}
