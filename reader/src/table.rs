//! A file as read: chosen columns and, for each row, what its label is called. Labels are judged last.

use std::collections::HashMap;

use crate::array::Array;
use crate::categories::{Category, Codes};
use crate::columns::{features, reading};
use crate::dataset::Labels;
use crate::error::{Fault, Names, Place, Problem};
use crate::options::LoadOptions;
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
    /// Flattens an array to rows, with columns named x0, x1, ….
    pub(crate) fn from_array(array: Array, options: &LoadOptions) -> Result<Table, Problem> {
        let (dims, Array { shape, mut values, rounded }) = (array.dims(), array);
        let rows = shape.first().copied().unwrap_or(0);
        if values.is_empty() || rows == 0 {
            return Err(Problem::EmptyShape { shape });
        }
        let mut columns: Vec<String> = (0..dims).map(|column| format!("x{column}")).collect();
        let features = features(&columns, None, options)?;
        let reading = reading(&columns, None, &features);
        let first = features
            .iter()
            .filter_map(|column| Some((rounded.get(column)?, column)))
            .min_by_key(|(at, _)| at.0);
        if let (true, Some(((row, number), column))) = (options.whole, first) {
            let (place, column) = (Place { row: row + 1, line: None }, columns[*column].clone());
            return Err(Problem::Cell { place, column, fault: Fault::Rounded(format!("{number:?}")) });
        }
        if !features.iter().copied().eq(0..dims) {
            values = values
                .chunks_exact(dims)
                .flat_map(|row| features.iter().map(|&column| row[column]))
                .collect();
            columns = features.iter().map(|&column| columns[column].clone()).collect();
        }
        let categories = codes(&columns, &mut values, options)?;
        Ok(Table { columns, categories, rows, values, classes: None, reading })
    }
}

/// Makes codes of the numbers of an array that are categories: a value is what a number looks like.
fn codes(columns: &[String], values: &mut [f32], options: &LoadOptions) -> Result<Vec<Category>, Problem> {
    let mut codes = Codes::new(columns, &options.categorical)?;
    for (at, value) in values.iter_mut().enumerate() {
        let (row, column) = (at / columns.len(), at % columns.len());
        if let Some(coder) = codes.of(column) {
            *value = coder.code(value.to_string().as_bytes()).map_err(|fault| Problem::Cell {
                place: Place { row: row + 1, line: None },
                column: columns[column].clone(),
                fault,
            })?;
        }
    }
    codes.finish(values)
}

impl Classes {
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
