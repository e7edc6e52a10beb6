//! Several files as one table: columns by name, windows never across files.

use std::path::{Path, PathBuf};

use crate::categories::{Categorical, Category, sorted};
use crate::error::{DataError, Problem};
use crate::options::LoadOptions;
use crate::report::Report;
use crate::table::Table;

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

/// What is asked of the files after the first: its columns, categories and labels.
pub(crate) fn as_first(first: &Table, options: &LoadOptions) -> LoadOptions {
    let column = |category: &Category| first.columns[category.feature].clone();
    let known = |name: &String| options.categorical.iter().find(|asked| asked.column == *name);
    let categorical = |category: &Category| {
        let column = column(category);
        known(&column).cloned().unwrap_or(Categorical { column, words: None })
    };
    LoadOptions {
        columns: if options.is_fitted { options.columns.clone() } else { Some(first.columns.clone()) },
        drop: Vec::new(),
        categorical: first.categories.iter().map(categorical).collect(),
        labels: first.reading.labels.clone().or(options.labels.clone()),
        ..options.clone()
    }
}

/// Puts a file's rows behind those of the files before it; `start` is what its first data row is called.
pub(crate) fn append(
    all: &mut Table,
    next: Table,
    start: usize,
    (first, options): (&Path, &LoadOptions),
) -> Result<(), Problem> {
    let first = || first.display().to_string();
    let is_new = |name: &&String| !all.reading.left_out.contains(name);
    let takes_all = options.columns.is_none();
    if let Some(column) = next.reading.left_out.iter().find(is_new).filter(|_| takes_all) {
        return Err(Problem::NewColumn { column: column.clone(), first: first() });
    }
    match (&mut all.classes, &next.classes) {
        (Some(all), Some(next)) => all.append(next),
        (None, None) => {}
        (Some(_), None) => return Err(Problem::LacksLabels { first: first() }),
        (None, Some(_)) => return Err(Problem::HasLabels { first: first() }),
    }
    let mut values = next.values;
    let dims = all.columns.len();
    for (all_of, next_of) in all.categories.iter_mut().zip(&next.categories) {
        let words = union(&all_of.words, &next_of.words);
        if words.len() > crate::categories::MOST_LEVELS {
            let column = all.columns[all_of.feature].clone();
            let most = crate::categories::MOST_LEVELS;
            return Err(Problem::TooManyWords { column, found: words.len(), most });
        }
        recode(&mut all.values, dims, all_of, &words);
        recode(&mut values, dims, next_of, &words);
        all_of.words = words;
    }
    all.values.extend(values);
    all.kept.cells.resize(start * all.kept.columns.len(), String::new());
    all.kept.cells.extend(next.kept.cells);
    all.breaks.push(all.rows);
    all.breaks.extend(next.breaks.iter().map(|row| all.rows + row));
    all.source.extend(next.source.iter().map(|row| start + row));
    all.rows += next.rows;
    Ok(())
}

/// All words, in the order of their codes.
fn union(one: &[String], other: &[String]) -> Vec<String> {
    if one == other {
        return one.to_vec();
    }
    let new = other.iter().filter(|word| !one.contains(word));
    sorted(one.iter().chain(new).cloned().collect())
}

fn recode(values: &mut [f32], dims: usize, category: &Category, words: &[String]) {
    let code = |word: &String| words.iter().position(|known| known == word).unwrap_or(0) as f32;
    let codes: Vec<f32> = category.words.iter().map(code).collect();
    for value in values.iter_mut().skip(category.feature).step_by(dims) {
        *value = codes[*value as usize];
    }
}

/// Adds what was told of one more file.
pub(crate) fn add(all: &mut Report, next: Report) {
    for count in next.missing {
        match all.missing.iter_mut().find(|known| known.name == count.name) {
            Some(known) => known.count += count.count,
            None => all.missing.push(count),
        }
    }
    all.skipped.extend(
        next.skipped
            .into_iter()
            .map(|skipped| crate::report::Skipped { row: all.rows + skipped.row, ..skipped }),
    );
    all.rows += next.rows;
    let is_new: Vec<String> = next.notes.into_iter().filter(|note| !all.notes.contains(note)).collect();
    all.notes.extend(is_new);
}
