//! What every way to fit a model gives, and says of it in the file.

use std::sync::atomic::AtomicBool;

use elbow::architecture::Architecture;
use elbow::format::Metadata;
use elbow_host::model::ModelBytes;
use elbow_host::score::estimate::Estimate;
use elbow_host::score::evaluate::score_until;
use elbow_host::score::latent_use::LatentUse;
use elbow_host::score::open::open_for;
use elbow_host::score::seen::Seen;
use elbow_reader::Dataset;
use elbow_reader::categories::describe;

use crate::error::Error;
use crate::fit::{Fitted, Validation};
use crate::quantize::Cost;
use crate::settings::Settings;

/// Fewest rows of a fit.
const LEAST_ROWS: usize = 10;
/// Rows whose posteriors are compared in pairs after each epoch: little beside an epoch.
const LOG_PAIRED: usize = 100;
/// Of what is not stopped: the figure of a fit that is there.
pub(super) static NEVER: AtomicBool = AtomicBool::new(false);

/// A fitted model.
#[derive(Debug)]
pub struct Trained {
    /// the bytes of its file
    pub bytes: ModelBytes,
    /// how the fit went, of a network
    pub fitted: Option<Fitted>,
    /// rows it was fitted on
    pub train_rows: usize,
    /// rows that were held out
    pub valid: Dataset,
    /// rows that were held back from the fit and have set the threshold
    pub calibration_rows: Option<usize>,
    /// mean of what was raised over the rows it was fitted on, in nats
    pub train_nats: f64,
    /// mean log density of the rows held out
    pub valid_nats: f64,
    /// what rounding the weights cost on them, where they were rounded
    pub quantization: Option<Cost>,
    /// why the rows held back could set no threshold, which their scores show; the model is whole
    pub refused: Option<Error>,
}

impl Trained {
    /// By the mean nats of the rows it was fitted on and of those held out; all else is not so.
    pub(super) fn new(
        bytes: ModelBytes,
        train_rows: usize,
        valid: Dataset,
        [train_nats, valid_nats]: [f64; 2],
    ) -> Self {
        Trained {
            bytes,
            fitted: None,
            train_rows,
            valid,
            calibration_rows: None,
            train_nats,
            valid_nats,
            quantization: None,
            refused: None,
        }
    }
}

/// Refuses too few rows.
pub(super) fn check_rows(data: &Dataset) -> Result<(), Error> {
    if data.rows < LEAST_ROWS {
        return Err(Error::TooFewRows { path: data.path.clone(), found: data.rows, needed: LEAST_ROWS });
    }
    Ok(())
}

/// What the file of a model says of the data of its fit.
#[derive(Debug)]
pub(super) struct Told {
    /// the names of the columns of a row, with the values of categories
    pub columns: String,
    reading: String,
    /// the rows
    seen: Vec<u8>,
}

impl Told {
    /// Of all rows that the fit sees, in their order; those by which it chooses an epoch are among them.
    pub(super) fn of(settings: &Settings, data: &Dataset) -> Result<Told, Error> {
        let seen = Seen::of(&data.values, data.dims);
        let seen = match &settings.start {
            Some(path) => {
                let bytes = ModelBytes::read(path)?;
                let model = bytes.open().map_err(Error::model(path))?;
                seen.and(&Seen::read(model.metadata.seen).unwrap_or_default())
            }
            None => seen,
        };
        Ok(Told { columns: columns(settings, data), reading: data.reading.text(), seen: seen.write()? })
    }
}

fn columns(settings: &Settings, data: &Dataset) -> String {
    describe(&settings.row_columns(data), &data.categories)
}

/// What the file of a model says of itself.
pub(super) fn metadata<'a>(
    name: &'a str,
    architecture: &Architecture,
    settings: &'a Settings,
    told: &'a Told,
    rows: usize,
    valid_nats: f32,
) -> Metadata<'a> {
    Metadata {
        name,
        architecture: architecture.clone(),
        columns: &told.columns,
        window: settings.window as u32,
        hop: u32::try_from(settings.hop.unwrap_or(settings.window)).unwrap_or(u32::MAX),
        objective: settings.model.as_str(),
        rows: rows as u64,
        seed: settings.seed,
        valid_nats: -valid_nats,
        version: env!("CARGO_PKG_VERSION"),
        reading: &told.reading,
        seen: &told.seen,
    }
}

/// Of the rows held out, unless it is stopped; what the latent carries, too, where it is `logged`.
pub(super) fn validation(
    bytes: &ModelBytes,
    data: &Dataset,
    samples: u32,
    logged: bool,
    stop: &AtomicBool,
) -> Result<Validation, Error> {
    let model = open_for(bytes, data).map_err(Error::model(&data.path))?;
    let Some(scores) = score_until(&*model.engine, data, samples, stop)? else {
        return Ok(Validation { stopped: true, ..Validation::default() });
    };
    let nats: Vec<f64> = scores.iter().map(|score| score.log_density.0.into()).collect();
    let Estimate { nats, ci95 } = Estimate::mean(nats.iter().copied());
    // frames that were scored have a posterior
    let latent_use =
        || LatentUse::new(model.engine.latent()?, data.rows, LOG_PAIRED, |row| data.row(row)).ok();
    Ok(Validation { nats, ci95, latent: logged.then(latent_use).flatten(), stopped: false })
}
