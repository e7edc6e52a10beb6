//! `elbow entropy`.

use std::path::{Path, PathBuf};

use elbow_host::model::{HostModel, ModelBytes};
use elbow_host::score::entropy::{Entropy, MOST_ROWS, Nearest};
use elbow_host::score::estimate::Estimate;
use elbow_host::score::information::Information;
use elbow_host::score::measure::Measure;

use crate::error::Error;
use crate::report;
use crate::source::{SamplesArg, SourceArgs};

/// The arguments of `elbow entropy`.
#[derive(Debug, clap::Args)]
pub(crate) struct EntropyArgs {
    /// The model
    model: PathBuf,
    /// The frames: such as the fit has not seen
    data: PathBuf,
    /// Rows that are held against each other, spread evenly over the file: time grows with their square
    #[arg(long, value_name = "N", default_value_t = MOST_ROWS as u32)]
    #[arg(value_parser = clap::value_parser!(u32).range(10..=100_000))]
    most: u32,
    #[command(flatten)]
    samples: SamplesArg,
    #[command(flatten)]
    source: SourceArgs,
}

pub(super) fn run(args: &EntropyArgs, json: bool) -> Result<(), Error> {
    let bytes = ModelBytes::read(&args.model)?;
    let model = bytes.open().map_err(Error::model(&args.model))?;
    check_density(&model, &args.model)?;
    let data = args.source.load_whole(&args.data, &args.model, &model.metadata)?;
    let as_one = data.frames_as_one();
    if as_one > 1.0 {
        report::note(&format!(
            "{}: rows overlap, repeat or follow one another closely and count as {:.0}: intervals are too \
             narrow, and the entropy by neighbours is too low",
            data.path.display(),
            data.rows as f64 / as_one
        ));
    }
    let (samples, seed) = (args.samples.of(&model), args.source.seed);
    let entropy = Entropy::of(&model, &data, samples, seed, args.most as usize)?;
    if json {
        return report::print_json(&entropy);
    }
    report::print(&report::table(&rows(&entropy, data.rows)))
}

/// What is no density has no entropy and no divergence.
pub(super) fn check_density(model: &HostModel<'_>, path: &Path) -> Result<(), Error> {
    if Measure::of(&model.metadata.architecture) != Measure::Nothing {
        return Ok(());
    }
    let problem = "is an autoencoder, whose scores are no densities and bound no entropy; fit a model with a \
                   prior, such as --latent gaussian:8";
    Err(Error::file(path, problem))
}

/// Nats and bits with their interval.
pub(super) fn told(Estimate { nats, ci95 }: Estimate) -> String {
    let bits = std::f64::consts::LOG2_E;
    format!("{nats:.3} ± {ci95:.3} nats ({:.3} bits)", bits * nats)
}

fn rows(entropy: &Entropy, all: usize) -> Vec<(&'static str, String)> {
    let Entropy { rows, upper, nearest, without_nearest, of_model, information } = entropy;
    let of = if *rows < all { format!(" of {all}, spread evenly; --most takes more") } else { String::new() };
    let mut lines = vec![
        ("rows", format!("{rows}{of}; intervals of 95 %")),
        ("entropy", format!("at most {}: −log p(x) by the model", told(*upper))),
    ];
    if let Some(Nearest { entropy, uncorrected, divergence }) = nearest {
        let before = uncorrected.nats;
        lines.push(("", format!("about {} by nearest neighbours; {before:.3} uncorrected", told(*entropy))));
        lines.push(("to gain", format!("{}: KL(data ‖ model)", told(*divergence))));
    }
    lines.extend(without_nearest.map(|why| ("", format!("not known from below: {why}"))));
    lines.extend(of_model.map(|of_model| ("of model", told(of_model))));
    lines.extend(information.iter().map(|information| ("I(x; z)", told_information(information))));
    lines
}

fn told_information(Information { lower, upper, most, is_saturated, rows }: &Information) -> String {
    let between = format!(
        "from {:.3} ± {:.3} to {:.3} ± {:.3} nats by {rows} rows",
        lower.nats, lower.ci95, upper.nats, upper.ci95
    );
    match is_saturated {
        true => {
            format!("{between}; by so many rows the lower bound says no more than log {rows} = {most:.3}")
        }
        false => between,
    }
}
