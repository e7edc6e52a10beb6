//! Which columns of a file are read.

use std::collections::HashSet;

use crate::error::Problem;
use crate::names::{find, names_labels, no_repeats};
use crate::options::{LoadOptions, Recognise};
use crate::reading::Reading;

/// Which columns of a table are features, in order, and which one holds the labels.
pub(crate) struct Chosen {
    pub(crate) features: Vec<usize>,
    pub(crate) label: Option<usize>,
    /// those that are kept as text
    pub(crate) keep: Vec<usize>,
}

/// Chooses the columns of a table, given the names of all.
pub(crate) fn choose(names: &[String], options: &LoadOptions) -> Result<Chosen, Problem> {
    let label = match &options.labels {
        Some(asked) if options.labels_if_there => names.iter().position(|name| name == asked),
        Some(asked) => Some(find(names, asked)?),
        None => names.iter().position(|name| names_labels(name) && !options.drop.contains(name)),
    };
    let keep = options.keep.iter().map(|name| find(names, name)).collect::<Result<_, _>>()?;
    Ok(Chosen { features: features(names, label, options)?, label, keep })
}

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
    let is_there = |list: &&Vec<String>| list.iter().all(|name| names.contains(name));
    let mut features: Vec<usize> =
        match options.columns.as_ref().or_else(|| options.one_of.iter().find(is_there)) {
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

/// Names for columns: where none is written `column 2` and so on, as data frames write none before the first
/// and some loggers behind the last; where one is written twice the second is `a.1`, as pandas has it.
///
/// # Errors
/// Both are refused where nobody asks what the columns are.
pub(crate) fn named(names: Vec<String>, options: &LoadOptions) -> Result<Vec<String>, Problem> {
    let is_found_out =
        options.columns.is_some() || !options.one_of.is_empty() || options.recognise != Recognise::Nothing;
    if !is_found_out {
        if let Some(column) = names.iter().position(String::is_empty) {
            return Err(Problem::UnnamedColumn { column: column + 1 });
        }
        no_repeats(&names)?;
    }
    let mut taken: HashSet<String> = HashSet::new();
    let given = names.iter().enumerate().map(|(at, name)| {
        let name = if name.is_empty() { format!("column {}", at + 1) } else { name.clone() };
        let others = (1..).map(|count| format!("{name}.{count}"));
        let is_free = |other: &String| !taken.contains(other) && !names.contains(other);
        let free = if taken.contains(&name) { others.into_iter().find(is_free) } else { None };
        let free = free.unwrap_or(name);
        taken.insert(free.clone());
        free
    });
    Ok(given.collect())
}

/// What is to be said of columns that are called otherwise than in the file.
pub(crate) fn renamed(written: &[String], names: &[String]) -> Vec<String> {
    let pairs = written.iter().zip(names).filter(|(written, name)| !written.is_empty() && written != name);
    let note =
        |(written, name)| format!("the column `{written}` is there twice: one is called `{name}` here");
    pairs.map(note).collect()
}
