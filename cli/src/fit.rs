//! `elbow fit`.

pub(super) mod page;
mod table;

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use elbow::architecture::LikelihoodKind;
use indicatif::{HumanDuration, ProgressBar};
use serde::Serialize;

use super::alarm::Alarm;
use super::out::{Name, Outputs, Overwrite, beside, write_files};
use super::{memory::check_memory, window::suggest, window::with_window};
use crate::error::Error;
use crate::{reading, report, stop};
use elbow_host::file::describe::describe_model;
use elbow_host::model::ModelBytes;
use elbow_host::score::{evaluate::score_all, measure::Measure, open::open_for};
use elbow_reader::{Dataset, Report, load_files};
use elbow_trainer::constant_columns::seen_from;
use elbow_trainer::fit::{Event, Progress};
use elbow_trainer::quantize::Cost;
use elbow_trainer::repeated_columns::Repeats;
use elbow_trainer::run_dir::{Begun, Cadence, Epoch, FILES, Interval, MODEL, RunDir};
use elbow_trainer::settings::{Settings, SettingsArgs};
use elbow_trainer::train::{Trained, train};

/// The arguments of `elbow fit`.
#[derive(Debug, clap::Args)]
pub(crate) struct FitArgs {
    /// The frames to fit to
    #[arg(required = true, value_name = "DATA")]
    data: Vec<PathBuf>,
    /// Where to write the model; its type goes beside it, with the ending .rs
    /// [default: DATA.elbow in this folder; with --run model.elbow in that]
    #[arg(long, value_name = "MODEL.elbow")]
    out: Option<PathBuf>,
    /// Write the run down in this folder: config.toml, metrics.jsonl,
    /// checkpoint.bin and the best model so far
    #[arg(long, value_name = "FOLDER")]
    run: Option<PathBuf>,
    /// Go on from the last checkpoint in the folder of --run, with its settings; begin where there is none
    #[arg(long, requires = "run")]
    resume: bool,
    /// How often to write a checkpoint: a number of epochs, or a time such as 60s, 10m or 1h
    #[arg(long, value_name = "EPOCHS|TIME", requires = "run", default_value = "60s")]
    #[arg(value_parser = Interval::from_str)]
    checkpoint_every: Interval,
    /// Keep the model of every N-th epoch, as epoch-….elbow
    #[arg(long, value_name = "N", requires = "run", value_parser = clap::value_parser!(u32).range(1..))]
    snapshot_every: Option<u32>,
    /// Settings as TOML; flags go over them
    #[arg(long, value_name = "TOML")]
    config: Option<PathBuf>,
    /// A strong model without settings: a mixture whose smoothness the data
    /// choose, of at most 64 KiB, fitted in seconds
    #[arg(long, conflicts_with_all = ["model", "run"])]
    auto: bool,
    /// Write a page to look at, of the frames of the fit: as `elbow report` does of others
    #[arg(long, value_name = "HTML")]
    report: Option<PathBuf>,
    #[command(flatten)]
    name: Name,
    #[command(flatten)]
    overwrite: Overwrite,
    #[command(flatten)]
    settings: SettingsArgs,
}

/// What a fit gave, for programs.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    model: PathBuf,
    /// its folder
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<PathBuf>,
    architecture: String,
    /// what the reader took the file for
    #[serde(skip_serializing_if = "Option::is_none")]
    reading: Option<Report>,
    rows: usize,
    valid_rows: usize,
    /// held back from the fit to set the threshold of alarms
    #[serde(skip_serializing_if = "Option::is_none")]
    held_back_rows: Option<usize>,
    /// left out
    #[serde(skip_serializing_if = "Option::is_none")]
    anomalous_rows: Option<usize>,
    #[serde(flatten)]
    epochs: Option<Epochs>,
    /// of a network
    #[serde(skip)]
    pub(super) history: Vec<Epoch>,
    /// what those held back say
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm: Option<Alarm>,
    train_nats_per_row: f64,
    valid_nats_per_row: f64,
    /// about what a row held out costs in bits, where its numbers are whole
    /// steps: `−log₂ p(x) − Σ log₂ resolution`
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_bits_per_row: Option<f64>,
    pub(super) file_bytes: usize,
    pub(super) seconds: f64,
    /// what rounding the weights cost on the rows held out
    #[serde(skip_serializing_if = "Option::is_none")]
    quantization: Option<Cost>,
}

/// The course of a network's fit.
#[derive(Debug, Serialize)]
struct Epochs {
    epochs: usize,
    best_epoch: u32,
    stopped: bool,
}

pub(super) fn run(args: &FitArgs, json: bool) -> Result<(), Error> {
    let begun = args.run.as_deref().filter(|_| args.resume).and_then(RunDir::config);
    let given = args.settings.clone();
    let given = if args.auto { given.with_model("auto") } else { given };
    let settings = given.resolve(args.config.as_deref().or(begun.as_deref()))?;
    let settings = with_window(&args.data, settings)?;
    if let (Some(folder), Some(_)) = (&args.run, settings.mixture()) {
        let problem = format!("--model {} is fitted in one go; leave it out", settings.model);
        return Err(Error::argument("run", folder.display(), problem));
    }
    if let (Some(folder), true) = (&args.run, settings.ensemble != 1) {
        let problem = "an ensemble is fitted in one go; leave it out, or fit the members one by one";
        return Err(Error::argument("run", folder.display(), problem));
    }
    settings.fit_config()?;
    // All of the shape but the frames' size is known, and what is wrong with it need not wait for them.
    settings.check_shape()?;
    let out = args.out.clone().unwrap_or_else(|| match &args.run {
        Some(folder) => folder.join(MODEL),
        None => beside(&args.data),
    });
    let name = args.name.of_file(&out)?;
    let cadence = Cadence { checkpoints: args.checkpoint_every, snapshots: args.snapshot_every };
    let fit = page::Fit { model: &out, data: &args.data };
    check_outputs(args, fit)?;
    let begun = Begun { settings: &settings, data: &args.data };
    let folder = args.run.as_ref().map(|at| RunDir::open(at, args.resume, cadence, begun)).transpose()?;
    check_memory(&args.data, &settings)?;
    let (data, report) = load_files(&args.data, &settings.load_options())?;
    report.notes.iter().for_each(|note| report::note(note));
    suggest(&args.data, data.dims, &settings);
    let summary = fit_and_write(&name, data, &settings, folder, &out)?;
    if let Some(page) = &args.report {
        fit.write(&settings, &summary.history, page)?;
    }
    let summary = Summary { run: args.run.clone(), reading: Some(report), ..summary };
    if json { report::print_json(&summary) } else { report::print(&table::table(&summary)) }
}

/// Before there is a folder of a run, which would be in the way of the corrected call.
fn check_outputs(args: &FitArgs, fit: page::Fit<'_>) -> Result<(), Error> {
    let of_run: Vec<_> = args.run.iter().flat_map(|folder| FILES.map(|name| folder.join(name))).collect();
    let mut outputs = Outputs::made_from(args.config.as_deref())
        .and(of_run.iter().map(PathBuf::as_path), "is a file of the run itself")
        .making(args.run.as_deref());
    let is_of_run = args.resume || (args.out.is_none() && args.run.is_some());
    outputs.model("out", fit.model, Overwrite { force: args.overwrite.force || is_of_run })?;
    let Some(page) = &args.report else { return Ok(()) };
    fit.check(page)?;
    // a model that is given as data is no data: its reader says so
    let inputs = fit.data.iter().map(PathBuf::as_path);
    outputs.and(inputs, "is what it would be made from").file("report", page, args.overwrite)
}

/// Fits, writes the model and its type, and reads the file back.
pub(super) fn fit_and_write(
    name: &str,
    data: Dataset,
    settings: &Settings,
    folder: Option<RunDir>,
    out: &Path,
) -> Result<Summary, Error> {
    let start = Instant::now();
    // of a mixture that is half fitted there is nothing to keep
    let stop = if settings.mixture().is_some() { stop::never() } else { stop_on_ctrl_c(folder.is_some()) };
    let bar = report::bar(settings.epochs.into(), "{msg} {wide_bar}");
    if *settings.likelihood != LikelihoodKind::Bernoulli {
        let note = Repeats::of(&data.values, data.dims).note(&data.columns);
        note.iter().for_each(|note| report::note(note));
    }
    let dependence = reading::dependence(&data);
    let labels = data.labels.as_ref();
    let anomalous_rows = labels.map(|labels| labels.anomalous.iter().filter(|label| **label).count());
    let all = data.rows;
    let trained = train(name, data, settings, folder, stop, |now| show(&bar, now));
    bar.finish_and_clear();
    let trained = trained?;
    if let Some(odd) = anomalous_rows.filter(|odd| 2 * odd > all && settings.normal.is_empty()) {
        report::note(&format!(
            "{odd} of {all} rows are labelled as anomalous: where that is the label of normal ones, name it \
             with --normal"
        ));
    }
    dependence.iter().for_each(|note| report::note(note));
    write(&trained, out)?;
    if let Some(refused) = trained.refused {
        report::note(&format!("{}: written, without a threshold", out.display()));
        return Err(refused.into());
    }
    let epochs = trained.fitted.as_ref().map(|fitted| Epochs {
        epochs: fitted.history.len(),
        best_epoch: fitted.best_epoch,
        stopped: fitted.stopped,
    });
    let history = trained.fitted.iter().flat_map(|fitted| fitted.history.iter().enumerate());
    let history = history.map(|(at, record)| Epoch::of(at + 1, record, 0, 0.0));
    let model = open_for(&trained.bytes, &trained.valid).map_err(Error::model(out))?;
    let architecture = describe_model(&model);
    let is_density = Measure::of(&model.metadata.architecture) != Measure::Nothing;
    if *settings.likelihood != LikelihoodKind::Bernoulli {
        seen_from(&model, &trained.valid).iter().for_each(|column| report::note(&reading::constant(column)));
    }
    Ok(Summary {
        model: out.to_path_buf(),
        run: None,
        reading: None,
        architecture,
        rows: trained.train_rows,
        valid_rows: trained.valid.rows,
        held_back_rows: trained.calibration_rows,
        anomalous_rows,
        epochs,
        history: history.collect(),
        alarm: model.extras.calibration.as_ref().map(Alarm::new),
        train_nats_per_row: -trained.train_nats,
        valid_nats_per_row: -trained.valid_nats,
        valid_bits_per_row: rate(-trained.valid_nats, settings, trained.valid.dims).filter(|_| is_density),
        file_bytes: trained.bytes.as_bytes().len(),
        seconds: start.elapsed().as_secs_f64(),
        quantization: trained.quantization.clone(),
    })
}

/// Nats of a density as bits of a row of whole steps, where there is a resolution.
fn rate(nats: f64, settings: &Settings, dims: usize) -> Option<f64> {
    let resolution = settings.resolution.iter().cycle().take(dims);
    let log_units: f64 = resolution.map(|unit| f64::from(*unit).ln()).sum();
    (!settings.resolution.is_empty()).then(|| (nats - log_units) / std::f64::consts::LN_2)
}

/// Writes the model and its type; then scores through the written file must be, bit for bit, those in memory.
fn write(trained: &Trained, out: &Path) -> Result<(), Error> {
    const CHECKED: usize = 32;
    let model = open_for(&trained.bytes, &trained.valid).map_err(Error::model(out))?;
    write_files(&trained.bytes, out)?;
    let written = ModelBytes::read(out)?;
    let reread = open_for(&written, &trained.valid).map_err(Error::model(out))?;
    let rows: Vec<usize> = (0..trained.valid.rows.min(CHECKED)).collect();
    let data = trained.valid.select(&rows);
    let bits = |model: &elbow_host::model::HostModel<'_>| -> Result<Vec<u32>, Error> {
        let scores = score_all(&*model.engine, &data, 16, |_| ())?;
        Ok(scores.iter().map(|score| score.log_density.0.to_bits()).collect())
    };
    if bits(&model)? == bits(&reread)? { Ok(()) } else { Err(Error::ReadBack { path: out.to_path_buf() }) }
}

/// One line: epoch, train and validation nats, time left.
fn show(bar: &ProgressBar, now: &Progress) {
    if now.event == Event::Restart {
        let rate = now.learning_rate;
        bar.suspend(|| {
            report::note(&format!("epoch {}: not finite; once more with learning rate {rate:e}", now.epoch))
        });
    }
    let valid = now.valid_nats.map_or("–".into(), |nats| format!("{:.3}", -nats));
    let left = HumanDuration(Duration::from_secs(now.remaining.as_secs()));
    bar.set_position(if now.event == Event::Epoch { now.epoch.into() } else { u64::from(now.epoch) - 1 });
    bar.set_message(format!(
        "epoch {}/{}  train {:.3}  valid {valid} nats  {left} left",
        now.epoch, now.epochs, -now.train_nats
    ));
}

/// Ctrl-C ends the fit after the step in hand, a second one the program.
fn stop_on_ctrl_c(is_recorded: bool) -> &'static AtomicBool {
    stop::listen(if is_recorded {
        "stopping; --resume will go on from here (Ctrl-C again: at once, and from the last checkpoint)"
    } else {
        "stopping; the best weights so far will be written (Ctrl-C again: at once, nothing written)"
    })
}
