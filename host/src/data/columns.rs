//! Which columns of a file are read.

use super::LoadOptions;
use crate::error::data::{Names, Problem};

/// Whether a column of this name holds labels even where nobody says so.
pub(super) fn names_labels(name: &str) -> bool {
    name.eq_ignore_ascii_case("label")
}

/// The position of a column.
pub(super) fn find(names: &[String], name: &str) -> Result<usize, Problem> {
    let missing = || Problem::NoColumn { name: name.to_owned(), known: Names(names.to_vec()) };
    names.iter().position(|known| known == name).ok_or_else(missing)
}

/// The columns that become features: those asked for, in that order, or
/// else all; never labels, nothing dropped.
pub(super) fn features(
    names: &[String],
    label: Option<usize>,
    options: &LoadOptions,
) -> Result<Vec<usize>, Problem> {
    no_repeats(names)?;
    let holds_labels = |column: usize| Some(column) == label || names_labels(&names[column]);
    let mut features: Vec<usize> = match &options.columns {
        Some(asked) => asked.iter().map(|name| find(names, name)).collect::<Result<_, _>>()?,
        None => (0..names.len()).filter(|&column| !holds_labels(column)).collect(),
    };
    no_repeats(options.columns.as_deref().unwrap_or_default())?;
    if let Some(&column) = features.iter().find(|&&column| holds_labels(column)) {
        return Err(Problem::LabelAsFeature { name: names[column].clone() });
    }
    for name in &options.drop {
        let dropped = find(names, name)?;
        features.retain(|&column| column != dropped);
    }
    if features.is_empty() { Err(Problem::NoFeatures) } else { Ok(features) }
}

fn no_repeats(names: &[String]) -> Result<(), Problem> {
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Problem::RepeatedColumn { name: pair[0].clone() }),
        None => Ok(()),
    }
}
