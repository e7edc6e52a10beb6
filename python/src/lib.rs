//! The extension module `elbow._core`: what the package `elbow` of Python asks of the engine.
//!
//! Names, defaults and documentation for people are in `elbow/*.py`; here numbers cross over.

mod alarm;
mod answer;
mod engine;
mod error;
mod fit;
mod loaded;
mod notes;
mod packets;
mod table;
mod threads;

use pyo3::prelude::*;

/// Runs the command line; gives the exit code.
#[pyfunction]
fn run(py: Python<'_>, args: Vec<std::ffi::OsString>) -> u8 {
    py.detach(|| {
        elbow_cli::stop::clean_up_after_panics();
        elbow_cli::run(args)
    })
}

/// Models, fits and the command line, without ceremony.
#[pymodule]
mod _core {
    #[pymodule_export]
    use super::engine::Engine;
    #[pymodule_export]
    use super::fit::fit;
    #[pymodule_export]
    use super::run;
    #[pymodule_export]
    use super::threads::set_threads;
}
