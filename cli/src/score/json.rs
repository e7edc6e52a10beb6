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
    rows: usize,
}

impl<W: Write> Object<W> {
    pub(super) fn begin(mut out: W, head: &Head) -> io::Result<Self> {
        let head = serde_json::to_string(head)?;
        write!(out, "{},\"scores\":[", head.trim_end_matches('}'))?;
        Ok(Object { out, rows: 0 })
    }

    /// Writes some rows, all of which are there when it ends.
    pub(super) fn write(&mut self, rows: &[Row]) -> io::Result<()> {
        for row in rows {
            self.out.write_all(if self.rows > 0 { b",\n" } else { b"\n" })?;
            serde_json::to_writer(&mut self.out, row)?;
            self.rows += 1;
        }
        self.out.flush()
    }

    /// Ends the object.
    pub(super) fn finish(mut self) -> io::Result<()> {
        write!(self.out, "\n],\"rows\":{}}}\n", self.rows)?;
        self.out.flush()
    }
}
