//! Rows of a file as rows of whole steps.

use std::path::Path;

use elbow::codec::PacketPlan;

use super::options::Fidelity;
use super::unit::Unit;
use crate::error::Error;
use crate::model::HostModel;
use elbow_reader::categories::{Category, as_fitted, categories, names};
use elbow_reader::{DataError, Digits, Format, LoadOptions, Place, Problem, Reading, Row, Source, digits};

/// One in so many numbers may lie between the steps of a resolution that was named, and stands by itself;
/// where there are more of them it is the wrong resolution.
const MOST_BETWEEN: u64 = 8;

/// Whose rows, and in which units.
pub(super) struct Rows<'a> {
    model: &'a HostModel<'a>,
    input: &'a Path,
    /// the model's plan, where it is to be kept to
    pub(super) planned: Option<PacketPlan<'a>>,
    /// what the user said of the resolution
    asked: Option<&'a [Unit]>,
    pub(super) load: LoadOptions,
    pub(super) source: Option<Source>,
    pub(super) units: Vec<Unit>,
    /// of each column of text
    pub(super) digits: Vec<Digits>,
    categories: Vec<Category>,
    fidelity: Fidelity,
    /// the last row's steps, which stand in for a number that has none
    last: Vec<i32>,
    /// rows so far, and of each column how many numbers had no step, and what is wrong with the first
    count: u64,
    misfits: Vec<(u64, Option<Problem>)>,
}

/// How a file is read for a model: columns without names of their own are told by their places.
pub fn load_options(model: &HostModel<'_>) -> LoadOptions {
    let columns: Vec<String> = names(model.metadata.columns).into_iter().map(str::to_string).collect();
    let named = !columns.iter().enumerate().all(|(at, name)| *name == format!("x{at}"));
    let remembered = Reading::of(model.metadata.reading).written;
    let categorical = as_fitted(model.metadata.columns);
    let columns = named.then_some(columns);
    LoadOptions { columns, remembered, categorical, is_fitted: named, ..LoadOptions::default() }
}

impl<'a> Rows<'a> {
    pub(super) fn new(
        model: &'a HostModel<'a>,
        input: &'a Path,
        asked: Option<&'a [Unit]>,
        fidelity: Fidelity,
    ) -> Self {
        Rows {
            model,
            input,
            planned: model.extras.plan,
            asked,
            load: load_options(model),
            source: None,
            units: Vec::new(),
            digits: Vec::new(),
            categories: categories(model.metadata.columns),
            fidelity,
            last: Vec::new(),
            count: 0,
            misfits: Vec::new(),
        }
    }

    /// Numbers in a window.
    pub(super) fn frame(&self) -> usize {
        self.model.metadata.architecture.features as usize
    }

    /// Before the first row.
    pub(super) fn begin(&mut self, source: &Source) -> Result<(), Error> {
        let metadata = &self.model.metadata;
        let found = source.columns.len() * metadata.window as usize;
        let expected = self.frame();
        if found != expected {
            let (data, model) = (self.input.to_path_buf(), metadata.name.into());
            return Err(Error::Dims { data, model, expected, found });
        }
        let is_named = self.asked.is_some() || self.planned.is_some();
        if let (Format::Csv { .. }, false) = (&source.format, is_named) {
            self.digits = digits(self.input, &self.load)?;
        }
        self.units = self.resolve(source)?;
        for Category { feature, .. } in &self.categories {
            self.units[*feature] = self.fidelity.unit_of_codes();
        }
        self.last = vec![0; source.columns.len()];
        self.misfits = source.columns.iter().map(|_| (0, None)).collect();
        self.source = Some(source.clone());
        Ok(())
    }

    /// The resolution of each column: what the user says, or the model's plan
    /// of packets, or what the file shows.
    fn resolve(&self, source: &Source) -> Result<Vec<Unit>, Error> {
        let columns = source.columns.len();
        let ask =
            |what: &str| Error::argument("resolution", "(none)", format!("{what}; say what one step is"));
        match (self.asked, self.planned, &source.format) {
            (Some(units), ..) if units.len() == 1 => Ok(vec![units[0]; columns]),
            (Some(units), ..) if units.len() == columns => Ok(units.to_vec()),
            (Some(units), ..) => Err(Error::argument(
                "resolution",
                format!("of {} numbers", units.len()),
                format!("one for all columns or one for each of the {columns} is needed"),
            )),
            (None, Some(plan), _) => {
                let units = plan.resolution.iter().map(|unit| Unit::of_narrow(*unit));
                let units =
                    units.collect::<Option<Vec<_>>>().ok_or_else(|| ask("the model's are too fine"))?;
                Ok(units.into_iter().cycle().take(columns).collect())
            }
            (None, None, Format::Npy { kind, .. }) if kind.is_integer() => Ok(vec![Unit::ONE; columns]),
            (None, None, Format::Npy { .. }) => Err(ask(
                "the numbers are floats, and come back as steps: --resolution 0.001 --bound 0 rounds them",
            )),
            (None, None, Format::Csv { .. }) => {
                // by themselves all of them are kept, but a bound is of steps
                if !self.fidelity.is_exact() && self.digits.iter().any(Digits::are_too_many) {
                    return Err(ask("the numbers of a column have more digits than 32 bits hold"));
                }
                let unit = |digits: &Digits| Unit::of_decimals(digits.best()).unwrap_or(Unit::ONE);
                Ok(self.digits.iter().map(unit).collect())
            }
        }
    }

    /// A row's numbers of steps go behind the others. `escape` gets the columns whose cells have none, and
    /// what stands there: in their place the last step stands.
    pub(super) fn steps(
        &mut self,
        place: &dyn Fn() -> Place,
        row: &Row<'_>,
        samples: &mut Vec<i32>,
        escape: &mut dyn FnMut(usize, Vec<u8>),
    ) {
        let Some(source) = &self.source else { return };
        self.count += 1;
        for (at, (value, unit)) in row.numbers.iter().zip(&self.units).enumerate() {
            let cell = source.table.as_ref().map(|table| row.cell(table.features[at]));
            let words = self.categories.iter().find(|category| category.feature == at);
            let is_word = |Category { words, .. }: &Category| {
                words.get(*value as usize).is_some_and(|word| cell.is_none_or(|cell| cell == word.as_bytes()))
            };
            let steps = match words {
                _ if value.is_nan() => None,
                Some(category) if !is_word(category) => None,
                _ => match unit.steps(*value, &source.format, self.fidelity.is_exact()) {
                    Ok(steps) => Some(steps),
                    Err(fault) => {
                        let (misfits, first) = &mut self.misfits[at];
                        *misfits += 1;
                        first.get_or_insert_with(|| Problem::Cell {
                            place: place(),
                            column: source.columns[at].clone(),
                            fault,
                        });
                        None
                    }
                },
            };
            match steps {
                Some(steps) => self.last[at] = steps,
                None => escape(at, cell.map_or_else(|| format!("{value:?}").into(), <[u8]>::to_vec)),
            }
            samples.push(self.last[at]);
        }
    }

    /// Whether the resolution is that of the file's digits, and all of them are kept.
    pub(super) fn is_of_digits(&self) -> bool {
        let is_found = self.asked.is_none() && self.planned.is_none();
        is_found && (self.fidelity.is_exact() || self.fidelity == Fidelity::Within(0))
    }

    /// A resolution that was named, or is the plan's, must suit most numbers.
    pub(super) fn check(&mut self) -> Result<(), Error> {
        if self.asked.is_none() && self.planned.is_none() {
            return Ok(());
        }
        for (misfits, first) in &mut self.misfits {
            if *misfits * MOST_BETWEEN > self.count
                && let Some(problem) = first.take()
            {
                return Err(DataError { path: self.input.to_path_buf(), problem }.into());
            }
        }
        Ok(())
    }

    /// The units as the codec takes them.
    pub(super) fn resolution(&self) -> Vec<f32> {
        self.units.iter().map(|unit| unit.narrow()).collect()
    }

    /// The columns that hold words.
    pub(super) fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// There must be rows.
    pub(super) fn none(&self) -> Error {
        DataError { path: self.input.to_path_buf(), problem: Problem::NoRows }.into()
    }
}
