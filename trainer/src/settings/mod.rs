//! Everything that decides what a fit gives: on the command line, in a TOML file, or by default.

mod args;
mod config;
mod parse;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use elbow::architecture::{
    Activation, Architecture, FeaturesKind, LatentKind, LikelihoodKind, MAX_WIDTH, WeightKind,
};
use elbow::features::block;
use serde::{Deserialize, Serialize};

use crate::binarize::Binarize;
use crate::error::Error;
use crate::fit::Schedule;
use crate::mixture::Recipe;
use crate::preprocess::{DEFAULT_CLIP, Preprocessing};
use crate::support::is_whole;
pub use args::SettingsArgs;
use elbow_host::data::{Categorical, LoadOptions};
pub use parse::activation;
pub use parse::weights;
use parse::{Model, hidden, latent, model, prior};

/// The settings of a fit. As TOML it is complete: the same file and data give the same model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the flags of the same names say it")]
pub struct Settings {
    pub model: String,
    pub latent: String,
    pub prior: String,
    pub hidden: Vec<u32>,
    pub decoder_hidden: Option<Vec<u32>>,
    pub activation: String,
    pub likelihood: String,
    pub weights: String,
    pub objective: String,
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
    pub resolution: Vec<f32>,
    pub valid: f64,
    pub valid_samples: u32,
    pub seed: u64,
    pub ensemble: u32,
    pub start: Option<PathBuf>,
    pub clip: f32,
    pub scaling: String,
    pub binarize: Binarize,
    pub window: usize,
    pub hop: Option<usize>,
    pub labels: Option<String>,
    pub normal: Option<String>,
    pub columns: Option<Vec<String>>,
    pub drop: Vec<String>,
    pub categorical: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            model: "vae".into(),
            latent: "gaussian:8".into(),
            prior: "normal".into(),
            hidden: vec![64, 32],
            decoder_hidden: None,
            activation: "tanh".into(),
            likelihood: "gaussian".into(),
            weights: "f32".into(),
            objective: "elbo".into(),
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
            resolution: Vec::new(),
            valid: 0.1,
            valid_samples: 16,
            seed: 0,
            ensemble: 1,
            start: None,
            clip: DEFAULT_CLIP,
            scaling: "standard".into(),
            binarize: Binarize::None,
            window: 1,
            hop: None,
            labels: None,
            normal: None,
            columns: None,
            drop: Vec::new(),
            categorical: Vec::new(),
        }
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
            categorical: self.categorical.iter().map(|column| learned(column)).collect(),
            window: self.window,
            hop: self.hop,
            normal: self.normal.clone(),
            whole: self.likelihood().is_ok_and(|likelihood| is_whole(likelihood, self.binarize)),
        }
    }

    /// The likelihood, of numbers beside categories that of the numbers.
    ///
    /// # Errors
    /// [`Error::Argument`] for a name that is none.
    pub fn likelihood(&self) -> Result<LikelihoodKind, Error> {
        match self.likelihood.as_str() {
            "gaussian" => Ok(LikelihoodKind::Gaussian),
            "gaussian-per-output" => Ok(LikelihoodKind::GaussianPerOutput),
            "bernoulli" => Ok(LikelihoodKind::Bernoulli),
            "student-t" => Ok(LikelihoodKind::StudentT),
            "discretized-logistic" => Ok(LikelihoodKind::DiscretizedLogistic),
            other => match other.strip_prefix("beta-binomial:").map(str::parse) {
                Some(Ok(most @ 1..)) => Ok(LikelihoodKind::BetaBinomial { most }),
                Some(_) => Err(Error::argument("likelihood", other, "give a largest count N from 1 to 255")),
                None => {
                    let problem = "choose gaussian, gaussian-per-output, student-t, bernoulli, discretized-logistic or beta-binomial:N";
                    Err(Error::argument("likelihood", other, problem))
                }
            },
        }
    }

    /// What the weights of the exported model are.
    ///
    /// # Errors
    /// [`Error::Argument`] for a name that is none.
    pub fn weights(&self) -> Result<WeightKind, Error> {
        weights(&self.weights)
    }

    /// What is done to raw frames.
    ///
    /// # Errors
    /// [`Error::Argument`] for a name that is none.
    pub fn preprocessing(&self) -> Result<FeaturesKind, Error> {
        match (FeaturesKind::plain(self.likelihood()?), self.scaling.as_str()) {
            (plain, "standard") => Ok(plain),
            (FeaturesKind::Binary | FeaturesKind::Counts { .. }, "log" | "common") => {
                Err(Error::argument("scaling", &self.scaling, "bits and counts have no scale; leave it out"))
            }
            (plain, "common") => Ok(plain),
            (FeaturesKind::Integers, "log") => Err(Error::argument(
                "scaling",
                &self.scaling,
                "integers are not taken in logarithms; leave it out",
            )),
            (_, "log") => Ok(FeaturesKind::LogStandardize),
            (_, other) => Err(Error::argument("scaling", other, "choose standard, common or log")),
        }
    }

    /// What is done to raw frames, fitted to rows of `dims` numbers.
    ///
    /// # Errors
    /// As [`preprocessing`](Self::preprocessing).
    pub fn fit_preprocessing(&self, values: &[f32], dims: usize) -> Result<Preprocessing, Error> {
        let fitted = Preprocessing::fit(self.preprocessing()?, values, dims, self.clip);
        Ok(if self.scaling == "common" { fitted.with_common_scale(values) } else { fitted })
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
            latent: self.latent()?,
            decoder: hidden("decoder-hidden", &decoder, activation)?,
            likelihood: self.likelihood()?,
            weights: WeightKind::F32,
        };
        if architecture.is_sound() {
            Ok(architecture)
        } else {
            Err(Error::argument("columns", features, format!("a frame has 1 to {MAX_WIDTH} numbers")))
        }
    }

    /// As [`architecture`](Self::architecture), for frames of which some numbers are categories with so many values.
    ///
    /// # Errors
    /// As there.
    pub fn architecture_of(&self, features: usize, levels: &[u16]) -> Result<Architecture, Error> {
        let numbers = self.architecture(features)?;
        if levels.is_empty() {
            return Ok(numbers);
        }
        let columns = self.categorical.join(",");
        if numbers.likelihood != LikelihoodKind::Gaussian {
            let problem = "numbers beside categories are normal; give --likelihood gaussian";
            return Err(Error::argument("categorical", columns, problem));
        }
        let outputs = levels.iter().map(|levels| block(*levels)).sum::<usize>();
        let likelihood =
            LikelihoodKind::GaussianCategorical { outputs: u32::try_from(outputs).unwrap_or(u32::MAX) };
        let architecture = Architecture { likelihood, ..numbers };
        if architecture.is_sound() {
            Ok(architecture)
        } else {
            let problem = format!("numbers and values of categories are {MAX_WIDTH} at most");
            Err(Error::argument("categorical", columns, problem))
        }
    }

    /// The mixture to fit, where the model is one.
    ///
    /// # Errors
    /// [`Error::Argument`] for a name that is none.
    pub fn mixture(&self) -> Result<Option<Recipe>, Error> {
        match model(&self.model)? {
            Model::Mixture(recipe) => Ok(Some(recipe)),
            Model::Autoencoder | Model::Vae => Ok(None),
        }
    }

    /// The latent with its prior; that of an autoencoder is a point.
    fn latent(&self) -> Result<LatentKind, Error> {
        match (model(&self.model)?, latent(&self.latent)?) {
            (Model::Vae, LatentKind::Gaussian { dim }) => Ok(match prior(&self.prior)? {
                Some(components) => LatentKind::GaussianMixture { dim, components },
                None => LatentKind::Gaussian { dim },
            }),
            _ if prior(&self.prior)?.is_some() => {
                Err(Error::argument("prior", &self.prior, "only for --latent gaussian:D; leave it out"))
            }
            (Model::Autoencoder, LatentKind::Gaussian { dim } | LatentKind::Point { dim, .. }) => {
                Ok(LatentKind::Point { dim, activation: Activation::Identity })
            }
            (Model::Autoencoder, _) => {
                Err(Error::argument("latent", &self.latent, "an autoencoder's is a point; give point:D"))
            }
            (_, latent) => Ok(latent),
        }
    }
}

/// A category whose values the data have.
fn learned(column: &str) -> Categorical {
    Categorical { column: column.to_string(), words: None }
}
