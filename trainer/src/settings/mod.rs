//! Everything that decides what a fit gives: on the command line, in a TOML file, or by default.

mod args;
mod parse;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use elbow::architecture::{
    Activation, Architecture, FeaturesKind, LatentKind, LikelihoodKind, MAX_WIDTH, WeightKind,
};
use serde::{Deserialize, Serialize};

use crate::adam::AdamConfig;
use crate::binarize::Binarize;
use crate::data::LoadOptions;
use crate::error::Error;
use crate::fit::{FitConfig, Schedule};
use crate::mixture::Recipe;
use crate::objective::Objective;
use crate::preprocess::{DEFAULT_CLIP, Preprocessing};
pub use args::SettingsArgs;
pub use parse::activation;
pub(crate) use parse::weights;
use parse::{Model, hidden, latent, model, objective};

/// The settings of a fit. As TOML it is complete: the same file and data give the same model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the flags of the same names say it")]
pub struct Settings {
    pub model: String,
    pub latent: String,
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
    pub input_noise: f32,
    pub input_mask: f32,
    pub resolution: Vec<f32>,
    pub valid: f64,
    pub valid_samples: u32,
    pub seed: u64,
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
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            model: "vae".into(),
            latent: "gaussian:8".into(),
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
            input_noise: 0.0,
            input_mask: 0.0,
            resolution: Vec::new(),
            valid: 0.1,
            valid_samples: 16,
            seed: 0,
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
            (FeaturesKind::Binary, "log" | "common") => {
                Err(Error::argument("scaling", &self.scaling, "bits have no scale; leave it out"))
            }
            (plain, "common") => Ok(plain),
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

    /// The latent; that of an autoencoder is a point.
    fn latent(&self) -> Result<LatentKind, Error> {
        match (model(&self.model)?, latent(&self.latent)?) {
            (Model::Autoencoder, LatentKind::Gaussian { dim } | LatentKind::Point { dim, .. }) => {
                Ok(LatentKind::Point { dim, activation: Activation::Identity })
            }
            (Model::Autoencoder, _) => {
                Err(Error::argument("latent", &self.latent, "an autoencoder's is a point; give point:D"))
            }
            (_, latent) => Ok(latent),
        }
    }

    /// The objective and its samples per row.
    ///
    /// # Errors
    /// [`Error::Argument`] for a name or a number that is none.
    pub fn objective(&self) -> Result<(Objective, usize), Error> {
        objective(&self.objective)
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
            self.warmup == 0 || matches!(objective, Objective::Elbo { .. }),
            "warmup",
            &self.warmup,
            "only for --objective elbo: an importance-weighted bound has no divergence to weigh",
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
        for (name, fraction) in [
            ("weight-decay", self.weight_decay),
            ("beta1", self.beta1),
            ("beta2", self.beta2),
            ("ema", self.ema),
            ("input-mask", self.input_mask),
        ] {
            in_range((0.0..1.0).contains(&fraction), name, &fraction, "from 0 to below 1")?;
        }
        for unit in &self.resolution {
            in_range(*unit > 0.0 && unit.is_finite(), "resolution", unit, "a positive number")?;
        }
        for (name, size) in [("square-start", self.square_start), ("input-noise", self.input_noise)] {
            in_range(size >= 0.0 && size.is_finite(), name, &size, "0 or a positive number")?;
        }
        in_range(
            self.epsilon > 0.0 && self.epsilon.is_finite(),
            "epsilon",
            &self.epsilon,
            "a positive number, such as 1e-8",
        )?;
        if let Schedule::Cosine { warmup } = self.lr_schedule {
            in_range(
                warmup < self.epochs,
                "lr-schedule",
                &self.lr_schedule,
                "its rise is shorter than --epochs",
            )?;
        }
        in_range(self.valid > 0.0 && self.valid < 1.0, "valid", &self.valid, "between 0 and 1, such as 0.1")?;
        in_range(self.valid_samples >= 1, "valid-samples", &self.valid_samples, "at least 1")?;
        Ok(FitConfig {
            objective,
            samples,
            epochs: self.epochs,
            warmup: self.warmup,
            batch: self.batch,
            learning_rate: self.lr,
            schedule: self.lr_schedule.clone(),
            adam: AdamConfig {
                beta1: self.beta1,
                beta2: self.beta2,
                epsilon: self.epsilon,
                square_start: self.square_start,
                weight_decay: self.weight_decay,
            },
            clip_norm: self.clip_norm,
            average: self.ema,
            patience: self.patience,
            seed: self.seed,
        })
    }
}
