//! `elbow quantize`.

use std::path::PathBuf;

use elbow::architecture::WeightKind;
use serde::Serialize;

use super::out::{Name, Outputs, Overwrite, cost_rows, stem, write_files_for};
use super::sign::note_if_signed;
use super::source::{DEFAULT_SAMPLES, SamplesArg, SourceArgs};
use crate::error::Error;
use crate::report;
use elbow_host::file::describe::describe;
use elbow_host::model::ModelBytes;
use elbow_trainer::quantize::{Cost, quantize};
use elbow_trainer::spelled::Spelled;

/// The arguments of `elbow quantize`.
#[derive(Debug, clap::Args)]
#[command(allow_negative_numbers = true)]
pub(crate) struct QuantizeArgs {
    /// The model, of float weights
    model: PathBuf,
    /// int8 (eight bits, all else in floats) or int8x8 (integers throughout, for cores without an FPU)
    #[arg(long, value_name = "TYPE")]
    weights: String,
    /// Frames like those the model will see: int8 gets better by them, int8x8 needs them
    #[arg(long, value_name = "DATA")]
    calibration: Option<PathBuf>,
    /// The new model
    #[arg(long, value_name = "MODEL.elbow")]
    out: PathBuf,
    #[command(flatten)]
    name: Name,
    #[command(flatten)]
    overwrite: Overwrite,
    #[command(flatten)]
    samples: SamplesArg,
    #[command(flatten)]
    source: SourceArgs,
}

/// What became of a model, for programs.
#[derive(Debug, Serialize)]
struct Summary {
    model: PathBuf,
    architecture: String,
    file_bytes: [usize; 2],
    /// on the calibration data
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Cost>,
}

pub(super) fn run(args: &QuantizeArgs, json: bool) -> Result<(), Error> {
    let kind: Spelled<WeightKind> = args.weights.parse()?;
    stem(&args.out)?;
    let inputs = std::iter::once(&args.model).chain(&args.calibration).map(PathBuf::as_path);
    Outputs::made_from(inputs).model("out", &args.out, args.overwrite)?;
    let bytes = ModelBytes::read(&args.model)?;
    let model = bytes.open().map_err(Error::model(&args.model))?;
    for (was_set, what) in [
        (model.extras.calibration.is_some(), "the alarm threshold was"),
        (model.extras.plan.is_some(), "the steps of packets were"),
    ] {
        if was_set {
            report::note(&format!(
                "{what} for the weights as they were: run elbow calibrate on the new model"
            ));
        }
    }
    let load = |path: &PathBuf| args.source.load_whole(path, &args.model, &model.metadata);
    let data = args.calibration.as_ref().map(load).transpose()?;
    let small = quantize(&model, &bytes, args.name.or(model.metadata.name), *kind, data.as_ref())?;
    let quantized = small.open().map_err(Error::model(&args.out))?;
    let samples = args.samples.samples.unwrap_or(DEFAULT_SAMPLES);
    let measure = |data| Cost::measure(&model, &quantized, data, samples);
    let cost = data.as_ref().map(measure).transpose()?;
    write_files_for(&small, &args.out, args.samples.samples)?;
    note_if_signed(&args.model, &bytes);
    let summary = Summary {
        model: args.out.clone(),
        architecture: describe(&quantized.metadata.architecture),
        file_bytes: [bytes.as_bytes().len(), small.as_bytes().len()],
        cost,
    };
    if json { report::print_json(&summary) } else { report::print(&table(&summary)) }
}

fn table(summary: &Summary) -> String {
    let [before, after] = summary.file_bytes;
    let mut rows = vec![
        ("model", format!("{} ({after} bytes, was {before})", summary.model.display())),
        ("type", summary.model.with_extension("rs").display().to_string()),
        ("shape", summary.architecture.clone()),
    ];
    rows.extend(summary.cost.iter().flat_map(cost_rows));
    report::table(&rows)
}
