//! Frames of files some at a time: memory does not grow with the files, and what comes slowly is handed on as
//! it comes.

use std::io::BufRead as _;
use std::path::{Path, PathBuf};

use crate::categories::{Category, Codes};
use crate::dataset::{Dataset, Kept};
use crate::error::{DataError, Fault, Problem};
use crate::files::{add, agree, as_first, expand, note};
use crate::kinds::{self, Kinds};
use crate::open::{Named, is_live, is_stdin, named, open, open_npy, open_npz};
use crate::options::{LoadOptions, Recognise};
use crate::reading::Reading;
use crate::report::{LeftOut, Reason, Report};
use crate::rows::{Found, Heading, NUMBERS, RowReader, Shared, read};
use crate::table::{Classes, Table};
use crate::window::Cutter;
use crate::{array_table, csv, idx};

/// Hands the frames of files to `take`, some at a time and in order, with what is known of the files so far:
/// together they are those that [`load_files`](crate::load_files) gives, of which each stands in its file
/// (`path`, `source_rows`) and none has labels. Of standard input, a pipe or a device each frame is handed on
/// before the row behind it is waited for.
///
/// A category must have its words in `options`, as those of a model have: where they are yet to be learned,
/// codes are in the order in which words come, and not in that of the words.
///
/// # Errors
/// As [`load_files`](crate::load_files), and those of `take`; what was handed on before stays so.
///
/// # Panics
/// Where there is no path.
pub fn load_blocks<E: From<DataError>>(
    paths: &[PathBuf],
    options: &LoadOptions,
    take: &mut dyn FnMut(Dataset, &Report) -> Result<(), E>,
) -> Result<Report, E> {
    let end = run(paths, options, &mut |begun: &Begun, table| {
        let (columns, categories) = (begun.columns.clone(), begun.categories.clone());
        take(begun.dataset(table, columns, categories), &begun.report)
    })?;
    if end.begun.first.is_labelled && !options.unlabelled {
        let judged = end.shared.classes.judge(&[], &options.normal, options.labels_if_there);
        judged.map_err(|problem| DataError { path: end.begun.path.clone(), problem })?;
    }
    Ok(end.begun.report)
}

/// Whether files have labels, by what the first says before its rows.
///
/// # Errors
/// As [`load_files`](crate::load_files), of what is wrong at the head of a file.
///
/// # Panics
/// Where there is no path.
pub fn is_labelled(paths: &[PathBuf], options: &LoadOptions) -> Result<bool, DataError> {
    heading(paths, options).map(|heading| heading.is_labelled)
}

/// Whether text files have a column of this name, by what the first says before its rows; arrays have none.
///
/// # Errors
/// As [`load_files`](crate::load_files), of what is wrong at the head of a file.
///
/// # Panics
/// Where there is no path.
pub fn has_column(paths: &[PathBuf], options: &LoadOptions, name: &str) -> Result<bool, DataError> {
    let heading = heading(paths, options)?;
    Ok(heading.is_text && heading.names.iter().any(|column| column == name))
}

/// What the first file says before its rows.
fn heading(paths: &[PathBuf], options: &LoadOptions) -> Result<Heading, DataError> {
    let paths = expand(paths)?;
    let first = paths.first().expect("a path");
    let mut heading = Heading::default();
    let looked = with_rows(first, options, &mut |rows| {
        heading = rows.heading()?;
        Ok(Found::default())
    });
    looked.map_err(|problem| DataError { path: first.clone(), problem }).map(|_| heading)
}

/// Whether a file can be read but once, as standard input, a pipe or a device.
pub fn is_stream(path: &Path) -> bool {
    is_live(path)
}

/// What is known of some files once rows come.
pub(crate) struct Begun {
    pub(crate) first: Heading,
    pub(crate) report: Report,
    pub(crate) reading: Reading,
    /// names of the numbers of a frame, once there is one
    pub(crate) columns: Vec<String>,
    /// the categories of a row, of a frame once there is one, with the words that are known
    pub(crate) categories: Vec<Category>,
    /// the file in hand
    pub(crate) path: PathBuf,
    /// what its first data row is called among those of all files
    pub(crate) start: usize,
    keep: Vec<String>,
    window: usize,
}

/// When all frames have come.
pub(crate) struct End {
    pub(crate) begun: Begun,
    pub(crate) shared: Shared,
    pub(crate) cutter: Cutter,
    /// the files, and what the first data row of each is called
    pub(crate) files: Vec<(PathBuf, usize)>,
}

impl Begun {
    /// Frames that stand in the file in hand.
    pub(crate) fn dataset(&self, of: Table, columns: Vec<String>, categories: Vec<Category>) -> Dataset {
        Dataset {
            path: self.path.clone(),
            dims: columns.len(),
            window: self.window,
            columns,
            categories,
            rows: of.rows(),
            values: of.values,
            kept: Kept { columns: self.keep.clone(), cells: of.kept },
            reading: self.reading.clone(),
            labels: None,
            source_rows: of.source,
            later_files: Vec::new(),
            skipped: of.skipped,
        }
    }
}

/// Reads files one after another. `take` gets frames, and what is known when they come.
pub(crate) fn run<E: From<DataError>>(
    paths: &[PathBuf],
    options: &LoadOptions,
    take: &mut dyn FnMut(&Begun, Table) -> Result<(), E>,
) -> Result<End, E> {
    let paths = expand(paths)?;
    let (first, _) = paths.split_first().expect("a path");
    let fail = |path: &Path, problem| DataError { path: path.to_path_buf(), problem };
    let kinds = recognised(first, options).map_err(|problem| fail(first, problem))?;
    let options = &kinds.over(options);
    let mut cutter = Cutter::new(options).map_err(|problem| fail(first, problem))?;
    let most = (NUMBERS / cutter.overlap()).max(1);
    let mut going: Option<(Begun, Shared)> = None;
    let mut files = Vec::new();
    for path in &paths {
        let later = going.as_ref().map(|(begun, _)| as_first(&begun.first, options));
        let options_here = later.as_ref().unwrap_or(options);
        let mut failed = None;
        let found = with_rows(path, options_here, &mut |rows| {
            let heading = rows.heading()?;
            let (begun, shared) = match &mut going {
                Some(going) => {
                    agree(&going.0.first, &heading, (first, options))?;
                    going
                }
                None => going.insert(begin(heading.clone(), &kinds, options)?),
            };
            note(&mut begun.report, heading.notes.clone());
            begun.path.clone_from(path);
            begun.start = begun.report.rows;
            files.push((path.clone(), begun.start));
            cutter.end_stretch();
            let found = read(rows, &heading, shared, (options_here, most), &mut |table| {
                let frames = cutter.cut(table);
                if begun.columns.is_empty() && (cutter.takes_rows() || frames.rows() > 0) {
                    // a window may be wider than any file is long
                    begun.columns = cutter.columns(&begun.first.columns);
                    begun.categories = cutter.categories(&begun.categories, begun.first.columns.len());
                }
                if frames.rows() > 0 || !frames.skipped.is_empty() {
                    failed = take(begun, frames).err();
                }
                Ok(failed.is_none())
            })?;
            shared.codes.check()?;
            Ok(found)
        });
        if let Some(failed) = failed {
            return Err(failed);
        }
        let found = found.map_err(|problem| fail(path, of_model(problem, options.recognise)))?;
        if let Some((begun, _)) = &mut going {
            add(&mut begun.report, found);
        }
    }
    let (begun, shared) = going.expect("a file that was read");
    cutter.finish().map_err(|problem| fail(first, problem))?;
    shared.codes.check_rows(begun.report.rows).map_err(|problem| fail(first, problem))?;
    Ok(End { begun, shared, cutter, files })
}

/// What is known from the first file on.
fn begin(first: Heading, kinds: &Kinds, options: &LoadOptions) -> Result<(Begun, Shared), Problem> {
    let codes = Codes::new(&first.columns, &options.categorical, options.unseen)?;
    let mut left_out = kinds.left_out.clone();
    for name in &first.reading.left_out {
        let reason = if options.drop.contains(name) { Reason::Dropped } else { Reason::NotAsked };
        if !left_out.iter().any(|left| left.column == *name) {
            left_out.push(LeftOut { column: name.clone(), reason });
        }
    }
    let report = Report {
        columns: first.columns.clone(),
        left_out,
        dialect: first.dialect.clone(),
        notes: kinds.notes.clone(),
        ..Report::default()
    };
    let reading = Reading {
        normal: options.normal.clone(),
        missing: options.missing,
        written: options.text.clone(),
        time: options.part.time.clone(),
        gap: options.part.gap,
        ..first.reading.clone()
    };
    let begun = Begun {
        columns: Vec::new(),
        categories: codes.known(),
        keep: options.keep.clone(),
        window: options.window,
        first,
        report,
        reading,
        path: PathBuf::new(),
        start: 0,
    };
    Ok((begun, Shared { codes, classes: Classes::default() }))
}

/// What the columns of a table are, where that is to be found out.
fn recognised(path: &Path, options: &LoadOptions) -> Result<Kinds, Problem> {
    let mut kinds = Kinds::default();
    if let (Recognise::Kinds { words }, None) = (options.recognise, &options.columns)
        && named(path) != Named::Nothing
    {
        let bare = LoadOptions { keep: Vec::new(), categorical: Vec::new(), ..options.clone() };
        with_rows(path, &bare, &mut |rows| {
            kinds = kinds::recognise(rows, options, words)?;
            Ok(Found::default())
        })?;
    }
    Ok(kinds)
}

/// What is wrong, without the remedy of a model that takes words where there is none.
fn of_model(problem: Problem, recognise: Recognise) -> Problem {
    match problem {
        Problem::Cell { place, column, fault: Fault::Text(text) }
            if recognise == (Recognise::Kinds { words: false }) =>
        {
            Problem::Cell { place, column, fault: Fault::Word(text) }
        }
        problem => problem,
    }
}

/// Opens a file for some work with its rows. The name tells the format; what no name tells, the IDX magic
/// may. What comes from a device without it is text.
fn with_rows(
    path: &Path,
    options: &LoadOptions,
    work: &mut dyn FnMut(&mut dyn RowReader) -> Result<Found, Problem>,
) -> Result<Found, Problem> {
    match named(path) {
        Named::Npz => array_table::with_npz(|| open_npz(path), options, |mut rows| work(&mut rows)),
        Named::Npy => work(&mut array_table::open(open_npy(path)?, options)?),
        #[cfg(feature = "arrow")]
        Named::Columnar => work(&mut crate::columnar::Rows::open(path, options)?),
        #[cfg(not(feature = "arrow"))]
        Named::Columnar => Err(Problem::NoArrow),
        Named::Nothing => {
            let mut input = open(path)?;
            if is_stdin(path) || is_live(path) && !input.fill_buf()?.starts_with(&[0, 0]) {
                work(&mut csv::Rows::open(input, options)?.live(true))
            } else {
                work(&mut array_table::open(idx::open(input)?, options)?)
            }
        }
        Named::Text => work(&mut csv::Rows::open(open(path)?, options)?.live(is_live(path))),
    }
}
