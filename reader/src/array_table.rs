//! A table of an array: chosen columns, codes of categories, labels.

use std::io::{Read, Seek};

use crate::array_rows::ArrayRows;
use crate::categories::Codes;
use crate::cell::class;
use crate::columns::{features, reading};
use crate::dataset::Kept;
use crate::error::Problem;
use crate::names::{find, names_labels};
use crate::npy::Npz;
use crate::options::LoadOptions;
use crate::reading::Reading;
use crate::table::{Classes, GapReport, Table};
use crate::times::Times;

/// The columns of an array that are read.
pub(crate) struct Chosen {
    pub(crate) features: Vec<usize>,
    /// names of those
    pub(crate) names: Vec<String>,
    /// where the labels are
    pub(crate) label: Option<usize>,
    pub(crate) reading: Reading,
}

/// Chooses the columns of an array. Only records name theirs: those of others are x0, x1, …, without labels.
pub(crate) fn choose<R: Read>(rows: &mut ArrayRows<R>, options: &LoadOptions) -> Result<Chosen, Problem> {
    let columns = rows.columns(&options.memory)?;
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let label = match &options.labels {
        _ if !rows.layout().is_named() => None,
        Some(asked) if !options.labels_if_there || names.contains(asked) => Some(find(&names, asked)?),
        _ => names.iter().position(|name| names_labels(name) && !options.drop.contains(name)),
    };
    // columns of a model that was fitted to a file with names: here they are told by their places
    let is_place = |name: &String| name.strip_prefix('x').is_some_and(|at| at.parse::<usize>().is_ok());
    let by_place = !rows.layout().is_named()
        && options.columns.iter().any(|asked| !asked.iter().all(is_place))
        && options.is_fitted;
    let features = match by_place {
        true => features(&names, label, &LoadOptions { columns: None, ..options.clone() })?,
        false => features(&names, label, options)?,
    };
    let reading = reading(&names, label, &features);
    let names = features.iter().map(|&column| names[column].clone()).collect();
    Ok(Chosen { features, names, label, reading })
}

/// Reads an array.
pub(crate) fn read<R: Read>(mut rows: ArrayRows<R>, options: &LoadOptions) -> Result<Table, Problem> {
    if options.labels.is_some() && !options.labels_if_there && !rows.layout().is_named() {
        return Err(Problem::NoLabels);
    }
    if let Some(name) = options.keep.first() {
        return Err(Problem::NothingToKeep { name: name.clone() });
    }
    let Chosen { features, names, label, reading } = choose(&mut rows, options)?;
    let mut codes = Codes::new(&names, &options.categorical)?;
    let words: Vec<bool> = (0..features.len()).map(|at| codes.of(at).is_some()).collect();
    let is_numbers = !words.contains(&true);
    let mut classes = label.map(|_| Classes::default());
    let names_of_all: Vec<String> =
        rows.columns(&options.memory)?.iter().map(|column| column.name.clone()).collect();
    let mut times = Times::of(&names_of_all, &options.part)?;
    let (mut values, mut source) = (Vec::new(), Vec::new());
    while rows.next(&options.memory)? {
        match options.part.rows {
            Some(part) if part.ends_before(rows.at - 1) => break,
            Some(part) if !part.contains(rows.at - 1) => continue,
            _ => source.push(rows.at - 1),
        }
        if let Some(times) = &mut times {
            times.push(rows.text(times.column)?.trim().as_bytes(), || rows.place())?;
        }
        if is_numbers {
            rows.numbers(&features, options.whole, &mut values)?;
        } else {
            for (at, &column) in features.iter().enumerate() {
                match codes.of(at) {
                    None => rows.numbers(&[column], options.whole, &mut values)?,
                    Some(coder) => {
                        let code = coder.code(rows.text(column)?.trim().as_bytes());
                        values.push(code.map_err(|fault| rows.wrong(column, fault))?);
                    }
                }
            }
        }
        options.memory.allows(size_of_val(&values[..]))?;
        if let (Some(classes), Some(column)) = (&mut classes, label) {
            push_label(&rows, column, classes)?;
        }
    }
    values.shrink_to_fit();
    let categories = codes.finish(&mut values)?;
    let table = Table {
        columns: names,
        categories,
        rows: source.len(),
        values,
        classes,
        gaps: GapReport::default(),
        kept: Kept::default(),
        source,
        breaks: Vec::new(),
        notes: Vec::new(),
        reading,
    };
    match times {
        Some(times) if table.rows > 0 => times.cut(table, &options.part),
        _ => Ok(table),
    }
}

fn push_label<R: Read>(rows: &ArrayRows<R>, column: usize, classes: &mut Classes) -> Result<(), Problem> {
    let text = rows.text(column)?;
    classes.push(&class(text.trim().as_bytes()).map_err(|fault| rows.wrong(column, fault))?);
    Ok(())
}

/// Reads the frames of an `.npz` file, and the labels in another array of it.
pub(crate) fn read_npz<R: Read + Seek>(npz: &mut Npz<R>, options: &LoadOptions) -> Result<Table, Problem> {
    let frames = npz.frames(options.key.as_deref(), options.labels.as_deref())?;
    let default = || Some("y".to_owned()).filter(|y| *y != frames && npz.keys().contains(y));
    let is_there = |key: &String| !options.labels_if_there || npz.keys().contains(key);
    let labels = options.labels.clone().filter(is_there).or_else(default);
    let of_frames = LoadOptions { labels: None, ..options.clone() };
    let mut rows = 0;
    let mut table = npz.with(&frames, |of| {
        rows = of.shape[0];
        read(of, &of_frames)
    })?;
    if let Some(key) = labels {
        let mut classes = npz.with(&key, |rows| read_labels(rows, options))?;
        let labels = classes.of_row.len();
        if labels != rows {
            return Err(Problem::LabelCount { labels, rows });
        }
        classes.of_row = table.source.iter().map(|&row| classes.of_row[row]).collect();
        table.classes = Some(classes);
        table.reading.labels = Some(key);
    }
    Ok(table)
}

/// Labels in an array of their own: as many columns as it has are as many labels.
fn read_labels<R: Read>(mut rows: ArrayRows<R>, options: &LoadOptions) -> Result<Classes, Problem> {
    let columns = rows.columns(&options.memory)?.len();
    let mut classes = Classes::default();
    while rows.next(&options.memory)? {
        (0..columns).try_for_each(|column| push_label(&rows, column, &mut classes))?;
        options.memory.allows(size_of_val(&classes.of_row[..]))?;
    }
    Ok(classes)
}
