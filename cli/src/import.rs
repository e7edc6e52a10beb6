//! `elbow import`.

use std::path::PathBuf;

use elbow::architecture::Activation;
use elbow::format::Metadata;
use serde::Serialize;

use super::out::{Name, Outputs, Overwrite, write_files};
use crate::error::Error;
use crate::report;
use elbow_host::file::describe::describe;
use elbow_host::model::ModelBytes;
use elbow_trainer::export;
use elbow_trainer::import::keras;
use elbow_trainer::spelled::Spelled;

/// The arguments of `elbow import`.
#[derive(Debug, clap::Args)]
#[command(allow_negative_numbers = true)]
pub(crate) struct ImportArgs {
    /// The weights: an .npz of dense.kernel, dense.bias,
    /// batch_normalization.gamma, …, dense_1.kernel, … as Keras names them
    weights: PathBuf,
    /// Where to write the model; its type goes beside it, with the ending .rs
    #[arg(long, value_name = "MODEL.elbow")]
    out: PathBuf,
    /// What follows every layer but the last, after its batch norm
    #[arg(long, value_name = "NAME", default_value = "relu")]
    activation: String,
    /// ε of the batch norms: y = γ (x − mean)/√(variance + ε) + β
    #[arg(long, value_name = "E", default_value_t = 1e-3)]
    epsilon: f64,
    /// Consecutive rows joined to one frame
    #[arg(long, value_name = "ROWS", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    window: u32,
    /// Rows from one window to the next
    #[arg(long, value_name = "ROWS", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    hop: u32,
    #[command(flatten)]
    name: Name,
    #[command(flatten)]
    overwrite: Overwrite,
}

/// What an import gave.
#[derive(Debug, Serialize)]
struct Summary {
    model: PathBuf,
    architecture: String,
    batch_norms_folded: usize,
    file_bytes: usize,
}

pub(super) fn run(args: &ImportArgs, json: bool) -> Result<(), Error> {
    let name = args.name.of_file(&args.out)?;
    Outputs::made_from([&*args.weights]).model("out", &args.out, args.overwrite)?;
    let activation: Spelled<Activation> = args.activation.parse()?;
    if !(args.epsilon >= 0.0 && args.epsilon.is_finite()) {
        return Err(Error::argument("epsilon", args.epsilon, "0 or a positive number, such as 0.001"));
    }
    let imported = keras(&args.weights, *activation, args.epsilon)?;
    let shape = &imported.architecture;
    if !shape.features.is_multiple_of(args.window) {
        let problem = format!("must divide the {} numbers that the first layer takes", shape.features);
        return Err(Error::argument("window", args.window, problem));
    }
    let columns: Vec<String> = (0..shape.features / args.window).map(|i| format!("x{i}")).collect();
    let metadata = Metadata {
        name: &name,
        architecture: shape.clone(),
        columns: &columns.join("\n"),
        window: args.window,
        hop: args.hop,
        objective: "import",
        rows: 0,
        seed: 0,
        valid_nats: 0.0,
        version: env!("CARGO_PKG_VERSION"),
        reading: "",
        seen: &[],
    };
    let bytes = export::encode(&metadata, &imported.preprocessing, &imported.layout, &imported.params)?;
    let bytes = ModelBytes::new(&bytes);
    write_files(&bytes, &args.out)?;
    let summary = Summary {
        model: args.out.clone(),
        architecture: describe(shape),
        batch_norms_folded: imported.folded,
        file_bytes: bytes.as_bytes().len(),
    };
    if json { report::print_json(&summary) } else { report::print(&table(&summary)) }
}

fn table(summary: &Summary) -> String {
    report::table(&[
        ("model", format!("{} ({} bytes)", summary.model.display(), summary.file_bytes)),
        ("type", summary.model.with_extension("rs").display().to_string()),
        ("shape", summary.architecture.clone()),
        ("batch norms", format!("{} folded", summary.batch_norms_folded)),
        ("score", "log likelihood of the reconstruction, not a density: −½ D (MSE + log 2π)".into()),
    ])
}
