//! A whole file in memory: its format by its name, its rows joined to frames.

use std::path::Path;

use crate::array::Array;
use crate::dataset::Dataset;
use crate::error::{DataError, Problem};
use crate::memory::Memory;
use crate::open::{open, open_npz};
use crate::options::LoadOptions;
use crate::report::{LeftOut, Reason, Report};
use crate::table::Table;
use crate::{array_table, csv, idx, npy, window};

/// Reads the frames of a file.
///
/// # Errors
/// A sentence that names the file, the row and the column at fault, and the remedy.
pub fn load(path: &Path, options: &LoadOptions) -> Result<Dataset, DataError> {
    Ok(load_reported(path, options)?.0)
}

/// As [`load`], with what the reader took the file for.
///
/// # Errors
/// As [`load`].
pub fn load_reported(path: &Path, options: &LoadOptions) -> Result<(Dataset, Report), DataError> {
    read(path, options)
        .and_then(|(table, report)| {
            let data = frames(path, table, options)?;
            let report = with_columns(report, &data, options);
            Ok((data, report))
        })
        .map_err(|problem| DataError { path: path.to_path_buf(), problem })
}

/// With the columns that were not read and the labels, where that is not told yet.
fn with_columns(mut report: Report, data: &Dataset, options: &LoadOptions) -> Report {
    let reason = |name: &String| if options.drop.contains(name) { Reason::Dropped } else { Reason::NotAsked };
    let left_out = |name: &String| LeftOut { column: name.clone(), reason: reason(name) };
    if report.left_out.is_empty() {
        report.left_out = data.reading.left_out.iter().map(left_out).collect();
    }
    report
}

/// Reads one array of an `.npz` file, such as a matrix of weights.
///
/// # Errors
/// As [`load`].
pub fn load_array(path: &Path, key: &str) -> Result<Array, DataError> {
    open_npz(path)
        .and_then(|mut npz| npz.with(key, |rows| rows.array(&Memory::default())))
        .map_err(|problem| DataError { path: path.to_path_buf(), problem })
}

fn frames(path: &Path, table: Table, options: &LoadOptions) -> Result<Dataset, Problem> {
    let hop = options.hop.unwrap_or(options.window);
    let (table, source_rows) = window::join(table, options.window, hop)?;
    let labels = table.classes.map(|classes| classes.judge(&options.normal)).transpose()?;
    let Table { columns, categories, rows, values, kept, mut reading, .. } = table;
    (reading.normal, reading.missing) = (options.normal.clone(), options.missing);
    let (path, dims) = (path.to_path_buf(), columns.len());
    Ok(Dataset { path, dims, columns, categories, rows, values, kept, reading, labels, source_rows })
}

/// The name tells the format; what no name tells, the IDX magic may.
fn read(path: &Path, options: &LoadOptions) -> Result<(Table, Report), Problem> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let extension =
        name.strip_suffix(".gz").unwrap_or(&name).rsplit_once('.').map(|(_, extension)| extension);
    let table = match extension {
        Some("csv") => csv::read(open(path)?, options)?,
        Some("npz") => array_table::read_npz(&mut open_npz(path)?, options)?,
        Some("npy") => array_table::read(npy::open(open(path)?)?, options)?,
        _ => array_table::read(idx::open(open(path)?)?, options)?,
    };
    let report = Report { rows: table.rows, columns: table.columns.clone(), ..Report::default() };
    Ok((table, report))
}
