//! A whole file in memory: its format by its name, its rows joined to frames.

use std::path::Path;

use crate::array::Array;
use crate::dataset::Dataset;
use crate::error::{DataError, Problem};
use crate::open::{open, open_npz};
use crate::options::LoadOptions;
use crate::report::Report;
use crate::table::{Classes, Table};
use crate::{csv, idx, npy, window};

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
        .and_then(|(table, report)| Ok((frames(path, table, options)?, report)))
        .map_err(|problem| DataError { path: path.to_path_buf(), problem })
}

/// Reads one array of an `.npz` file, such as a matrix of weights.
///
/// # Errors
/// As [`load`].
pub fn load_array(path: &Path, key: &str) -> Result<Array, DataError> {
    open_npz(path)
        .and_then(|mut npz| npz.array(key))
        .map_err(|problem| DataError { path: path.to_path_buf(), problem })
}

fn frames(path: &Path, table: Table, options: &LoadOptions) -> Result<Dataset, Problem> {
    let hop = options.hop.unwrap_or(options.window);
    let (table, source_rows) = window::join(table, options.window, hop)?;
    let labels = table.classes.map(|classes| classes.judge(&options.normal)).transpose()?;
    let Table { columns, categories, rows, values, mut reading, .. } = table;
    (reading.normal, reading.missing) = (options.normal.clone(), options.missing);
    let (path, dims) = (path.to_path_buf(), columns.len());
    Ok(Dataset { path, dims, columns, categories, rows, values, reading, labels, source_rows })
}

/// The name tells the format; what no name tells, the IDX magic may.
fn read(path: &Path, options: &LoadOptions) -> Result<(Table, Report), Problem> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let extension =
        name.strip_suffix(".gz").unwrap_or(&name).rsplit_once('.').map(|(_, extension)| extension);
    let table = match extension {
        Some("csv") => csv::read(open(path)?, options)?,
        Some("npz") => read_npz(path, options)?,
        _ if options.labels.is_some() && !options.labels_if_there => return Err(Problem::NoLabels),
        Some("npy") => Table::from_array(npy::read(open(path)?)?, options)?,
        _ => Table::from_array(idx::read(open(path)?)?, options)?,
    };
    let report = Report { rows: table.rows, columns: table.columns.clone(), ..Report::default() };
    Ok((table, report))
}

fn read_npz(path: &Path, options: &LoadOptions) -> Result<Table, Problem> {
    let mut npz = open_npz(path)?;
    let mut table = Table::from_array(npz.array("X")?, options)?;
    let there = |key: &String| npz.keys().contains(key);
    let named = options.labels.clone().filter(|key| !options.labels_if_there || there(key));
    if let Some(key) = named.or_else(|| Some("y".to_owned()).filter(there)) {
        let labels = npz.array(&key)?.values;
        if labels.len() != table.rows {
            return Err(Problem::LabelCount { labels: labels.len(), rows: table.rows });
        }
        let mut classes = Classes::default();
        labels.iter().for_each(|label| classes.push(&label.to_string()));
        table.classes = Some(classes);
        table.reading.labels = Some(key);
    }
    Ok(table)
}
