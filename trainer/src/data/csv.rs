//! CSV with a header row, separated by `,` or `;`.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use ::csv::{ByteRecord, Position, ReaderBuilder, Terminator};

use super::LoadOptions;
use super::problem::{Fault, Place, Problem};
use super::table::{self, Classes, Table};

/// How far into the file the end of the header line is looked for.
const LONGEST_HEADER: u64 = 1 << 20;

/// Cells that say that there is no value, in any case of letters.
const MISSING: [&str; 6] = ["", "na", "n/a", "null", "none", "-"];

pub(super) fn read(mut input: impl BufRead, options: &LoadOptions) -> Result<Table, Problem> {
    let mut head = Vec::new();
    input.by_ref().take(LONGEST_HEADER).read_until(b'\n', &mut head)?;
    let mut builder = ReaderBuilder::new();
    // Rows of the wrong length are let through to our own message. With `\n` alone as the end of a row, and one at
    // the very end, `line` can count; the `\r` that may stand before it is trimmed with the spaces.
    builder.delimiter(delimiter(&head)).flexible(true).terminator(Terminator::Any(b'\n'));
    let mut reader = builder.from_reader(head.chain(input).chain(&b"\n"[..]));
    let names = header(reader.byte_headers().map_err(io::Error::from)?)?;
    let chosen = choose(&names, options)?;

    let columns = chosen.features.iter().map(|&column| names[column].clone()).collect();
    let classes = chosen.label.map(|_| Classes::default());
    let mut table = Table { columns, rows: 0, values: Vec::new(), classes };
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(io::Error::from)? {
        if is_blank(&record) {
            continue;
        }
        let row = table.rows + 1;
        let place = || Place { row, line: Some(line(&record, reader.position())) };
        append(&record, place, &names, &chosen, &mut table)?;
        table.rows = row;
    }
    table.values.shrink_to_fit();
    if table.rows == 0 { Err(Problem::NoRows) } else { Ok(table) }
}

/// Which columns are features, in order, and which one holds the labels.
struct Chosen {
    features: Vec<usize>,
    label: Option<usize>,
}

fn choose(names: &[String], options: &LoadOptions) -> Result<Chosen, Problem> {
    let label = match &options.labels {
        Some(asked) => Some(table::find(names, asked)?),
        None => names.iter().position(|name| table::names_labels(name) && !options.drop.contains(name)),
    };
    Ok(Chosen { features: table::features(names, label, options)?, label })
}

/// Adds a row to the table. Where it stands is asked only if something is wrong with it.
fn append(
    record: &ByteRecord,
    place: impl Fn() -> Place,
    names: &[String],
    chosen: &Chosen,
    table: &mut Table,
) -> Result<(), Problem> {
    let (found, expected) = (record.len(), names.len());
    if found != expected {
        return Err(Problem::Ragged { place: place(), found, expected });
    }
    let cell = |column: usize| record[column].trim_ascii();
    let wrong = |column: usize, fault| Problem::Cell { place: place(), column: names[column].clone(), fault };
    for &column in &chosen.features {
        table.values.push(number(cell(column)).map_err(|fault| wrong(column, fault))?);
    }
    if let (Some(classes), Some(column)) = (&mut table.classes, chosen.label) {
        classes.push(&class(cell(column)).map_err(|fault| wrong(column, fault))?);
    }
    Ok(())
}

fn is_blank(record: &ByteRecord) -> bool {
    record.len() < 2 && record.iter().all(|cell| cell.trim_ascii().is_empty())
}

/// The line on which a record begins, given where it ends: behind its newline. (The position that the csv crate
/// gives for its beginning lies before any blank lines.)
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
    // Names are printed and are stored one to a line, so a line break or an escape within one becomes a space.
    let clean = |cell| String::from_utf8_lossy(cell).replace(char::is_control, " ").trim().to_owned();
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

fn number(cell: &[u8]) -> Result<f32, Fault> {
    let value = std::str::from_utf8(cell).ok().and_then(|text| text.parse::<f32>().ok());
    match value {
        Some(value) if value.is_finite() => Ok(value),
        Some(value) if value.is_infinite() && cell.iter().any(u8::is_ascii_digit) => {
            Err(Fault::OutOfRange(shown(cell)))
        }
        Some(_) => Err(Fault::NotFinite(shown(cell))),
        None if is_missing(cell) => Err(Fault::Missing),
        None if has_decimal_comma(cell) => Err(Fault::DecimalComma(shown(cell))),
        None => Err(Fault::Text(shown(cell))),
    }
}

fn class(cell: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let missing = is_missing(cell) || cell.eq_ignore_ascii_case(b"nan");
    if missing { Err(Fault::Missing) } else { Ok(String::from_utf8_lossy(cell)) }
}

fn is_missing(cell: &[u8]) -> bool {
    MISSING.iter().any(|word| cell.eq_ignore_ascii_case(word.as_bytes()))
}

fn has_decimal_comma(cell: &[u8]) -> bool {
    let pointed = String::from_utf8_lossy(cell).replacen(',', ".", 1);
    pointed.parse::<f32>().is_ok()
}

/// A cell for a message: short, and with nothing in it that a terminal would obey.
fn shown(cell: &[u8]) -> String {
    const LONGEST: usize = 40;
    let text = String::from_utf8_lossy(cell);
    let start: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() { start + "…" } else { start }
}
