//! Scores as one JSON object, row by row: what is held does not grow with the file.

use std::io::{self, Write};

use serde::Serialize;

use super::rows::Row;

/// What is said before the scores.
#[derive(Debug, Serialize)]
pub(super) struct Head {
    pub(super) dims: usize,
    pub(super) samples: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) keep: Vec<String>,
}

/// An object of which the scores are yet to come, or some of them.
pub(super) struct Object<W> {
    out: W,
    /// what stands before the next row
    before: String,
    rows: usize,
}

impl<W: Write> Object<W> {
    pub(super) fn begin(out: W, head: &Head) -> io::Result<Self> {
        let head = serde_json::to_string(head)?;
        let before = format!("{},\"scores\":[", head.trim_end_matches('}'));
        Ok(Object { out, before, rows: 0 })
    }

    /// Writes some rows, all of which are there when it ends.
    pub(super) fn write(&mut self, rows: &[Row]) -> io::Result<()> {
        for row in rows {
            self.out.write_all(self.before.as_bytes())?;
            self.out.write_all(b"\n")?;
            self.before = ",".into();
            serde_json::to_writer(&mut self.out, row)?;
            self.rows += 1;
        }
        self.out.flush()
    }

    /// Ends the object.
    pub(super) fn finish(mut self) -> io::Result<()> {
        let before = if self.rows > 0 { "" } else { &self.before };
        write!(self.out, "{before}\n],\"rows\":{}}}\n", self.rows)?;
        self.out.flush()
    }
}
