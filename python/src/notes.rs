//! What a user should know though the work was done: warnings of the class `elbow.Note`.

use std::ffi::CString;

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
