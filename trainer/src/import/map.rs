//! What is said of weights that they do not say themselves: `--map`.

use std::collections::BTreeMap;
use std::path::Path;

use elbow::architecture::Activation;
use serde::Deserialize;

use crate::error::Error;
use crate::spelled::Spelled;

/// Roles of layers by their names; what is not said is found by names and shapes.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Map {
    /// hidden layers from the frame to the latent, in order
    pub encoder: Vec<String>,
    /// hidden layers from the latent to the frame, in order
    pub decoder: Vec<String>,
    /// of an autoencoder the layer that gives the latent
    pub latent: Option<String>,
    /// the posterior's mean
    pub mean: Option<String>,
    /// the logarithm of its variance
    pub log_variance: Option<String>,
    /// or that of its standard deviation
    pub log_scale: Option<String>,
    /// the mean of a frame
    pub output: Option<String>,
    /// the logarithm of its variance
    pub output_log_variance: Option<String>,
    /// or that of its standard deviation
    pub output_log_scale: Option<String>,
    /// what follows a layer, where it is not what `--activation` says
    pub activations: BTreeMap<String, Spelled<Activation>>,
    /// batch norms, each with the layer that it follows
    pub norms: BTreeMap<String, String>,
    /// batch norms that follow the activation, not the layer
    pub after_activation: Vec<String>,
    /// batch norms, each with the layer that reads it
    pub before: BTreeMap<String, String>,
    /// arrays with which frames are standardised
    pub standardize: Option<StandardizeBy>,
    /// arrays that are no part of the network
    pub ignore: Vec<String>,
}

/// `(x − loc)/scale`, by the arrays of these names.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandardizeBy {
    /// means
    pub loc: String,
    /// standard deviations
    pub scale: String,
}

impl Map {
    /// Reads a map as TOML.
    ///
    /// # Errors
    /// Where it cannot be read, or says what no map says.
    pub fn read(path: &Path) -> Result<Map, Error> {
        let text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
        toml::from_str(&text)
            .map_err(|error| Error::Config { path: path.to_path_buf(), problem: error.to_string() })
    }

    /// Every name of a layer that it has.
    pub(super) fn layers(&self) -> impl Iterator<Item = &String> {
        let single = [
            &self.latent,
            &self.mean,
            &self.log_variance,
            &self.log_scale,
            &self.output,
            &self.output_log_variance,
            &self.output_log_scale,
        ];
        let hidden = self.encoder.iter().chain(&self.decoder);
        hidden
            .chain(single.into_iter().flatten())
            .chain(self.activations.keys())
            .chain(self.norms.values())
            .chain(self.before.values())
    }

    /// Every name of a batch norm that it has.
    pub(super) fn batch_norms(&self) -> impl Iterator<Item = &String> {
        self.norms.keys().chain(&self.after_activation).chain(self.before.keys())
    }
}
