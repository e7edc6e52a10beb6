//! A file's rows one after another, in f64: memory does not grow with the file.

use std::io::Read;
use std::path::Path;

use ::csv::ByteRecord;
use serde::{Deserialize, Serialize};

use crate::array::Kind;
use crate::array_rows::ArrayRows;
use crate::array_table::{Chosen, choose};
use crate::categories::{Codes, Unseen};
use crate::csv;
use crate::digits::Digits;
use crate::error::{DataError, Place, Problem};
use crate::open::{Named, named, open, open_npy, open_npz};
use crate::options::LoadOptions;
use crate::text_table::TextTable;

/// What a file says of its rows before the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// names of the columns that are read, in order
    pub columns: Vec<String>,
    /// how its numbers are written
    pub format: Format,
    /// of text: all that stands around them
    pub table: Option<TextTable>,
    /// of arrays: columns and other arrays of the file that no row has
    pub left_out: Vec<String>,
}

/// A row of a file.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// the numbers of the columns that are read, categories as codes; NaN where text has neither
    pub numbers: &'a [f64],
    record: Option<&'a ByteRecord>,
}

impl<'a> Row<'a> {
    /// The cell of a text file's column, as it stands there but for quotes; nothing where there is none.
    pub fn cell(&self, column: usize) -> &'a [u8] {
        let cell = self.record.and_then(|record| record.get(column)).unwrap_or_default();
        // of the end of a line
        cell.strip_suffix(b"\r").unwrap_or(cell)
    }
}

/// How numbers are written in a file: enough to write others the same way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// text
    Csv {
        /// what stands between two cells
        delimiter: u8,
    },
    /// an array of NumPy's
    Npy {
        /// the type of a number
        kind: Kind,
        /// its extents without the first, of which a row is the product
        shape: Vec<u64>,
    },
}

/// What takes rows.
pub trait RowSink<E> {
    /// Before the first row.
    ///
    /// # Errors
    /// The sink's own; they end the stream.
    fn begin(&mut self, source: &Source) -> Result<(), E>;
    /// A row and where it stands.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    fn row(&mut self, place: &dyn Fn() -> Place, row: &Row<'_>) -> Result<(), E>;
    /// A row that is left out, and why, where the options ask for that.
    fn broken(&mut self, _problem: &Problem) {}
}

/// Hands a file's rows to a sink, in order.
///
/// # Errors
/// A [`DataError`] as [`load`](crate::load), and the sink's own.
pub fn stream<E: From<DataError>>(
    path: &Path,
    options: &LoadOptions,
    sink: &mut impl RowSink<E>,
) -> Result<(), E> {
    let fail = |problem| E::from(DataError { path: path.to_path_buf(), problem });
    match named(path) {
        Named::Text => csv_rows(open(path).map_err(fail)?, options, sink, &fail),
        Named::Npy => array_rows(open_npy(path).map_err(fail)?, Vec::new(), options, sink, &fail),
        Named::Npz => {
            let mut npz = open_npz(path).map_err(fail)?;
            let key = npz.frames(options.key.as_deref(), options.labels.as_deref()).map_err(fail)?;
            let others = npz.keys().into_iter().filter(|other| *other != key).collect();
            npz.with(&key, |rows| Ok(array_rows(rows, others, options, sink, &fail))).map_err(fail)?
        }
        Named::Columnar | Named::Nothing => Err(fail(Problem::NotARowFile)),
    }
}

/// The digits of each column that [`stream`] reads of a text file.
///
/// # Errors
/// As [`load`](crate::load).
pub fn digits(path: &Path, options: &LoadOptions) -> Result<Vec<Digits>, DataError> {
    let read = || {
        let mut rows = csv::Rows::open(open(path)?, options)?;
        let mut digits = vec![Digits::default(); rows.columns().len()];
        while next(&mut rows, options, &mut |_| ())? {
            for (digits, cell) in digits.iter_mut().zip(rows.cells()) {
                rows.dialect.numbers.plain(cell).iter().for_each(|cell| digits.see(cell));
            }
        }
        Ok(digits)
    };
    read().map_err(|problem| DataError { path: path.to_path_buf(), problem })
}

/// Goes to the next row that has as many cells as the header.
fn next(
    rows: &mut csv::Rows<impl std::io::BufRead>,
    options: &LoadOptions,
    broken: &mut dyn FnMut(&Problem),
) -> Result<bool, Problem> {
    loop {
        match rows.next() {
            Err(problem @ Problem::Ragged { .. }) if options.skip_broken => broken(&problem),
            next => return next,
        }
    }
}

fn csv_rows<E>(
    input: impl std::io::BufRead,
    options: &LoadOptions,
    sink: &mut impl RowSink<E>,
    fail: &impl Fn(Problem) -> E,
) -> Result<(), E> {
    let mut rows = csv::Rows::open(input, options).map_err(fail)?;
    let format = Format::Csv { delimiter: rows.delimiter };
    sink.begin(&Source { columns: rows.columns(), format, table: Some(rows.table()), left_out: Vec::new() })?;
    let mut codes = Codes::new(&rows.columns(), &options.categorical, Unseen::Refuse).map_err(fail)?;
    let mut numbers: Vec<f64> = Vec::new();
    while next(&mut rows, options, &mut |problem| sink.broken(problem)).map_err(fail)? {
        numbers.clear();
        rows.numbers(&mut codes, &mut numbers);
        sink.row(&|| rows.place(), &Row { numbers: &numbers, record: Some(rows.record()) })?;
    }
    if rows.row == 0 { Err(fail(Problem::NoRows)) } else { Ok(()) }
}

fn array_rows<E, R: Read>(
    mut rows: ArrayRows<R>,
    mut left_out: Vec<String>,
    options: &LoadOptions,
    sink: &mut impl RowSink<E>,
    fail: &impl Fn(Problem) -> E,
) -> Result<(), E> {
    let Chosen { features, names, reading, .. } = choose(&mut rows, options).map_err(fail)?;
    left_out.extend(reading.left_out.into_iter().chain(reading.labels));
    let all = features.iter().copied().eq(0..rows.layout().dims());
    let shape = match &rows.shape[1..] {
        rest if all && !rows.layout().is_named() => rest.iter().map(|n| *n as u64).collect(),
        _ => vec![features.len() as u64],
    };
    let kind = rows.layout().element().map_or(Kind::F64, |element| element.kind);
    sink.begin(&Source { columns: names, format: Format::Npy { kind, shape }, table: None, left_out })?;
    let mut row = Vec::new();
    while rows.next(&options.memory).map_err(fail)? {
        row.clear();
        rows.wide(&features, &mut row).map_err(fail)?;
        sink.row(&|| rows.place(), &Row { numbers: &row, record: None })?;
    }
    Ok(())
}
