//! A file as read: chosen columns and, for each row, what its label is called. Labels are judged last.

use std::collections::HashMap;

use crate::categories::Category;
use crate::dataset::{Kept, Labels};
use crate::error::{Names, Problem};
use crate::reading::Reading;

/// Labels that read as normal where the user names none.
const NORMAL: [&str; 3] = ["0", "false", "normal"];

/// Rows of features before windows are cut.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) columns: Vec<String>,
    pub(crate) categories: Vec<Category>,
    pub(crate) rows: usize,
    pub(crate) values: Vec<f32>,
    pub(crate) classes: Option<Classes>,
    pub(crate) kept: Kept,
    /// of each row, its number among the data rows of the file, from 0
    pub(crate) source: Vec<usize>,
    /// rows before which a stretch ends whatever stands in them, rising: gaps of time, the next file
    pub(crate) breaks: Vec<usize>,
    pub(crate) reading: Reading,
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
    pub(crate) fn judge(&self, normal: &[String]) -> Result<Labels, Problem> {
        let names = &self.names;
        let is_normal: Vec<bool> = names.iter().map(|name| reads_as_normal(name, normal)).collect();
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

fn reads_as_normal(label: &str, normal: &[String]) -> bool {
    let same = |word: &str| match (label.parse::<f64>(), word.parse::<f64>()) {
        (Ok(label), Ok(word)) => label == word,
        _ => label.eq_ignore_ascii_case(word),
    };
    if normal.is_empty() { NORMAL.into_iter().any(same) } else { normal.iter().any(|word| same(word)) }
}
