//! `elbow import`.

mod check;

use std::path::{Path, PathBuf};

use elbow::architecture::{Activation, LatentKind, LikelihoodKind};
use elbow::format::Metadata;
use serde::Serialize;

use super::out::{Name, Outputs, Overwrite, write_files};
use crate::error::Error;
use crate::report;
use check::{Check, Checked};
use elbow_host::file::describe::describe;
use elbow_host::model::ModelBytes;
use elbow_reader::{LoadOptions, load};
use elbow_trainer::export;
use elbow_trainer::import::{Framework, Imported, Map, Options, import};
use elbow_trainer::preprocess::Preprocessing;
use elbow_trainer::spelled::Spelled;

/// The arguments of `elbow import`.
#[derive(Debug, clap::Args)]
#[command(allow_negative_numbers = true)]
pub(crate) struct ImportArgs {
    /// The weights: .safetensors or .npz of a PyTorch state_dict, or an .npz of dense.kernel, dense.bias,
    /// batch_normalization.gamma, …, dense_1.kernel, … as Keras names them
    weights: PathBuf,
    /// Where to write the model; its type goes beside it, with the ending .rs
    #[arg(long, value_name = "MODEL.elbow")]
    out: PathBuf,
    /// Whose weights: auto, keras, torch or onnx
    #[arg(long, value_name = "FRAMEWORK", default_value = "auto")]
    from: String,
    /// What the file does not say of its layers, as TOML: encoder, mean, log_variance, decoder, output, …
    #[arg(long, value_name = "MAP.toml")]
    map: Option<PathBuf>,
    /// What follows hidden layers, after a batch norm, where the file does not say it [default: relu]
    #[arg(long, value_name = "NAME")]
    activation: Option<String>,
    /// ε of the batch norms: y = γ (x − mean)/√(variance + ε) + β [default: 1e-5, of Keras 1e-3]
    #[arg(long, value_name = "E")]
    epsilon: Option<f64>,
    /// p(x|z): gaussian, gaussian-per-output where the decoder gives log variances too, or bernoulli, whose
    /// sigmoid is the network's last [default: what the outputs look like]
    #[arg(long, value_name = "NAME")]
    likelihood: Option<String>,
    /// The standard deviation of a gaussian likelihood: 0.7071 where the loss was a sum of squared errors
    /// [default: the file's, or 1]
    #[arg(long, value_name = "SIGMA")]
    scale: Option<f64>,
    /// Rows by which frames are standardised first, as the network's were by a StandardScaler; they name the
    /// columns too
    #[arg(long, value_name = "ROWS")]
    data: Option<PathBuf>,
    /// Frames, and what the framework made of them: its reconstructions, with the latents behind them or
    /// alone. Nothing is written where the model differs by more than 1e-5
    #[arg(long, num_args = 2, value_names = ["X.npy", "Y.npy"])]
    check: Option<Vec<PathBuf>>,
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
    layers: Vec<(&'static str, String)>,
    batch_norms_folded: usize,
    standardized: &'static str,
    check: Option<Check>,
    file_bytes: usize,
    #[serde(skip)]
    score: String,
}

pub(super) fn run(args: &ImportArgs, json: bool) -> Result<(), Error> {
    let name = args.name.of_file(&args.out)?;
    let check = args.check.iter().flatten();
    let inputs = check.chain(&args.data).chain(&args.map).chain([&args.weights]);
    Outputs::made_from(inputs.map(|path| &**path)).model("out", &args.out, args.overwrite)?;
    let mut imported = import(&args.weights, &args.options()?)?;
    let columns = args.standardize(&mut imported)?;
    let shape = &imported.architecture;
    let columns =
        columns.unwrap_or_else(|| (0..shape.features / args.window).map(|i| format!("x{i}")).collect());
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
    let check = args.checked(&bytes, &imported)?;
    write_files(&bytes, &args.out)?;
    let score = score(&imported);
    let summary = Summary {
        model: args.out.clone(),
        architecture: describe(&imported.architecture),
        layers: imported.roles,
        batch_norms_folded: imported.folded,
        standardized: match (&args.data, has_units(&imported.preprocessing)) {
            (Some(_), _) => "by --data",
            (None, true) => "by the weights' own statistics",
            (None, false) => "no",
        },
        check,
        file_bytes: bytes.as_bytes().len(),
        score,
    };
    if json { report::print_json(&summary) } else { report::print(&table(&summary)) }
}

impl ImportArgs {
    fn options(&self) -> Result<Options, Error> {
        let activation: Option<Spelled<Activation>> =
            self.activation.as_deref().map(str::parse).transpose()?;
        let framework: Spelled<Framework> = self.from.parse()?;
        let likelihood: Option<Spelled<LikelihoodKind>> =
            self.likelihood.as_deref().map(str::parse).transpose()?;
        let taken = [LikelihoodKind::Gaussian, LikelihoodKind::GaussianPerOutput, LikelihoodKind::Bernoulli];
        if let Some(likelihood) = likelihood.as_ref().filter(|likelihood| !taken.contains(likelihood)) {
            let problem = "weights of others have gaussian, gaussian-per-output or bernoulli";
            return Err(Error::argument("likelihood", likelihood, problem));
        }
        if let Some(epsilon) = self.epsilon.filter(|epsilon| !(*epsilon >= 0.0 && epsilon.is_finite())) {
            return Err(Error::argument("epsilon", epsilon, "0 or a positive number, such as 0.001"));
        }
        // its logarithm is a parameter
        if let Some(scale) = self.scale.filter(|scale| !(1e-4..=1e4).contains(scale)) {
            return Err(Error::argument("scale", scale, "a number from 0.0001 to 10000"));
        }
        Ok(Options {
            framework: *framework,
            activation: activation.map(|activation| *activation),
            epsilon: self.epsilon,
            map: self.map.as_deref().map(Map::read).transpose()?.unwrap_or_default(),
            likelihood: likelihood.map(|likelihood| *likelihood),
            scale: self.scale,
        })
    }

    /// By the rows of `--data`, whose columns are then the model's.
    fn standardize(&self, imported: &mut Imported) -> Result<Option<Vec<String>>, Error> {
        let shape = &imported.architecture;
        if !shape.features.is_multiple_of(self.window) {
            let problem = format!("must divide the {} numbers that the first layer takes", shape.features);
            return Err(Error::argument("window", self.window, problem));
        }
        let Some(path) = &self.data else { return Ok(None) };
        let given = |problem: String| Err(Error::argument("data", path.display(), problem));
        if shape.likelihood == LikelihoodKind::Bernoulli || has_units(&imported.preprocessing) {
            return given("frames of this network are what they are, or are standardised already".into());
        }
        let rows = load(path, &LoadOptions { unlabelled: true, window: 1, ..LoadOptions::default() })?;
        if rows.dims * self.window as usize != shape.features as usize {
            let (columns, features) = (rows.dims, shape.features);
            return given(format!(
                "has {columns} columns, and the network takes {features} numbers; --window joins rows"
            ));
        }
        let clip = imported.preprocessing.clip();
        let of_row = Preprocessing::fit(shape.preprocessing, &rows.values, rows.dims, clip);
        imported.preprocessing = of_window(of_row, self.window as usize);
        Ok(Some(rows.columns))
    }

    fn checked(&self, bytes: &ModelBytes, imported: &Imported) -> Result<Option<Check>, Error> {
        let Some([x, y]) = self.check.as_deref() else { return Ok(None) };
        let model = bytes.open().map_err(Error::model(&self.out))?;
        let checked = Checked { out: &self.out, model: &model, imported };
        let check = checked.check([x, y].map(|path: &PathBuf| -> &Path { path }))?;
        check.passed(y)?;
        Ok(Some(check))
    }
}

/// Whether frames are standardised.
fn has_units(preprocessing: &Preprocessing) -> bool {
    match preprocessing {
        Preprocessing::Standardize { loc, inverse_scale, .. } => {
            loc.iter().any(|loc| *loc != 0.0) || inverse_scale.iter().any(|inverse| *inverse != 1.0)
        }
        _ => false,
    }
}

/// The statistics of a row for each row of a window.
fn of_window(mut of_row: Preprocessing, window: usize) -> Preprocessing {
    if let Preprocessing::Standardize { loc, inverse_scale, .. } = &mut of_row {
        (*loc, *inverse_scale) = (loc.repeat(window), inverse_scale.repeat(window));
    }
    of_row
}

fn score(imported: &Imported) -> String {
    let shape = &imported.architecture;
    let log_scales = &imported.params[imported.layout.learned.clone()];
    let is_one = log_scales.iter().all(|log| *log == 0.0);
    let likelihood = match (shape.likelihood, log_scales) {
        (LikelihoodKind::Gaussian, [first, others @ ..]) if others.iter().all(|other| other == first) => {
            format!("a gaussian likelihood of scale {:.4}", f64::from(*first).exp())
        }
        (other, _) => format!("a {} likelihood", other.name()),
    };
    match (shape.latent, shape.likelihood) {
        (LatentKind::Point { .. }, LikelihoodKind::Gaussian) if is_one => {
            "log likelihood of the reconstruction, not a density: −½ D (MSE + log 2π)".into()
        }
        (LatentKind::Point { .. }, _) => {
            format!("log likelihood of the reconstruction, not a density, by {likelihood}")
        }
        _ => format!("log p(x), by a standard normal prior and {likelihood}"),
    }
}

fn table(summary: &Summary) -> String {
    let mut rows = vec![
        ("model", format!("{} ({} bytes)", summary.model.display(), summary.file_bytes)),
        ("type", summary.model.with_extension("rs").display().to_string()),
        ("shape", summary.architecture.clone()),
    ];
    rows.extend(summary.layers.iter().map(|(role, layers)| (*role, layers.clone())));
    rows.push(("batch norms", format!("{} folded", summary.batch_norms_folded)));
    rows.push(("standardised", summary.standardized.into()));
    rows.push(("score", summary.score.clone()));
    rows.extend(summary.check.as_ref().map(|check| ("check", check.told())));
    report::table(&rows)
}
