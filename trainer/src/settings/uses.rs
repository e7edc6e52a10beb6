//! Whether flags say anything of the model that is fitted.

use super::Settings;
use elbow_host::Error;

/// Flags that say something of a network alone.
const OF_NETWORKS: [&str; 30] = [
    "latent",
    "objective",
    "weights",
    "start",
    "ensemble",
    "hide",
    "likelihood",
    "activation",
    "prior",
    "hidden",
    "decoder-hidden",
    "epochs",
    "warmup",
    "batch",
    "lr",
    "lr-schedule",
    "patience",
    "clip-norm",
    "weight-decay",
    "beta1",
    "beta2",
    "epsilon",
    "square-start",
    "ema",
    "posterior-norm",
    "input-noise",
    "input-mask",
    "valid-samples",
    "binarize",
    "resolution",
];

/// Refuses flags of a network where the model has none.
pub(super) fn check(given: &toml::Table, settings: &Settings) -> Result<(), Error> {
    if settings.mixture().is_none() {
        return Ok(());
    }
    if !settings.period.is_empty() {
        let problem = format!("--model {} has no angles; fit a network with --model vae", settings.model);
        return Err(Error::argument("period", settings.period.join(","), problem));
    }
    if !settings.categorical.is_empty() {
        let problem = format!(
            "--model {} is of numbers only; leave the columns out with --drop, or fit a network with \
             --model vae",
            settings.model
        );
        return Err(Error::argument("categorical", settings.categorical.join(","), problem));
    }
    let is_given = |name: &&&str| given.contains_key(**name);
    match OF_NETWORKS.iter().find(is_given) {
        Some(name) => {
            let value = match &given[*name] {
                // as it was written in 32 bits
                toml::Value::Float(number) => (*number as f32).to_string(),
                other => other.to_string(),
            };
            let problem = format!("--model {} has no network; leave it out", settings.model);
            Err(Error::argument(name, value.trim_matches('"'), problem))
        }
        None => Ok(()),
    }
}
