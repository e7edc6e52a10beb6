//! The shape of a model as data: what a file's metadata says and what the trainer works with.
//!
//! On the device the shape is a type (`Vae<…>`); on the host it is an [`Architecture`]. Both are reduced to
//! the same [`fingerprint`](Architecture::fingerprint), which is how a model file is matched to the type that
//! reads it.

mod columns;
mod features;
mod hash;
mod kinds;
mod latent;
mod likelihood;
mod visit;
mod walk;

pub use crate::kind::{Activation, MAX_WIDTH, TABLE_CELLS};
pub use columns::Columns;
pub use features::FeaturesKind;
pub use kinds::{Hidden, WeightKind};
pub use latent::{ConcentrationKind, LatentKind};
pub use likelihood::LikelihoodKind;
pub use visit::{Number, Operation, Section, Visit, Word, Work, role};

use heapless::Vec;
use serde::{Deserialize, Serialize};

/// Most hidden layers that an encoder or a decoder may have.
pub const MAX_LAYERS: usize = 6;

/// The run-time description of a model's shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Architecture {
    /// numbers in a frame
    pub features: u32,
    /// what is done to them first
    pub preprocessing: FeaturesKind,
    /// hidden layers from the frame to the posterior's head
    pub encoder: Vec<Hidden, MAX_LAYERS>,
    /// the posterior and its prior
    pub latent: LatentKind,
    /// hidden layers from the latent to the likelihood's head
    pub decoder: Vec<Hidden, MAX_LAYERS>,
    /// the likelihood
    pub likelihood: LikelihoodKind,
    /// what the weights are; a file says it in a field of its own
    #[serde(skip)]
    pub weights: WeightKind,
}

impl Architecture {
    /// Latent coordinates; of a mixture its components.
    pub fn latent_dims(&self) -> u32 {
        self.latent.dims()
    }

    /// Numbers that the network reads of a frame.
    pub fn input_width(&self) -> u32 {
        self.likelihood.columns().inputs(self.features)
    }

    /// Numbers that each layer under the likelihood gives for a frame.
    pub fn output_width(&self) -> u32 {
        self.likelihood.columns().outputs(self.features)
    }

    /// Width of the encoder's last hidden vector: what the head reads.
    pub fn encoder_width(&self) -> u32 {
        self.encoder.last().map_or(self.input_width(), |layer| layer.width)
    }

    /// Width of the decoder's last hidden vector: what the likelihood reads.
    pub fn decoder_width(&self) -> u32 {
        self.decoder.last().map_or(self.latent_dims(), |layer| layer.width)
    }

    /// Whether every size is at least 1 and within what a file can hold, and the parts fit each other.
    pub fn is_sound(&self) -> bool {
        let widths = self.encoder.iter().chain(&self.decoder).map(|layer| layer.width);
        let sizes_are = widths
            .chain([self.features, self.input_width(), self.output_width(), self.latent_dims()])
            .all(|size| (1..=MAX_WIDTH).contains(&size));
        let has_none = self.encoder.is_empty() && self.decoder.is_empty();
        let is_mixture = matches!(self.latent, LatentKind::Component { .. });
        let has_no_network = has_none
            && (self.likelihood, self.weights) == (LikelihoodKind::Gaussian, WeightKind::F32)
            && self.preprocessing.is_linear();
        let has_hidden = !self.encoder.is_empty() && !self.decoder.is_empty();
        // integers are what hidden layers hand on
        sizes_are
            && self.likelihood.takes(self.preprocessing)
            && self.latent.is_sound()
            && (has_no_network || !is_mixture)
            && (has_hidden || self.weights != WeightKind::Int8x8)
    }
}

#[cfg(test)]
mod tests;
