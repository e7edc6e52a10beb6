//! Which columns of a file are read.

use crate::error::Problem;
use crate::names::{find, names_labels, no_repeats};
use crate::options::LoadOptions;
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
