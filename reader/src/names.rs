//! Names of columns.

use crate::error::{Names, Problem};

/// Whether a column of this name holds labels even where nobody says so.
pub(crate) fn names_labels(name: &str) -> bool {
    name.eq_ignore_ascii_case("label")
}

/// Names of columns that have none.
pub(crate) fn numbered(columns: usize) -> Vec<String> {
    (0..columns).map(|column| format!("x{column}")).collect()
}

/// The position of a column.
pub(crate) fn find(names: &[String], name: &str) -> Result<usize, Problem> {
    let missing = || Problem::NoColumn { name: name.to_owned(), known: Names(names.to_vec()) };
    names.iter().position(|known| known == name).ok_or_else(missing)
}

pub(crate) fn no_repeats(names: &[String]) -> Result<(), Problem> {
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Problem::RepeatedColumn { name: pair[0].clone() }),
        None => Ok(()),
    }
}
