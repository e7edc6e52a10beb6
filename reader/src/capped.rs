//! A limit for one row of text: what never ends is refused, and not held until memory runs out.

use std::io::{Error, Read, Result};

/// No row of frames comes near this.
const LONGEST_ROW: usize = 64 << 20;

/// Text whose rows are at most [`LONGEST_ROW`] bytes, and what is read ahead.
pub(crate) struct Capped<R> {
    text: R,
    /// bytes since a row began
    row: usize,
    /// bytes up to the end of the last row, and all
    ends: [u64; 2],
}

impl<R> Capped<R> {
    pub(crate) fn new(text: R) -> Self {
        Capped { text, row: 0, ends: [0; 2] }
    }

    /// To be told before each row.
    pub(crate) fn begin_row(&mut self) {
        self.row = 0;
    }

    pub(crate) fn text(&self) -> &R {
        &self.text
    }

    /// Bytes up to the last newline that was read.
    pub(crate) fn rows_end(&self) -> u64 {
        self.ends[0]
    }
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, to: &mut [u8]) -> Result<usize> {
        let read = self.text.read(to)?;
        self.row += read;
        if let Some(last) = to[..read].iter().rposition(|byte| *byte == b'\n') {
            self.ends[0] = self.ends[1] + last as u64 + 1;
        }
        self.ends[1] += read as u64;
        if self.row > LONGEST_ROW {
            let limit = LONGEST_ROW >> 20;
            return Err(Error::other(format!(
                "a row of it is longer than {limit} MiB; end rows with newlines"
            )));
        }
        Ok(read)
    }
}
