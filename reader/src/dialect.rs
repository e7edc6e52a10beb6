//! How a text file is written, found out from its first lines: what parts cells, what stands before the
//! header, how numbers look.

mod head;
mod remembered;
mod signs;
mod units;

use std::fmt;

use csv::ByteRecord;

use crate::cell::is_missing;
use crate::encoding::word;
use crate::error::{Names, Problem};
use crate::numbers::{Decimal, Numbers, comma};
use crate::options::{TextOptions, between, is_delimiter};
use crate::time::TimeForms;
use head::{Line, lines};
pub(crate) use head::{head, is_comment};
use units::{is_worded, units};

/// How a text file is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// what stands between cells; a space stands for any number of them
    pub(crate) delimiter: u8,
    pub(crate) numbers: Numbers,
    /// bytes before the first line that counts: the header, or the first row where there is none
    pub(crate) skip: usize,
    /// lines in them
    pub(crate) skipped_lines: u64,
    pub(crate) header: Header,
    /// lines that begin with `#` are comments
    pub(crate) comments: bool,
    /// every row begins with a cell more than the header has
    pub(crate) names_rows: bool,
    /// rows below the header that are no data
    pub(crate) units: Vec<Vec<String>>,
    /// the header ends with a delimiter
    pub(crate) ends_empty: bool,
}

/// Where the names of the columns stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Header {
    /// in the first line that counts
    Line,
    /// in a comment before it
    Comment(Vec<String>),
    /// nowhere: there are so many columns
    None(usize),
}

impl Dialect {
    /// Looks at the first lines.
    ///
    /// # Errors
    /// [`Problem::NoHeader`].
    pub(crate) fn of(head: &[u8], options: &TextOptions) -> Result<Self, Problem> {
        let (said, start) = separator_line(head);
        let given = options.delimiter.or(said);
        let delimiters: &[u8] = given.as_ref().map_or(b",;\t| ", std::slice::from_ref);
        let layouts = delimiters.iter().map(|delimiter| Layout::of(&head[start..], *delimiter));
        let best = layouts.reduce(|best, layout| if layout.score > best.score { layout } else { best });
        let Some(mut layout) = best else { return Err(Problem::Empty) };
        if layout.is_one_column_of_commas() && given.is_none() {
            layout = Layout::of(&head[start..], b';');
        }
        let (first, header) = layout.header(options.header)?;
        let rows = &layout.lines[first + usize::from(header == Header::Line)..];
        let line = layout.lines.get(first);
        let skip = start + line.map_or(0, |line| line.start);
        Ok(Dialect {
            delimiter: layout.delimiter,
            numbers: signs::numbers(rows, layout.delimiter, options.decimal),
            skip,
            skipped_lines: head[..skip].iter().filter(|byte| **byte == b'\n').count() as u64,
            ends_empty: line.is_some_and(Line::ends_empty),
            comments: layout.lines[..first].iter().any(Line::is_comment),
            names_rows: header == Header::Line && layout.names_rows(first),
            units: if header == Header::Line { units(rows, layout.width) } else { Vec::new() },
            header,
        })
    }

    /// What is passed over below the header, a sentence each.
    pub(crate) fn notes(&self) -> Vec<String> {
        let note = |units: &Vec<String>| {
            format!("a row below the header is passed over as units: {}", Names(units.clone()))
        };
        self.units.iter().map(note).collect()
    }

    /// What a person should know of it; nothing where it is as most are.
    pub(crate) fn told(&self) -> Option<String> {
        let told = self.to_string();
        (!told.is_empty()).then_some(told)
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = Vec::new();
        if self.delimiter != b',' {
            told.push(between(self.delimiter));
        }
        match self.numbers {
            Numbers { decimal: Decimal::Comma, .. } => told.push("decimal commas".into()),
            Numbers { parted: true, .. } => told.push("commas between thousands".into()),
            _ => {}
        }
        match self.skipped_lines {
            0 => {}
            1 => told.push("the first line passed over".into()),
            lines => told.push(format!("the first {lines} lines passed over")),
        }
        match &self.header {
            Header::Line => {}
            Header::Comment(_) => told.push("the header in a comment".into()),
            Header::None(_) => told.push("no header".into()),
        }
        f.write_str(&told.join(", "))
    }
}

/// The delimiter that a first line `sep=;` says, as spreadsheets write it, and where the next line begins.
fn separator_line(head: &[u8]) -> (Option<u8>, usize) {
    let end = head.iter().position(|byte| *byte == b'\n').map_or(head.len(), |at| at + 1);
    let line = head[..end].trim_ascii_end();
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let begins = line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"sep="));
    match line.get(4..).filter(|_| begins) {
        Some([delimiter]) if is_delimiter(*delimiter) => (Some(*delimiter), end),
        // `sep=<tab>`, of which the tab is trimmed
        Some([]) => (Some(b'\t'), end),
        _ => (None, 0),
    }
}

/// The first lines as one delimiter parts them.
struct Layout {
    delimiter: u8,
    lines: Vec<Line>,
    /// cells of most lines
    width: usize,
    /// how well this fits, 0 where nothing is parted
    score: f64,
}

impl Layout {
    fn of(head: &[u8], delimiter: u8) -> Layout {
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

    /// A header without a delimiter over rows such as `1,5`.
    fn is_one_column_of_commas(&self) -> bool {
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
    fn header(&self, asked: Option<bool>) -> Result<(usize, Header), Problem> {
        let Some(first) = self.first() else { return Err(Problem::Empty) };
        let line = &self.lines[first];
        match asked {
            Some(true) => return Ok((first, Header::Line)),
            Some(false) => return Ok((first, Header::None(line.cells.len()))),
            None => {}
        }
        if !is_row(line) {
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
    fn names_rows(&self, header: usize) -> bool {
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
fn is_value(cell: &[u8]) -> bool {
    let is_time = || {
        let mut forms = TimeForms::default();
        forms.see(cell);
        forms.are_times()
    };
    comma(cell).is_some() || is_missing(cell) || is_time()
}

/// Whether a line holds values only, a number among them.
fn is_row(line: &Line) -> bool {
    let cells = || line.cells.iter().map(|cell| cell.trim_ascii());
    cells().any(|cell| comma(cell).is_some() && !is_missing(cell)) && cells().all(is_value)
}

/// A name as it is printed and stored one to a line: a line break or an escape within it becomes a space.
pub(crate) fn name(cell: &[u8]) -> String {
    word(cell).replace(elbow::format::is_control, " ").trim().to_owned()
}

/// The cells of a record that a space parts: several spaces are one.
pub(crate) fn squeeze(record: &ByteRecord) -> ByteRecord {
    record.iter().filter(|cell| !cell.is_empty()).collect()
}
