//! Several files as one table: columns by name, windows never across files.

use std::path::{Path, PathBuf};

use crate::error::{DataError, Problem};
use crate::options::LoadOptions;
use crate::report::Report;
use crate::rows::{Found, Heading};

/// The files that paths and patterns such as `logs/*.csv` name, each pattern's by name.
///
/// # Errors
/// A pattern that matches nothing, a folder of it that cannot be read.
pub fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, DataError> {
    let mut files = Vec::new();
    for path in paths {
        let pattern = path.to_str().filter(|text| text.contains(['*', '?', '[']) && !path.exists());
        let Some(pattern) = pattern else {
            files.push(path.clone());
            continue;
        };
        let before = files.len();
        for found in glob::glob(pattern).into_iter().flatten() {
            // a folder that cannot be read may hold files of the pattern
            files.push(found.map_err(|error| {
                let path = error.path().to_path_buf();
                DataError { path, problem: Problem::Io(error.into()) }
            })?);
        }
        if files.len() == before {
            return Err(DataError { path: path.clone(), problem: Problem::NoFiles });
        }
    }
    Ok(files)
}

/// What is asked of the files after the first: its columns and labels.
pub(crate) fn as_first(first: &Heading, options: &LoadOptions) -> LoadOptions {
    LoadOptions {
        columns: if options.is_fitted { options.columns.clone() } else { Some(first.columns.clone()) },
        drop: Vec::new(),
        labels: first.reading.labels.clone().or(options.labels.clone()),
        ..options.clone()
    }
}

/// Refuses a later file with columns or labels that the first has not, or without those that it has.
pub(crate) fn agree(
    first: &Heading,
    next: &Heading,
    (path, options): (&Path, &LoadOptions),
) -> Result<(), Problem> {
    let first_name = || path.display().to_string();
    let is_new = |name: &&String| !first.reading.left_out.contains(name);
    let takes_all = options.columns.is_none();
    if let Some(column) = next.reading.left_out.iter().find(is_new).filter(|_| takes_all) {
        return Err(Problem::NewColumn { column: column.clone(), first: first_name() });
    }
    match (first.is_labelled, next.is_labelled) {
        (true, false) => Err(Problem::LacksLabels { first: first_name() }),
        (false, true) => Err(Problem::HasLabels { first: first_name() }),
        _ if first.columns.len() != next.columns.len() => {
            let (found, expected) = (next.columns.len(), first.columns.len());
            Err(Problem::OtherWidth { found, expected, first: first_name() })
        }
        _ => Ok(()),
    }
}

/// Adds what was found in one more file.
pub(crate) fn add(all: &mut Report, found: Found) {
    for count in found.missing {
        match all.missing.iter_mut().find(|known| known.name == count.name) {
            Some(known) => known.count += count.count,
            None => all.missing.push(count),
        }
    }
    note(all, found.notes);
    all.rows_missing += found.missing_rows;
    all.rows_with_gaps += found.gap_rows;
    all.rows_broken += found.broken_rows;
    all.first_broken = all.first_broken.take().or(found.first_broken);
    all.rows_unseen += found.unseen_rows;
    all.rows += found.rows;
}

/// Adds what is said of one more file before its rows.
pub(crate) fn note(all: &mut Report, notes: Vec<String>) {
    let is_new: Vec<String> = notes.into_iter().filter(|note| !all.notes.contains(note)).collect();
    all.notes.extend(is_new);
}
