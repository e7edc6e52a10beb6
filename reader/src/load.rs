//! Whole files in memory: the sum of their blocks.

use std::path::{Path, PathBuf};

use crate::array::Array;
use crate::blocks::{Begun, run};
use crate::dataset::{Dataset, FileRows};
use crate::error::DataError;
use crate::memory::Memory;
use crate::open::open_npz;
use crate::options::LoadOptions;
use crate::report::Report;
use crate::table::Table;

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
    let mut all = Table::default();
    let mut end = run(paths, options, &mut |begun: &Begun, table| {
        all.append(table, begun.start);
        let allowed = options.memory.allows(size_of_val(&all.values[..]));
        allowed.map_err(|problem| DataError { path: begun.path.clone(), problem })
    })?;
    all.values.shrink_to_fit();
    let width = end.begun.first.columns.len();
    let categories = end.cutter.categories(&end.shared.codes.finish(&mut all.values), width);
    let classes = std::mem::take(&mut all.classes);
    let columns = std::mem::take(&mut end.begun.columns);
    let mut files = end.files.into_iter().map(|(path, first)| FileRows { path, first });
    end.begun.path = files.next().map_or(PathBuf::new(), |file| file.path);
    let mut data = end.begun.dataset(all, columns, categories);
    data.later_files = files.collect();
    if end.begun.first.is_labelled && !options.unlabelled {
        let judged = end.shared.classes.judge(&classes, &options.normal, options.labels_if_there);
        data.labels = Some(judged.map_err(|problem| DataError { path: data.path.clone(), problem })?);
    }
    Ok((data, end.begun.report))
}

/// The names of the arrays of an `.npz` file, in their order.
///
/// # Errors
/// Where it cannot be read.
pub fn array_names(path: &Path) -> Result<Vec<String>, DataError> {
    let names = open_npz(path).map(|npz| npz.keys());
    names.map_err(|problem| DataError { path: path.to_path_buf(), problem })
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
