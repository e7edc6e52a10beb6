//! Everything that decides what a fit gives: on the command line, in a TOML file, or by default.

use std::path::Path;
use std::str::FromStr;

use elbow::architecture::{
    Activation, Architecture, ConcentrationKind, FeaturesKind, Hidden, LatentKind, LikelihoodKind,
    MAX_LAYERS, MAX_WIDTH,
};
use elbow::distribution::MAX_CONCENTRATION;
use serde::{Deserialize, Serialize};

use crate::binarize::Binarize;
use crate::data::LoadOptions;
use crate::error::Error;
use crate::fit::{FitConfig, Schedule};
use crate::objective::Objective;
use crate::preprocess::DEFAULT_CLIP;

/// The settings of a fit. As TOML it is complete: the same file and data give the same model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the flags of the same names say it")]
pub struct Settings {
    pub latent: String,
    pub hidden: Vec<u32>,
    pub decoder_hidden: Option<Vec<u32>>,
    pub activation: String,
    pub likelihood: String,
    pub objective: String,
    pub epochs: u32,
    pub warmup: u32,
    pub batch: usize,
    pub lr: f32,
    pub lr_schedule: Schedule,
    pub patience: u32,
    pub clip_norm: f32,
    pub weight_decay: f32,
    pub valid: f64,
    pub valid_samples: u32,
    pub seed: u64,
    pub clip: f32,
    pub scaling: String,
    pub binarize: Binarize,
    pub window: usize,
    pub hop: Option<usize>,
    pub labels: Option<String>,
    pub normal: Option<String>,
    pub columns: Option<Vec<String>>,
    pub drop: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            latent: "gaussian:8".into(),
            hidden: vec![64, 32],
            decoder_hidden: None,
            activation: "tanh".into(),
            likelihood: "gaussian".into(),
            objective: "elbo".into(),
            epochs: 300,
            warmup: 0,
            batch: 64,
            lr: 1e-3,
            lr_schedule: Schedule::Constant,
            patience: 30,
            clip_norm: 100.0,
            weight_decay: 0.0,
            valid: 0.1,
            valid_samples: 16,
            seed: 0,
            clip: DEFAULT_CLIP,
            scaling: "standard".into(),
            binarize: Binarize::None,
            window: 1,
            hop: None,
            labels: None,
            normal: None,
            columns: None,
            drop: Vec::new(),
        }
    }
}

/// The flags of `elbow fit` that are settings. What is not given comes from the configuration file, then from
/// [`Settings::default`].
#[derive(Clone, Debug, Default, Serialize, clap::Args)]
#[serde(rename_all = "kebab-case")]
#[command(allow_negative_numbers = true)]
pub struct SettingsArgs {
    /// Latent family and its dimension: gaussian:D, vmf:D (D coordinates, κ learned), vmf:D,kappa=K (κ fixed) or
    /// vmf:D,kappa=K,table (κ fixed, drawn from a table) [default: gaussian:8]
    #[arg(long, value_name = "FAMILY:D")]
    latent: Option<String>,
    /// Widths of the encoder's hidden layers; the decoder mirrors them. `none`: no hidden layer [default: 64,32]
    #[arg(long, value_name = "W,W,…", value_parser = widths)]
    hidden: Option<Widths>,
    /// Widths of the decoder's hidden layers, where it does not mirror the encoder
    #[arg(long, value_name = "W,W,…", value_parser = widths)]
    decoder_hidden: Option<Widths>,
    /// tanh, relu, leaky-relu, elu, silu, sigmoid, softplus or identity [default: tanh]
    #[arg(long, value_name = "NAME")]
    activation: Option<String>,
    /// gaussian (one scale per feature), gaussian-per-output or bernoulli [default: gaussian]
    #[arg(long, value_name = "NAME")]
    likelihood: Option<String>,
    /// elbo, elbo:K (K samples a row) or iwae:K [default: elbo]
    #[arg(long, value_name = "NAME")]
    objective: Option<String>,
    /// Passes over the data, at most [default: 300]
    #[arg(long, value_name = "N")]
    epochs: Option<u32>,
    /// Epochs over which the divergence of the ELBO gains its full weight; they do not count as patience [default: 0]
    #[arg(long, value_name = "EPOCHS")]
    warmup: Option<u32>,
    /// Rows in a mini-batch [default: 64]
    #[arg(long, value_name = "B")]
    batch: Option<u32>,
    /// Learning rate of Adam [default: 0.001]
    #[arg(long, value_name = "R")]
    lr: Option<f32>,
    /// What becomes of the learning rate over the epochs [default: constant]
    #[arg(long, value_enum)]
    lr_schedule: Option<Schedule>,
    /// Epochs without a better validation before stopping [default: 30]
    #[arg(long, value_name = "N")]
    patience: Option<u32>,
    /// Longest gradient; a longer one is shortened [default: 100]
    #[arg(long, value_name = "NORM")]
    clip_norm: Option<f32>,
    /// Decoupled weight decay [default: 0]
    #[arg(long, value_name = "RATE")]
    weight_decay: Option<f32>,
    /// Fraction of the rows held out to choose the best epoch [default: 0.1]
    #[arg(long, value_name = "FRACTION")]
    valid: Option<f64>,
    /// Samples of a validation score [default: 16]
    #[arg(long, value_name = "K")]
    valid_samples: Option<u32>,
    /// Seed of everything random [default: 0]
    // TOML has no larger integers
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: Option<u64>,
    /// The encoder sees features clipped to this many standard deviations [default: 8]
    #[arg(long, value_name = "SD")]
    clip: Option<f32>,
    /// standard, or log: columns that are never negative and skewed are taken in logarithms first [default: standard]
    #[arg(long, value_name = "NAME")]
    scaling: Option<String>,
    /// Make bits of greyscale values, for the Bernoulli likelihood [default: none]
    #[arg(long, value_enum)]
    binarize: Option<Binarize>,
    /// Consecutive rows joined to one frame [default: 1]
    #[arg(long, value_name = "ROWS")]
    window: Option<u32>,
    /// Rows from one window to the next [default: the window]
    #[arg(long, value_name = "ROWS")]
    hop: Option<u32>,
    /// CSV column or .npz array that holds the labels: only normal rows are fitted [default: `label` or `y`]
    #[arg(long, value_name = "COLUMN|KEY")]
    labels: Option<String>,
    /// The label of normal rows [default: 0, false, normal]
    #[arg(long, value_name = "LABEL")]
    normal: Option<String>,
    /// Columns to use, in this order [default: all]
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    columns: Option<Vec<String>>,
    /// Columns to leave out
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    drop: Option<Vec<String>>,
}

/// Widths of layers; a type of its own because clap takes a `Vec` for a repeated flag.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
struct Widths(Vec<u32>);

fn widths(text: &str) -> Result<Widths, String> {
    if text == "none" {
        return Ok(Widths(Vec::new()));
    }
    let parse = |width: &str| {
        u32::from_str(width.trim()).map_err(|_| format!("`{width}` is not a width, such as 64"))
    };
    text.split(',').map(parse).collect::<Result<_, _>>().map(Widths)
}

impl SettingsArgs {
    /// Flags over the configuration file over the defaults.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Config`] where the file cannot be read or understood.
    pub fn resolve(&self, config: Option<&Path>) -> Result<Settings, Error> {
        let text = match config {
            Some(path) => std::fs::read_to_string(path).map_err(Error::io("read", path))?,
            None => String::new(),
        };
        let path = config.unwrap_or(Path::new("the command line"));
        let wrong = |problem| Error::Config { path: path.to_path_buf(), problem };
        let misread = |error: toml::de::Error| {
            let line = error.span().map(|span| 1 + text[..span.start].matches('\n').count());
            let place = line.map_or(String::new(), |line| format!("line {line}: "));
            wrong(place + &error.message().replace('\n', " "))
        };
        // Deserialised once by itself, so that a mistake is reported with its line.
        toml::from_str::<Settings>(&text).map_err(misread)?;
        let mut table: toml::Table = toml::from_str(&text).map_err(misread)?;
        // Serialisation leaves out what was not given.
        table.extend(toml::Table::try_from(self).map_err(|error| wrong(error.to_string()))?);
        table.try_into().map_err(misread)
    }
}

impl Settings {
    /// As TOML.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }

    /// How to read the data.
    pub fn load_options(&self) -> LoadOptions {
        LoadOptions {
            labels: self.labels.clone(),
            columns: self.columns.clone(),
            drop: self.drop.clone(),
            window: self.window,
            hop: self.hop,
            normal: self.normal.clone(),
        }
    }

    /// The likelihood.
    ///
    /// # Errors
    /// [`Error::Argument`] for a name that is none.
    pub fn likelihood(&self) -> Result<LikelihoodKind, Error> {
        match self.likelihood.as_str() {
            "gaussian" => Ok(LikelihoodKind::Gaussian),
            "gaussian-per-output" => Ok(LikelihoodKind::GaussianPerOutput),
            "bernoulli" => Ok(LikelihoodKind::Bernoulli),
            other => {
                Err(Error::argument("likelihood", other, "choose gaussian, gaussian-per-output or bernoulli"))
            }
        }
    }

    /// What is done to raw frames.
    ///
    /// # Errors
    /// [`Error::Argument`] for a name that is none.
    pub fn preprocessing(&self) -> Result<FeaturesKind, Error> {
        match (FeaturesKind::plain(self.likelihood()?), self.scaling.as_str()) {
            (plain, "standard") => Ok(plain),
            (FeaturesKind::Binary, "log") => {
                Err(Error::argument("scaling", "log", "bits have no scale; leave it out"))
            }
            (_, "log") => Ok(FeaturesKind::LogStandardize),
            (_, other) => Err(Error::argument("scaling", other, "choose standard or log")),
        }
    }

    /// The shape of the model for frames of `features` numbers.
    ///
    /// # Errors
    /// [`Error::Argument`] for a shape that cannot be.
    pub fn architecture(&self, features: usize) -> Result<Architecture, Error> {
        let activation = activation(&self.activation)?;
        let mirrored = || self.hidden.iter().rev().copied().collect();
        let decoder = self.decoder_hidden.clone().unwrap_or_else(mirrored);
        let architecture = Architecture {
            features: u32::try_from(features).unwrap_or(u32::MAX),
            preprocessing: self.preprocessing()?,
            encoder: hidden("hidden", &self.hidden, activation)?,
            latent: latent(&self.latent)?,
            decoder: hidden("decoder-hidden", &decoder, activation)?,
            likelihood: self.likelihood()?,
        };
        if architecture.is_sound() {
            Ok(architecture)
        } else {
            Err(Error::argument("columns", features, format!("a frame has 1 to {MAX_WIDTH} numbers")))
        }
    }

    /// The objective and its samples per row.
    ///
    /// # Errors
    /// [`Error::Argument`] for a name or a number that is none.
    pub fn objective(&self) -> Result<(Objective, usize), Error> {
        const CHOICES: &str = "choose elbo, elbo:K or iwae:K, K at least 1";
        let wrong = || Error::argument("objective", &self.objective, CHOICES);
        let (name, samples) = match self.objective.split_once(':') {
            Some((name, samples)) => {
                (name, samples.parse().ok().filter(|k| (1..=100_000).contains(k)).ok_or_else(wrong)?)
            }
            // Without a K, iwae would quietly be the plain bound.
            None if self.objective == "elbo" => ("elbo", 1),
            None => return Err(wrong()),
        };
        match name {
            "elbo" => Ok((Objective::ELBO, samples)),
            "iwae" => Ok((Objective::Iwae, samples)),
            _ => Err(wrong()),
        }
    }

    /// How to fit.
    ///
    /// # Errors
    /// [`Error::Argument`] for a number out of range.
    pub fn fit_config(&self) -> Result<FitConfig, Error> {
        let (objective, samples) = self.objective()?;
        let in_range = |good: bool, name, value: &dyn ToString, problem: &str| {
            if good { Ok(()) } else { Err(Error::argument(name, value.to_string(), problem)) }
        };
        in_range(self.epochs >= 1, "epochs", &self.epochs, "at least 1")?;
        in_range(self.warmup < self.epochs, "warmup", &self.warmup, "shorter than --epochs")?;
        in_range(
            self.warmup == 0 || objective != Objective::Iwae,
            "warmup",
            &self.warmup,
            "only for --objective elbo: the importance-weighted bound has no divergence to weigh",
        )?;
        in_range(self.batch >= 1, "batch", &self.batch, "at least 1")?;
        in_range(self.lr > 0.0 && self.lr.is_finite(), "lr", &self.lr, "a positive number, such as 0.001")?;
        in_range(self.patience >= 1, "patience", &self.patience, "at least 1")?;
        in_range(self.clip_norm > 0.0, "clip-norm", &self.clip_norm, "a positive number")?;
        in_range(
            self.clip > 0.0 && self.clip.is_finite(),
            "clip",
            &self.clip,
            "a positive number, such as 8",
        )?;
        in_range(
            (0.0..1.0).contains(&self.weight_decay),
            "weight-decay",
            &self.weight_decay,
            "from 0 to below 1",
        )?;
        in_range(self.valid > 0.0 && self.valid < 1.0, "valid", &self.valid, "between 0 and 1, such as 0.1")?;
        in_range(self.valid_samples >= 1, "valid-samples", &self.valid_samples, "at least 1")?;
        let mut config = FitConfig {
            objective,
            samples,
            epochs: self.epochs,
            warmup: self.warmup,
            batch: self.batch,
            learning_rate: self.lr,
            schedule: self.lr_schedule,
            clip_norm: self.clip_norm,
            patience: self.patience,
            seed: self.seed,
            ..FitConfig::default()
        };
        config.adam.weight_decay = self.weight_decay;
        Ok(config)
    }
}

/// `gaussian:D`, `vmf:D`, `vmf:D,kappa=K` or `vmf:D,kappa=K,table`.
fn latent(text: &str) -> Result<LatentKind, Error> {
    const FORMS: &str = "give gaussian:D, vmf:D, vmf:D,kappa=K or vmf:D,kappa=K,table (D at least 2 for vmf, K from 0 to 10000)";
    let wrong = || Error::argument("latent", text, FORMS);
    let (family, rest) = text.split_once(':').ok_or_else(wrong)?;
    let mut parts = rest.split(',');
    let dim = parts.next().and_then(|dim| dim.parse().ok()).filter(|dim| (1..=MAX_WIDTH).contains(dim));
    let dim = dim.ok_or_else(wrong)?;
    let kappa = parts.next().map(|kappa| {
        let kappa = kappa.strip_prefix("kappa=").and_then(|kappa| kappa.parse::<f32>().ok());
        kappa.filter(|kappa| (0.0..=MAX_CONCENTRATION).contains(kappa)).ok_or_else(wrong)
    });
    let concentration = match (kappa.transpose()?, parts.next(), parts.next()) {
        (None, ..) => ConcentrationKind::Learned,
        (Some(kappa), None, None) => ConcentrationKind::Fixed { kappa },
        (Some(kappa), Some("table"), None) => ConcentrationKind::Tabled { kappa },
        _ => return Err(wrong()),
    };
    match (family, concentration) {
        ("gaussian", ConcentrationKind::Learned) => Ok(LatentKind::Gaussian { dim }),
        ("vmf", _) if dim >= 2 => Ok(LatentKind::VonMisesFisher { dim, concentration }),
        _ => Err(wrong()),
    }
}

fn hidden(
    name: &'static str,
    widths: &[u32],
    activation: Activation,
) -> Result<heapless::Vec<Hidden, MAX_LAYERS>, Error> {
    let shown = || widths.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    if widths.iter().any(|width| !(1..=MAX_WIDTH).contains(width)) {
        return Err(Error::argument(name, shown(), format!("each width is from 1 to {MAX_WIDTH}")));
    }
    if widths.len() > MAX_LAYERS {
        return Err(Error::argument(name, shown(), format!("at most {MAX_LAYERS} hidden layers")));
    }
    Ok(widths.iter().map(|&width| Hidden { width, activation }).collect())
}

fn activation(name: &str) -> Result<Activation, Error> {
    Ok(match name {
        "identity" => Activation::Identity,
        "relu" => Activation::Relu,
        "leaky-relu" => Activation::LeakyRelu,
        "tanh" => Activation::Tanh,
        "sigmoid" => Activation::Sigmoid,
        "silu" => Activation::Silu,
        "elu" => Activation::Elu,
        "softplus" => Activation::Softplus,
        other => {
            let choices = "choose tanh, relu, leaky-relu, elu, silu, sigmoid, softplus or identity";
            return Err(Error::argument("activation", other, choices));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_survive_toml() {
        let settings = Settings::default();
        assert_eq!(toml::from_str::<Settings>(&settings.to_toml()).unwrap(), settings);
        assert_eq!(SettingsArgs::default().resolve(None).unwrap(), settings);
    }

    #[test]
    fn flags_go_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.toml");
        std::fs::write(&path, "latent = \"gaussian:3\"\nhidden = [7]\nlr = 0.01\n").unwrap();
        let args = SettingsArgs { hidden: Some(Widths(vec![9, 5])), ..SettingsArgs::default() };
        let settings = args.resolve(Some(&path)).unwrap();
        assert_eq!(
            (settings.latent.as_str(), settings.hidden.as_slice(), settings.lr),
            ("gaussian:3", &[9, 5][..], 0.01)
        );
        std::fs::write(&path, "laten = 3\n").unwrap();
        assert!(args.resolve(Some(&path)).unwrap_err().to_string().contains("laten"));
    }

    #[test]
    fn impossible_settings_are_named() {
        let settings = |change: fn(&mut Settings)| {
            let mut settings = Settings::default();
            change(&mut settings);
            let architecture = settings.architecture(4).map(|_| ());
            architecture.and(settings.fit_config().map(|_| ())).unwrap_err().to_string()
        };
        assert!(settings(|s| s.latent = "gaussian:0".into()).starts_with("--latent gaussian:0"));
        assert!(settings(|s| s.latent = "gauss".into()).contains("gaussian:D"));
        assert!(settings(|s| s.hidden = vec![4, 0]).starts_with("--hidden 4,0"));
        assert!(settings(|s| s.hidden = vec![4; 9]).contains("at most 6"));
        assert!(settings(|s| s.activation = "gelu".into()).contains("choose tanh"));
        assert!(settings(|s| s.likelihood = "normal".into()).contains("choose gaussian"));
        assert!(settings(|s| s.objective = "iwae:0".into()).contains("K at least 1"));
        assert!(settings(|s| (s.epochs, s.warmup) = (5, 5)).contains("shorter than --epochs"));
        assert!(settings(|s| (s.objective, s.warmup) = ("iwae:2".into(), 1)).contains("--objective elbo"));
        for latent in ["vmf:1", "vmf:4,kappa=-1", "vmf:4,kappa=nan", "vmf:4,kappa=inf", "vmf:4,kappa=10001"] {
            let mut sphere = Settings { latent: latent.into(), ..Settings::default() };
            let error = sphere.architecture(4).unwrap_err().to_string();
            assert!(error.starts_with(&format!("--latent {latent}")) && error.contains("vmf:D"), "{error}");
            sphere.latent = "vmf:2,kappa=0".into();
            assert!(sphere.architecture(4).is_ok());
        }
        assert!(settings(|s| s.lr = f32::NAN).starts_with("--lr"));
        assert!(settings(|s| s.valid = 1.0).starts_with("--valid"));
    }
}
