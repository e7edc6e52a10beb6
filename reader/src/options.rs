//! What to read of a file, and how.

use crate::categories::Categorical;

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
