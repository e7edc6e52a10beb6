//! The rows of an array: chosen columns, codes of categories, labels.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Read};

use crate::array_rows::ArrayRows;
use crate::categories::Codes;
use crate::cell::{class, is_missing};
use crate::columns::{features, reading};
use crate::error::{Place, Problem};
use crate::gaps::is_gap;
use crate::memory::Memory;
use crate::names::{find, names_labels};
use crate::npy::Npz;
use crate::options::LoadOptions;
use crate::reading::Reading;
use crate::rows::{Heading, RowReader};

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

/// The rows of an array, and where the labels are in another one, those.
pub(crate) struct Rows<'a, R> {
    rows: ArrayRows<R>,
    options: LoadOptions,
    chosen: Chosen,
    labels: Option<Labels<'a>>,
}

/// Labels in an array of their own: as many columns as it has are as many labels.
struct Labels<'a> {
    key: String,
    rows: ArrayRows<&'a mut dyn Read>,
    columns: usize,
    /// the column of the label in hand
    column: usize,
}

/// Opens an array.
pub(crate) fn open<R: Read>(
    mut rows: ArrayRows<R>,
    options: &LoadOptions,
) -> Result<Rows<'static, R>, Problem> {
    if options.labels.is_some() && !options.labels_if_there && !rows.layout().is_named() {
        return Err(Problem::NoLabels);
    }
    if let Some(name) = options.keep.first() {
        return Err(Problem::NothingToKeep { name: name.clone() });
    }
    let chosen = choose(&mut rows, options)?;
    Ok(Rows { rows, options: options.clone(), chosen, labels: None })
}

/// Opens the frames of an `.npz` file, and the labels in another array of it, for some work with its rows.
pub(crate) fn with_npz<T>(
    open_file: impl Fn() -> Result<Npz<BufReader<File>>, Problem>,
    options: &LoadOptions,
    work: impl FnOnce(Rows<'_, &mut dyn Read>) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let mut npz = open_file()?;
    let frames = npz.frames(options.key.as_deref(), options.labels.as_deref())?;
    let default = || Some("y".to_owned()).filter(|y| *y != frames && npz.keys().contains(y));
    let is_there = |key: &String| !options.labels_if_there || npz.keys().contains(key);
    let labels = options.labels.clone().filter(is_there).or_else(default);
    let of_frames = LoadOptions { labels: None, ..options.clone() };
    let Some(key) = labels else { return npz.with(&frames, |rows| work(open(rows, &of_frames)?)) };
    // two arrays of an archive are read side by side where it is open twice
    open_file()?.with(&key, |mut labels| {
        let columns = labels.columns(&options.memory)?.len();
        let count = labels.shape[0].saturating_mul(columns);
        npz.with(&frames, |rows| {
            let found = rows.shape[0];
            if count != found {
                return Err(Problem::LabelCount { labels: count, rows: found });
            }
            let labels = Some(Labels { key: key.clone(), rows: labels, columns, column: columns });
            let Rows { rows, options, chosen, .. } = open(rows, &of_frames)?;
            work(Rows { rows, options, chosen, labels })
        })
    })
}

impl Labels<'_> {
    fn next(&mut self, memory: &Memory) -> Result<(), Problem> {
        self.column += 1;
        if self.column >= self.columns {
            self.column = 0;
            self.rows.next(memory)?;
        }
        Ok(())
    }

    /// At the end of the array, so that its checksum is looked at.
    fn end(&mut self, memory: &Memory) -> Result<(), Problem> {
        self.rows.next(memory).map(|_| ())
    }
}

impl<R: Read> RowReader for Rows<'_, R> {
    fn heading(&mut self) -> Result<Heading, Problem> {
        let names = self.rows.columns(&self.options.memory)?.iter().map(|column| column.name.clone());
        let mut reading = self.chosen.reading.clone();
        if let Some(labels) = &self.labels {
            reading.labels = Some(labels.key.clone());
        }
        Ok(Heading {
            is_text: false,
            names: names.collect(),
            columns: self.chosen.names.clone(),
            is_labelled: self.chosen.label.is_some() || self.labels.is_some(),
            reading,
            ..Heading::default()
        })
    }

    fn next(&mut self) -> Result<bool, Problem> {
        let memory = &self.options.memory;
        let is_there = self.rows.next(memory)?;
        match &mut self.labels {
            Some(labels) if is_there => labels.next(memory)?,
            Some(labels) => labels.end(memory)?,
            None => {}
        }
        Ok(is_there)
    }

    fn number(&self) -> usize {
        self.rows.at - 1
    }

    fn place(&self) -> Place {
        self.rows.place()
    }

    fn features(&self, codes: &mut Codes, held: &[f32], to: &mut Vec<f32>) -> Result<(), Problem> {
        let Chosen { features, .. } = &self.chosen;
        if !codes.any() && held.is_empty() {
            return self.rows.numbers(features, self.options.whole, to);
        }
        for (at, &column) in features.iter().enumerate() {
            match codes.of(at) {
                _ if at < held.len() && self.is_missing(at) => to.push(held[at]),
                None => self.rows.numbers(&[column], self.options.whole, to)?,
                Some(coder) => {
                    let code = coder.code(self.rows.text(column)?.trim().as_bytes());
                    to.push(code.map_err(|fault| self.rows.wrong(column, fault))?);
                }
            }
        }
        Ok(())
    }

    fn is_missing(&self, feature: usize) -> bool {
        let column = self.chosen.features[feature];
        let read = self.rows.numbers(&[column], false, &mut Vec::with_capacity(1));
        let text = || self.rows.text(column).map(|text| is_missing(text.trim().as_bytes()));
        read.is_err_and(|problem| is_gap(&problem)) || text().unwrap_or(false)
    }

    fn wide(&self, feature: usize) -> Option<f64> {
        let mut number = Vec::with_capacity(1);
        let read = self.rows.wide(&[self.chosen.features[feature]], &mut number);
        read.ok().and_then(|()| number.first().copied())
    }

    fn label(&self) -> Result<Option<Cow<'_, str>>, Problem> {
        match (&self.labels, self.chosen.label) {
            (Some(Labels { key, rows, column, .. }), _) => {
                let in_array = |problem| Problem::InArray { key: key.clone(), problem: Box::new(problem) };
                label_of(rows, *column).map(Some).map_err(in_array)
            }
            (None, Some(column)) => label_of(&self.rows, column).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn text(&self, column: usize) -> Result<Cow<'_, [u8]>, Problem> {
        Ok(self.rows.text(column)?.trim().as_bytes().to_vec().into())
    }

    fn keep(&self, _: &mut Vec<String>) {}

    fn waits(&self) -> bool {
        false
    }
}

fn label_of<R: Read>(rows: &ArrayRows<R>, column: usize) -> Result<Cow<'static, str>, Problem> {
    let text = rows.text(column)?;
    let class = class(text.trim().as_bytes()).map_err(|fault| rows.wrong(column, fault))?;
    Ok(class.into_owned().into())
}
