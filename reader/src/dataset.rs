//! Frames in memory, and what is known about them.

use std::path::{Path, PathBuf};

use crate::categories::Category;
use crate::error::{DataError, Problem};
use crate::reading::Reading;
use crate::report::Skipped;

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
    /// rows of the file in a frame
    pub window: usize,
    /// `rows × dims` finite numbers, row-major; NaN where one is missing, if frames may have gaps
    pub values: Vec<f32>,
    /// columns that were asked to be kept as text
    pub kept: Kept,
    /// what of it a model that is fitted to them remembers
    pub reading: Reading,
    /// where the file has labels: those of the frames
    pub labels: Option<Labels>,
    /// for each frame, the data row of the file at which it begins, from 0
    pub source_rows: Vec<usize>,
    /// where there are several files: those after the first, and what their first data row is called here
    pub later_files: Vec<FileRows>,
    /// rows that are in no frame, rising; their numbers go on from file to file as those of frames do
    pub skipped: Vec<Skipped>,
}

/// Where the rows of a file begin among those of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRows {
    /// the file
    pub path: PathBuf,
    /// what its first data row is called in [`source_rows`](Dataset::source_rows)
    pub first: usize,
}

/// Columns that are kept as text, of the row that completes each frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// their names
    pub columns: Vec<String>,
    /// their cells, frame by frame
    pub cells: Vec<String>,
}

impl Kept {
    /// The cells of a frame; none where nothing is kept.
    pub fn row(&self, row: usize) -> &[String] {
        let width = self.columns.len();
        self.cells.get(row * width..(row + 1) * width).unwrap_or_default()
    }

    fn select(&self, rows: &[usize]) -> Kept {
        let cells = rows.iter().flat_map(|row| self.row(*row)).cloned().collect();
        Kept { columns: self.columns.clone(), cells }
    }
}

/// What is known about each frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    /// whether it is an anomaly
    pub anomalous: Vec<bool>,
    /// the label itself where the file has words instead of numbers
    pub names: Option<Vec<String>>,
}

impl Dataset {
    /// Frames that stand in no file, with columns x0, x1, …; `path` is what messages call them.
    ///
    /// # Panics
    /// Where `dims` is 0, or the numbers are not whole frames.
    pub fn of(path: impl Into<PathBuf>, values: Vec<f32>, dims: usize) -> Dataset {
        let rows = values.len() / dims;
        assert_eq!(rows * dims, values.len(), "numbers of whole frames");
        Dataset {
            path: path.into(),
            columns: (0..dims).map(|column| format!("x{column}")).collect(),
            categories: Vec::new(),
            rows,
            dims,
            window: 1,
            values,
            kept: Kept::default(),
            reading: Reading::default(),
            labels: None,
            source_rows: (0..rows).collect(),
            later_files: Vec::new(),
            skipped: Vec::new(),
        }
    }

    /// One frame.
    ///
    /// # Panics
    /// Where `row` is not below `rows`.
    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.dims..(row + 1) * self.dims]
    }

    /// The file of a frame, and the data row of it, from 0, at which the frame begins.
    ///
    /// # Panics
    /// Where `row` is not below `rows`.
    pub fn source(&self, row: usize) -> (&Path, usize) {
        let row = self.source_rows[row];
        match self.later_files.iter().rfind(|file| file.first <= row) {
            Some(file) => (&file.path, row - file.first),
            None => (&self.path, row),
        }
    }

    /// The error that says where a number stands that is none of the likelihood's, and what is wrong with it.
    pub fn out_of_support(&self, index: usize, problem: &'static str) -> DataError {
        let (row, column) = (index / self.dims, index % self.dims);
        let (path, at) = self.source(row);
        let problem = Problem::OutOfSupport {
            row: at + 1,
            column: self.columns[column].clone(),
            value: self.values[index],
            problem,
        };
        DataError { path: path.to_path_buf(), problem }
    }

    /// Leaves out the frames that are labelled anomalous; how many they were, where there are labels.
    pub fn keep_normal(&mut self) -> Option<usize> {
        let labels = self.labels.as_ref()?;
        let normal: Vec<usize> = (0..self.rows).filter(|&row| !labels.anomalous[row]).collect();
        let left_out = self.rows - normal.len();
        *self = self.select(&normal);
        Some(left_out)
    }

    /// Whether any frame lacks a number.
    pub fn has_gaps(&self) -> bool {
        self.values.iter().any(|x| x.is_nan())
    }

    /// Whether a frame lacks no number.
    ///
    /// # Panics
    /// Where `row` is not below `rows`.
    pub fn is_whole(&self, row: usize) -> bool {
        !self.row(row).iter().any(|x| x.is_nan())
    }

    /// The frames that lack no number.
    pub fn whole(&self) -> Dataset {
        self.select(&(0..self.rows).filter(|row| self.is_whole(*row)).collect::<Vec<_>>())
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
            window: self.window,
            values: rows.iter().map(|&row| self.row(row)).collect::<Vec<_>>().concat(),
            kept: self.kept.select(rows),
            reading: self.reading.clone(),
            labels: self.labels.as_ref().map(|labels| labels.select(rows)),
            source_rows: rows.iter().map(|&row| self.source_rows[row]).collect(),
            later_files: self.later_files.clone(),
            skipped: self.skipped.clone(),
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
