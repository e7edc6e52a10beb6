//! Files of sensor frames: read, checked, cut into windows, split.
//!
//! `.csv` (with a header), `.npy`, `.npz` (arrays `X` and, where there are labels,
//! `y`) and IDX, each also gzipped save `.npz`. Every value is a finite f32, or the
//! file is refused with the row and the column at fault.

mod array;
pub mod categories;
mod cell;
mod columns;
mod csv;
mod idx;
mod npy;
mod split;
mod stream;
mod table;
#[cfg(test)]
mod tests;
mod window;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

pub use crate::error::data::{DataError, Fault, Names, Place, Problem};
pub use array::{Array, Kind};
pub use categories::{Categorical, Category};
pub use split::{Split, shuffle};
pub use stream::{Format, RowSink, Source, decimals, stream};
use table::{Classes, Table};

use crate::error::Error;

/// Frames of one width, one behind the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// the file that they come from
    pub path: PathBuf,
    /// name of each feature: the CSV column, or x0, x1, …; in windows with the
    /// step behind it, as in `cpu_user@3`
    pub columns: Vec<String>,
    /// which numbers of a frame are codes, features rising
    pub categories: Vec<Category>,
    /// number of frames
    pub rows: usize,
    /// numbers in a frame
    pub dims: usize,
    /// `rows × dims` finite numbers, row-major
    pub values: Vec<f32>,
    /// where the file has labels: those of the frames
    pub labels: Option<Labels>,
    /// for each frame, the data row of the file at which it begins, from 0
    pub source_rows: Vec<usize>,
}

/// What is known about each frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    /// whether it is an anomaly
    pub anomalous: Vec<bool>,
    /// the label itself where the file has words instead of numbers
    pub names: Option<Vec<String>>,
}

/// What to read and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadOptions {
    /// CSV column or `.npz` array that holds the labels; by default the column
    /// `label` or the array `y`, if any
    pub labels: Option<String>,
    /// the only columns to use, in this order (x0, x1, … in files without names)
    pub columns: Option<Vec<String>>,
    /// columns to leave out; each must exist
    pub drop: Vec<String>,
    /// columns whose values are words, or numbers that are only names
    pub categorical: Vec<Categorical>,
    /// consecutive rows joined to one frame, all features of the first row
    /// before those of the second; 1 by default
    pub window: usize,
    /// rows from one window to the next; by default as many as a window has
    pub hop: Option<usize>,
    /// the label of normal rows; by default 0, `false` and `normal`
    pub normal: Option<String>,
    /// refuse a number that is an integer only once it is an f32, as models of integers need
    pub whole: bool,
}

impl Default for LoadOptions {
    fn default() -> Self {
        LoadOptions {
            labels: None,
            columns: None,
            drop: Vec::new(),
            categorical: Vec::new(),
            window: 1,
            hop: None,
            normal: None,
            whole: false,
        }
    }
}

/// Reads the frames of a file.
///
/// # Errors
/// A sentence that names the file, the row and the column at fault, and the remedy.
pub fn load(path: &Path, options: &LoadOptions) -> Result<Dataset, DataError> {
    read(path, options)
        .and_then(|table| frames(path, table, options))
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

impl Dataset {
    /// One frame.
    ///
    /// # Panics
    /// Where `row` is not below `rows`.
    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.dims..(row + 1) * self.dims]
    }

    /// The error that says where a number stands that is none of the likelihood's, and what is wrong with it.
    pub fn out_of_support(&self, index: usize, problem: &'static str) -> Error {
        let (row, column) = (index / self.dims, index % self.dims);
        Error::OutOfSupport {
            path: self.path.clone(),
            row: self.source_rows[row] + 1,
            column: self.columns[column].clone(),
            value: self.values[index],
            problem,
        }
    }

    /// Leaves out the frames that are labelled anomalous; how many they were, where there are labels.
    pub fn keep_normal(&mut self) -> Option<usize> {
        let labels = self.labels.as_ref()?;
        let normal: Vec<usize> = (0..self.rows).filter(|&row| !labels.anomalous[row]).collect();
        let left_out = self.rows - normal.len();
        *self = self.select(&normal);
        Some(left_out)
    }

    /// The frames of these numbers, in this order.
    ///
    /// # Panics
    /// Where a number is not below `rows`.
    pub fn select(&self, rows: &[usize]) -> Dataset {
        Dataset {
            path: self.path.clone(),
            columns: self.columns.clone(),
            categories: self.categories.clone(),
            rows: rows.len(),
            dims: self.dims,
            values: rows.iter().map(|&row| self.row(row)).collect::<Vec<_>>().concat(),
            labels: self.labels.as_ref().map(|labels| labels.select(rows)),
            source_rows: rows.iter().map(|&row| self.source_rows[row]).collect(),
        }
    }
}

impl Labels {
    fn select(&self, rows: &[usize]) -> Labels {
        Labels {
            anomalous: rows.iter().map(|&row| self.anomalous[row]).collect(),
            names: self.names.as_ref().map(|names| rows.iter().map(|&row| names[row].clone()).collect()),
        }
    }
}

fn frames(path: &Path, table: Table, options: &LoadOptions) -> Result<Dataset, Problem> {
    let hop = options.hop.unwrap_or(options.window);
    let (table, source_rows) = window::join(table, options.window, hop)?;
    let labels = table.classes.map(|classes| classes.judge(options.normal.as_deref())).transpose()?;
    let Table { columns, categories, rows, values, .. } = table;
    let (path, dims) = (path.to_path_buf(), columns.len());
    Ok(Dataset { path, dims, columns, categories, rows, values, labels, source_rows })
}

/// The name tells the format; what no name tells, the IDX magic may.
fn read(path: &Path, options: &LoadOptions) -> Result<Table, Problem> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let extension =
        name.strip_suffix(".gz").unwrap_or(&name).rsplit_once('.').map(|(_, extension)| extension);
    match extension {
        Some("csv") => csv::read(open(path)?, options),
        Some("npz") => read_npz(path, options),
        _ if options.labels.is_some() => Err(Problem::NoLabels),
        Some("npy") => Table::from_array(npy::read(open(path)?)?, options),
        _ => Table::from_array(idx::read(open(path)?)?, options),
    }
}

/// Opens a file, unpacking it if its first bytes are those of gzip, whatever it is called.
fn open(path: &Path) -> Result<Box<dyn BufRead>, Problem> {
    let mut file = BufReader::new(File::open(path)?);
    let gzipped = file.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if gzipped { Box::new(BufReader::new(MultiGzDecoder::new(file))) } else { Box::new(file) })
}

fn open_npz(path: &Path) -> Result<npy::Npz<BufReader<File>>, Problem> {
    npy::Npz::open(BufReader::new(File::open(path)?))
}

fn read_npz(path: &Path, options: &LoadOptions) -> Result<Table, Problem> {
    let mut npz = open_npz(path)?;
    let mut table = Table::from_array(npz.array("X")?, options)?;
    let default = || npz.keys().contains(&"y".to_owned()).then(|| "y".to_owned());
    if let Some(key) = options.labels.clone().or_else(default) {
        let labels = npz.array(&key)?.values;
        if labels.len() != table.rows {
            return Err(Problem::LabelCount { labels: labels.len(), rows: table.rows });
        }
        let mut classes = Classes::default();
        labels.iter().for_each(|label| classes.push(&label.to_string()));
        table.classes = Some(classes);
    }
    Ok(table)
}
