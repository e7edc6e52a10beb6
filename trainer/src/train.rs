//! From frames to a model file in memory: split, preprocess, fit, encode.

use std::sync::atomic::{AtomicBool, Ordering};

use elbow::architecture::{Architecture, WeightKind};
use elbow::format::Metadata;

use crate::binarize::Binarize;
use crate::ensemble;
use crate::error::Error;
use crate::export;
use crate::fit::{EpochRecord, Fingerprint, Fitted, Progress, Run, Validation};
use crate::layout::Layout;
use crate::likelihood;
use crate::mixture;
use crate::preprocess::Preprocessing;
use crate::quantize::{Cost, quantize};
use crate::rows::{Corruption, Rows};
use crate::run_dir::RunDir;
use crate::settings::Settings;
use crate::start::from_model;
use crate::support::prepare;
use elbow_host::data::Dataset;
use elbow_host::data::categories::{describe, levels};
use elbow_host::model::ModelBytes;
use elbow_host::score::evaluate::{mean_ci95, score_all};
use elbow_host::score::latent_use::LatentUse;

/// Fewest rows of a fit.
const LEAST_ROWS: usize = 10;
/// Most parameters: 256 MiB of them. A fit holds about a dozen times that, and the system kills what takes too much.
const MOST_PARAMETERS: usize = 1 << 26;

/// Rows whose posteriors are compared in pairs after each epoch: little beside an epoch.
const LOG_PAIRED: usize = 100;

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
    /// mean of what was raised over the rows it was fitted on, in nats
    pub train_nats: f64,
    /// mean log density of the rows held out
    pub valid_nats: f64,
    /// what rounding the weights cost on them, where they were rounded
    pub quantization: Option<Cost>,
}

/// Fits a model to the normal frames of a file. With a `folder`, the run is written down there, and goes on from its last
/// checkpoint.
///
/// # Errors
/// [`Error::Argument`], [`Error::TooFewRows`], [`Error::OutOfSupport`], [`Error::Fit`]; [`Error::Interrupted`] or [`Error::Paused`] where it was stopped before the
/// first epoch was done; those of [`RunDir::begin`].
pub fn train(
    name: &str,
    mut data: Dataset,
    settings: &Settings,
    folder: Option<RunDir>,
    stop: &AtomicBool,
    mut progress: impl FnMut(&Progress),
) -> Result<Trained, Error> {
    data.keep_normal();
    if data.rows < LEAST_ROWS {
        return Err(Error::TooFewRows { path: data.path, found: data.rows, needed: LEAST_ROWS });
    }
    if let Some(recipe) = settings.mixture() {
        return mixture::train(name, &data, settings, recipe);
    }
    if settings.ensemble != 1 {
        return ensemble::fit(name, &data, settings, stop, &mut progress);
    }
    let levels = levels(&data.categories, data.dims);
    let architecture = settings.architecture_of(data.dims, &levels)?;
    let config = settings.fit_config()?;
    let likelihood = architecture.likelihood;
    let mut layout = Layout::new(&architecture);
    if layout.len > MOST_PARAMETERS {
        return Err(Error::TooManyParameters { found: layout.len, most: MOST_PARAMETERS });
    }
    prepare(&mut data, likelihood, settings.binarize)?;
    let split = data.split(settings.valid, settings.seed);
    let (train, mut valid) = (data.select(&split.train), data.select(&split.valid));
    if settings.binarize == Binarize::Dynamic {
        Binarize::draw_all(&mut valid, settings.seed);
    }

    let (preprocessing, features, start) = match &settings.start {
        Some(path) => {
            let (preprocessing, start) = from_model(path, &architecture, &layout, &columns(settings, &data))?;
            let features = preprocessing.features(&train.values);
            (preprocessing, features, start)
        }
        None => {
            let preprocessing =
                settings.fit_preprocessing(&train.values, train.dims)?.with_categories(&levels);
            let features = preprocessing.features(&train.values);
            let law = likelihood::of::<f32>(likelihood, &preprocessing.units());
            let bias = law.output_bias(&features, train.dims);
            (preprocessing, features, layout.init(settings.seed, &bias))
        }
    };
    layout.units = preprocessing.units();
    let file = File {
        name,
        architecture: &architecture,
        preprocessing: &preprocessing,
        layout: &layout,
        settings,
        data: &train,
    };
    let steps = steps(settings, &preprocessing, train.dims)?;
    let rows = Rows {
        features: &features,
        dims: train.dims,
        unit: preprocessing.encoder_unit(),
        clip: preprocessing.clip(),
        levels: &levels,
        binarize: settings.binarize,
        corruption: Corruption { noise: settings.input_noise, mask: settings.input_mask },
        steps: &steps,
        // The fit sees densities of features; people read densities of raw frames.
        mean_log_jacobian: preprocessing.mean_log_jacobian(&train.values),
    };
    let is_logged = folder.is_some();
    let validate = |_: u32, params: &[f32]| {
        file.encode(params, f32::NAN)
            .and_then(|bytes| validation(&bytes, &valid, settings.valid_samples, is_logged))
            .unwrap_or(f64::NAN.into())
    };
    let encode = |(params, record): (&[f32], &EpochRecord)| file.encode(params, record.valid_nats as f32);

    let fingerprint = || Fingerprint::new(&data.values, data.dims);
    let begun = folder.map(|folder| folder.begin(settings, &data.path, fingerprint())).transpose()?;
    let (mut recorder, state) = begun.map_or((None, None), |(recorder, state)| (Some(recorder), state));
    let mut run = match state {
        Some(state) => Run::resume(&layout, state, &rows, &config)?,
        None => Run::new(&layout, start, &rows, &config)?,
    };
    if let Some(recorder) = &mut recorder {
        recorder.record(run.state(), run.batches())?;
    }
    while !run.is_finished() && !stop.load(Ordering::Relaxed) {
        let event = run.advance(validate)?;
        let now = run.progress(event);
        progress(&now);
        if let Some(recorder) = &mut recorder {
            recorder.see(&now, run.state(), encode)?;
        }
    }
    let bytes = run.state().best().map(encode).transpose()?;
    if let Some(recorder) = &mut recorder {
        recorder.keep(run.state(), bytes.as_ref())?;
    }
    let nothing =
        || recorder.map_or(Error::Interrupted, |recorder| Error::Paused { folder: recorder.into_folder() });
    let bytes = bytes.ok_or_else(nothing)?;
    let (bytes, quantization) = rounded(bytes, settings, &train, &valid)?;
    let fitted = run.into_fitted();
    let EpochRecord { train_nats, valid_nats, .. } = fitted.history[fitted.best_epoch as usize - 1];
    Ok(Trained {
        bytes,
        fitted: Some(fitted),
        train_rows: train.rows,
        valid,
        train_nats,
        valid_nats,
        quantization,
    })
}

/// The step of each feature, where frames are whole steps of a resolution.
fn steps(settings: &Settings, preprocessing: &Preprocessing, dims: usize) -> Result<Vec<f32>, Error> {
    let resolution = &settings.resolution;
    let wrong = |problem: String| Err(Error::argument("resolution", format!("{resolution:?}"), problem));
    let columns = dims / settings.window;
    match preprocessing {
        _ if resolution.is_empty() => Ok(Vec::new()),
        _ if resolution.len() != 1 && resolution.len() != columns => {
            wrong(format!("one for all columns or one for each of the {columns} is needed"))
        }
        Preprocessing::Standardize { integers: true, .. } => {
            wrong("integers have steps of 1; leave it out".into())
        }
        Preprocessing::Standardize { log_rate: None, inverse_scale, .. } => {
            let steps = inverse_scale.iter().zip(resolution.iter().cycle());
            Ok(steps.map(|(inverse, unit)| inverse * unit).collect())
        }
        Preprocessing::Categories { .. } => wrong("only where no column is a category".into()),
        _ => wrong("only for numbers that are neither bits nor taken in logarithms".into()),
    }
}

/// The model with the weights that the settings ask for, calibrated on the rows it was fitted on.
fn rounded(
    bytes: ModelBytes,
    settings: &Settings,
    train: &Dataset,
    valid: &Dataset,
) -> Result<(ModelBytes, Option<Cost>), Error> {
    let weights = *settings.weights;
    if weights == WeightKind::F32 {
        return Ok((bytes, None));
    }
    let mut train = train.clone();
    if settings.binarize == Binarize::Dynamic {
        Binarize::draw_all(&mut train, settings.seed);
    }
    let model = bytes.open().map_err(Error::model(&train.path))?;
    let small = quantize(&model, &bytes, model.metadata.name, weights, Some(&train))?;
    let cost = {
        let quantized = small.open().map_err(Error::model(&train.path))?;
        Cost::measure(&model, &quantized, valid, settings.valid_samples)?
    };
    Ok((small, Some(cost)))
}

/// What every version of the model's file has in common while it is fitted.
struct File<'a> {
    name: &'a str,
    architecture: &'a Architecture,
    preprocessing: &'a Preprocessing,
    layout: &'a Layout,
    settings: &'a Settings,
    data: &'a Dataset,
}

impl File<'_> {
    fn encode(&self, params: &[f32], valid_nats: f32) -> Result<ModelBytes, Error> {
        let columns = columns(self.settings, self.data);
        let metadata = Metadata {
            objective: self.settings.objective.as_str(),
            ..metadata(self.name, self.architecture, self.settings, &columns, self.data, valid_nats)
        };
        Ok(ModelBytes::new(&export::encode(&metadata, self.preprocessing, self.layout, params)?))
    }
}

/// The names of the columns of a row, with the values of categories.
pub(crate) fn columns(settings: &Settings, data: &Dataset) -> String {
    let Settings { window, hop, .. } = settings;
    // The columns of a window are those of its first row, each with `@0` behind it.
    let behind = if (*window, hop.unwrap_or(*window)) == (1, 1) { "" } else { "@0" };
    let columns = data.columns[..data.dims / window].iter();
    let columns: Vec<&str> = columns.map(|name| name.strip_suffix(behind).unwrap_or(name)).collect();
    describe(&columns, &data.categories)
}

/// What the file of a model says of itself.
pub(crate) fn metadata<'a>(
    name: &'a str,
    architecture: &Architecture,
    settings: &'a Settings,
    columns: &'a str,
    data: &Dataset,
    valid_nats: f32,
) -> Metadata<'a> {
    Metadata {
        name,
        architecture: architecture.clone(),
        columns,
        window: settings.window as u32,
        hop: u32::try_from(settings.hop.unwrap_or(settings.window)).unwrap_or(u32::MAX),
        objective: settings.model.as_str(),
        rows: data.rows as u64,
        seed: settings.seed,
        valid_nats: -valid_nats,
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// Of the rows held out; what the latent carries, too, where it is `logged`.
pub(crate) fn validation(
    bytes: &ModelBytes,
    data: &Dataset,
    samples: u32,
    logged: bool,
) -> Result<Validation, Error> {
    let model = bytes.open().map_err(Error::model(&data.path))?;
    let scores = score_all(&*model.engine, data, samples, |_| ())?;
    let nats: Vec<f64> = scores.iter().map(|score| score.log_density.0.into()).collect();
    let (nats, ci95) = mean_ci95(&nats);
    // frames that were scored have a posterior
    let latent_use =
        || LatentUse::new(model.engine.latent()?, data.rows, LOG_PAIRED, |row| data.row(row)).ok();
    Ok(Validation { nats, ci95, latent: logged.then(latent_use).flatten() })
}
