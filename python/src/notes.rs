//! What a user should know though the work was done: warnings of the class `elbow.Note`.

use std::ffi::CString;

use elbow_host::Model;
use pyo3::prelude::*;

/// Warns with each sentence.
pub(crate) fn tell(py: Python<'_>, notes: &[String]) -> PyResult<()> {
    let class = py.import("elbow.errors")?.getattr("Note")?;
    for note in notes {
        let text = CString::new(note.replace('\0', " ")).unwrap_or_default();
        PyErr::warn(py, &class, &text, 2)?;
    }
    Ok(())
}

/// Warns of what is made from a signed model that it is not signed.
pub(crate) fn tell_if_signed(py: Python<'_>, model: &Model) -> PyResult<()> {
    let note = |version| {
        format!("the model is signed as version {version}; what is made from it is not: run elbow sign")
    };
    tell(py, &model.bytes().trailer().map(|trailer| note(trailer.version)).into_iter().collect::<Vec<_>>())
}
