//! The first lines, as one delimiter parts them.

use super::Header;
use super::head::{Line, lines};
use crate::cell::is_missing;
use crate::error::Problem;
use crate::numbers::comma;
use crate::time::TimeForms;

/// The first lines as one delimiter parts them.
pub(super) struct Layout {
    pub(super) delimiter: u8,
    pub(super) lines: Vec<Line>,
    /// cells of most lines
    pub(super) width: usize,
    /// how well this fits, 0 where nothing is parted
    pub(super) score: f64,
}

impl Layout {
    pub(super) fn of(head: &[u8], delimiter: u8) -> Layout {
        let lines = lines(head, delimiter);
        let content = || lines.iter().filter(|line| !line.is_comment());
        let width_of = |line: &Line| line.cells.len();
        let often = |width: usize| content().filter(|line| width_of(line) == width).count();
        // of widths that are as frequent the one that comes first
        let width = content().map(width_of).rev().max_by_key(|width| often(*width)).unwrap_or(1);
        let total = content().count().max(1);
        let share = often(width) as f64 / total as f64;
        let layout = Layout { delimiter, lines, width, score: 0.0 };
        if width > 1 { Layout { score: share * layout.clean(), ..layout } } else { layout }
    }

    /// The part of cells that look as if nothing in them should have been parted.
    fn clean(&self) -> f64 {
        let rows = self.lines.iter().filter(|line| line.cells.len() == self.width && !line.is_comment());
        let cells: Vec<&[u8]> = rows.flat_map(|line| &line.cells).map(Vec::as_slice).collect();
        let others = match self.delimiter {
            // words have spaces in them; only numbers are parted by these
            b' ' => return share(&cells, is_value),
            b',' => &b";\t|"[..],
            b';' => &b"\t|"[..],
            _ => &b";"[..],
        };
        share(&cells, |cell| !cell.iter().any(|byte| others.contains(byte)))
    }

    /// Whether a header of names stands over rows of values, all of one width.
    pub(super) fn is_sure(&self) -> bool {
        let lines = || self.lines.iter().filter(|line| !line.is_comment());
        self.width > 1
            && lines().count() > 2
            && lines().all(|line| line.cells.len() == self.width)
            && lines().skip(1).all(is_row)
    }

    /// A header without a delimiter over rows such as `1,5`.
    pub(super) fn is_one_column_of_commas(&self) -> bool {
        let mut lines = self.lines.iter().filter(|line| !line.is_comment());
        let digits = |cell: &Vec<u8>| {
            let cell = cell.strip_prefix(b"-").unwrap_or(cell);
            !cell.is_empty() && cell.iter().all(u8::is_ascii_digit)
        };
        self.delimiter == b','
            && self.width == 2
            && lines.next().is_some_and(|header| header.cells.len() == 1)
            && lines.all(|line| line.cells.len() <= 2 && line.cells.iter().all(digits))
    }

    /// The place of the first line that counts, and what the columns are called.
    pub(super) fn header(&self, asked: Option<bool>) -> Result<(usize, Header), Problem> {
        let Some(first) = self.first() else { return Err(Problem::Empty) };
        let line = &self.lines[first];
        match asked {
            Some(true) => return Ok((first, Header::Line)),
            Some(false) => return Ok((first, Header::None(line.cells.len()))),
            None => {}
        }
        if !is_row(line) || counts(line) {
            return Ok((first, Header::Line));
        }
        let commented = self.lines[..first].iter().rev().find_map(|line| line.uncommented(self.delimiter));
        match commented.filter(|names| names.len() == line.cells.len()) {
            Some(names) => Ok((first, Header::Comment(names))),
            None => Err(Problem::NoHeader),
        }
    }

    /// The first line that is as wide as most, or the header of which begins with the second column.
    fn first(&self) -> Option<usize> {
        let content = || (0..self.lines.len()).filter(|at| !self.lines[*at].is_comment());
        let first = content().next()?;
        let wide = content().filter(|at| self.lines[*at].cells.len() == self.width);
        let is_rare = wide.clone().count() < 2;
        if is_rare || self.names_rows(first) || self.ends_with_delimiters(first) {
            return Some(first);
        }
        self.below_blank().or(wide.into_iter().next()).or(Some(first))
    }

    /// The last line of names below a blank one and above the first row: lines above may be as wide.
    fn below_blank(&self) -> Option<usize> {
        let row = self.lines.iter().position(|line| !line.is_comment() && is_row(line))?;
        let fits = |line: &Line| line.after_blank && line.cells.len() == self.width && is_worded(line);
        self.lines[..row].iter().rposition(fits)
    }

    /// Whether rows begin with a cell that has no name in the header: a number that rises by one, or a word.
    pub(super) fn names_rows(&self, header: usize) -> bool {
        let rows = &self.lines[header + 1..];
        let is_header = self.lines[header].cells.len() + 1 == self.width && !is_row(&self.lines[header]);
        let number = |line: &Line| std::str::from_utf8(&line.cells[0]).ok()?.trim().parse::<i64>().ok();
        let fits = |line: &&Line| line.cells.len() == self.width && !line.ends_empty();
        let rises =
            || rows.windows(2).all(|two| number(&two[0]).and_then(|n| n.checked_add(1)) == number(&two[1]));
        let words = || rows.iter().all(|line| comma(line.cells[0].trim_ascii()).is_none());
        is_header && rows.len() > 1 && rows.iter().all(|line| fits(&line)) && (words() || rises())
    }

    /// Whether all rows have an empty cell more than the header, or the header has one more than they.
    fn ends_with_delimiters(&self, header: usize) -> bool {
        let rows = &self.lines[header + 1..];
        let (names, line) = (self.lines[header].cells.len(), &self.lines[header]);
        names + 1 == self.width && rows.iter().all(Line::ends_empty)
            || names == self.width + 1 && line.ends_empty() && !is_row(line)
    }
}

fn share(cells: &[&[u8]], is_so: impl Fn(&[u8]) -> bool) -> f64 {
    cells.iter().filter(|cell| is_so(cell.trim_ascii())).count() as f64 / cells.len().max(1) as f64
}

/// A number, a time, or a missing value.
pub(super) fn is_value(cell: &[u8]) -> bool {
    let is_time = || {
        let mut forms = TimeForms::default();
        forms.see(cell);
        forms.are_times()
    };
    comma(cell).is_some() || is_missing(cell) || is_time()
}

/// Whether a line holds values only, a number among them.
pub(super) fn is_row(line: &Line) -> bool {
    let cells = || line.cells.iter().map(|cell| cell.trim_ascii());
    cells().any(|cell| comma(cell).is_some() && !is_missing(cell)) && cells().all(is_value)
}

/// Whether a line holds 0, 1, 2 and so on, as data frames call columns that have no names; before them they
/// may have one for the rows, which is empty.
fn counts(line: &Line) -> bool {
    let cells = || line.cells.iter().map(|cell| cell.trim_ascii()).skip_while(|cell| cell.is_empty());
    let at = |at: usize| at.to_string().into_bytes();
    cells().count() > 2
        && line.cells.len() - cells().count() < 2
        && cells().enumerate().all(|(place, cell)| cell == at(place))
}

/// Whether a line has words, and beside them nothing but empty cells.
pub(super) fn is_worded(line: &Line) -> bool {
    let cells = || line.cells.iter().map(|cell| cell.trim_ascii());
    cells().all(|cell| is_missing(cell) || !is_value(cell)) && cells().any(|cell| !is_missing(cell))
}
