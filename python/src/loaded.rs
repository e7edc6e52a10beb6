//! A model that was opened, and the rows that it goes through.

use elbow::{Calibrated, FrameError, LoadError, Score};
use elbow_host::Model;
use elbow_host::model::{Engine as Scorer, HostModel};
use elbow_host::score::calibrate::each_row;
use elbow_host::score::evaluate::score_all;
use elbow_reader::categories::names;
use elbow_reader::{Dataset, Reading};
use elbow_trainer::binarize::Binarize;
use elbow_trainer::support::is_whole;
use pyo3::prelude::*;

use crate::error::{DATA, Error, UNCALIBRATED};
use crate::table::{Columns, NAME, Table};
use crate::threads::spread;

/// Rows that are scored between two looks for Ctrl-C.
pub(crate) const CHUNK: usize = 1 << 16;
/// Fewer rows are scored where they are: to wake other threads takes longer.
const FEW: usize = 4;

/// A model, and what its columns are.
pub(crate) struct Loaded {
    pub(crate) model: Model,
    pub(crate) columns: Vec<String>,
    are_whole: bool,
    /// rows may lack numbers: the fit has seen such rows
    pub(crate) takes_gaps: bool,
}

impl Loaded {
    /// Of the bytes of a file, which says whether rows may lack numbers.
    pub(crate) fn open(bytes: &[u8]) -> Result<Loaded, LoadError> {
        let model = Model::open(bytes)?;
        let takes_gaps = Reading::of(model.get().metadata.reading).missing.keeps_gaps();
        let model = if takes_gaps { Model::open_with_gaps(bytes)? } else { model };
        Ok(Loaded { takes_gaps, ..Loaded::new(model) })
    }

    /// Of a model whose rows are whole.
    pub(crate) fn new(model: Model) -> Loaded {
        let metadata = &model.get().metadata;
        let of_row = names(metadata.columns);
        let name = |step: u32| {
            let behind = if metadata.window == 1 { String::new() } else { format!("@{step}") };
            of_row.iter().map(move |name| (*name).to_owned() + &behind)
        };
        let columns: Vec<String> = (0..metadata.window).flat_map(name).collect();
        let dims = metadata.architecture.features as usize;
        let columns =
            if columns.len() == dims { columns } else { (0..dims).map(|i| format!("x{i}")).collect() };
        let are_whole = is_whole(metadata.architecture.likelihood, Binarize::None);
        Loaded { model, columns, are_whole, takes_gaps: false }
    }

    pub(crate) fn host(&self) -> &HostModel<'_> {
        self.model.get()
    }

    pub(crate) fn scorer(&self) -> &dyn Scorer {
        &*self.host().engine
    }

    pub(crate) fn table(&self, rows: &Bound<'_, PyAny>) -> PyResult<Table> {
        self.read(rows, self.takes_gaps)
    }

    /// Rows that lack nothing.
    pub(crate) fn whole(&self, rows: &Bound<'_, PyAny>) -> PyResult<Table> {
        self.read(rows, false)
    }

    fn read(&self, rows: &Bound<'_, PyAny>, with_gaps: bool) -> PyResult<Table> {
        Table::of(rows, &Columns { names: &self.columns, are_whole: self.are_whole, with_gaps })
    }

    pub(crate) fn judge(&self) -> Result<Calibrated<'_, &(dyn Scorer + '_)>, Error> {
        let problem = "the model has no alarm threshold; set it by normal rows that the fit has not seen: \
                       calibrate(X, false_alarm=0.01)";
        self.host().calibrated().ok_or_else(|| Error::new(UNCALIBRATED, problem))
    }

    /// Something of each row, in order; between chunks Ctrl-C is looked for.
    pub(crate) fn each<T: Send>(
        &self,
        py: Python<'_>,
        table: Table,
        of: impl Fn(&[f32]) -> Result<T, FrameError> + Sync,
    ) -> PyResult<Vec<T>> {
        self.chunks(py, table, |data| each_row(data, &of))
    }

    fn chunks<T: Send>(
        &self,
        py: Python<'_>,
        table: Table,
        of: impl Fn(&Dataset) -> Result<Vec<T>, elbow_host::Error> + Sync,
    ) -> PyResult<Vec<T>> {
        let dims = table.dims;
        let (rows, mut all) = (table.rows, Vec::with_capacity(table.rows));
        for first in (0..rows).step_by(CHUNK) {
            let last = rows.min(first + CHUNK);
            let values = table.values[first * dims..last * dims].to_vec();
            let mut data = Table { values, rows: last - first, ..table_of(dims) }.into_dataset(&self.columns);
            data.source_rows = (first..last).collect();
            let done: Result<Vec<T>, Error> = py.detach(|| Ok(spread(|| of(&data))??));
            all.extend(done?);
            py.check_signals()?;
        }
        Ok(all)
    }

    /// A score of each row.
    pub(crate) fn scored(&self, py: Python<'_>, table: Table, samples: u32) -> PyResult<Vec<Score>> {
        if table.rows > FEW {
            return self.chunks(py, table, |data| score_all(self.scorer(), data, samples, |_| ()));
        }
        let rows = table.values.chunks_exact(table.dims.max(1)).enumerate();
        let scores = rows.map(|(row, frame)| {
            let refused = |error: FrameError| Error::new(DATA, format!("{NAME}: row {}: {error}", row + 1));
            self.scorer().log_density(frame, samples).map_err(refused)
        });
        Ok(scores.collect::<Result<_, Error>>()?)
    }

    pub(crate) fn samples_or(&self, samples: Option<u32>) -> Result<u32, Error> {
        match samples {
            Some(samples) if !(1..=1_000_000).contains(&samples) => {
                Err(Error::argument("samples", samples, "from 1 to 1000000"))
            }
            Some(samples) => Ok(samples),
            None => Ok(self.host().samples()),
        }
    }
}

fn table_of(dims: usize) -> Table {
    Table { values: Vec::new(), rows: 0, dims, is_one: false }
}
