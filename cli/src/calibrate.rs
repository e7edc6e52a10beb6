//! `elbow calibrate`.

use std::path::{Path, PathBuf};

use elbow::decision::MAX_SAMPLES;
use serde::Serialize;

use super::alarm::Alarm;
use super::compress::PacketArgs;
use super::out::{Name, Outputs, Overwrite, is_same, stem, write_files};
use super::plan;
use super::sign::note_if_signed;
use super::source::{SamplesArg, SourceArgs};
use crate::error::Error;
use crate::report;
use elbow_host::model::ModelBytes;
use elbow_host::score::calibrate::calibrate;
use elbow_host::score::each_sensor::each_sensor;
use elbow_host::score::gap::{Gap, gap, without_lowest};
use elbow_reader::{Dataset, Missing, Reading};

/// The arguments of `elbow calibrate`.
#[derive(Debug, clap::Args)]
#[command(allow_negative_numbers = true)]
pub(crate) struct CalibrateArgs {
    /// The model
    model: PathBuf,
    /// Normal frames that the fit has not seen; rows labelled anomalous are left
    /// out. With --packets rows like those to be packed
    #[arg(required = true, value_name = "DATA")]
    data: Vec<PathBuf>,
    /// Part of the normal frames that may raise an alarm
    #[arg(long, value_name = "RATE", value_parser = rate, required_unless_present = "packets")]
    false_alarm: Option<f64>,
    /// Leave out so many of the lowest rows, where faults may be among the rows; the rate holds if those were
    /// faults
    #[arg(long, value_name = "ROWS", default_value_t = 0, conflicts_with = "packets")]
    trim: usize,
    /// Choose layout, units and steps of packets instead, for `compress` and for devices
    #[arg(long, conflicts_with_all = ["false_alarm", "labels", "normal", "binarize", "samples", "seed"])]
    packets: bool,
    #[command(flatten)]
    packet: PacketArgs,
    /// The calibrated model [default: the model itself]
    #[arg(long, value_name = "MODEL.elbow")]
    out: Option<PathBuf>,
    #[command(flatten)]
    name: Name,
    #[command(flatten)]
    overwrite: Overwrite,
    #[command(flatten)]
    samples: SamplesArg,
    #[command(flatten)]
    source: SourceArgs,
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate < 1.0 => Ok(rate),
        _ => Err("give a rate between 0 and 1, such as 0.001".into()),
    }
}

/// What was written, for programs.
#[derive(Debug, Serialize)]
struct Summary {
    model: PathBuf,
    rows: usize,
    /// left out
    #[serde(skip_serializing_if = "Option::is_none")]
    anomalous_rows: Option<usize>,
    /// left out as the lowest
    trimmed_rows: usize,
    /// rows that lie far below all others
    #[serde(skip_serializing_if = "Option::is_none")]
    outlying_rows: Option<u32>,
    #[serde(flatten)]
    alarm: Alarm,
    file_bytes: usize,
}

pub(super) fn run(args: &CalibrateArgs, json: bool) -> Result<(), Error> {
    let CalibrateArgs { model, data, packet, out, .. } = args;
    out.as_deref().map(stem).transpose()?;
    let to = out.as_deref().unwrap_or(model);
    let overwrite = Overwrite { force: args.overwrite.force || is_same(to, model) };
    Outputs::made_from(data.iter().map(PathBuf::as_path)).model("out", to, overwrite)?;
    let Some(false_alarm) = args.false_alarm else {
        let [data] = &data[..] else {
            let problem = "a plan of packets is chosen by one file; name one";
            return Err(Error::argument("packets", data.len(), problem));
        };
        return plan::run(model, data, packet, (to, &args.name), json);
    };
    if args.packet != PacketArgs::default() {
        let problem =
            "bounds and resolutions are those of packets; calibrate those with --packets, on their own";
        return Err(Error::argument("false-alarm", false_alarm, problem));
    }
    if let Some(samples) = args.samples.samples.filter(|samples| *samples > MAX_SAMPLES) {
        let problem = format!("a verdict takes at most {MAX_SAMPLES}: a device has no time for more");
        return Err(Error::argument("samples", samples, problem));
    }
    let out = args.out.as_ref().unwrap_or(&args.model);
    let bytes = ModelBytes::read(&args.model)?;
    let model = args.source.open(&bytes, &args.model, false)?;
    let mut data = args.source.load(&args.data, &args.model, &model.metadata)?;
    let anomalous_rows = data.keep_normal();
    if let (None, Some(column)) = (anomalous_rows, Reading::of(model.metadata.reading).labels) {
        report::note(&format!(
            "{}: has no `{column}`, which held the labels of the fit: every row counts as normal",
            data.path.display()
        ));
    }
    let samples = args.samples.of(&model);
    let trimmed_rows = args.trim.min(data.rows);
    if trimmed_rows > 0 {
        data = without_lowest(&model, &data, samples, trimmed_rows)?;
    }
    let bar = report::bar(data.rows as u64, "scoring {wide_bar} {pos}/{len} rows, {eta} left");
    let whole = whole_rows(&data);
    let mut calibrated =
        calibrate(&model, args.name.or(model.metadata.name), &whole, false_alarm, samples, || bar.inc(1))?;
    if args.source.missing(&model.metadata) == Some(Missing::One) {
        let with_gaps = args.source.open(&calibrated, out, true)?;
        if let Some(calibration) = &with_gaps.extras.calibration {
            bar.set_length((data.rows * (1 + data.dims / data.window.max(1))) as u64);
            let each = each_sensor(&with_gaps, calibration, &data, false_alarm, || bar.inc(1))?;
            drop(with_gaps);
            calibrated = each;
        }
    }
    bar.finish_and_clear();
    let read_back = calibrated.open().map_err(Error::model(out))?;
    let alarm = read_back.extras.calibration.as_ref().map(Alarm::new);
    write_files(&calibrated, out)?;
    note_if_signed(&args.model, &bytes);
    let gap = read_back.extras.calibration.as_ref().and_then(gap);
    gap.iter().for_each(|gap| report::note(&told(&data.path, gap)));
    let Some(alarm) = alarm else { return Ok(()) };
    let summary = Summary {
        model: out.clone(),
        rows: whole.rows,
        anomalous_rows,
        trimmed_rows,
        outlying_rows: gap.map(|gap| gap.rows),
        alarm,
        file_bytes: calibrated.as_bytes().len(),
    };
    if json { report::print_json(&summary) } else { report::print(&table(&summary)) }
}

/// The rows without gaps, which set the threshold of whole frames.
fn whole_rows(data: &Dataset) -> Dataset {
    let whole = data.whole();
    if whole.rows < data.rows {
        report::note(&format!(
            "{}: {} of {} rows have no gaps: they set the threshold of whole frames",
            data.path.display(),
            whole.rows,
            data.rows
        ));
    }
    whole
}

/// What a gap means.
fn told(data: &Path, gap: &Gap) -> String {
    let Gap { rows, nats, has_threshold } = gap;
    let so = match has_threshold {
        true => "the threshold is among them, and frames like them raise no alarm",
        false => "the threshold is above them",
    };
    format!(
        "{}: the {rows} lowest of the rows lie {nats:.3e} nats below all others, as faults do; {so}: look at \
         them (elbow score), or leave them out with --trim {rows}",
        data.display()
    )
}

/// The rate, where rows were left out.
fn of_trimmed(summary: &Summary) -> Option<(&'static str, String)> {
    let Summary { trimmed_rows, rows, alarm, .. } = summary;
    let [trimmed, rows] = [*trimmed_rows, *rows].map(|rows| rows as f32);
    let most = (alarm.expected * (rows + 1.0) + trimmed) / (rows + trimmed + 1.0);
    let text =
        format!("{trimmed} lowest rows left out; if they were normal, at most {most:.3e} of normal frames");
    (*trimmed_rows > 0).then_some(("trimmed", text))
}

fn table(summary: &Summary) -> String {
    let mut rows = vec![
        ("model", format!("{} ({} bytes)", summary.model.display(), summary.file_bytes)),
        ("type", summary.model.with_extension("rs").display().to_string()),
    ];
    rows.extend(summary.alarm.rows());
    rows.extend(of_trimmed(summary));
    report::table(&rows)
}
