//! Rows of a file as rows of whole steps.

use std::path::Path;

use elbow::codec::PacketPlan;

use super::unit::Unit;
use crate::error::Error;
use crate::model::HostModel;
use elbow_reader::categories::names;
use elbow_reader::{DataError, Fault, Format, LoadOptions, Place, Problem, Reading, Source, decimals};

/// Whose rows, and in which units.
pub(super) struct Rows<'a> {
    model: &'a HostModel<'a>,
    input: &'a Path,
    /// the model's plan, where it is to be kept to
    pub(super) planned: Option<PacketPlan<'a>>,
    /// what the user said of the resolution
    asked: Option<&'a [Unit]>,
    /// whether a number between two steps is refused
    exact: bool,
    pub(super) load: LoadOptions,
    pub(super) source: Option<Source>,
    pub(super) units: Vec<Unit>,
}

/// How a file is read for a model: columns without names of their own are told by their places.
pub fn load_options(model: &HostModel<'_>) -> LoadOptions {
    let columns: Vec<String> = names(model.metadata.columns).into_iter().map(str::to_string).collect();
    let named = !columns.iter().enumerate().all(|(at, name)| *name == format!("x{at}"));
    let remembered = Reading::of(model.metadata.reading).written;
    LoadOptions { columns: named.then_some(columns), remembered, ..LoadOptions::default() }
}

impl<'a> Rows<'a> {
    pub(super) fn new(
        model: &'a HostModel<'a>,
        input: &'a Path,
        asked: Option<&'a [Unit]>,
        exact: bool,
    ) -> Self {
        let load = load_options(model);
        Rows { model, input, planned: model.extras.plan, asked, exact, load, source: None, units: Vec::new() }
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
        self.units = self.resolve(source)?;
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
            (None, None, Format::Npy { .. }) => Err(ask("the numbers are floats")),
            (None, None, Format::Csv { .. }) => {
                let unit = |decimals: &Option<u32>| decimals.and_then(Unit::of_decimals);
                let units = decimals(self.input, &self.load)?;
                let units = units.iter().map(unit).collect::<Option<Vec<_>>>();
                units.ok_or_else(|| ask("a column has numbers with exponents"))
            }
        }
    }

    /// A row's numbers of steps go behind the others.
    pub(super) fn steps(
        &self,
        place: &dyn Fn() -> Place,
        row: &[f64],
        samples: &mut Vec<i32>,
    ) -> Result<(), Error> {
        let Some(source) = &self.source else { return Ok(()) };
        for ((value, unit), name) in row.iter().zip(&self.units).zip(&source.columns) {
            let cell = |fault: Fault| Problem::Cell { place: place(), column: name.clone(), fault };
            let fail = |fault| DataError { path: self.input.to_path_buf(), problem: cell(fault) };
            samples.push(unit.steps(*value, &source.format, self.exact).map_err(fail)?);
        }
        Ok(())
    }

    /// The units as the codec takes them.
    pub(super) fn resolution(&self) -> Vec<f32> {
        self.units.iter().map(|unit| unit.narrow()).collect()
    }

    /// There must be rows.
    pub(super) fn none(&self) -> Error {
        DataError { path: self.input.to_path_buf(), problem: Problem::NoRows }.into()
    }
}
