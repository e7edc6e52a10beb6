//! The flags of `elbow fit`, and how they, a file and the defaults become settings.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use elbow::architecture::{Activation, LatentKind, LikelihoodKind, WeightKind};
use elbow::ensemble::MAX_MEMBERS;
use elbow_reader::Missing;
use serde::Serialize;

use super::Settings;
use super::reading::ReadingArgs;
use super::uses;
use super::words::{Model, Raised, Scaling};
use crate::binarize::Binarize;
use crate::error::Error;
use crate::fit::Schedule;
use crate::latent::PriorKind;
use crate::likelihood;
use crate::spelled::{Spelled, Word};

/// The flags of `elbow fit` that are settings. What is not given comes from the configuration file, then from
/// [`Settings::default`].
#[derive(Clone, Debug, Default, Serialize, clap::Args)]
#[serde(rename_all = "kebab-case")]
#[command(allow_negative_numbers = true)]
pub struct SettingsArgs {
    /// vae; ae (an autoencoder: the latent is a point); gaussian (one normal distribution); gmm:M (a mixture
    /// of M); gmm:auto (the nearest density: the rows say how many); pca:R (R principal components, the rest
    /// alike); auto (alarms: see --auto) [default: vae]
    #[arg(long, value_name = "NAME")]
    pub(super) model: Option<String>,
    /// Latent family and its dimension: gaussian:D, vmf:D (D coordinates, κ learned), vmf:D,kappa=K (κ fixed)
    /// or vmf:D,kappa=K,table (κ fixed, drawn from a table); point:D makes a plain autoencoder, whose score
    /// is the log likelihood of the reconstruction and not a density [default: gaussian:8]
    #[arg(long, value_name = "FAMILY:D")]
    pub(super) latent: Option<String>,
    /// What the latent is measured against: normal (the standard normal distribution) or gmm:M (a mixture of
    /// M Gaussians, learned with the network; for --latent gaussian:D) [default: normal]
    #[arg(long, value_name = "NAME")]
    pub(super) prior: Option<String>,
    /// Widths of the encoder's hidden layers; the decoder mirrors them.
    /// `none`: no hidden layer [default: 64,32]
    #[arg(long, value_name = "W,W,…", value_parser = widths)]
    pub(super) hidden: Option<Widths>,
    /// Widths of the decoder's hidden layers, where it does not mirror the encoder
    #[arg(long, value_name = "W,W,…", value_parser = widths)]
    pub(super) decoder_hidden: Option<Widths>,
    /// tanh, relu, leaky-relu, elu, silu, sigmoid, softplus or identity [default: tanh]
    #[arg(long, value_name = "NAME")]
    pub(super) activation: Option<String>,
    #[arg(long, value_name = "NAME", help = format!("{} [default: gaussian]", likelihood::WORDS))]
    pub(super) likelihood: Option<String>,
    /// f32, int8 (eight bits, all else in floats) or int8x8 (integers throughout, for cores without an FPU);
    /// rounded after the fit [default: f32]
    #[arg(long, value_name = "TYPE")]
    pub(super) weights: Option<String>,
    /// elbo, elbo:K (K samples a row), elbo:beta=B (the divergence times B), elbo:free=L (L nats of the
    /// divergence of each latent coordinate are not charged) or several as in elbo:K,beta=B,free=L; iwae:K,
    /// or with another gradient for the encoder dreg:K (doubly reparameterised: use it for large K), stl:K
    /// (sticking the landing), rws:K (reweighted wake–sleep) [default: elbo]
    #[arg(long, value_name = "NAME[:K]")]
    pub(super) objective: Option<String>,
    /// Passes over the data, at most [default: 300]
    #[arg(long, value_name = "N")]
    pub(super) epochs: Option<u32>,
    /// Epochs over which the divergence of the ELBO gains its full weight;
    /// they do not count as patience [default: 0]
    #[arg(long, value_name = "EPOCHS")]
    pub(super) warmup: Option<u32>,
    /// Rows in a mini-batch [default: 64]
    #[arg(long, value_name = "B")]
    pub(super) batch: Option<u32>,
    /// Learning rate of Adam [default: 0.001]
    #[arg(long, value_name = "R")]
    pub(super) lr: Option<f32>,
    /// What becomes of the learning rate over the epochs: constant; cosine (falls to 0) or cosine:W (after a
    /// rise over W epochs); iwae (eight stages, each three times as long as the last, down to a tenth);
    /// steps:E=R,… (R from E epochs on) [default: constant]
    #[arg(long, value_name = "SCHEDULE", value_parser = Schedule::from_str)]
    pub(super) lr_schedule: Option<Schedule>,
    /// Epochs without a better validation before stopping [default: 30]
    #[arg(long, value_name = "N")]
    pub(super) patience: Option<u32>,
    /// Longest gradient; a longer one is shortened [default: 100]
    #[arg(long, value_name = "NORM")]
    pub(super) clip_norm: Option<f32>,
    /// Decoupled weight decay [default: 0]
    #[arg(long, value_name = "RATE")]
    pub(super) weight_decay: Option<f32>,
    /// What a step of Adam keeps of the mean gradient [default: 0.9]
    #[arg(long, value_name = "β₁")]
    pub(super) beta1: Option<f32>,
    /// What a step of Adam keeps of the mean squared gradient [default: 0.999]
    #[arg(long, value_name = "β₂")]
    pub(super) beta2: Option<f32>,
    /// Added to the root of the mean squared gradient [default: 1e-8]
    #[arg(long, value_name = "ε")]
    pub(super) epsilon: Option<f32>,
    /// Mean squared gradient before the first step; 1: short steps at first [default: 0]
    #[arg(long, value_name = "V")]
    pub(super) square_start: Option<f32>,
    /// Validate and keep a running mean of the weights, of which each step leaves this part, such as 0.999;
    /// 0: the weights themselves [default: 0]
    #[arg(long, value_name = "DECAY")]
    pub(super) ema: Option<f32>,
    /// Hold the spread over the rows of each coordinate of a Gaussian posterior's mean at this, such as 0.5,
    /// so that the latent does not fall silent; 0: leave it free [default: 0]
    #[arg(long, value_name = "SPREAD")]
    pub(super) posterior_norm: Option<f32>,
    /// Standard deviation of noise on what the encoder sees while fitting [default: 0]
    #[arg(long, value_name = "SD")]
    pub(super) input_noise: Option<f32>,
    /// Probability that a feature is hidden from the encoder while fitting [default: 0]
    #[arg(long, value_name = "P")]
    pub(super) input_mask: Option<f32>,
    /// Part of the numbers that are hidden from encoder and likelihood while fitting, for frames with gaps;
    /// with it --missing is model unless it says otherwise [default: 0]
    #[arg(long, value_name = "P")]
    pub(super) hide: Option<f32>,
    /// One step of the numbers, for all columns or for each, where they come in whole steps: the objective
    /// then bounds the bits that a lossless codec sends for a row, which are told [default: none]
    #[arg(long, value_name = "R,R,…", value_delimiter = ',')]
    pub(super) resolution: Option<Vec<f32>>,
    /// Fraction of the rows held out to choose the best epoch [default: 0.1]
    #[arg(long, value_name = "FRACTION")]
    pub(super) valid: Option<f64>,
    /// Samples of a validation score [default: 16]
    #[arg(long, value_name = "K")]
    pub(super) valid_samples: Option<u32>,
    /// Hold rows back from the fit and set the threshold of alarms by them, below which at most this part of
    /// normal frames lies
    #[arg(long, value_name = "RATE")]
    pub(super) false_alarm: Option<f64>,
    /// Seed of everything random [default: 0]
    // TOML has no larger integers
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub(super) seed: Option<u64>,
    /// Fit so many networks, from this seed and those after it, and write them to
    /// one file: its density is their mean [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MAX_MEMBERS.into()))]
    pub(super) ensemble: Option<u32>,
    /// Begin at the weights and the preprocessing of a fitted model of the same shape, not at random weights:
    /// to go on with other data or another objective
    #[arg(long, value_name = "MODEL.elbow")]
    pub(super) start: Option<PathBuf>,
    /// The encoder sees features clipped to this many standard deviations [default: 8]
    #[arg(long, value_name = "SD")]
    pub(super) clip: Option<f32>,
    /// standard; common (one scale for all columns, where they have one unit, such as
    /// the samples of a waveform); or log: columns that are never negative and skewed
    /// are taken in logarithms first [default: standard]
    #[arg(long, value_name = "NAME")]
    pub(super) scaling: Option<String>,
    /// Make bits of greyscale values, for the Bernoulli likelihood [default: none]
    #[arg(long, value_enum)]
    pub(super) binarize: Option<Binarize>,
    /// Consecutive rows joined to one frame; `auto`: as many as the rows' own period suggests [default: 1]
    #[arg(long, value_name = "ROWS", value_parser = super::window)]
    pub(super) window: Option<u32>,
    /// Rows from one window to the next [default: the window]
    #[arg(long, value_name = "ROWS")]
    pub(super) hop: Option<u32>,
    /// CSV column or .npz array that holds the labels: only normal rows are fitted [default: `label` or `y`]
    #[arg(long, value_name = "COLUMN|KEY")]
    pub(super) labels: Option<String>,
    /// Labels of normal rows [default: 0, false, normal and other words for it]
    #[arg(long, value_name = "LABEL,…", value_delimiter = ',')]
    pub(super) normal: Option<Vec<String>>,
    /// Columns to use, in this order [default: all]
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub(super) columns: Option<Vec<String>>,
    /// Columns to leave out
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub(super) drop: Option<Vec<String>>,
    /// Columns of words, or of numbers that are only names, such as states and
    /// error codes: each value has a probability
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub(super) categorical: Option<Vec<String>>,
    /// Columns that are angles, for --likelihood von-mises, and how long a turn of each is in its unit: 360
    /// where all are, dir=360,hour=24 where some are
    #[arg(long, value_name = "P|NAME=P,…", value_delimiter = ',')]
    pub(super) period: Option<Vec<String>>,
    /// Take every column, also times, counters, names of rows and what looks like labels
    #[arg(long)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) all_columns: bool,
    #[command(flatten)]
    #[serde(flatten)]
    pub(super) reading: ReadingArgs,
}

/// Widths of layers; a type of its own because clap takes a `Vec` for a repeated flag.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub(super) struct Widths(pub(super) Vec<u32>);

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
    /// The same with another model.
    pub fn with_model(self, name: &str) -> Self {
        SettingsArgs { model: Some(name.into()), ..self }
    }

    /// Flags over the configuration file over the defaults.
    ///
    /// # Errors
    /// [`Io`](elbow_host::Error::Io), [`Error::Config`] where the file cannot be read or understood.
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
        self.check_words()?;
        // Deserialised once by itself, so that a mistake is reported with its line.
        toml::from_str::<Settings>(&text).map_err(misread)?;
        let mut table: toml::Table = toml::from_str(&text).map_err(misread)?;
        // Serialisation leaves out what was not given.
        let given = toml::Table::try_from(self).map_err(|error| wrong(error.to_string()))?;
        table.extend(given.clone());
        // From text once more: reading out of a table would be a second reader, and take seconds to compile.
        let mut settings: Settings = toml::from_str(&table.to_string())
            .map_err(|error: toml::de::Error| wrong(error.message().replace('\n', " ")))?;
        uses::check(&given, &settings)?;
        if settings.hide > 0.0 && settings.missing == Missing::Refuse {
            settings.missing = Missing::Model;
        }
        Ok(settings)
    }

    /// Refuses words that stand for nothing.
    fn check_words(&self) -> Result<(), Error> {
        fn check<T: Word>(word: &Option<String>) -> Result<(), Error> {
            word.as_ref().map_or(Ok(()), |text| text.parse::<Spelled<T>>().map(drop))
        }
        check::<Model>(&self.model)?;
        check::<LatentKind>(&self.latent)?;
        check::<PriorKind>(&self.prior)?;
        check::<Activation>(&self.activation)?;
        check::<LikelihoodKind>(&self.likelihood)?;
        check::<WeightKind>(&self.weights)?;
        check::<Raised>(&self.objective)?;
        check::<Scaling>(&self.scaling)
    }
}
