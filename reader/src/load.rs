//! A whole file in memory: its format by its name, its rows joined to frames.

use std::path::{Path, PathBuf};

use crate::array::Array;
use crate::dataset::{Dataset, FileRows};
use crate::error::{DataError, Problem};
use crate::files::{add, append, as_first, expand};
use crate::kinds::{self, Kinds};
use crate::memory::Memory;
use crate::open::{Named, is_stdin, named, open, open_npz};
use crate::options::{LoadOptions, Recognise};
use crate::report::{Count, LeftOut, Reason, Report};
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
    load_files(&[path.to_path_buf()], options)
}

/// Reads the frames of several files, named by their paths or by patterns such as `logs/*.csv`: their columns
/// agree by name, and no window goes across two of them.
///
/// # Errors
/// As [`load`]; the file that differs from the first is named.
///
/// # Panics
/// Where there is no path.
pub fn load_files(paths: &[PathBuf], options: &LoadOptions) -> Result<(Dataset, Report), DataError> {
    let paths = expand(paths)?;
    let at = |path: &Path| {
        let path = path.to_path_buf();
        move |problem| DataError { path, problem }
    };
    let (first, others) = paths.split_first().expect("a path");
    let kinds = recognised(first, options).map_err(at(first))?;
    let options = &kinds.over(options);
    let (mut table, mut report) = read(first, options).map_err(at(first))?;
    report.left_out = kinds.left_out.clone();
    report.notes.extend(kinds.notes());
    report.dialect = kinds.dialect;
    let options_of_others = as_first(&table, options);
    let mut later_files = Vec::new();
    let mut start = report.rows;
    for path in others {
        let (next, next_report) = read(path, &options_of_others).map_err(at(path))?;
        let rows = next_report.rows;
        append(&mut table, next, start, (first, options)).map_err(at(path))?;
        options.memory.allows(size_of_val(&table.values[..])).map_err(at(path))?;
        add(&mut report, next_report);
        later_files.push(FileRows { path: path.clone(), first: start });
        start += rows;
    }
    let data = frames(first, table, options).map_err(at(first))?;
    let report = with_columns(report, &data, options);
    Ok((Dataset { later_files, ..data }, report))
}

/// What the columns of a text file are, where that is to be found out.
fn recognised(path: &Path, options: &LoadOptions) -> Result<Kinds, Problem> {
    match options.recognise {
        Recognise::Kinds { words } if named(path) == Named::Text && options.columns.is_none() => {
            kinds::recognise(open(path)?, options, words)
        }
        _ => Ok(Kinds::default()),
    }
}

/// With the columns that were not read, and what labels there are.
fn with_columns(mut report: Report, data: &Dataset, options: &LoadOptions) -> Report {
    let is_known = |name: &String, report: &Report| report.left_out.iter().any(|left| left.column == *name);
    for name in &data.reading.left_out {
        let reason = if options.drop.contains(name) { Reason::Dropped } else { Reason::NotAsked };
        if !is_known(name, &report) {
            report.left_out.push(LeftOut { column: name.clone(), reason });
        }
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
    if table.rows == 0 {
        return Err(Problem::NoRowsLeft);
    }
    let hop = options.hop.unwrap_or(options.window);
    let (table, source_rows) = window::join(table, options.window, hop)?;
    let labels =
        table.classes.map(|classes| classes.judge(&options.normal, options.labels_if_there)).transpose()?;
    let Table { columns, categories, rows, values, kept, mut reading, .. } = table;
    (reading.normal, reading.missing) = (options.normal.clone(), options.missing);
    reading.written = options.text.clone();
    (reading.time, reading.gap) = (options.part.time.clone(), options.part.gap);
    let (path, dims) = (path.to_path_buf(), columns.len());
    let later_files = Vec::new();
    Ok(Dataset {
        later_files,
        path,
        dims,
        columns,
        categories,
        rows,
        values,
        kept,
        reading,
        labels,
        source_rows,
    })
}

/// The name tells the format; what no name tells, the IDX magic may.
fn read(path: &Path, options: &LoadOptions) -> Result<(Table, Report), Problem> {
    let table = match named(path) {
        _ if is_stdin(path) => csv::read(open(path)?, options)?,
        Named::Text => csv::read(open(path)?, options)?,
        Named::Npz => array_table::read_npz(&mut open_npz(path)?, options)?,
        Named::Npy => array_table::read(npy::open(open(path)?)?, options)?,
        Named::Nothing => array_table::read(idx::open(open(path)?)?, options)?,
    };
    // of a part that ends early the rows that were seen
    let seen = [table.source.last().copied(), table.gaps.skipped.last().map(|skipped| skipped.row)];
    let rows = seen.into_iter().flatten().map(|row| row + 1).fold(table.rows, usize::max);
    let count = |(name, count): (&String, &usize)| Count { name: name.clone(), count: *count };
    let missing = table.columns.iter().zip(&table.gaps.missing).filter(|(_, count)| **count > 0);
    let report = Report {
        rows,
        columns: table.columns.clone(),
        missing: missing.map(count).collect(),
        skipped: table.gaps.skipped.clone(),
        notes: table.notes.clone(),
        ..Report::default()
    };
    Ok((table, report))
}
