//! The columns of an array that stand one behind the other in a file.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use crate::error::Problem;

/// Bytes that are read of all columns, for which it is gone from place to place.
const CHUNK: usize = 1 << 22;

/// A file, and the byte at which its numbers begin.
pub(crate) struct ColumnsOf {
    pub(crate) file: File,
    pub(crate) begin: u64,
}

impl ColumnsOf {
    /// The next rows of so many, column behind column, given how many these are and the bytes of a number;
    /// says how many rows it read.
    pub(crate) fn read(
        &mut self,
        first: usize,
        all: usize,
        (columns, item): (usize, usize),
        to: &mut Vec<u8>,
    ) -> Result<usize, Problem> {
        let rows = (CHUNK / (columns * item)).clamp(1, all - first);
        to.resize(rows * item * columns, 0);
        for (column, part) in to.chunks_exact_mut(rows * item).enumerate() {
            let at = (column * all + first) * item;
            self.file.seek(SeekFrom::Start(self.begin + at as u64))?;
            self.file.read_exact(part)?;
        }
        Ok(rows)
    }
}
