//! The first lines of a text file.

use std::io::{self, BufRead, Read};

use csv::{ReaderBuilder, Terminator};

use super::{name, squeeze};
use crate::cell::is_missing;
use crate::encoding::Text;
use crate::numbers::comma;

/// How far into the file the end of a line is looked for.
const LONGEST_LINE: u64 = 1 << 20;

/// Lines that are looked at, and bytes after which no further line is.
const LINES: usize = 100;
const BYTES: usize = 1 << 16;

/// The first two lines, those up to the first number below the header where there are to be numbers, and
/// those behind them that are there already: of a stream the next may be long in coming.
pub(crate) fn head(input: &mut Text<impl BufRead>, has_numbers: bool) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let (mut start, mut is_told) = (0, !has_numbers);
    for line in 0..LINES {
        let is_there = line < 2 || !is_told || input.buffer().contains(&b'\n');
        let is_read = is_there && input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut head)? > 0;
        if !is_read || head.len() > BYTES {
            break;
        }
        is_told |= line > 0 && has_number(&head[start..]);
        start = head.len();
    }
    Ok(head)
}

/// Whether a cell of a line is a number, whatever parts cells; units and comments have none.
fn has_number(line: &[u8]) -> bool {
    let mut cells = line.split(|byte| b",;\t| \"".contains(byte));
    !is_comment(line) && cells.any(|cell| comma(cell.trim_ascii()).is_some())
}

/// A line that is not blank, or several where a cell in quotes has line breaks.
pub(super) struct Line {
    /// where it begins
    pub(super) start: usize,
    /// whether a blank line stands before it
    pub(super) after_blank: bool,
    pub(super) cells: Vec<Vec<u8>>,
}

impl Line {
    /// Whether it begins with `#`, and that is no missing value such as `#N/A`.
    pub(super) fn is_comment(&self) -> bool {
        is_comment(&self.cells[0])
    }

    /// Whether nothing stands behind the last delimiter.
    pub(super) fn ends_empty(&self) -> bool {
        self.cells.last().is_some_and(|cell| cell.trim_ascii().is_empty())
    }

    /// The names in a comment.
    pub(super) fn uncommented(&self, delimiter: u8) -> Option<Vec<String>> {
        let first = self.cells[0].strip_prefix(b"#").filter(|_| self.is_comment())?;
        let first = name(first);
        let rest = self.cells[1..].iter().map(|cell| name(cell));
        // `# a b` has a delimiter more than names where a space is one
        let skipped = delimiter == b' ' && first.is_empty();
        Some(std::iter::once(first).filter(|_| !skipped).chain(rest).collect())
    }
}

pub(crate) fn is_comment(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii_start();
    cell.starts_with(b"#") && !is_missing(cell.trim_ascii_end())
}

/// The lines of a file's head.
pub(super) fn lines(head: &[u8], delimiter: u8) -> Vec<Line> {
    let mut builder = ReaderBuilder::new();
    builder.delimiter(delimiter).flexible(true).has_headers(false).terminator(Terminator::Any(b'\n'));
    let mut reader = builder.from_reader(head);
    let mut lines = Vec::new();
    for record in reader.byte_records().map_while(Result::ok) {
        let start = record.position().map_or(0, |position| position.byte() as usize);
        let blank = head[start..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        let record = if delimiter == b' ' { squeeze(&record) } else { record };
        let cells: Vec<Vec<u8>> = record.iter().map(|cell| cell.trim_ascii_end().to_vec()).collect();
        if cells.len() > 1 || cells.first().is_some_and(|cell| !cell.is_empty()) {
            lines.push(Line { start: start + blank, after_blank: blank > 0, cells });
        }
    }
    lines
}
