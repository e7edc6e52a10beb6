//! `elbow bench anomaly`: how well the automatic model finds anomalies, over many sets with one setting.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use serde::Serialize;

use super::peers::{Peers, ranks};
use crate::error::Error;
use crate::report;
use elbow_host::score::evaluate::{check_dims, score_all};
use elbow_host::score::metrics::{auprc, auroc, detection};
use elbow_reader::{LoadOptions, load};
use elbow_trainer::settings::Settings;
use elbow_trainer::train::train;

/// False alarms at which the anomalies that are found are told.
const RATE: f64 = 0.01;

/// The arguments of `elbow bench anomaly`.
#[derive(Debug, clap::Args)]
pub(crate) struct AnomalyArgs {
    /// A folder of SET/SEED/train.npz (frames `X`) and test.npz (`X`, and `y` that is 1 for anomalies)
    splits: PathBuf,
    /// What is fitted to every set, as in `elbow fit`
    #[arg(long, value_name = "NAME", default_value = "auto")]
    model: String,
    /// AUROC of other detectors on these sets, to rank among: a CSV with a
    /// column `set` and one for each detector
    #[arg(long, value_name = "CSV")]
    peers: Option<PathBuf>,
}

/// One set, its seeds' mean.
#[derive(Clone, Debug, Default, Serialize)]
struct Set {
    set: String,
    auroc: f64,
    auprc: f64,
    /// part of the anomalies found at [`RATE`]
    detection: f64,
    fit_s: f64,
    score_us: f64,
    model_bytes: usize,
    /// by AUROC, among the peers
    #[serde(skip_serializing_if = "Option::is_none")]
    rank: Option<f64>,
}

/// Another detector, its mean over the sets.
#[derive(Debug, Serialize)]
struct Peer {
    name: String,
    mean_auroc: f64,
    mean_rank: f64,
}

#[derive(Debug, Serialize)]
struct Report {
    model: String,
    mean_auroc: f64,
    mean_auprc: f64,
    mean_detection: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    mean_rank: Option<f64>,
    threads: usize,
    sets: Vec<Set>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    peers: Vec<Peer>,
}

pub(super) fn run(args: &AnomalyArgs, json: bool) -> Result<(), Error> {
    let settings = Settings { model: args.model.parse()?, ..Settings::default() };
    settings.architecture(1)?;
    let (mut sets, folders_of_sets) = (Vec::new(), folders(&args.splits)?);
    let peers = args.peers.as_deref().map(Peers::read).transpose()?;
    // what a set is compared with need not be missed after the work
    folders_of_sets
        .iter()
        .try_for_each(|set| peers.as_ref().map_or(Ok(()), |peers| peers.of(&name(set)).map(drop)))?;
    for folder in folders_of_sets {
        let seeds = folders(&folder)?;
        let runs = seeds.iter().map(|seed| one(seed, &settings)).collect::<Result<Vec<_>, _>>()?;
        let set = mean(&name(&folder), &runs);
        report::note(&format!("{}: AUROC {:.4}", set.set, set.auroc));
        sets.push(set);
    }
    let peers = peers.map_or(Ok(Vec::new()), |peers| rank(&mut sets, &peers))?;
    let over = |of: fn(&Set) -> f64| sets.iter().map(of).sum::<f64>() / sets.len() as f64;
    let report = Report {
        model: args.model.clone(),
        mean_auroc: over(|set| set.auroc),
        mean_auprc: over(|set| set.auprc),
        mean_detection: over(|set| set.detection),
        mean_rank: args.peers.as_ref().map(|_| over(|set| set.rank.unwrap_or(f64::NAN))),
        threads: rayon::current_num_threads(),
        sets,
        peers,
    };
    if json { report::print_json(&report) } else { report::print(&table(&report)) }
}

/// Fits to the frames of a split's training file, and scores those of its
/// test file. Only the measures see the labels.
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
    let measured = labels.and_then(|labels| {
        Some((auroc(&nats, labels)?, auprc(&nats, labels)?, detection(&nats, labels, RATE)?))
    });
    let (auroc, auprc, detection) = measured.ok_or_else(|| {
        let problem = "test.npz needs labels `y` of both normal and anomalous frames";
        Error::argument("splits", folder.display(), problem)
    })?;
    let model_bytes = trained.bytes.as_bytes().len();
    Ok(Set { auroc, auprc, detection, fit_s, score_us, model_bytes, ..Set::default() })
}

fn mean(set: &str, runs: &[Set]) -> Set {
    let over = |of: fn(&Set) -> f64| runs.iter().map(of).sum::<f64>() / runs.len() as f64;
    Set {
        set: set.to_string(),
        auroc: over(|run| run.auroc),
        auprc: over(|run| run.auprc),
        detection: over(|run| run.detection),
        fit_s: over(|run| run.fit_s),
        score_us: over(|run| run.score_us),
        model_bytes: runs.iter().map(|run| run.model_bytes).max().unwrap_or(0),
        rank: None,
    }
}

/// Gives each set its rank among the peers; returns the peers' means.
fn rank(sets: &mut [Set], peers: &Peers) -> Result<Vec<Peer>, Error> {
    // of us, then of each peer
    let mut sums = vec![(0.0, 0.0); 1 + peers.names.len()];
    for set in &mut *sets {
        let figures = [&[set.auroc], peers.of(&set.set)?].concat();
        let ranks = ranks(&figures);
        set.rank = ranks.first().copied();
        for (sum, (auroc, rank)) in sums.iter_mut().zip(figures.iter().zip(ranks)) {
            *sum = (sum.0 + auroc, sum.1 + rank);
        }
    }
    let mean = |sum: f64| sum / sets.len() as f64;
    let peer = |(name, sum): (&String, &(f64, f64))| Peer {
        name: name.clone(),
        mean_auroc: mean(sum.0),
        mean_rank: mean(sum.1),
    };
    Ok(peers.names.iter().zip(&sums[1..]).map(peer).collect())
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
    let names = report.sets.iter().map(|set| &set.set).chain(report.peers.iter().map(|peer| &peer.name));
    let width = names.map(String::len).max().unwrap_or(0).max(4);
    let optional = |number: Option<f64>, write: fn(f64) -> String| number.map_or(String::new(), write) + "\n";
    let mut out = format!("{:<width$}{:>9}{:>9}{:>12}", "set", "AUROC", "AUPRC", "found at 1%");
    out += &format!("{:>9}{:>14}{:>13}", "fit, s", "a score, µs", "model bytes");
    out += &optional(report.mean_rank, |_| format!("{:>7}", "rank"));
    for Set { set, auroc, auprc, detection, fit_s, score_us, model_bytes: bytes, rank } in &report.sets {
        out += &format!(
            "{set:<width$}{auroc:>9.4}{auprc:>9.4}{detection:>12.4}{fit_s:>9.2}{score_us:>14.2}{bytes:>13}"
        );
        out += &optional(*rank, |rank| format!("{rank:>7.1}"));
    }
    let Report { mean_auroc, mean_auprc, mean_detection, .. } = report;
    out += &format!("{:<width$}{mean_auroc:>9.4}{mean_auprc:>9.4}{mean_detection:>12.4}", "mean");
    out += &optional(report.mean_rank, |rank| format!("{rank:>43.2}"));
    for Peer { name, mean_auroc, mean_rank } in &report.peers {
        out += &format!("{name:<width$}{mean_auroc:>9.4}{mean_rank:>64.2}\n");
    }
    out
}
