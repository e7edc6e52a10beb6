//! `elbow eval`.

mod probe;

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::Serialize;

use self::probe::{Probe, Probed};
use super::source::{SamplesArg, SourceArgs};
use crate::error::Error;
use crate::refine::refinable;
use crate::report;
use elbow::Score;
use elbow_host::model::{HostModel, ModelBytes};
use elbow_host::score::alarms::{AlarmCounts, Alarms, Judged};
use elbow_host::score::evaluate::{Evaluation, Evaluator, score_all};
use elbow_host::score::information::is_saturated;
use elbow_host::score::latent_use::LatentUse;
use elbow_host::score::measure::Measure;
use elbow_host::score::seen::{Again, Seen};
use elbow_reader::Dataset;

/// The arguments of `elbow eval`.
#[derive(Debug, clap::Args)]
pub(crate) struct EvalArgs {
    /// The model
    model: PathBuf,
    /// The frames
    #[arg(required = true, value_name = "DATA")]
    data: Vec<PathBuf>,
    /// Also refine the posteriors in N steps: what a better encoder would gain
    #[arg(long, value_name = "N", default_value_t = 0)]
    refine: u8,
    #[command(flatten)]
    samples: SamplesArg,
    #[command(flatten)]
    source: SourceArgs,
}

/// What a model makes of a file, for programs.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    #[serde(flatten)]
    pub(crate) evaluation: Evaluation,
    #[serde(flatten)]
    probed: Probed,
    /// of a calibrated model
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) alarms: Option<Alarms>,
    /// the part of the frames that the fit saw, where it saw some
    #[serde(skip)]
    pub(crate) seen: Option<f64>,
    /// of a model that has one
    #[serde(skip)]
    is_density: bool,
}

pub(super) fn run(args: &EvalArgs, json: bool) -> Result<(), Error> {
    let bytes = ModelBytes::read(&args.model)?;
    let model = args.source.open(&bytes, &args.model, false)?;
    if args.refine > 0 {
        refinable(&model, &args.model)?;
    }
    let (samples, refine) = (args.samples.of(&model), args.refine);
    let from =
        Frames { path: &args.model, data: &args.data, source: &args.source, samples, refine, keep: &[] };
    let figures = examine(&model, &from, &mut |_, _, _| Ok(()))?;
    if json { report::print_json(&figures) } else { report::print(&report::table(&figures.rows())) }
}

/// Where a model and its frames come from.
pub(crate) struct Frames<'a> {
    /// of the model
    pub(crate) path: &'a Path,
    pub(crate) data: &'a [PathBuf],
    pub(crate) source: &'a SourceArgs,
    /// K of a score
    pub(crate) samples: u32,
    /// steps in which posteriors are refined
    pub(crate) refine: u8,
    /// columns to carry along as text
    pub(crate) keep: &'a [String],
}

/// Some frames with their scores and, of a calibrated model, verdicts.
pub(crate) type See<'a> = dyn FnMut(&Dataset, &[Score], &[Option<Judged>]) -> Result<(), Error> + 'a;

/// Scores and judges all frames, and sums up; `see` has a look at each of them.
pub(crate) fn examine(model: &HostModel<'_>, from: &Frames<'_>, see: &mut See<'_>) -> Result<Figures, Error> {
    let (bar, engine) = (report::rows_bar("scoring"), &*model.engine);
    let (samples, mut seconds) = (from.samples, 0.0);
    let seen = Seen::read(model.metadata.seen);
    let mut again = seen.as_ref().map(Again::of);
    let (mut evaluator, mut alarms) = (Evaluator::new(engine), AlarmCounts::new(model));
    let (mut probe, mut labelled, mut first) = (Probe::new(model, samples, from.refine), None, None);
    let Frames { path, data, source, keep, .. } = *from;
    source.each_unlabelled_block(data, path, &model.metadata, keep, &mut |data| {
        let start = Instant::now();
        let scores = score_all(engine, &data, samples, |rows| bar.inc(rows as u64))?;
        seconds += start.elapsed().as_secs_f64();
        again.iter_mut().for_each(|again| again.push(&data));
        let judged = alarms.as_mut().map(|alarms| alarms.push(&data)).transpose()?;
        // what a reconstruction is off by is of whole rows
        probe.push(&data, &scores)?;
        see(&data, &scores, &judged.unwrap_or_default())?;
        if data.labels.is_some() {
            labelled = Some(Evaluation::new(engine, &data, &scores, seconds)?);
        } else {
            evaluator.push(&data, &scores)?;
        }
        first.get_or_insert(data.path);
        Ok(())
    })?;
    bar.finish_and_clear();
    let seen = again.and_then(|again| again.part());
    if let Some(part) = seen {
        report::note(&format!(
            "{}: the fit saw about {:.0} % of these rows; their scores are better than those of new rows",
            first.unwrap_or_default().display(),
            100.0 * part
        ));
    }
    let evaluation = labelled.unwrap_or_else(|| evaluator.finish(seconds));
    let (probed, alarms) = (probe.finish(), alarms.map(AlarmCounts::finish));
    let is_density = Measure::of(&model.metadata.architecture) != Measure::Nothing;
    Ok(Figures { evaluation, probed, alarms, seen, is_density })
}

impl Figures {
    /// For people.
    pub(crate) fn rows(&self) -> Vec<(&'static str, String)> {
        let mut more = self.probed.lines();
        more.extend(self.alarms.iter().map(|alarms| ("alarms", describe_alarms(alarms))));
        let mut lines = describe(&self.evaluation, more);
        // what is no density bounds no entropy
        lines.retain(|(name, _)| self.is_density || *name != "entropy");
        lines
    }
}

fn describe_alarms(alarms: &Alarms) -> String {
    let Alarms { false_alarm, of_normal, of_anomalous, samples, agreement, uncalibrated } = alarms;
    let part = |of: &str, part: &Option<f64>| {
        part.map_or(String::new(), |part| format!("{:.3} % of the {of} rows, ", 100.0 * part))
    };
    let others = if of_normal.is_some() { "anomalous" } else { "given" };
    let without = match uncalibrated {
        0 => String::new(),
        count => format!("; {count} rows lack what has no threshold"),
    };
    format!(
        "{}{}at a rate of {false_alarm}; {samples:.1} samples a verdict, {:.2} % as by all of them{without}",
        part("normal", of_normal),
        part(others, of_anomalous),
        100.0 * agreement
    )
}

fn describe_latent(latent: &LatentUse) -> String {
    let LatentUse { kl, aggregate_kl, mutual_information, .. } = latent;
    let active = latent
        .active_units
        .map_or(String::new(), |active| format!(", {active} of {} units active", latent.kl_per_unit.len()));
    let saturated = match is_saturated(*mutual_information, latent.paired_rows) {
        true => format!(", which can say no more than log {0}; elbow entropy bounds it", latent.paired_rows),
        false => String::new(),
    };
    format!(
        "KL {kl:.3} nats: I(x; z) {mutual_information:.3} (by {} rows{saturated}), aggregate KL \
         {aggregate_kl:.3}{active}",
        latent.paired_rows
    )
}

/// The evaluation for people, with what else there is to say.
fn describe(evaluation: &Evaluation, more: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
    let Evaluation { rows, dims, samples, .. } = evaluation;
    let class = match evaluation.anomalous_rows {
        Some(anomalous) if anomalous < *rows => " of the normal rows",
        Some(_) => " (every row is labelled anomalous)",
        None => "",
    };
    let gaps = match evaluation.rows_with_gaps {
        0 => String::new(),
        count => format!(", {count} with gaps"),
    };
    let mut lines = vec![
        ("rows", format!("{rows} of {dims} numbers{gaps}, K = {samples}")),
        (
            "−log p(x)",
            format!(
                "{:.3} ± {:.3} nats per row{class} (95 %), median {:.3}; {:.4} bits per dimension",
                evaluation.nats_per_row,
                evaluation.nats_per_row_ci95,
                evaluation.median_nats_per_row,
                evaluation.bits_per_dim
            ),
        ),
        (
            "entropy",
            format!(
                "of the data at most {:.3} ± {:.3} bits per row",
                evaluation.bits_per_row, evaluation.bits_per_row_ci95
            ),
        ),
    ];
    lines.extend(evaluation.latent.iter().map(|latent| ("latent", describe_latent(latent))));
    let Evaluation { anomalous_rows, anomalous_nats_per_row, anomalous_median_nats_per_row, .. } = evaluation;
    if let (Some(count), Some(nats), Some(median)) =
        (anomalous_rows, anomalous_nats_per_row, anomalous_median_nats_per_row)
    {
        lines.push(("anomalous", format!("{count} rows, {nats:.3} nats per row, median {median:.3}")));
    }
    if let (Some(auroc), Some(auprc)) = (evaluation.auroc, evaluation.auprc) {
        let interval = evaluation.auroc_ci95;
        let interval =
            interval.map_or(String::new(), |[low, high]| format!(", {low:.4} to {high:.4} (95 %)"));
        lines.push(("AUROC", format!("{auroc:.4}{interval}")));
        lines.push(("AUPRC", format!("{auprc:.4}")));
    }
    lines.push(("samples", format!("{:.1} effective of {samples}", evaluation.effective_sample_size)));
    lines.extend(more);
    let speed = *rows as f64 / evaluation.seconds.max(1e-9);
    lines.push(("time", format!("{:.2} s, {speed:.0} rows/s", evaluation.seconds)));
    lines
}
