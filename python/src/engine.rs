//! What Python asks of a model.

use std::path::PathBuf;

use elbow::decision::{margin, statistic};
use elbow::{Score, Verdict, VerdictKind};
use elbow_host::Model;
use elbow_host::file::c_header::c_header;
use elbow_host::file::describe::describe_model;
use elbow_host::file::rust_type::rust_source;
use elbow_host::model::HostModel;
use elbow_host::random::{Purpose, stream};
use elbow_reader::categories::categories;
use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::alarm::calibrated;
use crate::answer::{Floats, one_or_many, row_or_rows};
use crate::error::{Error, UNSUPPORTED};
use crate::loaded::{CHUNK, Loaded};
use crate::notes::tell_if_signed;
use crate::packets;

/// A model file in memory.
#[pyclass(frozen, module = "elbow._core")]
pub(crate) struct Engine(Loaded);

impl Engine {
    pub(crate) fn of(model: Model) -> Engine {
        Engine(Loaded::new(model))
    }
}

#[pymethods]
impl Engine {
    /// Of the bytes of a model file.
    #[new]
    fn of_bytes(bytes: &[u8]) -> PyResult<Engine> {
        Ok(Engine(Loaded::open(bytes).map_err(Error::from)?))
    }

    /// Of a file.
    #[staticmethod]
    fn open(path: PathBuf) -> PyResult<Engine> {
        let bytes =
            std::fs::read(&path).map_err(elbow_host::Error::io("read", &path)).map_err(Error::from)?;
        let loaded = Loaded::open(&bytes).map_err(elbow_host::Error::model(&path)).map_err(Error::from)?;
        Ok(Engine(loaded))
    }

    /// The file, with its signature where it has one.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.model.bytes().with_trailer())
    }

    /// Writes the file at once or not at all, with its signature or, for what takes models alone, without.
    #[pyo3(signature = (path, signed=true))]
    fn save(&self, path: PathBuf, signed: bool) -> PyResult<()> {
        let bytes = self.0.model.bytes();
        let bytes = if signed { bytes.with_trailer() } else { bytes.as_bytes() };
        Ok(elbow_host::file::atomic_file::write_atomically(&path, bytes).map_err(Error::from)?)
    }

    /// What the file says of itself.
    fn about<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let HostModel { metadata, members, .. } = self.0.host();
        let about = PyDict::new(py);
        about.set_item("name", metadata.name)?;
        about.set_item("shape", describe_model(self.0.host()))?;
        about.set_item("columns", &self.0.columns)?;
        let words = categories(metadata.columns).into_iter();
        let words: Vec<_> = words.map(|category| (category.feature, category.words)).collect();
        about.set_item("categories", words)?;
        about.set_item("window", metadata.window)?;
        about.set_item("hop", metadata.hop)?;
        about.set_item("members", members)?;
        about.set_item("samples", self.0.host().samples())?;
        about.set_item("rows", metadata.rows)?;
        about.set_item("seed", metadata.seed)?;
        about.set_item("version", metadata.version)?;
        about.set_item("takes_gaps", self.0.takes_gaps)?;
        about.set_item("has_latent", self.0.scorer().latent().is_some())?;
        if let Some(calibration) = self.0.host().extras.calibration {
            about.set_item("threshold", calibration.threshold)?;
            about.set_item("false_alarm", calibration.false_alarm)?;
            about.set_item("calibration_rows", calibration.rows)?;
        }
        Ok(about)
    }

    /// `log p(x)` of each row, in nats.
    #[pyo3(signature = (rows, samples=None))]
    fn log_density<'py>(
        &self,
        py: Python<'py>,
        rows: &Bound<'py, PyAny>,
        samples: Option<u32>,
    ) -> Floats<'py> {
        let table = self.0.table(rows)?;
        let is_one = table.is_one;
        let scores = self.0.scored(py, table, self.0.samples_or(samples)?)?;
        one_or_many(py, is_one, scores.iter().map(|score| score.log_density.0).collect())
    }

    /// Log density, standard error and effective sample size of each row.
    #[pyo3(signature = (rows, samples=None))]
    fn scores<'py>(
        &self,
        py: Python<'py>,
        rows: &Bound<'py, PyAny>,
        samples: Option<u32>,
    ) -> PyResult<[Bound<'py, PyAny>; 3]> {
        let table = self.0.table(rows)?;
        let is_one = table.is_one;
        let scores = self.0.scored(py, table, self.0.samples_or(samples)?)?;
        let of = |number: fn(&Score) -> f32| one_or_many(py, is_one, scores.iter().map(number).collect());
        Ok([
            of(|score| score.log_density.0)?,
            of(|score| score.standard_error)?,
            of(|score| score.effective_sample_size)?,
        ])
    }

    /// The statistic that a verdict compares with the threshold, in nats.
    fn statistics<'py>(&self, py: Python<'py>, rows: &Bound<'py, PyAny>) -> Floats<'py> {
        let table = self.0.table(rows)?;
        let (is_one, margin) = (table.is_one, margin(table.dims));
        let samples = self.0.judge()?.calibration().samples;
        let engine = self.0.scorer();
        let all = self.0.each(py, table, |frame| statistic(&engine, frame, samples, margin))?;
        one_or_many(py, is_one, all)
    }

    /// Whether each row is an anomaly, its p-value and its log density.
    fn judge<'py>(&self, py: Python<'py>, rows: &Bound<'py, PyAny>) -> PyResult<[Bound<'py, PyAny>; 3]> {
        let table = self.0.table(rows)?;
        let is_one = table.is_one;
        let judge = self.0.judge()?;
        let verdicts = self.0.each(py, table, |frame| judge.judge_in_full(frame))?;
        let is_anomalous: Vec<bool> = verdicts.iter().map(|verdict| verdict.is_anomalous()).collect();
        let is_anomalous = match is_anomalous[..] {
            [one] if is_one => one.into_pyobject(py)?.to_owned().into_any(),
            _ => PyArray1::from_vec(py, is_anomalous).into_any(),
        };
        // of numbers whose absence has no threshold nothing is known
        let is_known = |verdict: &Verdict| verdict.kind != VerdictKind::Uncalibrated;
        let p_value = |verdict: &Verdict| if is_known(verdict) { verdict.p_value } else { f32::NAN };
        let p_values = verdicts.iter().map(p_value).collect();
        let scores = verdicts.iter().map(|verdict| verdict.score.log_density.0).collect();
        Ok([is_anomalous, one_or_many(py, is_one, p_values)?, one_or_many(py, is_one, scores)?])
    }

    /// How much less likely each number is than in normal rows.
    fn surprises<'py>(&self, py: Python<'py>, rows: &Bound<'py, PyAny>) -> Floats<'py> {
        let table = self.0.table(rows)?;
        let (is_one, dims) = (table.is_one, table.dims);
        let judge = self.0.judge()?;
        let all = self.0.each(py, table, |frame| {
            let mut surprises = vec![0.0; frame.len()];
            judge.judge_explained(frame, &mut surprises)?;
            Ok(surprises)
        })?;
        row_or_rows(py, is_one, all, dims)
    }

    /// What the model expects of each row, in its units.
    fn reconstruct<'py>(&self, py: Python<'py>, rows: &Bound<'py, PyAny>) -> Floats<'py> {
        let table = self.0.table(rows)?;
        let (is_one, dims) = (table.is_one, table.dims);
        let all = self.0.each(py, table, |frame| self.0.scorer().reconstruct(frame))?;
        row_or_rows(py, is_one, all, dims)
    }

    /// The most likely latent of each row.
    fn encode<'py>(&self, py: Python<'py>, rows: &Bound<'py, PyAny>) -> Floats<'py> {
        let table = self.0.table(rows)?;
        let is_one = table.is_one;
        let problem =
            "a mixture or an ensemble has no latent; fit one model with a network, latent='gaussian:8'";
        let latent = self.0.scorer().latent().ok_or_else(|| Error::new(UNSUPPORTED, problem))?;
        let width = self.0.host().metadata.architecture.latent_dims() as usize;
        let all = self.0.each(py, table, |frame| Ok(latent.encode(frame)?.mode))?;
        row_or_rows(py, is_one, all, width)
    }

    /// So many rows drawn from the model.
    fn sample<'py>(&self, py: Python<'py>, count: usize, seed: u64) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let problem = "an autoencoder cannot be drawn from; fit a mixture, or a network with a prior, \
                       latent='gaussian:8'";
        let mut all = Vec::with_capacity(count * self.0.columns.len());
        for row in 0..count {
            let drawn = self.0.scorer().sample(&mut stream(seed, Purpose::Rows, row as u64, 0));
            let drawn = drawn.ok_or_else(|| Error::new(UNSUPPORTED, problem))?;
            all.extend(drawn.map_err(Error::from)?);
            if row.is_multiple_of(CHUNK) {
                py.check_signals()?;
            }
        }
        PyArray1::from_vec(py, all).reshape([count, self.0.columns.len()])
    }

    /// The same model with an alarm threshold.
    #[pyo3(signature = (rows, false_alarm, samples=None))]
    fn calibrate(
        &self,
        py: Python<'_>,
        rows: &Bound<'_, PyAny>,
        false_alarm: f64,
        samples: Option<u32>,
    ) -> PyResult<Engine> {
        let data = self.0.whole(rows)?.into_dataset(&self.0.columns);
        Ok(Engine(calibrated(py, &self.0, &data, false_alarm, self.0.samples_or(samples)?)?))
    }

    /// The Rust type that reads the file, as `elbow fit` writes it.
    fn rust(&self) -> String {
        rust_source(self.0.host(), self.0.host().samples())
    }

    /// The file as an array of C, without a signature.
    fn c_header(&self, py: Python<'_>) -> PyResult<String> {
        tell_if_signed(py, &self.0.model)?;
        Ok(c_header(self.0.host(), self.0.model.bytes().as_bytes()))
    }

    /// Packs the rows of a file.
    #[pyo3(signature = (input, output, bound=None, resolution=None))]
    fn pack(
        &self,
        py: Python<'_>,
        input: PathBuf,
        output: PathBuf,
        bound: Option<u16>,
        resolution: Option<Vec<f64>>,
    ) -> PyResult<()> {
        Ok(py.detach(|| packets::pack(&self.0.model, &input, &output, bound, resolution))?)
    }

    /// The rows of one packet, as a device sends it.
    fn unpack_one<'py>(&self, py: Python<'py>, packet: &[u8]) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let metadata = &self.0.host().metadata;
        let width = (metadata.architecture.features / metadata.window) as usize;
        let numbers = packets::unpack_alone(&self.0.model, packet)?;
        let rows = numbers.len() / width;
        PyArray1::from_vec(py, numbers).reshape([rows, width])
    }

    /// Unpacks a file of packets.
    fn unpack(&self, py: Python<'_>, input: PathBuf, output: PathBuf) -> PyResult<()> {
        Ok(py.detach(|| packets::unpack(&self.0.model, &input, &output))?)
    }
}
