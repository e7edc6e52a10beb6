//! `elbow compress`.

use std::path::{Path, PathBuf};

use elbow::architecture::LikelihoodKind;
use elbow::codec::{MAX_SAMPLES, model_id};

use super::out::{Outputs, Overwrite};
use super::source::SourceArgs;
use crate::error::Error;
use crate::refine::refinable;
use crate::report;
use elbow_host::compress::{self, Fidelity, LogSummary, Options, Summary, Unit};
use elbow_host::model::{HostModel, ModelBytes};
use elbow_reader::Names;
use elbow_trainer::binarize::Binarize;
use elbow_trainer::settings::ReadingArgs;

/// How close, and in which units: of packets that are written, or for which a model is made ready.
#[derive(Clone, Debug, Default, PartialEq, clap::Args)]
pub(super) struct PacketArgs {
    /// What comes back is within so many steps of the resolution; 0 only rounds to it
    #[arg(long, value_name = "STEPS", conflicts_with_all = ["lossless", "latents_only"])]
    bound: Option<u16>,
    /// The very numbers come back, or none are written [default]
    #[arg(long, conflicts_with = "latents_only")]
    lossless: bool,
    /// Only what the model keeps of a window, however far away that is: the fewest bits
    #[arg(long)]
    latents_only: bool,
    /// One step of the numbers, for all columns or for each [default: those of the model's plan, or 1 for
    /// integers and the digits of a CSV file]
    #[arg(long, value_name = "R,R,…", value_delimiter = ',', value_parser = unit)]
    resolution: Option<Vec<Unit>>,
    /// Windows that share a packet, and are lost with it [default: those of the model's plan, or 32]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..))]
    windows_per_packet: Option<u8>,
}

impl PacketArgs {
    pub(super) fn options(&self) -> Options {
        let fidelity = match self.bound {
            _ if self.latents_only => Fidelity::Latents,
            Some(bound) => Fidelity::Within(bound),
            None => Fidelity::Lossless,
        };
        let PacketArgs { windows_per_packet, resolution, .. } = self.clone();
        Options { fidelity, windows_per_packet, resolution, refine: 0, skip_broken: false }
    }
}

/// The arguments of `elbow compress`.
#[derive(Debug, clap::Args)]
pub(crate) struct CompressArgs {
    /// The model
    model: PathBuf,
    /// The rows: .csv, .npy or .npz (array X); for a log also IDX
    input: PathBuf,
    /// Where to write the packets
    output: PathBuf,
    #[command(flatten)]
    packet: PacketArgs,
    /// One log of all frames by bits-back coding with K samples, for models of bits, counts, integers or
    /// categories: the fewest bits, but no frame without all others
    #[arg(
        long,
        value_name = "K",
        conflicts_with_all = ["bound", "lossless", "latents_only", "resolution", "windows_per_packet"],
        value_parser = clap::value_parser!(u8).range(1..=MAX_SAMPLES as i64)
    )]
    bits_back: Option<u8>,
    /// Refine the latents of each window, or with --bits-back the posterior of each frame, in N steps: fewer
    /// bits, more work. A log takes the same work to read
    #[arg(long, value_name = "N", default_value_t = 0)]
    refine: u8,
    /// With --bits-back: make bits of greyscale values
    #[arg(long, value_enum, default_value_t, requires = "bits_back")]
    binarize: Binarize,
    /// Seed of --binarize dynamic
    #[arg(long, default_value_t = 0, requires = "bits_back")]
    seed: u64,
    /// Leave out rows that have other cells than the header; how many they are is said
    #[arg(long, conflicts_with = "bits_back")]
    skip_broken: bool,
    #[command(flatten)]
    overwrite: Overwrite,
}

fn unit(text: &str) -> Result<Unit, String> {
    let unit = text.trim().parse().ok().and_then(Unit::new);
    unit.ok_or_else(|| "a resolution is a positive number, such as 0.01".into())
}

pub(super) fn compress(args: &CompressArgs, json: bool) -> Result<(), Error> {
    Outputs::made_from([&*args.model, &args.input]).file("", &args.output, args.overwrite)?;
    let bytes = ModelBytes::read(&args.model)?;
    let model = bytes.open().map_err(Error::model(&args.model))?;
    if args.refine > 0 {
        refinable(&model, &args.model)?;
    }
    if let Some(samples) = args.bits_back {
        return write_log(args, &bytes, &model, samples, json);
    }
    let packet = args.packet.options();
    let options = Options { refine: args.refine.into(), skip_broken: args.skip_broken, ..packet };
    let bar = report::rows_bar("compressing");
    let id = model_id(bytes.as_bytes());
    let summary = compress::compress(&model, id, &args.input, &args.output, &options, &mut |rows| {
        bar.set_position(rows)
    })?;
    bar.finish_and_clear();
    tell(&args.input, &summary);
    if json { report::print_json(&summary) } else { report::print(&report::table(&rows(&summary))) }
}

/// Says what is not packed, and how many cells take more than they should.
fn tell(input: &Path, summary: &Summary) {
    if !summary.left_out.is_empty() {
        let names = Names(summary.left_out.clone());
        report::note(&format!("{}: not packed: {names}", input.display()));
    }
    if summary.rows_broken > 0 {
        let rows = summary.rows_broken;
        report::note(&format!("{}: {rows} rows cannot be read and are left out", input.display()));
    }
    let cells = summary.rows * summary.columns as u64;
    if 16 * summary.escaped > cells {
        report::note(&format!(
            "{}: {} of {cells} cells are no number of few digits and are kept as text; --bound 0 and a \
             --resolution round them",
            input.display(),
            summary.escaped
        ));
    }
}

/// Logs need the latent of one network, and of categories no numbers beside them.
fn loggable(model: &HostModel<'_>, path: &Path) -> Result<(), Error> {
    latent(model, path)?;
    match (model.metadata.architecture.likelihood, first_number(model)) {
        (LikelihoodKind::GaussianCategorical { .. }, Some(name)) => {
            let problem = format!(
                "has numbers beside categories, such as `{name}`, and those have densities, which are no \
                 code; fit one of the categories alone and one \
                 without them, with --drop"
            );
            Err(Error::file(path, problem))
        }
        _ => Ok(()),
    }
}

fn latent(model: &HostModel<'_>, path: &Path) -> Result<(), Error> {
    let problem = "is a mixture or an ensemble, and a log needs the latent of one network; leave out \
                   --bits-back, or give one model with a network";
    let has_latent = model.engine.latent().is_some();
    if has_latent { Ok(()) } else { Err(Error::file(path, problem)) }
}

/// A column that is no category: the file has no values behind its name.
fn first_number<'a>(model: &HostModel<'a>) -> Option<&'a str> {
    model.metadata.columns.split('\n').find(|line| !line.contains('\t'))
}

fn write_log(
    args: &CompressArgs,
    bytes: &ModelBytes,
    model: &HostModel<'_>,
    samples: u8,
    json: bool,
) -> Result<(), Error> {
    loggable(model, &args.model)?;
    let window = model.metadata.window;
    if window > 1 {
        let problem = format!(
            "the model's frames are windows of {window} rows, and a log takes rows; \
             fit one without --window, or pack numbers"
        );
        return Err(Error::argument("bits-back", samples, problem));
    }
    let source = SourceArgs {
        labels: None,
        normal: Vec::new(),
        reading: ReadingArgs::default(),
        binarize: args.binarize,
        seed: args.seed,
        skip_broken: false,
    };
    let data = source.load_known(&args.input, &args.model, &model.metadata)?;
    let summary = compress::compress_log(bytes, &data, &args.output, [samples, args.refine])?;
    if json { report::print_json(&summary) } else { report::print(&report::table(&log_rows(&summary))) }
}

fn rows(summary: &Summary) -> Vec<(&'static str, String)> {
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let coded = &summary.coded;
    vec![
        ("rows", format!("{} of {} columns", summary.rows, summary.columns)),
        ("packets", format!("{} of {} windows in all", summary.packets, summary.windows)),
        ("as integers", format!("{} bytes", summary.bytes_as_integers)),
        ("compressed", format!("{} bytes", summary.bytes_out)),
        ("ratio", format!("{:.2}", summary.ratio)),
        ("bits per value", format!("{:.3}", summary.bits_per_value)),
        ("score", format!("{:.1} bits per window", summary.bits_per_window)),
        ("beside them", format!("{} bytes, {} cells by themselves", summary.bytes_aside, summary.escaped)),
        ("steps", if summary.planned { "of the model's plan" } else { "chosen by the first windows" }.into()),
        ("windows by model", percent(coded.model)),
        ("by differences", percent(coded.differences)),
        ("in Rice codes", percent(coded.rice)),
        ("as they are", percent(coded.raw)),
    ]
}

fn log_rows(summary: &LogSummary) -> Vec<(&'static str, String)> {
    vec![
        ("rows", format!("{} of {} numbers", summary.rows, summary.columns)),
        ("samples", summary.samples.to_string()),
        ("as bits", format!("{} bytes", summary.bytes_as_bits)),
        ("compressed", format!("{} bytes", summary.bytes_out)),
        ("ratio", format!("{:.2}", summary.ratio)),
        ("bits per value", format!("{:.4}", summary.bits_per_value)),
    ]
}
