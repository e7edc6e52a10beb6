//! CSV with a header row, separated by `,` or `;`.

use std::io::{self, BufRead, Chain, Cursor, Read};
use std::str::FromStr;

use elbow::format::is_control;

use ::csv::{ByteRecord, Position, Reader, ReaderBuilder, Terminator};

use crate::capped::Capped;
use crate::categories::Codes;
use crate::cell::{class, is_missing, not_rounded, number};
use crate::columns;
use crate::dataset::Kept;
use crate::error::{Fault, Place, Problem};
use crate::gaps::Gaps;
use crate::names;
use crate::options::LoadOptions;
use crate::table::{Classes, GapReport, Table};
use crate::times::Times;

/// How far into the file the end of the header line is looked for.
const LONGEST_HEADER: u64 = 1 << 20;

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
        let text = |column: &usize| String::from_utf8_lossy(rows.cell(*column)).into_owned();
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

/// The first line, which was looked at, the rest, and a newline at the very end.
type Whole<R> = Capped<Chain<Chain<Cursor<Vec<u8>>, R>, &'static [u8]>>;

/// A file row by row.
pub(crate) struct Rows<R> {
    reader: Reader<Whole<R>>,
    record: ByteRecord,
    names: Vec<String>,
    chosen: Chosen,
    /// what makes an f32 of a cell
    number: fn(&[u8]) -> Result<f32, Fault>,
    /// rows read
    pub(crate) row: usize,
    /// what stands between cells
    pub(crate) delimiter: u8,
}

impl<R: BufRead> Rows<R> {
    pub(crate) fn open(mut input: R, options: &LoadOptions) -> Result<Self, Problem> {
        let mut head = Vec::new();
        input.by_ref().take(LONGEST_HEADER).read_until(b'\n', &mut head)?;
        let delimiter = delimiter(&head);
        let mut builder = ReaderBuilder::new();
        // Rows of the wrong length are let through to our own message. With `\n` alone
        // as the end of a row, and one at the very end, `line` can count; the `\r` that
        // may stand before it is trimmed with the spaces.
        builder.delimiter(delimiter).flexible(true).terminator(Terminator::Any(b'\n'));
        let mut reader = builder.from_reader(Capped::new(Cursor::new(head).chain(input).chain(&b"\n"[..])));
        let names = header(reader.byte_headers().map_err(io::Error::from)?)?;
        let chosen = choose(&names, options)?;
        let number = if options.whole { not_rounded } else { number };
        Ok(Rows { reader, record: ByteRecord::new(), names, chosen, number, row: 0, delimiter })
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
            if is_blank(&self.record) {
                continue;
            }
            self.row += 1;
            let (found, expected) = (self.record.len(), self.names.len());
            let ragged = || Problem::Ragged { place: self.place(), found, expected };
            return if found == expected { Ok(true) } else { Err(ragged()) };
        }
    }

    /// Appends the features of the row.
    pub(crate) fn numbers<T: FromStr + Copy + Into<f64>>(&self, to: &mut Vec<T>) -> Result<(), Problem> {
        for &column in &self.chosen.features {
            to.push(number(self.cell(column)).map_err(|fault| self.wrong(column, fault))?);
        }
        Ok(())
    }

    /// As [`numbers`](Self::numbers), categories as codes.
    /// What is missing is taken from `held`, where that is a row.
    fn numbers_and_codes(&self, codes: &mut Codes, held: &[f32], to: &mut Vec<f32>) -> Result<(), Problem> {
        for (at, &column) in self.chosen.features.iter().enumerate() {
            let cell = self.cell(column);
            let value = codes.of(at).map_or_else(|| (self.number)(cell), |coder| coder.code(cell));
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
        Place { row: self.row, line: Some(line(&self.record, self.reader.position())) }
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

/// `;` where the first line has one outside quotes and no comma (SKAB, spreadsheets with a decimal comma).
fn delimiter(head: &[u8]) -> u8 {
    let mut quoted = false;
    let mut found = b',';
    for &byte in head {
        quoted ^= byte == b'"';
        match byte {
            b',' if !quoted => return b',',
            b';' if !quoted => found = b';',
            _ => {}
        }
    }
    found
}

fn header(cells: &ByteRecord) -> Result<Vec<String>, Problem> {
    // Names are printed and are stored one to a line, so a line break or an
    // escape within one becomes a space.
    let clean = |cell| String::from_utf8_lossy(cell).replace(is_control, " ").trim().to_owned();
    let names: Vec<String> = cells.iter().map(clean).collect();
    if names.is_empty() {
        return Err(Problem::Empty);
    }
    if names.iter().all(|name| name.parse::<f64>().is_ok()) {
        return Err(Problem::NoHeader);
    }
    match names.iter().position(String::is_empty) {
        Some(column) => Err(Problem::UnnamedColumn { column: column + 1 }),
        None => Ok(names),
    }
}
