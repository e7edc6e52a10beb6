//! `elbow inspect`.

use std::path::PathBuf;

use elbow::architecture::{Architecture, LatentKind, WeightKind};
use elbow::ensemble::fingerprint;
use serde::Serialize;

use super::alarm::Alarm;
use super::clock::Clock;
use super::plan::Packets;
use super::sign::said;
use super::source::samples;
use crate::error::Error;
use crate::report;
use elbow_host::file::cost::{Cost, activation_bytes, costs, multiply_adds};
use elbow_host::file::describe::describe_model;
use elbow_host::model::{HostModel, ModelBytes};
use elbow_reader::categories::{as_fitted, names};
use elbow_reader::{Categorical, Missing, Reading};

/// The arguments of `elbow inspect`.
#[derive(Debug, clap::Args)]
#[command(allow_negative_numbers = true)]
pub(crate) struct InspectArgs {
    /// The model
    model: PathBuf,
    /// Samples K of a score, for its cost [default: those of the calibration, or 64]
    #[arg(long, value_name = "K", value_parser = samples())]
    samples: Option<u32>,
    /// The device's clock, such as 64MHz: instructions are told as milliseconds too, one a cycle; waits for
    /// flash come on top
    #[arg(long, value_name = "HZ")]
    clock: Option<Clock>,
}

/// What a model file holds.
#[derive(Debug, Serialize)]
struct Inspection<'a> {
    name: &'a str,
    architecture: String,
    shape: &'a Architecture,
    /// models of that shape
    members: u32,
    fingerprint: String,
    columns: Vec<&'a str>,
    /// whose values are codes, in this order
    #[serde(skip_serializing_if = "Vec::is_empty")]
    categories: Vec<Coded>,
    window: u32,
    hop: u32,
    /// the column or array of labels, where the fit had one
    #[serde(skip_serializing_if = "Option::is_none")]
    labels: Option<String>,
    /// the labels of normal rows, where the fit was told
    #[serde(skip_serializing_if = "Vec::is_empty")]
    normal: Vec<String>,
    /// columns of the fit's file that the model does not use
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gap: Option<String>,
    /// how the fit was told that text is written
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// what becomes of rows in which a cell is missing, where they are not refused
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<&'static str>,
    objective: &'a str,
    rows: u64,
    seed: u64,
    valid_nats: f32,
    version: &'a str,
    /// what its signature says of itself
    #[serde(skip_serializing_if = "Option::is_none")]
    signed: Option<Signed>,
    file_bytes: usize,
    parameter_bytes: usize,
    samples: u32,
    multiply_adds: u64,
    activation_bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm: Option<Alarm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    packets: Option<Packets>,
    /// by core and level of the optimiser; of one model
    devices: Vec<Cost>,
}

/// A signature that was not verified.
#[derive(Debug, Serialize)]
struct Signed {
    version: u32,
    key: String,
}

/// A column that is a category.
#[derive(Debug, Serialize)]
struct Coded {
    column: String,
    /// the code of a value is its place
    values: Vec<String>,
}

fn coded(columns: &str) -> Vec<Coded> {
    let coded = |Categorical { column, words }| Coded { column, values: words.unwrap_or_default() };
    as_fitted(columns).into_iter().map(coded).collect()
}

pub(super) fn run(args: &InspectArgs, json: bool) -> Result<(), Error> {
    let bytes = ModelBytes::read(&args.model)?;
    let model = bytes.open().map_err(Error::model(&args.model))?;
    let inspection = Inspection::of(&model, &bytes, args.samples);
    if json {
        report::print_json(&inspection)
    } else {
        report::print(&report::table(&rows(&inspection, args.clock)))
    }
}

/// What a model holds and costs, in words.
pub(crate) fn describe(model: &HostModel<'_>, bytes: &ModelBytes) -> Vec<(&'static str, String)> {
    rows(&Inspection::of(model, bytes, None), None)
}

impl<'a> Inspection<'a> {
    fn of(model: &'a HostModel<'_>, bytes: &ModelBytes, samples: Option<u32>) -> Self {
        let metadata = &model.metadata;
        let shape = &metadata.architecture;
        let samples = samples.unwrap_or_else(|| model.samples());
        let Reading { labels, normal, left_out, missing, time, gap, written } = Reading::of(metadata.reading);
        Inspection {
            name: metadata.name,
            architecture: describe_model(model),
            members: model.members,
            shape,
            fingerprint: format!("{:08x}", fingerprint(model.members, shape.fingerprint())),
            columns: names(metadata.columns),
            categories: coded(metadata.columns),
            window: metadata.window,
            hop: metadata.hop,
            labels,
            normal,
            left_out,
            time,
            gap: gap.map(|gap| gap.to_string()),
            text: Some(written.to_string()).filter(|text| !text.is_empty()),
            missing: (missing != Missing::Refuse).then(|| missing.word()),
            objective: metadata.objective,
            rows: metadata.rows,
            seed: metadata.seed,
            valid_nats: metadata.valid_nats,
            version: metadata.version,
            signed: said(bytes).map(|(version, key)| Signed { version, key: key.to_string() }),
            file_bytes: bytes.as_bytes().len(),
            parameter_bytes: model.parameters.len(),
            samples,
            multiply_adds: u64::from(model.members) * multiply_adds(shape, samples),
            activation_bytes: activation_bytes(shape),
            alarm: model.extras.calibration.as_ref().map(Alarm::new),
            packets: model.extras.plan.as_ref().map(Packets::new),
            // the counts are of one model
            devices: if model.members == 1 { costs(shape, samples) } else { Vec::new() },
        }
    }
}

fn rows(i: &Inspection<'_>, clock: Option<Clock>) -> Vec<(&'static str, String)> {
    let window = match i.window {
        1 => "single rows".into(),
        rows => format!("windows of {rows} rows, every {} rows", i.hop),
    };
    let mut lines = vec![
        ("model", format!("{} ({})", i.name, i.architecture)),
        ("fingerprint", i.fingerprint.clone()),
        ("frames", format!("{window} of {}", summary(&i.columns))),
        origin(i),
        ("flash", format!("{} bytes, of which {} parameters", i.file_bytes, i.parameter_bytes)),
        ("activations", format!("{} bytes of RAM on a device, any K", i.activation_bytes)),
        ("cost", format!("{} multiply-adds a score at K = {}", i.multiply_adds, i.samples)),
    ];
    lines.extend(i.signed.iter().map(|Signed { version, key }| {
        let how = "elbow verify says whether it is";
        ("signed", format!("says it is version {version} of the key {key}; {how}"))
    }));
    let labels = i.labels.iter().map(|column| match i.normal.as_slice() {
        [] => column.clone(),
        words => format!("{column}, normal: {}", words.join(", ")),
    });
    lines.extend(labels.map(|line| ("labels", line)));
    let left_out: Vec<&str> = i.left_out.iter().map(String::as_str).collect();
    lines.extend((!left_out.is_empty()).then(|| ("left out", summary(&left_out))));
    let gap = i.gap.as_ref().map_or(String::new(), |gap| format!(", no window across {gap}"));
    lines.extend(i.text.as_ref().map(|text| ("text", text.clone())));
    lines.extend(i.time.as_ref().map(|time| ("time", format!("{time}{gap}"))));
    lines.extend(i.missing.map(|word| ("missing", format!("{word} rows with a missing cell"))));
    let codes = |Coded { values, .. }: &Coded| {
        let codes = values.iter().enumerate().map(|(code, value)| format!("{code} {value}"));
        codes.collect::<Vec<_>>().join(", ")
    };
    let categories = i.categories.iter().map(|category| format!("{}: {}", category.column, codes(category)));
    lines.extend(categories.map(|line| ("codes", line)));
    if matches!(i.shape.latent, LatentKind::Point { .. }) {
        lines.push(("score", "log likelihood of the reconstruction, not a density".into()));
    }
    lines.extend(i.alarm.iter().flat_map(Alarm::rows));
    lines.extend(i.packets.iter().flat_map(Packets::rows));
    let core = |device: &Cost| if device.opt_level == "s" { "  opt-level s" } else { device.core };
    let on_device = |device| (core(device), on_device(device, i.alarm.is_some(), clock));
    lines.extend(i.devices.iter().map(on_device));
    lines
}

/// Bounds, or estimates where nothing was counted: see `docs/benchmarks.md`.
fn on_device(cost: &Cost, judges: bool, clock: Option<Clock>) -> String {
    let &Cost { instructions, settled_instructions, code_bytes, stack_bytes, explained_stack_bytes, .. } =
        cost;
    let told = |instructions| match clock {
        Some(clock) => format!("{instructions} ({})", clock.milliseconds(instructions)),
        None => instructions.to_string(),
    };
    let work = if judges {
        format!("{} to {} instructions a verdict", told(settled_instructions), told(instructions))
    } else {
        format!("{} instructions a score", told(instructions))
    };
    let causes = if judges { format!(", {explained_stack_bytes} with causes") } else { String::new() };
    let bound = if cost.is_bound { "at most" } else { "about" };
    format!("{bound} {work}, {stack_bytes} bytes of stack{causes}; about {code_bytes} bytes of code")
}

fn origin(i: &Inspection<'_>) -> (&'static str, String) {
    let Inspection { objective, rows, seed, valid_nats, version, .. } = i;
    match rows {
        0 => ("imported", format!("by elbow {version}")),
        _ => (
            "fitted",
            format!(
                "{objective} on {rows} rows, seed {seed}, held-out −log p(x) {valid_nats:.3} nats{}, by \
                 elbow {version}",
                if i.shape.weights == WeightKind::F32 { "" } else { " before its weights were rounded" }
            ),
        ),
    }
}

fn summary(columns: &[&str]) -> String {
    const SHOWN: usize = 8;
    let shown = columns.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match columns.len() {
        0..=SHOWN => shown,
        many => format!("{shown}, … ({many} columns)"),
    }
}
