//! `elbow bench anomaly`: how well the automatic model finds anomalies, over many sets with one setting.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use serde::Serialize;

use crate::data::{LoadOptions, load};
use crate::error::Error;
use crate::evaluate::{check_dims, score_all};
use crate::metrics::{auprc, auroc};
use crate::report;
use crate::settings::Settings;
use crate::train::train;

/// The arguments of `elbow bench anomaly`.
#[derive(Debug, clap::Args)]
pub(crate) struct AnomalyArgs {
    /// A folder of SET/SEED/train.npz (frames `X`) and test.npz (`X`, and `y` that is 1 for anomalies)
    splits: PathBuf,
    /// What is fitted to every set, as in `elbow fit`
    #[arg(long, value_name = "NAME", default_value = "auto")]
    model: String,
}

/// One set, its seeds' mean.
#[derive(Clone, Debug, Default, Serialize)]
struct Set {
    set: String,
    auroc: f64,
    auprc: f64,
    fit_s: f64,
    score_us: f64,
    model_bytes: usize,
}

#[derive(Debug, Serialize)]
struct Report {
    model: String,
    mean_auroc: f64,
    mean_auprc: f64,
    threads: usize,
    sets: Vec<Set>,
}

pub(super) fn run(args: &AnomalyArgs, json: bool) -> Result<(), Error> {
    let settings = Settings { model: args.model.clone(), ..Settings::default() };
    settings.architecture(1)?;
    let mut sets = Vec::new();
    for folder in folders(&args.splits)? {
        let seeds = folders(&folder)?;
        let runs = seeds.iter().map(|seed| one(seed, &settings)).collect::<Result<Vec<_>, _>>()?;
        let set = mean(&name(&folder), &runs);
        report::note(&format!("{}: AUROC {:.4}", set.set, set.auroc));
        sets.push(set);
    }
    let over = |of: fn(&Set) -> f64| sets.iter().map(of).sum::<f64>() / sets.len() as f64;
    let report = Report {
        model: args.model.clone(),
        mean_auroc: over(|set| set.auroc),
        mean_auprc: over(|set| set.auprc),
        threads: rayon::current_num_threads(),
        sets,
    };
    if json { report::print_json(&report) } else { report::print(&table(&report)) }
}

/// Fits to the frames of a split's training file, and scores those of its test file. Only the measures see the labels.
fn one(folder: &Path, settings: &Settings) -> Result<Set, Error> {
    let options = LoadOptions::default();
    let (fitted, test) =
        (load(&folder.join("train.npz"), &options)?, load(&folder.join("test.npz"), &options)?);
    let model = folder.join("train.npz");
    check_dims(&test, &model, fitted.dims as u32)?;
    let start = Instant::now();
    let trained = train("bench", fitted, settings, None, &AtomicBool::new(false), |_| ())?;
    let fit_s = start.elapsed().as_secs_f64();
    let loaded = trained.bytes.open().map_err(Error::model(&model))?;
    let start = Instant::now();
    let scores = score_all(&*loaded.engine, &test, super::super::source::DEFAULT_SAMPLES, |_| ())?;
    let score_us = 1e6 * start.elapsed().as_secs_f64() / test.rows as f64;
    let nats: Vec<f64> = scores.iter().map(|score| -f64::from(score.log_density.0)).collect();
    let labels = test.labels.as_ref().map(|labels| labels.anomalous.as_slice());
    let measured = labels.and_then(|labels| auroc(&nats, labels).zip(auprc(&nats, labels)));
    let (auroc, auprc) = measured.ok_or_else(|| {
        let problem = "test.npz needs labels `y` of both normal and anomalous frames";
        Error::argument("splits", folder.display(), problem)
    })?;
    let model_bytes = trained.bytes.as_bytes().len();
    Ok(Set { set: String::new(), auroc, auprc, fit_s, score_us, model_bytes })
}

fn mean(set: &str, runs: &[Set]) -> Set {
    let over = |of: fn(&Set) -> f64| runs.iter().map(of).sum::<f64>() / runs.len() as f64;
    Set {
        set: set.to_string(),
        auroc: over(|run| run.auroc),
        auprc: over(|run| run.auprc),
        fit_s: over(|run| run.fit_s),
        score_us: over(|run| run.score_us),
        model_bytes: runs.iter().map(|run| run.model_bytes).max().unwrap_or(0),
    }
}

/// The folders in a folder, in the order of their names.
fn folders(of: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = std::fs::read_dir(of).map_err(Error::io("read", of))?;
    let mut folders: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir()).collect();
    folders.sort();
    if folders.is_empty() {
        let problem = "holds no folders; give one of SET/SEED/{train,test}.npz";
        return Err(Error::argument("splits", of.display(), problem));
    }
    Ok(folders)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn table(report: &Report) -> String {
    let width = report.sets.iter().map(|set| set.set.len()).max().unwrap_or(0).max(4);
    let mut out = format!(
        "{:<width$}{:>9}{:>9}{:>9}{:>14}{:>13}\n",
        "set", "AUROC", "AUPRC", "fit, s", "a score, µs", "model bytes"
    );
    for Set { set, auroc, auprc, fit_s, score_us, model_bytes } in &report.sets {
        out +=
            &format!("{set:<width$}{auroc:>9.4}{auprc:>9.4}{fit_s:>9.2}{score_us:>14.2}{model_bytes:>13}\n");
    }
    out + &format!("{:<width$}{:>9.4}{:>9.4}\n", "mean", report.mean_auroc, report.mean_auprc)
}
