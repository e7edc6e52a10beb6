//! A file's rows one after another, in f64: memory does not grow with the file.

use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::array::Kind;
use crate::array_rows::ArrayRows;
use crate::array_table::{Chosen, choose};
use crate::error::{DataError, Place, Problem};
use crate::open::{Named, named, open, open_npz};
use crate::options::LoadOptions;
use crate::{csv, npy};

/// What a file says of its rows before the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// names of the columns that are read, in order
    pub columns: Vec<String>,
    /// how its numbers are written
    pub format: Format,
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
    /// A row's numbers, all of them finite, and where it stands.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    fn row(&mut self, place: &dyn Fn() -> Place, row: &[f64]) -> Result<(), E>;
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
        Named::Npy => array_rows(open(path).and_then(npy::open).map_err(fail)?, options, sink, &fail),
        Named::Npz => {
            let mut npz = open_npz(path).map_err(fail)?;
            let key = npz.frames(options.key.as_deref(), options.labels.as_deref()).map_err(fail)?;
            npz.with(&key, |rows| Ok(array_rows(rows, options, sink, &fail))).map_err(fail)?
        }
        Named::Nothing => Err(fail(Problem::NotARowFile)),
    }
}

/// Columns of a text file that [`stream`] does not read, and that are lost where only its rows are kept.
///
/// # Errors
/// As [`load`](crate::load).
pub fn not_streamed(path: &Path, options: &LoadOptions) -> Result<Vec<String>, DataError> {
    if named(path) != Named::Text {
        return Ok(Vec::new());
    }
    let read = || {
        let rows = csv::Rows::open(open(path)?, options)?;
        let columns = rows.columns();
        Ok(rows.names().iter().filter(|name| !columns.contains(name)).cloned().collect())
    };
    read().map_err(|problem| DataError { path: path.to_path_buf(), problem })
}

/// The most digits behind the decimal point in each column of a text file; `None` in one with exponents.
///
/// # Errors
/// As [`load`](crate::load).
pub fn decimals(path: &Path, options: &LoadOptions) -> Result<Vec<Option<u32>>, DataError> {
    let read = || {
        let mut rows = csv::Rows::open(open(path)?, options)?;
        let mut decimals = vec![Some(0); rows.columns().len()];
        while rows.next()? {
            for (most, cell) in decimals.iter_mut().zip(rows.cells()) {
                // what is no number is refused when it is read
                let cell = rows.dialect.numbers.plain(cell).unwrap_or_default();
                let is_plain = !cell.iter().any(|byte| matches!(byte, b'e' | b'E'))
                    || std::str::from_utf8(&cell).is_ok_and(|text| text.parse::<f64>().is_err());
                let behind = cell.iter().position(|byte| *byte == b'.').map_or(0, |at| cell.len() - at - 1);
                *most = if is_plain { most.map(|most: u32| most.max(behind as u32)) } else { None };
            }
        }
        Ok(decimals)
    };
    read().map_err(|problem| DataError { path: path.to_path_buf(), problem })
}

fn csv_rows<E>(
    input: impl std::io::BufRead,
    options: &LoadOptions,
    sink: &mut impl RowSink<E>,
    fail: &impl Fn(Problem) -> E,
) -> Result<(), E> {
    let mut rows = csv::Rows::open(input, options).map_err(fail)?;
    sink.begin(&Source { columns: rows.columns(), format: Format::Csv { delimiter: rows.delimiter } })?;
    let mut numbers: Vec<f64> = Vec::new();
    while rows.next().map_err(fail)? {
        numbers.clear();
        rows.numbers(&mut numbers).map_err(fail)?;
        sink.row(&|| rows.place(), &numbers)?;
    }
    if rows.row == 0 { Err(fail(Problem::NoRows)) } else { Ok(()) }
}

fn array_rows<E, R: Read>(
    mut rows: ArrayRows<R>,
    options: &LoadOptions,
    sink: &mut impl RowSink<E>,
    fail: &impl Fn(Problem) -> E,
) -> Result<(), E> {
    let Chosen { features, names, .. } = choose(&mut rows, options).map_err(fail)?;
    let all = features.iter().copied().eq(0..rows.layout().dims());
    let shape = match &rows.shape[1..] {
        rest if all && !rows.layout().is_named() => rest.iter().map(|n| *n as u64).collect(),
        _ => vec![features.len() as u64],
    };
    let kind = rows.layout().element().map_or(Kind::F64, |element| element.kind);
    sink.begin(&Source { columns: names, format: Format::Npy { kind, shape } })?;
    let mut row = Vec::new();
    while rows.next(&options.memory).map_err(fail)? {
        row.clear();
        rows.wide(&features, &mut row).map_err(fail)?;
        sink.row(&|| rows.place(), &row)?;
    }
    Ok(())
}
