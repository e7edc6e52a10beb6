//! Everything that decides what a fit gives: on the command line, in a TOML file, or by default.

mod args;
mod columns;
mod config;
mod flags;
mod reading;
#[cfg(test)]
mod tests;
mod uses;
mod words;

use std::path::PathBuf;

use elbow::architecture::{
    Activation, Architecture, FeaturesKind, LatentKind, LikelihoodKind, MAX_WIDTH, WeightKind,
};
use serde::{Deserialize, Serialize};

use crate::binarize::Binarize;
use crate::error::Error;
use crate::fit::Schedule;
use crate::latent::PriorKind;
use crate::mixture::Recipe;
use crate::objective::Objective;
use crate::preprocess::{DEFAULT_CLIP, Preprocessing};
use crate::spelled::Spelled;
pub use args::SettingsArgs;
use elbow_reader::{Gap, Instant, Memory, Missing, RowRange};
pub use flags::sentence;
pub use reading::ReadingArgs;
use words::hidden;
pub use words::{Model, Raised, Scaling};

/// The settings of a fit. As TOML it is complete: the same file and data give the same model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the flags of the same names say it")]
pub struct Settings {
    pub model: Spelled<Model>,
    pub latent: Spelled<LatentKind>,
    pub prior: Spelled<PriorKind>,
    pub hidden: Vec<u32>,
    pub decoder_hidden: Option<Vec<u32>>,
    pub activation: Spelled<Activation>,
    pub likelihood: Spelled<LikelihoodKind>,
    pub weights: Spelled<WeightKind>,
    pub objective: Spelled<Raised>,
    pub epochs: u32,
    pub warmup: u32,
    pub batch: usize,
    pub lr: f32,
    pub lr_schedule: Schedule,
    pub patience: u32,
    pub clip_norm: f32,
    pub weight_decay: f32,
    pub beta1: f32,
    pub beta2: f32,
    pub epsilon: f32,
    pub square_start: f32,
    pub ema: f32,
    pub posterior_norm: f32,
    pub input_noise: f32,
    pub input_mask: f32,
    pub hide: f32,
    pub resolution: Vec<f32>,
    pub valid: f64,
    pub valid_samples: u32,
    pub false_alarm: Option<f64>,
    pub seed: u64,
    pub ensemble: u32,
    pub start: Option<PathBuf>,
    pub clip: f32,
    pub scaling: Spelled<Scaling>,
    pub binarize: Binarize,
    pub window: usize,
    pub hop: Option<usize>,
    pub labels: Option<String>,
    #[serde(deserialize_with = "words::one_or_many")]
    pub normal: Vec<String>,
    pub columns: Option<Vec<String>>,
    pub drop: Vec<String>,
    pub categorical: Vec<String>,
    #[serde(deserialize_with = "words::one_or_many")]
    pub period: Vec<String>,
    pub all_columns: bool,
    pub delimiter: Option<String>,
    pub decimal: Option<String>,
    pub no_header: bool,
    pub missing: Missing,
    pub skip_broken: bool,
    pub key: Option<String>,
    pub time: Option<String>,
    pub gap: Option<Gap>,
    pub rows: Option<RowRange>,
    pub until: Option<Instant>,
    pub max_memory: Option<Memory>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            model: Spelled::new("vae", Model::Vae),
            latent: Spelled::new("gaussian:8", LatentKind::Gaussian { dim: 8 }),
            prior: Spelled::new("normal", PriorKind::Known),
            hidden: vec![64, 32],
            decoder_hidden: None,
            activation: Spelled::new("tanh", Activation::Tanh),
            likelihood: Spelled::new("gaussian", LikelihoodKind::Gaussian),
            weights: Spelled::new("f32", WeightKind::F32),
            objective: Spelled::new("elbo", Raised { objective: Objective::ELBO, samples: 1 }),
            epochs: 300,
            warmup: 0,
            batch: 64,
            lr: 1e-3,
            lr_schedule: Schedule::Constant,
            patience: 30,
            clip_norm: 100.0,
            weight_decay: 0.0,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            square_start: 0.0,
            ema: 0.0,
            posterior_norm: 0.0,
            input_noise: 0.0,
            input_mask: 0.0,
            hide: 0.0,
            resolution: Vec::new(),
            valid: 0.1,
            valid_samples: 16,
            false_alarm: None,
            seed: 0,
            ensemble: 1,
            start: None,
            clip: DEFAULT_CLIP,
            scaling: Spelled::new("standard", Scaling::Standard),
            binarize: Binarize::None,
            window: 1,
            hop: None,
            labels: None,
            normal: Vec::new(),
            columns: None,
            drop: Vec::new(),
            categorical: Vec::new(),
            period: Vec::new(),
            all_columns: false,
            delimiter: None,
            decimal: None,
            no_header: false,
            missing: Missing::Refuse,
            skip_broken: false,
            key: None,
            time: None,
            gap: None,
            rows: None,
            until: None,
            max_memory: None,
        }
    }
}

/// The window of settings that leave it to the data, until it is found.
pub const AUTO_WINDOW: usize = u32::MAX as usize;

/// A number of rows, or `auto`.
fn window(text: &str) -> Result<u32, String> {
    match text {
        "auto" => Ok(u32::MAX),
        _ => match text.parse() {
            Ok(rows) if rows < u32::MAX => Ok(rows),
            _ => Err("give a number of rows, or auto".into()),
        },
    }
}

impl Settings {
    /// As TOML.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }

    /// What is done to raw frames.
    ///
    /// # Errors
    /// [`elbow_host::Error::Argument`] for a scaling that the likelihood's numbers do not have.
    pub fn preprocessing(&self) -> Result<FeaturesKind, Error> {
        let wrong = |problem: &str| Err(Error::argument("scaling", &self.scaling, problem));
        match (FeaturesKind::plain(*self.likelihood), *self.scaling) {
            (plain, Scaling::Standard) => Ok(plain),
            (FeaturesKind::Binary | FeaturesKind::Counts { .. }, _) => {
                wrong("bits and counts have no scale; leave it out")
            }
            (plain, Scaling::Common) => Ok(plain),
            (FeaturesKind::Integers, Scaling::Log) => {
                wrong("integers are not taken in logarithms; leave it out")
            }
            (_, Scaling::Log) => Ok(FeaturesKind::LogStandardize),
        }
    }

    /// What is done to raw frames, fitted to rows of `dims` numbers.
    ///
    /// # Errors
    /// As [`preprocessing`](Self::preprocessing).
    pub fn fit_preprocessing(&self, values: &[f32], dims: usize) -> Result<Preprocessing, Error> {
        let fitted = Preprocessing::fit(self.preprocessing()?, values, dims, self.clip);
        Ok(if *self.scaling == Scaling::Common { fitted.with_common_scale(values) } else { fitted })
    }

    /// The shape of the model for frames of `features` numbers.
    ///
    /// # Errors
    /// [`Argument`](elbow_host::Error::Argument) for a shape that cannot be.
    pub fn architecture(&self, features: usize) -> Result<Architecture, Error> {
        let mirrored = || self.hidden.iter().rev().copied().collect();
        let decoder = self.decoder_hidden.clone().unwrap_or_else(mirrored);
        let architecture = Architecture {
            features: u32::try_from(features).unwrap_or(u32::MAX),
            preprocessing: self.preprocessing()?,
            encoder: hidden("hidden", &self.hidden, *self.activation)?,
            latent: self.latent()?,
            decoder: hidden("decoder-hidden", &decoder, *self.activation)?,
            likelihood: *self.likelihood,
            weights: WeightKind::F32,
        };
        if architecture.is_sound() {
            Ok(architecture)
        } else {
            Err(Error::argument("columns", features, format!("a frame has 1 to {MAX_WIDTH} numbers")))
        }
    }

    /// The mixture to fit, where the model is one.
    pub fn mixture(&self) -> Option<Recipe> {
        match *self.model {
            Model::Mixture(recipe) => Some(recipe),
            Model::Autoencoder | Model::Vae => None,
        }
    }

    /// The latent with its prior; that of an autoencoder is a point.
    fn latent(&self) -> Result<LatentKind, Error> {
        let only_gaussian =
            || Error::argument("prior", &self.prior, "only for --latent gaussian:D; leave it out");
        match (*self.model, *self.latent) {
            (Model::Vae, latent) => self.prior.under(latent).ok_or_else(only_gaussian),
            _ if self.prior.is_learned() => Err(only_gaussian()),
            (Model::Autoencoder, LatentKind::Gaussian { dim } | LatentKind::Point { dim, .. }) => {
                Ok(LatentKind::Point { dim, activation: Activation::Identity })
            }
            (Model::Autoencoder, _) => {
                Err(Error::argument("latent", &self.latent, "an autoencoder's is a point; give point:D"))
            }
            (Model::Mixture(_), latent) => Ok(latent),
        }
    }
}
