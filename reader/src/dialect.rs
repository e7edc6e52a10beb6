//! How a text file is written, found out from its first lines: what parts cells, what stands before the
//! header, how numbers look.

mod affixes;
mod foreign;
mod head;
mod parted;
mod remembered;
mod signs;
mod units;

use std::fmt;

use csv::ByteRecord;

use crate::encoding::word;
use crate::error::{Names, Problem};
use crate::names::no_repeats;
use crate::numbers::{Decimal, Numbers};
use crate::options::{TextOptions, between, is_delimiter};
pub(crate) use affixes::Affix;
pub(crate) use foreign::foreign;
use head::Line;
pub(crate) use head::{head, is_comment};
use parted::Layout;
use units::units;

/// What parts cells where nothing usual does, and all rows are parted into values by it.
const RARER: [u8; 3] = *b"^~:";

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
    names_rows: bool,
    /// rows below the header that are no data
    pub(crate) units: Vec<Vec<String>>,
    /// the header ends with a delimiter
    pub(crate) ends_empty: bool,
    /// what stands around the numbers of columns; nothing where that is so in none
    pub(crate) affixes: Vec<Option<Affix>>,
    /// a name in the header whose letters nobody can know
    unclear: Option<String>,
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
        let rarer =
            || RARER.iter().map(|delimiter| Layout::of(&head[start..], *delimiter)).find(Layout::is_sure);
        let best =
            best.map(|best| if best.width > 1 || given.is_some() { best } else { rarer().unwrap_or(best) });
        let Some(mut layout) = best else { return Err(Problem::Empty) };
        if layout.is_one_column_of_commas() && given.is_none() {
            layout = Layout::of(&head[start..], b';');
        }
        let (first, header) = layout.header(options.header)?;
        let rows = &mut layout.lines[first + usize::from(header == Header::Line)..];
        let affixes = bared(rows, layout.width);
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
            unclear: line.filter(|_| header == Header::Line).and_then(unclear),
            header,
            affixes,
        })
    }

    /// The names in a line of them.
    pub(crate) fn names(&self, cells: &ByteRecord) -> Result<Vec<String>, Problem> {
        let cells = if self.delimiter == b' ' { squeeze(cells) } else { cells.clone() };
        let unnamed = self.names_rows.then(String::new);
        let names: Vec<String> = unnamed.into_iter().chain(cells.iter().map(name)).collect();
        if names.is_empty() { Err(Problem::Empty) } else { Ok(names) }
    }

    /// Names of which some are there twice or empty with those in the row below, where these tell them apart:
    /// of sensors below those of their groups.
    pub(crate) fn told_apart(&self, names: Vec<String>) -> Vec<String> {
        let join = |(above, below): (&String, &String)| format!("{above} {below}").trim().to_owned();
        let joined: Option<Vec<String>> =
            self.units.first().map(|below| names.iter().zip(below).map(join).collect());
        match joined {
            Some(joined) if !are_distinct(&names) && are_distinct(&joined) => joined,
            _ => names,
        }
    }

    /// What a person should know of its header, a sentence each; `names` are those that are written there.
    pub(crate) fn notes(&self, names: &[String]) -> Vec<String> {
        let is_joined = self.told_apart(names.to_vec()) != names;
        let note = |units: &Vec<String>| {
            format!("a row below the header is passed over as units: {}", Names(units.clone()))
        };
        let joined = || "names of columns stand in two rows: groups, and what is in them".to_owned();
        let unclear = |name: &String| {
            format!(
                "the name `{name}` is not UTF-8 and is read as Windows-1252: save the file as UTF-8 where \
                 its letters are others"
            )
        };
        let below = self.units.iter().skip(is_joined.into()).map(note);
        below.chain(is_joined.then(joined)).chain(self.unclear.iter().map(unclear)).collect()
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

/// Takes away what stands around the numbers of columns, and says what it was.
fn bared(rows: &mut [Line], width: usize) -> Vec<Option<Affix>> {
    let column = |at: usize| {
        let fits = |line: &&Line| !line.is_comment() && line.cells.len() == width;
        let cells = rows.iter().filter(fits).map(move |line| line.cells[at].trim_ascii());
        Affix::of(cells)
    };
    let affixes: Vec<Option<Affix>> = (0..width).map(column).collect();
    if affixes.iter().all(Option::is_none) {
        return Vec::new();
    }
    for line in rows {
        for (cell, affix) in line.cells.iter_mut().zip(&affixes) {
            if let Some(bare) = affix.as_ref().and_then(|affix| affix.bare(cell.trim_ascii())) {
                *cell = bare.to_vec();
            }
        }
    }
    affixes
}

/// Whether each name but the first is there, and but once.
fn are_distinct(names: &[String]) -> bool {
    names.iter().skip(1).all(|name| !name.is_empty()) && no_repeats(names).is_ok()
}

/// A name that is no UTF-8, with so many letters one after another beyond ASCII that it is not of Western
/// Europe.
fn unclear(header: &Line) -> Option<String> {
    let is_foreign =
        |name: &str| name.split(|letter: char| letter.is_ascii()).any(|run| run.chars().count() > 2);
    let unread = header.cells.iter().filter(|cell| std::str::from_utf8(cell).is_err());
    unread.map(|cell| name(cell)).find(|name| is_foreign(name))
}

/// A name as it is printed and stored one to a line: a line break or an escape within it becomes a space.
fn name(cell: &[u8]) -> String {
    word(cell).replace(elbow::format::is_control, " ").trim().to_owned()
}

/// The cells of a record that a space parts: several spaces are one.
pub(crate) fn squeeze(record: &ByteRecord) -> ByteRecord {
    record.iter().filter(|cell| !cell.is_empty()).collect()
}
