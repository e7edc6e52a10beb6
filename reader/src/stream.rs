//! A file's rows one after another, in f64: memory does not grow with the file.

use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::array::{Element, Kind, Order};
use crate::error::{DataError, Fault, Place, Problem};
use crate::open::{open, open_npz};
use crate::options::LoadOptions;
use crate::{columns, csv, npy};

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
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("csv") => csv_rows(open(path).map_err(fail)?, options, sink, &fail),
        Some("npy") => npy_rows(&mut open(path).map_err(fail)?, options, sink, &fail),
        Some("npz") => {
            let mut npz = open_npz(path).map_err(fail)?;
            npz.with("X", |member| Ok(npy_rows(member, options, sink, &fail))).map_err(fail)?
        }
        _ => Err(fail(Problem::NotARowFile)),
    }
}

/// The most digits behind the decimal point in each column of a CSV file; `None` in one with exponents.
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
                let is_plain = !cell.iter().any(|byte| matches!(byte, b'e' | b'E'))
                    || std::str::from_utf8(cell).is_ok_and(|text| text.parse::<f64>().is_err());
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

fn npy_rows<E>(
    mut input: &mut dyn Read,
    options: &LoadOptions,
    sink: &mut impl RowSink<E>,
    fail: &impl Fn(Problem) -> E,
) -> Result<(), E> {
    let npy::Header { element, shape, order } = npy::Header::read(&mut input).map_err(fail)?;
    let (rows, rest) = shape.split_first().map_or((0, &[][..]), |(rows, rest)| (*rows, rest));
    let dims = rest.iter().fold(1_usize, |dims, extent| dims.saturating_mul(*extent));
    let total = rows.saturating_mul(dims);
    if total == 0 {
        return Err(fail(Problem::EmptyShape { shape }));
    }
    if order == Order::ColumnMajor && dims > 1 {
        return Err(fail(Problem::ColumnMajor));
    }
    let names: Vec<String> = (0..dims).map(|column| format!("x{column}")).collect();
    let chosen = columns::features(&names, None, options).map_err(fail)?;
    let all = chosen.iter().copied().eq(0..dims);
    let shape = if all { rest.iter().map(|n| *n as u64).collect() } else { vec![chosen.len() as u64] };
    let columns: Vec<String> = chosen.iter().map(|&column| names[column].clone()).collect();
    sink.begin(&Source { columns, format: Format::Npy { kind: element.kind, shape } })?;

    let (mut bytes, mut numbers, mut row) = (Vec::new(), Vec::new(), Vec::new());
    for at in 0..rows {
        read_row(&mut input, element, dims, &mut bytes, &mut numbers).map_err(|problem| {
            fail(match problem {
                RowProblem::Short(found) => Problem::Truncated { found: at * dims + found, expected: total },
                RowProblem::Io(error) => Problem::Io(error),
                RowProblem::Fault(column, fault) => Problem::Cell {
                    place: Place { row: at + 1, line: None },
                    column: names[column].clone(),
                    fault,
                },
            })
        })?;
        row.clear();
        row.extend(chosen.iter().map(|&column| numbers[column]));
        sink.row(&|| Place { row: at + 1, line: None }, &row)?;
    }
    // reading on to the very end is also what makes gzip and zip check their checksums
    match input.read(&mut [0]) {
        Ok(0) => Ok(()),
        Ok(_) => Err(fail(Problem::Overlong { expected: total })),
        Err(error) => Err(fail(error.into())),
    }
}

enum RowProblem {
    /// so many of its numbers are there
    Short(usize),
    Io(std::io::Error),
    /// what is wrong in which column
    Fault(usize, Fault),
}

/// Memory grows with the data, not with what a header claims.
fn read_row(
    input: &mut dyn Read,
    element: Element,
    dims: usize,
    bytes: &mut Vec<u8>,
    numbers: &mut Vec<f64>,
) -> Result<(), RowProblem> {
    bytes.clear();
    numbers.clear();
    let wanted = dims.saturating_mul(element.size());
    input.take(wanted as u64).read_to_end(bytes).map_err(RowProblem::Io)?;
    if bytes.len() < wanted {
        return Err(RowProblem::Short(bytes.len() / element.size()));
    }
    element.decode_wide(bytes, numbers).map_err(|fault| RowProblem::Fault(numbers.len(), fault))
}
