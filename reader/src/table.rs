//! Rows as read: some of a file, in order. Labels are judged when all are known.

use std::collections::HashMap;

use crate::dataset::Labels;
use crate::error::{Names, Problem};
use crate::labels::NORMAL;
use crate::report::Skipped;

/// What outlier detectors of scikit-learn give: 1 for normal rows, −1 for others.
const SIGNS: [f64; 2] = [1.0, -1.0];

/// The label of rows that have none.
pub(crate) const UNLABELLED: &str = "";

/// Some rows that follow each other in a file, or the frames that they are joined to.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// the numbers of all rows, row by row
    pub(crate) values: Vec<f32>,
    /// of each row, its number among the data rows of the file, from 0
    pub(crate) source: Vec<usize>,
    /// of each row the number of its label; nothing where there are no labels
    pub(crate) classes: Vec<u32>,
    /// cells that are kept as text, row by row
    pub(crate) kept: Vec<String>,
    /// rows before which a stretch ends whatever stands in them, rising
    pub(crate) breaks: Vec<usize>,
    /// rows of the file that are left out
    pub(crate) skipped: Vec<Skipped>,
}

/// Labels by their numbers, in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Classes {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Table {
    pub(crate) fn rows(&self) -> usize {
        self.source.len()
    }

    /// Puts rows behind these; `start` is what the first data row of their file is called here. For rows
    /// between which no stretch has ended.
    pub(crate) fn append(&mut self, next: Table, start: usize) {
        self.values.extend_from_slice(&next.values);
        self.source.extend(next.source.iter().map(|row| start + row));
        self.classes.extend_from_slice(&next.classes);
        self.kept.extend(next.kept);
        let skipped = next.skipped.into_iter();
        self.skipped.extend(skipped.map(|skipped| Skipped { row: start + skipped.row, ..skipped }));
    }

    /// Leaves out rows by their places. For rows between which no stretch has ended.
    pub(crate) fn retain(&mut self, keeps: impl Fn(usize) -> bool) {
        let rows = self.rows();
        retain(&mut self.values, rows, &keeps);
        retain(&mut self.classes, rows, &keeps);
        retain(&mut self.kept, rows, &keeps);
        retain(&mut self.source, rows, &keeps);
    }
}

/// Leaves out the items of rows, of which each row has as many.
fn retain<T>(items: &mut Vec<T>, rows: usize, keeps: impl Fn(usize) -> bool) {
    let width = items.len() / rows.max(1);
    let mut at = 0..;
    items.retain(|_| at.next().is_some_and(|at: usize| keeps(at / width)));
}

impl Classes {
    /// The number of a label.
    pub(crate) fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// Decides which rows are anomalous. `normal` are the labels that the user calls normal.
    /// `is_known` says that a model remembers them, and a file need not have each.
    pub(crate) fn judge(&self, of_row: &[u32], normal: &[String], is_known: bool) -> Result<Labels, Problem> {
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
        let classes = || of_row.iter().map(|&class| class as usize);
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
