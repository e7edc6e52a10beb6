//! A limit for one row of text: what never ends is refused, and not held until memory runs out.

use std::io::{Error, Read, Result};

/// No row of frames comes near this.
const LONGEST_ROW: usize = 64 << 20;

/// Text whose rows are at most [`LONGEST_ROW`] bytes, and what is read ahead.
pub(crate) struct Capped<R> {
    text: R,
    /// bytes since a row began
    row: usize,
}

impl<R> Capped<R> {
    pub(crate) fn new(text: R) -> Self {
        Capped { text, row: 0 }
    }

    /// To be told before each row.
    pub(crate) fn begin_row(&mut self) {
        self.row = 0;
    }
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, to: &mut [u8]) -> Result<usize> {
        let read = self.text.read(to)?;
        self.row += read;
        if self.row > LONGEST_ROW {
            let limit = LONGEST_ROW >> 20;
            return Err(Error::other(format!(
                "a row of it is longer than {limit} MiB; end rows with newlines"
            )));
        }
        Ok(read)
    }
}
