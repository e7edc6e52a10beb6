//! What can be wrong with a file of frames: one sentence each, with the place and the remedy.

mod remedy;

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::report::LeftOut;

/// A data file that could not be used, and why.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct DataError {
    /// the file
    pub path: PathBuf,
    /// what is wrong with it
    pub problem: Problem,
}

/// What else becomes of missing numbers.
const OTHERWISE: &str = ", --missing hold takes the last value, --missing model goes by what is there";

/// What is wrong with a data file or with what was asked of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the sentences say what the fields are")]
pub enum Problem {
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    #[error("is none of .csv, .tsv, .txt, .npy, .npz or IDX (plain or .gz); convert it to one of them")]
    UnknownFormat,
    #[error(
        "is none of .csv, .tsv, .txt, .npy or .npz (all but the last plain or .gz); convert it to one of them"
    )]
    NotARowFile,
    #[error(
        "is a table of Parquet or Arrow, which this program cannot read: build it with `--features arrow`, \
         or write the table as CSV"
    )]
    NoArrow,
    #[error("is {what}, and no table of text; save it as CSV, or give it the name of what it is")]
    NotText { what: &'static str },
    #[error("is not a sound {format} file: {what}; write it again")]
    Malformed { format: &'static str, what: String },
    #[error("array `{key}`: {problem}")]
    InArray { key: String, problem: Box<Problem> },

    #[error("is empty; a line of column names and rows of numbers are needed")]
    Empty,
    #[error(
        "has no header: its first line holds numbers only; --no-header reads it as a row and calls the \
         columns x0, x1, …, or put a line of column names above it"
    )]
    NoHeader,
    #[error("column {column} has no name in the header; name it or remove the column")]
    UnnamedColumn { column: usize },
    #[error("the column `{name}` is named twice; each name may stand only once")]
    RepeatedColumn { name: String },
    #[error("has no column `{name}`; choose among {known}")]
    NoColumn { name: String, known: Names },
    #[error(
        "an array has no column of text to keep, such as `{name}`; leave --keep out, or give a .csv file"
    )]
    NothingToKeep { name: String },
    #[error("the column `{name}` holds labels and cannot be a feature; leave it out of the columns")]
    LabelAsFeature { name: String },
    #[error("no feature is left: every column is dropped or holds labels; drop fewer columns")]
    NoFeatures,
    #[error(
        "nothing is left to fit: {}; name those that are states with --categorical, or what parts cells with \
         --delimiter",
        listed(left_out)
    )]
    NothingToFit { left_out: Vec<LeftOut> },
    #[error(
        "the category `{column}` has {found} values, more than {most}; leave it out with --drop '{column}', \
         or read it as a number"
    )]
    TooManyWords { column: String, found: usize, most: usize },
    #[error(
        "the category `{column}` has {found} values in {rows} rows: names of rows or times, of which nothing \
         is learned; leave it out with --drop '{column}'"
    )]
    WordsOfRows { column: String, found: usize, rows: usize },
    #[error(
        "{first}; in all {cells} cells are missing ({counts}): --missing drop leaves their rows out{}",
        if *only_labels { "" } else { OTHERWISE }
    )]
    MissingCells { first: Box<Problem>, cells: usize, counts: String, only_labels: bool },
    #[error(
        "each of its {rows} rows has a missing cell; fill them in, or leave out the columns that are empty"
    )]
    NoWholeRows { rows: usize },
    #[error("none of its rows can be read; the first: {first}")]
    NoRowReads { first: String },
    #[error("holds no data rows; at least one is needed")]
    NoRows,
    #[error(
        "{place}: the number of cells is {found} and the header's is {expected}; make them agree, or leave \
         such rows out with --skip-broken"
    )]
    Ragged { place: Place, found: usize, expected: usize },
    #[error("{place}, column `{column}`: {fault}; {}", fault.remedy(column))]
    Cell { place: Place, column: String, fault: Fault },
    /// A number that is impossible under the likelihood: no bit for one of bits, no integer for one of
    /// integers.
    #[error("row {row}, column `{column}`: {value} {problem}")]
    OutOfSupport { row: usize, column: String, value: f32, problem: &'static str },

    #[error("has no array `{key}`; it holds {known}: save it under that name with numpy.savez")]
    NoArray { key: String, known: Names },
    #[error("holds several arrays: {known}; name the one with the frames with --key")]
    WhichArray { known: Names },
    #[error("its values are of type `{dtype}`, which cannot be read; {}", convert(dtype))]
    Dtype { dtype: String },
    #[error("its records have the shape {shape:?}, and a row is one record; save numpy.ravel of it")]
    RecordShape { shape: Vec<usize> },
    #[error(
        "takes more than {} MiB of memory; allow more with --max-memory, or take a part with --rows",
        limit >> 20
    )]
    Memory { limit: u64 },
    #[error(
        "a fit of it takes more than {} MiB of memory, about {}; allow more with --max-memory, or take a \
         part with --rows",
        limit >> 20, needed >> 20
    )]
    FitMemory { needed: u64, limit: u64 },
    #[error("its shape is {shape:?}; rows are needed, and at least one number in each")]
    EmptyShape { shape: Vec<usize> },
    #[error("ends after {found} of its {expected} numbers; copy or write it again")]
    Truncated { found: usize, expected: usize },
    #[error("goes on after the {expected} numbers that its header announces; copy or write it again")]
    Overlong { expected: usize },

    #[error("labels are read only from .csv and .npz files; save frames X and labels y with numpy.savez")]
    NoLabels,
    #[error("there are {labels} labels for {rows} rows; give one label for each row")]
    LabelCount { labels: usize, rows: usize },
    #[error(
        "none of the labels {known} reads as normal (0, false, normal, ok, …); name the normal one with \
         --normal"
    )]
    NormalUnknown { known: Names },

    #[error(
        "column `{column}`: nobody can tell its days from its months; write its times with the year first, \
         as in 2024-03-01"
    )]
    DayOrMonth { column: String },
    #[error("--gap and --until need the column of times; name it with --time")]
    NoTimeColumn,
    #[error("no row is left by --rows and --until; take more")]
    NoRowsLeft,
    #[error(
        "has a column `{column}`, which {first} lacks; make the columns of all files agree, or name those to \
         read with --columns"
    )]
    NewColumn { column: String, first: String },
    #[error("has {found} columns and {first} has {expected}; make them agree")]
    OtherWidth { found: usize, expected: usize, first: String },
    #[error("{first} has labels and it has none; give all files labels, or none")]
    LacksLabels { first: String },
    #[error("has labels, and {first} has none; give all files labels, or none")]
    HasLabels { first: String },
    #[error("matches no file; correct the pattern")]
    NoFiles,

    #[error("no row has the label `{word}` that --normal names; the labels are {known}")]
    NormalAbsent { word: String, known: Names },
    #[error("window and hop must be at least 1; leave them out to score single rows")]
    ZeroWindow,
    #[error(
        "a window of {window} needs {window} consecutive rows under one label, and the longest stretch has \
         {longest}; record more rows or shorten the window"
    )]
    TooFewRows { window: usize, longest: usize },
}

/// Columns, and why they are left out.
fn listed(left_out: &[LeftOut]) -> String {
    let told = left_out.iter().map(|left| format!("`{}` ({})", left.column, left.reason));
    told.collect::<Vec<_>>().join(", ")
}

/// What makes numbers of values of a type.
fn convert(dtype: &str) -> &'static str {
    match dtype.trim_start_matches(['<', '>', '=', '|']).as_bytes() {
        [b'c', ..] => "save both parts as columns, numpy.hstack([a.real, a.imag])",
        [b'O', ..] => "convert numbers with .astype('float32') and words with .astype(str)",
        _ => "convert them with .astype('float32')",
    }
}

/// A row as people count: the first data row is row 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// data row, from 1
    pub row: usize,
    /// line of the text file, from 1
    pub line: Option<u64>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}", self.row)?;
        self.line.map_or(Ok(()), |line| write!(f, " (line {line})"))
    }
}

/// What is wrong with one cell. The text is the cell's, shortened.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[allow(missing_docs, reason = "the sentences say it")]
#[non_exhaustive]
pub enum Fault {
    #[error("the value is missing")]
    Missing,
    #[error("`{0}` is not a number")]
    Text(String),
    /// where words cannot be read as categories
    #[error("`{0}` is not a number")]
    Word(String),
    #[error("`{0}` has a decimal comma")]
    DecimalComma(String),
    #[error("`{0}` is not a time, or written in another way than those before it")]
    NoTime(String),
    #[error("`{0}` has commas between thousands")]
    Thousands(String),
    #[error("the comma of `{0}` has two meanings")]
    CommaUnclear(String),
    #[error("`{0}` is not a finite number")]
    NotFinite(String),
    #[error("`{0}` is beyond ±3.4e38, the range of a 32-bit float")]
    OutOfRange(String),
    #[error("`{word}` is none of the values that the model knows: {known}")]
    UnknownWord { word: String, known: Names },
    #[error("`{0}`, as most of its column are")]
    OtherUnit(String),
    #[error("its values are of type `{0}`, neither numbers nor text")]
    Type(String),
    #[error("`{0}` is no integer within ±2^24")]
    Rounded(String),
    #[error("{value} is no multiple of the resolution {unit}")]
    BetweenSteps { value: f64, unit: f64 },
    #[error("{value} is {steps:.0} steps of {unit}, beyond the range of a 32-bit integer")]
    TooManySteps { value: f64, steps: f64, unit: f64 },
}

/// The names that exist, for a message. A frame can have thousands of columns: only the first are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 16;
        for (i, name) in self.0.iter().take(SHOWN).enumerate() {
            write!(f, "{}`{name}`", if i > 0 { ", " } else { "" })?;
        }
        match self.0.len() {
            0 => f.write_str("nothing"),
            n if n > SHOWN => write!(f, ", … ({n} in all)"),
            _ => Ok(()),
        }
    }
}
