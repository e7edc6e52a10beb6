//! `elbow score`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use elbow::{Score, Verdict};
use serde::Serialize;

use super::out::{Overwrite, is_same};
use super::source::SourceArgs;
use crate::error::Error;
use crate::report;
use elbow_host::file::atomic_file::{check_writable, write_atomically};
use elbow_host::model::ModelBytes;
use elbow_host::score::calibrate::each_row;
use elbow_host::score::evaluate::score_all;
use elbow_reader::Dataset;

/// The arguments of `elbow score`.
#[derive(Debug, clap::Args)]
pub(crate) struct ScoreArgs {
    /// The model
    model: PathBuf,
    /// The frames
    data: PathBuf,
    /// Where to write the scores [default: stdout]
    #[arg(long, value_name = "CSV")]
    out: Option<PathBuf>,
    #[command(flatten)]
    overwrite: Overwrite,
    #[command(flatten)]
    source: SourceArgs,
}

/// Endings of files that promise something else than CSV.
const OTHER_FORMATS: [&str; 12] =
    ["npy", "npz", "gz", "zip", "json", "jsonl", "parquet", "arrow", "feather", "xlsx", "elbow", "rs"];

/// One scored frame.
#[derive(Debug, Serialize)]
struct Row {
    row: usize,
    log_density: f32,
    bits_per_dim: f32,
    effective_sample_size: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    standard_error: Option<f32>,
    #[serde(flatten)]
    decision: Option<Decision>,
}

/// What a calibrated model says of a frame.
#[derive(Clone, Copy, Debug, Serialize)]
struct Decision {
    p_value: f32,
    anomalous: bool,
}

#[derive(Debug, Serialize)]
struct Report {
    rows: usize,
    dims: usize,
    samples: u32,
    scores: Vec<Row>,
}

pub(super) fn run(args: &ScoreArgs, json: bool) -> Result<(), Error> {
    args.out.as_deref().map_or(Ok(()), |out| check_out(args, out))?;
    let bytes = ModelBytes::read(&args.model)?;
    let model = bytes.open().map_err(Error::model(&args.model))?;
    let data = args.source.load(&args.data, &args.model, &model.metadata)?;
    let bar = report::bar(data.rows as u64, "scoring {wide_bar} {pos}/{len} rows, {eta} left");
    let samples = args.source.samples(&model);
    let judge = model.calibrated().filter(|judge| judge.calibration().samples == samples);
    if let (None, Some(calibration)) = (&judge, model.extras.calibration) {
        report::note(&format!(
            "no verdicts: the alarm threshold is for {} samples and --samples asks {samples}; leave it out",
            calibration.samples
        ));
    }
    let rows = match judge {
        Some(judge) => {
            let verdicts = each_row(&data, |frame| {
                bar.inc(1);
                judge.judge_in_full(frame)
            })?;
            let decision = |v: &Verdict| Decision { p_value: v.p_value, anomalous: v.is_anomalous() };
            rows(&data, verdicts.iter().map(|verdict| (verdict.score, Some(decision(verdict)))))
        }
        None => {
            let scores = score_all(&*model.engine, &data, samples, |rows| bar.inc(rows as u64))?;
            rows(&data, scores.into_iter().map(|score| (score, None)))
        }
    };
    bar.finish_and_clear();
    if let Some(path) = &args.out {
        write_atomically(path, csv(&rows).as_bytes())?;
    }
    match (json, &args.out) {
        (true, _) => {
            let report = Report { rows: data.rows, dims: data.dims, samples, scores: rows };
            report::print_json(&report)
        }
        (false, None) => report::print(&csv(&rows)),
        (false, Some(path)) => {
            report::note(&format!("{}: {} rows", path.display(), rows.len()));
            Ok(())
        }
    }
}

/// Fails before the work where the scores cannot be written, or would go over what they are made from.
fn check_out(args: &ScoreArgs, out: &Path) -> Result<(), Error> {
    for (input, what) in [(&args.model, "the model is"), (&args.data, "the frames are")] {
        if is_same(input, out) {
            let problem = format!("is what {what} read from; give another name");
            return Err(Error::argument("out", out.display(), problem));
        }
    }
    check_writable(out)?;
    let extension = out.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if OTHER_FORMATS.contains(&extension.as_str()) {
        let problem = "scores are written as CSV; give a name that ends in .csv";
        return Err(Error::argument("out", out.display(), problem));
    }
    args.overwrite.check(out)
}

fn rows(data: &Dataset, scores: impl Iterator<Item = (Score, Option<Decision>)>) -> Vec<Row> {
    let row = |((score, decision), row): ((Score, Option<Decision>), &usize)| Row {
        row: row + 1,
        log_density: score.log_density.0,
        bits_per_dim: score.bits_per_dim(),
        effective_sample_size: score.effective_sample_size,
        standard_error: score.standard_error.is_finite().then_some(score.standard_error),
        decision,
    };
    scores.zip(&data.source_rows).map(row).collect()
}

/// The scores as CSV: the shortest decimals that read back as the same f32. `row` is
/// the data row, from 1, at which the frame begins.
fn csv(rows: &[Row]) -> String {
    let mut out = String::from("row,log_density,bits_per_dim,effective_sample_size,standard_error");
    out += if rows.iter().any(|row| row.decision.is_some()) { ",p_value,anomalous\n" } else { "\n" };
    for Row { row, log_density, bits_per_dim, effective_sample_size, standard_error, decision } in rows {
        let error = standard_error.map(|error| error.to_string()).unwrap_or_default();
        let _ = write!(out, "{row},{log_density},{bits_per_dim},{effective_sample_size},{error}");
        if let Some(Decision { p_value, anomalous }) = decision {
            let _ = write!(out, ",{p_value},{}", u8::from(*anomalous));
        }
        out.push('\n');
    }
    out
}
