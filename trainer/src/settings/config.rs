//! From settings to the numbers of a fit, each in its range.

use elbow::architecture::LatentKind;

use super::Settings;
use super::words::{MOST_SAMPLES, Raised};
use crate::adam::AdamConfig;
use crate::error::Error;
use crate::fit::{FitConfig, Schedule};
use crate::objective::Objective;

impl Settings {
    /// How to fit.
    ///
    /// # Errors
    /// [`Argument`](elbow_host::Error::Argument) for a number out of range.
    pub fn fit_config(&self) -> Result<FitConfig, Error> {
        let Raised { objective, samples } = *self.objective;
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
            ("hide", self.hide),
        ] {
            in_range((0.0..1.0).contains(&fraction), name, &fraction, "from 0 to below 1")?;
        }
        for unit in &self.resolution {
            in_range(*unit > 0.0 && unit.is_finite(), "resolution", unit, "a positive number")?;
        }
        for (name, size) in [
            ("square-start", self.square_start),
            ("input-noise", self.input_noise),
            ("posterior-norm", self.posterior_norm),
        ] {
            in_range(size >= 0.0 && size.is_finite(), name, &size, "0 or a positive number")?;
        }
        in_range(
            self.posterior_norm == 0.0 || matches!(self.latent()?, LatentKind::Gaussian { .. }),
            "posterior-norm",
            &self.posterior_norm,
            "only for --latent gaussian with --prior normal: no other posterior has a mean that could \
             collapse",
        )?;
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
        let rate = self.false_alarm.unwrap_or(0.5);
        in_range(rate > 0.0 && rate < 1.0, "false-alarm", &rate, "between 0 and 1, such as 0.01")?;
        let some = (1..=MOST_SAMPLES as u32).contains(&self.valid_samples);
        in_range(some, "valid-samples", &self.valid_samples, "from 1 to 100000")?;
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
            posterior_spread: self.posterior_norm,
            patience: self.patience,
            seed: self.seed,
        })
    }
}
