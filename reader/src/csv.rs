//! Text files of rows, in the dialects that [`Dialect`] finds out.

use std::io::{self, BufRead, Chain, Cursor, Read};
use std::str::FromStr;

use ::csv::{ByteRecord, Position, Reader, ReaderBuilder, Terminator};

use crate::capped::Capped;
use crate::categories::Codes;
use crate::cell::{class, is_missing, not_rounded, number};
use crate::columns;
use crate::dataset::Kept;
use crate::dialect::{Dialect, Header, head, is_comment, name, squeeze};
use crate::encoding::{Text, text, word};
use crate::error::{Fault, Place, Problem};
use crate::gaps::Gaps;
use crate::names;
use crate::numbers::Numbers;
use crate::options::{LoadOptions, Recognise};
use crate::table::{Classes, GapReport, Table};
use crate::times::Times;

pub(crate) fn read(input: impl BufRead, options: &LoadOptions) -> Result<Table, Problem> {
    let mut rows = Rows::open(input, options)?;
    let classes = rows.chosen.label.map(|_| Classes::default());
    let columns = rows.columns();
    let mut codes = Codes::new(&columns, &options.categorical)?;
    let Chosen { features, label, keep } = &rows.chosen;
    let kept = Kept { columns: options.keep.clone(), cells: Vec::new() };
    let keep = keep.clone();
    let mut table = Table {
        columns,
        categories: Vec::new(),
        rows: 0,
        values: Vec::new(),
        classes,
        gaps: GapReport::default(),
        kept,
        source: Vec::new(),
        breaks: Vec::new(),
        notes: rows.dialect.notes(),
        reading: columns::reading(&rows.names, *label, features),
    };
    let mut times = Times::of(&rows.names, &options.part)?;
    let part = options.part.rows;
    let mut gaps = Gaps::new(options.missing, table.columns.len());
    while rows.next()? {
        let row = rows.row - 1;
        if part.is_some_and(|part| part.ends_before(row)) {
            break;
        }
        let text = |column: &usize| word(rows.cell(*column)).into_owned();
        table.kept.cells.extend(keep.iter().map(text));
        if part.is_some_and(|part| !part.contains(row)) {
            continue;
        }
        let held = gaps.held(&table);
        let read = |values: &mut Vec<f32>| rows.numbers_and_codes(&mut codes, &held, values);
        let missing = |at: usize| rows.is_missing(at);
        if !gaps.read(read, missing, row, &mut table)? {
            continue;
        }
        if let (Some(classes), Some(column)) = (&mut table.classes, rows.chosen.label) {
            classes.push(&class(rows.cell(column)).map_err(|fault| rows.wrong(column, fault))?);
        }
        if let Some(times) = &mut times {
            times.push(rows.cell(times.column), || rows.place())?;
        }
        table.source.push(row);
        options.memory.allows(size_of_val(&table.values[..]))?;
    }
    table.rows = table.source.len();
    if rows.row == 0 {
        return Err(Problem::NoRows);
    }
    gaps.finish(&mut table)?;
    table.values.shrink_to_fit();
    table.categories = codes.finish(&mut table.values)?;
    match times {
        Some(times) if table.rows > 0 => times.cut(table, &options.part),
        _ if table.rows == 0 && !table.gaps.skipped.is_empty() => {
            Err(Problem::NoWholeRows { rows: table.gaps.skipped.len() })
        }
        _ => Ok(table),
    }
}

/// The first lines, which were looked at, the rest, and a newline at the very end.
type Whole<R> = Capped<Chain<Chain<Cursor<Vec<u8>>, Text<R>>, &'static [u8]>>;

/// A file row by row.
pub(crate) struct Rows<R> {
    reader: Reader<Whole<R>>,
    record: ByteRecord,
    names: Vec<String>,
    chosen: Chosen,
    /// what makes an f32 of a cell
    number: fn(&[u8], Numbers) -> Result<f32, Fault>,
    pub(crate) dialect: Dialect,
    /// rows read
    pub(crate) row: usize,
    /// what stands between cells
    pub(crate) delimiter: u8,
    /// rows of units that are still to be passed over
    units: usize,
}

impl<R: BufRead> Rows<R> {
    pub(crate) fn open(input: R, options: &LoadOptions) -> Result<Self, Problem> {
        let mut input = text(input)?;
        let mut first = Cursor::new(head(&mut input)?);
        let dialect = Dialect::of_file(first.get_ref(), options)?;
        first.set_position(dialect.skip as u64);
        let delimiter = dialect.delimiter;
        let mut builder = ReaderBuilder::new();
        // Rows of the wrong length are let through to our own message. With `\n` alone
        // as the end of a row, and one at the very end, `line` can count; the `\r` that
        // may stand before it is trimmed with the spaces.
        builder.delimiter(delimiter).flexible(true).terminator(Terminator::Any(b'\n'));
        builder.has_headers(dialect.header == Header::Line);
        let mut reader = builder.from_reader(Capped::new(first.chain(input).chain(&b"\n"[..])));
        let names = match &dialect.header {
            Header::Line => header(reader.byte_headers().map_err(io::Error::from)?, &dialect)?,
            Header::Comment(names) => names.clone(),
            Header::None(columns) => names::numbered(*columns),
        };
        let names = named(names, options)?;
        let chosen = choose(&names, options)?;
        let number = if options.whole { not_rounded } else { number };
        let record = ByteRecord::new();
        let units = dialect.units.len();
        Ok(Rows { reader, record, names, chosen, number, dialect, row: 0, delimiter, units })
    }

    /// Names of all columns.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Names of the features.
    pub(crate) fn columns(&self) -> Vec<String> {
        self.chosen.features.iter().map(|&column| self.names[column].clone()).collect()
    }

    /// Goes to the next row; false where there is none.
    pub(crate) fn next(&mut self) -> Result<bool, Problem> {
        loop {
            self.reader.get_mut().begin_row();
            if !self.reader.read_byte_record(&mut self.record).map_err(io::Error::from)? {
                return Ok(false);
            }
            if self.delimiter == b' ' {
                self.record = squeeze(&self.record);
            }
            let (found, expected) = (self.record.len(), self.names.len());
            let may_be_comment = self.dialect.comments || found != expected;
            if is_blank(&self.record) || may_be_comment && is_comment(&self.record[0]) {
                continue;
            }
            if self.units > 0 {
                self.units -= 1;
                continue;
            }
            self.row += 1;
            // a delimiter behind the last cell, in the rows or in the header alone
            if found == expected + 1 && self.record[expected].trim_ascii().is_empty() {
                self.record.truncate(expected);
                return Ok(true);
            }
            if found + 1 == expected && self.dialect.ends_empty {
                self.record.push_field(b"");
                return Ok(true);
            }
            let ragged = || Problem::Ragged { place: self.place(), found, expected };
            return if found == expected { Ok(true) } else { Err(ragged()) };
        }
    }

    /// Appends the features of the row.
    pub(crate) fn numbers<T: FromStr + Copy + Into<f64>>(&self, to: &mut Vec<T>) -> Result<(), Problem> {
        for &column in &self.chosen.features {
            to.push(
                number(self.cell(column), self.dialect.numbers).map_err(|fault| self.wrong(column, fault))?,
            );
        }
        Ok(())
    }

    /// As [`numbers`](Self::numbers), categories as codes.
    /// What is missing is taken from `held`, where that is a row.
    fn numbers_and_codes(&self, codes: &mut Codes, held: &[f32], to: &mut Vec<f32>) -> Result<(), Problem> {
        for (at, &column) in self.chosen.features.iter().enumerate() {
            let cell = self.cell(column);
            let number = || (self.number)(cell, self.dialect.numbers);
            let value = codes.of(at).map_or_else(number, |coder| coder.code(cell));
            let value = match held.get(at) {
                Some(last) if self.is_missing(at) => Ok(*last),
                _ => value,
            };
            to.push(value.map_err(|fault| self.wrong(column, fault))?);
        }
        Ok(())
    }

    /// Whether the cell of a feature says that there is none.
    fn is_missing(&self, feature: usize) -> bool {
        let cell = self.cell(self.chosen.features[feature]);
        is_missing(cell) || cell.eq_ignore_ascii_case(b"nan")
    }

    /// The features of the row as text.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        self.chosen.features.iter().map(|&column| self.cell(column))
    }

    /// Where the row stands.
    pub(crate) fn place(&self) -> Place {
        let line = line(&self.record, self.reader.position()) + self.dialect.skipped_lines;
        Place { row: self.row, line: Some(line) }
    }

    pub(crate) fn cell(&self, column: usize) -> &[u8] {
        self.record[column].trim_ascii()
    }

    fn wrong(&self, column: usize, fault: Fault) -> Problem {
        Problem::Cell { place: self.place(), column: self.names[column].clone(), fault }
    }
}

/// Which columns are features, in order, and which one holds the labels.
struct Chosen {
    features: Vec<usize>,
    label: Option<usize>,
    /// those that are kept as text
    keep: Vec<usize>,
}

fn choose(names: &[String], options: &LoadOptions) -> Result<Chosen, Problem> {
    let label = match &options.labels {
        Some(asked) if options.labels_if_there => names.iter().position(|name| name == asked),
        Some(asked) => Some(names::find(names, asked)?),
        None => names.iter().position(|name| names::names_labels(name) && !options.drop.contains(name)),
    };
    let keep = options.keep.iter().map(|name| names::find(names, name)).collect::<Result<_, _>>()?;
    Ok(Chosen { features: columns::features(names, label, options)?, label, keep })
}

fn is_blank(record: &ByteRecord) -> bool {
    record.len() < 2 && record.iter().all(|cell| cell.trim_ascii().is_empty())
}

/// The line on which a record begins, given where it ends: behind its newline. (The position that the csv
/// crate gives for its beginning lies before any blank lines.)
fn line(record: &ByteRecord, end: &Position) -> u64 {
    let inside = record.as_slice().iter().filter(|&&byte| byte == b'\n').count() as u64;
    end.line().saturating_sub(1 + inside)
}

fn header(cells: &ByteRecord, dialect: &Dialect) -> Result<Vec<String>, Problem> {
    let cells = if dialect.delimiter == b' ' { squeeze(cells) } else { cells.clone() };
    let unnamed = dialect.names_rows.then(String::new);
    let names: Vec<String> = unnamed.into_iter().chain(cells.iter().map(name)).collect();
    if names.is_empty() { Err(Problem::Empty) } else { Ok(names) }
}

/// With names for columns that have none, which data frames write before the first and some loggers behind
/// the last. They say nothing, so they are refused where nobody finds that out; one in between is a mistake.
fn named(names: Vec<String>, options: &LoadOptions) -> Result<Vec<String>, Problem> {
    let is_found_out = options.columns.is_some() || options.recognise != Recognise::Nothing;
    let last = names.iter().rposition(|name| !name.is_empty()).unwrap_or(0);
    let refused =
        |(at, name): (usize, &String)| name.is_empty() && (!is_found_out || (1..last).contains(&at));
    if let Some(column) = names.iter().enumerate().position(refused) {
        return Err(Problem::UnnamedColumn { column: column + 1 });
    }
    let give =
        |(at, name): (usize, String)| if name.is_empty() { format!("column {}", at + 1) } else { name };
    Ok(names.into_iter().enumerate().map(give).collect())
}
