//! `elbow demo`: the whole way on the data that comes with the project.

mod data_set;
mod packets;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

pub(super) use self::data_set::data_set;
use self::packets::Packed;
pub(super) use self::packets::RESOLUTION;
use super::fit::{fit_and_write, page::Fit};
use super::out::write_files;
use super::source::DEFAULT_SAMPLES;
use crate::error::Error;
use crate::report;
use elbow_host::file::atomic_file::write_atomically;
use elbow_host::model::ModelBytes;
use elbow_host::score::calibrate::calibrate;
use elbow_host::score::evaluate::score_all;
use elbow_host::score::metrics::auroc;
use elbow_reader::{Dataset, load};
use elbow_trainer::settings::Settings;

/// Rows of a window: one second at four rows a second.
const WINDOW: usize = 4;
/// Of each normal stretch, the part that is fitted; the rest is for the test.
const FITTED: f64 = 0.7;
/// False alarms that the threshold allows, where there are rows enough for so few.
const FALSE_ALARMS: f64 = 0.05;
/// Frames of each kind that go to the firmware example.
const FRAMES: usize = 48;
/// Samples of a score on the firmware example.
const FIRMWARE_SAMPLES: u32 = 16;

/// The arguments of `elbow demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// Recorded rows with a column `label` [default: the data set in the program]
    #[arg(long, value_name = "CSV")]
    data: Option<PathBuf>,
    /// Folder for the model, its type and the frames of the firmware example
    #[arg(long, value_name = "FOLDER", default_value = "target/demo")]
    out: PathBuf,
    /// Seed of everything random
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

/// How windows of one label score.
#[derive(Debug, Serialize)]
struct Kind {
    label: String,
    windows: usize,
    median_nats: f64,
    /// against the normal windows of the test
    #[serde(skip_serializing_if = "Option::is_none")]
    auroc: Option<f64>,
    /// part that lies beyond the threshold
    alarms: f64,
}

#[derive(Debug, Serialize)]
struct Report {
    model: PathBuf,
    /// to look at
    page: PathBuf,
    file_bytes: usize,
    dims: usize,
    fit_seconds: f64,
    threshold_nats: f64,
    false_alarm: f64,
    kinds: Vec<Kind>,
    auroc: Option<f64>,
    /// none where the numbers are in no steps that packets can hold
    #[serde(skip_serializing_if = "Option::is_none")]
    packets: Option<Packed>,
}

pub(super) fn run(args: &DemoArgs, json: bool) -> Result<(), Error> {
    let settings = Settings {
        window: WINDOW,
        drop: vec!["time_s".into()],
        objective: "iwae:4".parse()?,
        scaling: "log".parse()?,
        latent: "gaussian:4".parse()?,
        seed: args.seed,
        ..Settings::default()
    };
    let source = args.data.clone().map_or_else(|| data_set(&args.out), Ok)?;
    let data = load(&source, &settings.load_options())?;
    let (fitted, test) = divide(&data);
    std::fs::create_dir_all(&args.out).map_err(Error::io("write", &args.out))?;
    let out = args.out.join("demo.elbow");
    report::note(&format!("fitting {} normal windows of {} numbers", fitted.len(), data.dims));
    let summary = fit_and_write("demo", data.select(&fitted), &settings, None, &out)?;

    let bytes = ModelBytes::read(&out)?;
    let model = bytes.open().map_err(Error::model(&out))?;
    let embedded = write_frames(&args.out, &data, &test)?;
    let (calibration, test) = set_aside(&data, &test, &embedded);
    let false_alarm = FALSE_ALARMS.max(1.0 / (calibration.len() as f64 + 1.0));
    let judge = |samples| {
        let rows = data.select(&calibration);
        calibrate(&model, "demo", &rows, false_alarm, samples, || ())
    };
    // The firmware draws fewer samples, and has a threshold of its own.
    let (here, device) = (judge(DEFAULT_SAMPLES)?, judge(FIRMWARE_SAMPLES)?);
    let threshold =
        here.open().map_err(Error::model(&out))?.extras.calibration.map_or(f32::NAN, |c| c.threshold);
    let nats: Vec<f64> = score_all(&*model.engine, &data.select(&test), DEFAULT_SAMPLES, |_| ())?
        .iter()
        .map(|score| f64::from(score.log_density.0))
        .collect();
    let kinds = kinds(&data, &test, &nats, f64::from(threshold));
    let all = {
        let scores: Vec<f64> = nats.iter().map(|nats| -nats).collect();
        auroc(&scores, &test.iter().map(|&row| is_anomalous(&data, row)).collect::<Vec<_>>())
    };
    let steps = args.data.is_none().then_some(&RESOLUTION[..]);
    let (device, packets) = packets::pack((&out, device), &source, steps, &args.out.join("demo.packets"))?;
    write_files(&device, &out)?;
    let page = args.out.join("report.html");
    let fit = Fit { model: &out, data: std::slice::from_ref(&source) };
    fit.write(&settings, &summary.history, &page)?;
    let report = Report {
        model: out,
        page,
        file_bytes: device.as_bytes().len(),
        dims: data.dims,
        fit_seconds: summary.seconds,
        threshold_nats: f64::from(threshold),
        false_alarm,
        kinds,
        auroc: all,
        packets,
    };
    if json { report::print_json(&report) } else { report::print(&table(&report)) }
}

fn label(data: &Dataset, row: usize) -> &str {
    let names = data.labels.as_ref().and_then(|labels| labels.names.as_ref());
    names.map_or("unlabelled", |names| names[row].as_str())
}

fn is_anomalous(data: &Dataset, row: usize) -> bool {
    data.labels.as_ref().is_some_and(|labels| labels.anomalous[row])
}

/// Rows to fit and rows to test: the first part of every normal stretch, then its rest
/// and all disturbances. A division by time: windows of the test were never next to a
/// window that was fitted, but for one in each stretch.
fn divide(data: &Dataset) -> (Vec<usize>, Vec<usize>) {
    let (mut fitted, mut test) = (Vec::new(), Vec::new());
    let mut row = 0;
    while row < data.rows {
        let length = (row..data.rows).take_while(|&next| label(data, next) == label(data, row)).count();
        let cut = if is_anomalous(data, row) { 0 } else { (length as f64 * FITTED) as usize };
        fitted.extend(row..row + cut);
        test.extend(row + cut..row + length);
        row += length;
    }
    (fitted, test)
}

fn quantile(values: &[f64], fraction: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let index = (fraction * sorted.len() as f64) as usize;
    sorted.get(index).copied().unwrap_or(f64::NEG_INFINITY)
}

fn kinds(data: &Dataset, test: &[usize], nats: &[f64], threshold: f64) -> Vec<Kind> {
    let mut by_label: BTreeMap<(bool, &str), Vec<f64>> = BTreeMap::new();
    for (&row, &nats) in test.iter().zip(nats) {
        by_label.entry((is_anomalous(data, row), label(data, row))).or_default().push(nats);
    }
    let normal: Vec<f64> =
        by_label.iter().filter(|((anomalous, _), _)| !anomalous).flat_map(|(_, nats)| nats.clone()).collect();
    let kind = |(&(anomalous, label), nats): (&(bool, &str), &Vec<f64>)| {
        let scores: Vec<f64> = normal.iter().chain(nats).map(|nats| -nats).collect();
        let classes: Vec<bool> = (0..scores.len()).map(|i| i >= normal.len()).collect();
        Kind {
            label: label.to_string(),
            windows: nats.len(),
            median_nats: quantile(nats, 0.5),
            auroc: if anomalous { auroc(&scores, &classes) } else { None },
            alarms: nats.iter().filter(|nats| **nats < threshold).count() as f64 / nats.len() as f64,
        }
    };
    by_label.iter().map(kind).collect()
}

/// Rows to calibrate on, every other of the normal ones that nothing was fitted to and
/// that are not embedded, and the test without them.
fn set_aside(data: &Dataset, test: &[usize], embedded: &[usize]) -> (Vec<usize>, Vec<usize>) {
    let mut calibrates = false;
    test.iter().copied().partition(|row| {
        let is_free = !is_anomalous(data, *row) && !embedded.contains(row);
        calibrates ^= is_free;
        is_free && calibrates
    })
}

/// What the firmware example embeds beside the model: recorded frames of every kind. Returns their rows.
fn write_frames(folder: &Path, data: &Dataset, test: &[usize]) -> Result<Vec<usize>, Error> {
    let mut chosen: Vec<usize> = Vec::new();
    let mut by_label: BTreeMap<(bool, &str), Vec<usize>> = BTreeMap::new();
    for &row in test {
        by_label.entry((is_anomalous(data, row), label(data, row))).or_default().push(row);
    }
    for rows in by_label.values() {
        // some are left to calibrate on
        let step = (rows.len() / FRAMES).max(2);
        chosen.extend(rows.iter().step_by(step).take(FRAMES));
    }
    let frames = data.select(&chosen);
    let bytes: Vec<u8> = frames.values.iter().flat_map(|x| x.to_le_bytes()).collect();
    write_atomically(&folder.join("frames.bin"), &bytes)?;
    let text = format!(
        "// Written by elbow {} beside frames.bin: recorded frames for the firmware example. Do not edit it.

/// Frames in `frames.bin`: {} normal ones, then the disturbances.
pub const DEMO_FRAMES: usize = {};
",
        env!("CARGO_PKG_VERSION"),
        chosen.iter().filter(|&&row| !is_anomalous(data, row)).count(),
        chosen.len(),
    );
    write_atomically(&folder.join("frames.rs"), text.as_bytes())?;
    Ok(chosen)
}

fn table(report: &Report) -> String {
    let mut out =
        format!("{:<18}{:>9}{:>16}{:>9}{:>9}\n", "windows of", "count", "median log p(x)", "AUROC", "alarms");
    for Kind { label, windows, median_nats, auroc, alarms } in &report.kinds {
        let auroc = auroc.map_or("–".into(), |auroc| format!("{auroc:.4}"));
        out += &format!("{label:<18}{windows:>9}{median_nats:>16.1}{auroc:>9}{:>8.1}%\n", 100.0 * alarms);
    }
    let auroc = report.auroc.map_or("–".into(), |auroc| format!("{auroc:.4}"));
    let mut rows = vec![
        ("AUROC", format!("{auroc} over all disturbances")),
        (
            "alarm below",
            format!("{:.1} nats: at most {:.2} of normal windows", report.threshold_nats, report.false_alarm),
        ),
        (
            "model",
            format!(
                "{} ({} bytes), fitted in {:.1} s",
                report.model.display(),
                report.file_bytes,
                report.fit_seconds
            ),
        ),
    ];
    rows.extend(report.packets.iter().map(Packed::row));
    rows.push(("report", report.page.display().to_string()));
    out + &report::table(&rows)
}
