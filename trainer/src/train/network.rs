//! A network: split, preprocess, fit, encode.

use std::sync::atomic::{AtomicBool, Ordering};

use elbow::architecture::{Architecture, WeightKind};
use elbow::format::Metadata;
use elbow_host::model::ModelBytes;
use elbow_reader::Dataset;

use super::trained::{Told, Trained, check_rows, metadata, validation};
use crate::binarize::Binarize;
use crate::columns::Columns;
use crate::error::Error;
use crate::export;
use crate::fit::{EpochRecord, Fingerprint, FitConfig, FitError, Fitted, Progress, Run};
use crate::layout::Layout;
use crate::likelihood;
use crate::preprocess::Preprocessing;
use crate::quantize::{Cost, quantize};
use crate::run_dir::RunDir;
use crate::settings::Settings;
use crate::support::prepare;
use crate::training_rows::{Corruption, Rows};
use crate::warm_start::from_model;

/// Most parameters: 256 MiB of them. A fit holds about a dozen times that,
/// and the system kills what takes too much.
const MOST_PARAMETERS: usize = 1 << 26;

/// Fits a network to the rows that are not held out; the epoch that is kept is the best on those that are.
///
/// # Errors
/// As [`train`](fn@super::train).
pub(super) fn fit(
    name: &str,
    mut data: Dataset,
    settings: &Settings,
    folder: Option<RunDir>,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(&Progress),
) -> Result<Trained, Error> {
    check_rows(&data)?;
    let kinds = settings.columns_of(&data)?;
    let architecture = settings.architecture_of(data.dims, &kinds)?;
    let config = settings.fit_config()?;
    let layout = Layout::new(&architecture);
    if layout.len > MOST_PARAMETERS {
        return Err(Error::TooManyParameters { found: layout.len, most: MOST_PARAMETERS });
    }
    prepare(&mut data, architecture.likelihood, settings.binarize)?;
    let split = data.hold_out(settings.valid, settings.seed);
    let (train, mut valid) = (data.select(&split.train), data.select(&split.valid));
    if settings.binarize == Binarize::Dynamic {
        Binarize::draw_all(&mut valid, settings.seed);
    }
    let told = Told::of(settings, &data)?;
    let begin = Start::new(settings, &train, &architecture, &layout, &told.columns, kinds)?;
    let layout = Layout { units: begin.preprocessing.units(), ..layout };
    let preprocessing = &begin.preprocessing;
    let (architecture, layout, told, train_rows) = (&architecture, &layout, &told, train.rows);
    let file = File { name, architecture, preprocessing, layout, settings, told, train_rows };
    let steps = steps(settings, preprocessing, train.dims)?;
    let bytes = preprocessing.bytes();
    let rows = Rows {
        features: &begin.features,
        dims: train.dims,
        engine: &preprocessing.engine(train.dims, &bytes),
        binarize: settings.binarize,
        corruption: Corruption {
            noise: settings.input_noise,
            mask: settings.input_mask,
            hide: settings.hide,
        },
        steps: &steps,
        // The fit sees densities of features; people read densities of raw frames.
        mean_log_jacobian: preprocessing.mean_log_jacobian(&train.values),
    };
    let fingerprint = Fingerprint::new(&data.values, data.dims, &told.columns);
    let recorded = Recorded { folder, fingerprint, data: &data, valid: &valid, file, stop };
    let (bytes, fitted) = recorded.run(&rows, begin.params, &config, progress)?;
    let (bytes, quantization) = rounded(bytes, settings, &train, &valid)?;
    let EpochRecord { train_nats, valid_nats, .. } = fitted.history[fitted.best_epoch as usize - 1];
    let trained = Trained::new(bytes, train_rows, valid, [train_nats, valid_nats]);
    Ok(Trained { fitted: Some(fitted), quantization, ..trained })
}

/// Where a fit begins.
struct Start {
    preprocessing: Preprocessing,
    /// of the rows it is fitted on
    features: Vec<f32>,
    params: Vec<f32>,
}

impl Start {
    /// At the model that the settings name, or at random weights.
    fn new(
        settings: &Settings,
        train: &Dataset,
        architecture: &Architecture,
        layout: &Layout,
        columns: &str,
        kinds: Columns,
    ) -> Result<Start, Error> {
        if let Some(path) = &settings.start {
            let (preprocessing, params) = from_model(path, architecture, layout, columns, &kinds)?;
            let features = preprocessing.features(&train.values);
            return Ok(Start { preprocessing, features, params });
        }
        let preprocessing = settings.fit_preprocessing(&train.values, train.dims)?.with_columns(kinds);
        let features = preprocessing.features(&train.values);
        let law = likelihood::of::<f32>(architecture.likelihood, &preprocessing.units());
        let params = layout.init(settings.seed, &law.output_bias(&features, train.dims));
        Ok(Start { preprocessing, features, params })
    }
}

/// A run, and where it is written down.
struct Recorded<'a> {
    folder: Option<RunDir>,
    /// of all rows
    fingerprint: Fingerprint,
    data: &'a Dataset,
    valid: &'a Dataset,
    file: File<'a>,
    stop: &'a AtomicBool,
}

impl Recorded<'_> {
    /// To its end, or until it is stopped; the bytes of the best model.
    fn run(
        self,
        rows: &Rows<'_>,
        start: Vec<f32>,
        config: &FitConfig,
        progress: &mut dyn FnMut(&Progress),
    ) -> Result<(ModelBytes, Fitted), Error> {
        let Recorded { folder, fingerprint, data, valid, file, stop } = self;
        let File { settings, layout, .. } = file;
        let is_logged = folder.is_some();
        let validate = |_: u32, params: &[f32]| {
            file.encode(params, f32::NAN)
                .and_then(|bytes| validation(&bytes, valid, settings.valid_samples, is_logged, stop))
                .unwrap_or(f64::NAN.into())
        };
        let encode = |(params, record): (&[f32], &EpochRecord)| file.encode(params, record.valid_nats as f32);
        let start_nats = validate(0, &start).nats;
        let begun = folder.map(|folder| folder.begin(settings, &data.path, fingerprint)).transpose()?;
        let (mut recorder, state) = begun.map_or((None, None), |(recorder, state)| (Some(recorder), state));
        let mut run = match state {
            Some(state) => Run::resume(layout, state, rows, config)?,
            None => Run::new(layout, start, rows, config)?,
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
        if let Some((_, best)) = run.state().best() {
            check_course(start_nats, best.valid_nats, valid.dims, config)?;
        }
        let bytes = run.state().best().map(encode).transpose()?;
        if let Some(recorder) = &mut recorder {
            recorder.keep(run.state(), bytes.as_ref())?;
        }
        let paused = |recorder: crate::run_dir::Recorder| Error::Paused { folder: recorder.into_folder() };
        let nothing = || recorder.map_or(Error::Interrupted, paused);
        Ok((bytes.ok_or_else(nothing)?, run.into_fitted()))
    }
}

/// A fit whose best epoch is far worse than random weights has gone astray, though all its numbers be finite.
/// An objective that holds back a little is none such.
fn check_course(start: f64, best: f64, dims: usize, config: &FitConfig) -> Result<(), Error> {
    const PER_NUMBER: f64 = 2.0;
    const PER_ROW: f64 = 10.0;
    if best < start - PER_ROW - PER_NUMBER * dims as f64 {
        return Err(
            FitError::Worse { start: -start, best: -best, learning_rate: config.learning_rate }.into()
        );
    }
    Ok(())
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
        Preprocessing::Columns { .. } => wrong("only where no column is a category or an angle".into()),
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
#[derive(Clone, Copy)]
struct File<'a> {
    name: &'a str,
    architecture: &'a Architecture,
    preprocessing: &'a Preprocessing,
    layout: &'a Layout,
    settings: &'a Settings,
    told: &'a Told,
    train_rows: usize,
}

impl File<'_> {
    fn encode(&self, params: &[f32], valid_nats: f32) -> Result<ModelBytes, Error> {
        let File { name, architecture, settings, told, train_rows, .. } = *self;
        let metadata = Metadata {
            objective: settings.objective.as_str(),
            ..metadata(name, architecture, settings, told, train_rows, valid_nats)
        };
        Ok(ModelBytes::new(&export::encode(&metadata, self.preprocessing, self.layout, params)?))
    }
}
