//! `elbow compare`.

use std::path::{Path, PathBuf};

use elbow_host::model::{Engine, HostModel, ModelBytes};
use elbow_host::score::compare::{Divergence, advantage};
use elbow_host::score::estimate::Estimate;
use elbow_host::score::measure::Measure;
use elbow_reader::categories::{categories, names};
use serde::Serialize;

use crate::entropy::{check_density, told};
use crate::error::Error;
use crate::report;
use crate::source::{SamplesArg, SourceArgs};

/// The arguments of `elbow compare`.
#[derive(Debug, clap::Args)]
pub(crate) struct CompareArgs {
    /// A model
    one: PathBuf,
    /// Another of the same columns
    other: PathBuf,
    /// Frames on which to compare them, too
    data: Option<PathBuf>,
    /// Frames that are drawn from each
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(2..=10_000_000))]
    draws: u32,
    #[command(flatten)]
    samples: SamplesArg,
    #[command(flatten)]
    source: SourceArgs,
}

/// How far two models are from each other, in nats.
#[derive(Debug, Serialize)]
struct Report {
    samples: u32,
    /// `KL(one ‖ other)`
    one_to_other: Divergence,
    /// `KL(other ‖ one)`
    other_to_one: Divergence,
    /// `E[log p_one(x) − log p_other(x)]` over the frames
    #[serde(skip_serializing_if = "Option::is_none")]
    advantage: Option<Estimate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<usize>,
}

pub(super) fn run(args: &CompareArgs, json: bool) -> Result<(), Error> {
    let [one, other] = [&args.one, &args.other].map(|path| ModelBytes::read(path));
    let (one, other) = (one?, other?);
    // the first says how the frames are read
    let one = args.source.open(&one, &args.one, false)?;
    let other = args.source.open(&other, &args.other, args.source.keeps_gaps(&one.metadata))?;
    agree(args, [&one, &other])?;
    let samples = args.samples.samples.unwrap_or_else(|| one.samples().max(other.samples()));
    let engines: [&dyn Engine; 2] = [&*one.engine, &*other.engine];
    let divergence = |[from, to]: [&dyn Engine; 2], path: &Path| {
        let divergence = Divergence::of([from, to], args.draws as usize, samples, args.source.seed);
        let divergence = divergence
            .map_err(|refused| Error::file(path, format!("refuses a draw of its own: {refused}")))?;
        divergence.ok_or_else(|| Error::file(path, "cannot be drawn from"))
    };
    let one_to_other = divergence(engines, &args.one)?;
    let other_to_one = divergence([engines[1], engines[0]], &args.other)?;
    let (mut differences, mut data_rows) = (Vec::new(), 0);
    if let Some(data) = &args.data {
        args.source.each_whole_block(data, &args.one, &one.metadata, &mut |data| {
            differences.extend(advantage(engines, &data, samples)?);
            data_rows += data.rows;
            Ok(())
        })?;
    }
    let rows = args.data.is_some().then_some(data_rows);
    let advantage = rows.map(|_| Estimate::mean(differences.iter().copied()));
    let report = Report { samples, one_to_other, other_to_one, advantage, rows };
    if json { report::print_json(&report) } else { report::print(&report::table(&lines(args, &report))) }
}

/// What are no densities, or densities of different things, have nothing to compare.
fn agree(args: &CompareArgs, [one, other]: [&HostModel<'_>; 2]) -> Result<(), Error> {
    for (path, model) in [(&args.one, one), (&args.other, other)] {
        check_density(model, path)?;
    }
    let [measure, found] = [one, other].map(|model| Measure::of(&model.metadata.architecture));
    let [a, b] = [&one.metadata, &other.metadata];
    let shape = |metadata: &elbow::format::Metadata<'_>| (metadata.window, metadata.architecture.features);
    let problem = match () {
        () if shape(a) != shape(b) => format!(
            "has frames of {} numbers in {} rows and {} of {} in {}; compare models of the same frames",
            b.architecture.features,
            b.window,
            args.one.display(),
            a.architecture.features,
            a.window
        ),
        () if names(a.columns) != names(b.columns) => {
            format!("has other columns than {}; fit both to the same, in the same order", args.one.display())
        }
        () if categories(a.columns) != categories(b.columns) => format!(
            "has other words in its categories than {}, so that the same code is another word; fit both to \
             files with the same words",
            args.one.display()
        ),
        () if measure != found => format!(
            "has scores that are {found}, and those of {} are {measure}: they have nothing to compare; fit \
             both with likelihoods of one kind",
            args.one.display()
        ),
        () => return Ok(()),
    };
    Err(Error::file(&args.other, problem))
}

fn lines(args: &CompareArgs, report: &Report) -> Vec<(&'static str, String)> {
    let (one, other) = (args.one.display(), args.other.display());
    let samples = report.samples;
    let divergence = |from: String, to: String, divergence: &Divergence| match divergence {
        Divergence { refused: refused @ 1.., draws, .. } => {
            format!("KL({from} ‖ {to}) is infinite: {refused} of {draws} draws are none that {to} knows")
        }
        Divergence { is_biased: true, estimate: Estimate { nats, ci95 }, .. } => format!(
            "KL({from} ‖ {to}) not told: {nats:.3} ± {ci95:.3} nats cannot be, so that scores by K = \
             {samples} samples are further off than the models differ; give more --samples"
        ),
        Divergence { estimate, draws, .. } => {
            format!("KL({from} ‖ {to}) = {} by {draws} draws, K = {samples}", told(*estimate))
        }
    };
    let mut lines = vec![
        ("there", divergence(one.to_string(), other.to_string(), &report.one_to_other)),
        ("and back", divergence(other.to_string(), one.to_string(), &report.other_to_one)),
    ];
    if let (Some(advantage), Some(rows)) = (report.advantage, report.rows) {
        let nearer = match advantage {
            Estimate { nats, ci95 } if nats > ci95 => format!("{one} is nearer to them"),
            Estimate { nats, ci95 } if nats < -ci95 => format!("{other} is nearer to them"),
            _ => "neither is nearer to them".into(),
        };
        let Estimate { nats, ci95 } = advantage;
        lines.push((
            "on the data",
            format!("log p by {one} − by {other} = {nats:.3} ± {ci95:.3} nats over {rows} rows: {nearer}"),
        ));
    }
    lines
}
