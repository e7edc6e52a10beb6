//! A file as read: chosen columns and, for each row, what its label is called. Labels are judged last.

use std::collections::HashMap;

use crate::categories::Category;
use crate::dataset::{Kept, Labels};
use crate::error::{Names, Problem};
use crate::reading::Reading;
use crate::report::Skipped;

/// Labels that read as normal where the user names none.
const NORMAL: [&str; 14] = [
    "0", "false", "f", "no", "n", "normal", "ok", "okay", "good", "healthy", "benign", "nominal", "inlier",
    "inliers",
];
/// What outlier detectors of scikit-learn give: 1 for normal rows, −1 for others.
const SIGNS: [f64; 2] = [1.0, -1.0];

/// Rows of features before windows are cut.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) columns: Vec<String>,
    pub(crate) categories: Vec<Category>,
    pub(crate) rows: usize,
    pub(crate) values: Vec<f32>,
    pub(crate) classes: Option<Classes>,
    pub(crate) gaps: GapReport,
    pub(crate) kept: Kept,
    /// of each row, its number among the data rows of the file, from 0
    pub(crate) source: Vec<usize>,
    /// rows before which a stretch ends whatever stands in them, rising: gaps of time, the next file
    pub(crate) breaks: Vec<usize>,
    /// what was passed over in the file, a sentence each
    pub(crate) notes: Vec<String>,
    pub(crate) reading: Reading,
}

/// What was missing in the file.
#[derive(Clone, Debug, Default)]
pub(crate) struct GapReport {
    /// of each column that is read
    pub(crate) missing: Vec<usize>,
    /// rows of the file, from 0, that are left out
    pub(crate) skipped: Vec<Skipped>,
}

/// The label of each row, by its number in `names`.
#[derive(Debug, Default)]
pub(crate) struct Classes {
    pub(crate) of_row: Vec<u32>,
    names: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Table {
    /// Only these rows, in this order. For rows between which no stretch has ended.
    pub(crate) fn select(self, rows: &[usize]) -> Table {
        let dims = self.columns.len();
        let classes = self.classes.map(|classes| Classes {
            of_row: rows.iter().map(|&row| classes.of_row[row]).collect(),
            ..classes
        });
        Table {
            rows: rows.len(),
            values: rows
                .iter()
                .flat_map(|&row| &self.values[row * dims..(row + 1) * dims])
                .copied()
                .collect(),
            source: rows.iter().map(|&row| self.source[row]).collect(),
            classes,
            ..self
        }
    }
}

impl Classes {
    /// Adds the labels of another table.
    pub(crate) fn append(&mut self, other: &Classes) {
        other.of_row.iter().for_each(|&class| self.push(&other.names[class as usize]));
    }

    pub(crate) fn push(&mut self, name: &str) {
        let number = self.numbers.get(name).copied().unwrap_or_else(|| {
            let number = self.names.len() as u32;
            self.names.push(name.to_owned());
            self.numbers.insert(name.to_owned(), number);
            number
        });
        self.of_row.push(number);
    }

    /// Decides which rows are anomalous. `normal` are the labels that the user calls normal.
    /// `is_known` says that a model remembers them, and a file need not have each.
    pub(crate) fn judge(&self, normal: &[String], is_known: bool) -> Result<Labels, Problem> {
        let names = &self.names;
        let absent = |word: &&String| !names.iter().any(|name| is_same(name, word));
        if let Some(word) = normal.iter().find(absent).filter(|_| !is_known) {
            return Err(Problem::NormalAbsent { word: word.clone(), known: Names(names.clone()) });
        }
        let signs: Option<Vec<f64>> = names.iter().map(|name| name.parse().ok()).collect();
        let are_signs = names.len() == 2 && signs.is_some_and(|s| SIGNS.iter().all(|sign| s.contains(sign)));
        let is_normal: Vec<bool> = match (normal, are_signs) {
            ([], true) => names.iter().map(|name| is_same(name, "1")).collect(),
            _ => names.iter().map(|name| reads_as_normal(name, normal)).collect(),
        };
        // One class alone may well be all anomalies; several that are all anomalous are more likely misread.
        if normal.is_empty() && names.len() > 1 && !is_normal.contains(&true) {
            return Err(Problem::NormalUnknown { known: Names(names.clone()) });
        }
        let classes = || self.of_row.iter().map(|&class| class as usize);
        let is_text = names.iter().any(|name| name.parse::<f64>().is_err());
        Ok(Labels {
            anomalous: classes().map(|class| !is_normal[class]).collect(),
            names: is_text.then(|| classes().map(|class| names[class].clone()).collect()),
        })
    }
}

/// Numbers by their values, words in any case of letters.
fn is_same(label: &str, word: &str) -> bool {
    match (label.parse::<f64>(), word.parse::<f64>()) {
        (Ok(label), Ok(word)) => label == word,
        _ => label.trim().eq_ignore_ascii_case(word.trim()),
    }
}

fn reads_as_normal(label: &str, normal: &[String]) -> bool {
    match normal {
        [] => NORMAL.into_iter().any(|word| is_same(label, word)),
        words => words.iter().any(|word| is_same(label, word)),
    }
}
