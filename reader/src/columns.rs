//! Which columns of a file are read.

use crate::error::Problem;
use crate::names::{find, names_labels, no_repeats};
use crate::options::{LoadOptions, Recognise};
use crate::reading::Reading;

/// The columns that become features: those asked for, in that order, or
/// else all; never labels, nothing dropped.
pub(crate) fn features(
    names: &[String],
    label: Option<usize>,
    options: &LoadOptions,
) -> Result<Vec<usize>, Problem> {
    no_repeats(names)?;
    let holds_labels = |column: usize| Some(column) == label || names_labels(&names[column]);
    let is_time = |column: usize| options.part.time.as_ref() == Some(&names[column]);
    let mut features: Vec<usize> = match &options.columns {
        Some(asked) => asked.iter().map(|name| find(names, name)).collect::<Result<_, _>>()?,
        None => (0..names.len()).filter(|&column| !holds_labels(column) && !is_time(column)).collect(),
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

/// What a model remembers of columns that are labels or neither labels nor features.
pub(crate) fn reading(names: &[String], label: Option<usize>, features: &[usize]) -> Reading {
    let is_unused = |column: &usize| Some(*column) != label && !features.contains(column);
    let left_out = (0..names.len()).filter(is_unused).map(|column| names[column].clone()).collect();
    Reading { labels: label.map(|column| names[column].clone()), left_out, ..Reading::default() }
}

/// With names for columns that have none, which data frames write before the first and some loggers behind
/// the last. They say nothing, so they are refused where nobody finds that out; one in between is a mistake.
pub(crate) fn named(names: Vec<String>, options: &LoadOptions) -> Result<Vec<String>, Problem> {
    let is_found_out = options.columns.is_some() || options.recognise != Recognise::Nothing;
    let last = names.iter().rposition(|name| !name.is_empty()).unwrap_or(0);
    let refused =
        |(at, name): (usize, &String)| name.is_empty() && (!is_found_out || (1..last).contains(&at));
    if let Some(column) = names.iter().enumerate().position(refused) {
        return Err(Problem::UnnamedColumn { column: column + 1 });
    }
    let give =
        |(at, name): (usize, String)| if name.is_empty() { format!("column {}", at + 1) } else { name };
    Ok(names.into_iter().enumerate().map(give).collect())
}
