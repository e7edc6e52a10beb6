//! From a shape as data to its hash.

use super::{
    Activation, Architecture, ConcentrationKind, FeaturesKind, Hidden, LatentKind, LikelihoodKind,
    TABLE_CELLS, WeightKind,
};
use crate::fingerprint::{Part, START, dense, fold, of};

impl Architecture {
    /// The hash of the shape: equal to that of the type written beside the model file.
    pub fn fingerprint(&self) -> u32 {
        let features = self.features();
        if let LatentKind::Component { gaussians, kernels } = self.latent {
            return of(&[Part::Mixture as u32, features, self.components(gaussians, kernels)]);
        }
        let encoder = self.chain(self.frame_width(), &self.encoder);
        let encoder = match self.likelihood {
            LikelihoodKind::GaussianCategorical { .. } => of(&[Part::OneHot as u32, self.features, encoder]),
            _ => encoder,
        };
        let decoder = self.chain(self.latent_dims(), &self.decoder);
        of(&[Part::Vae as u32, features, encoder, self.head(), decoder, self.likelihood()])
    }

    /// The hash of the preprocessing.
    fn features(&self) -> u32 {
        let part = match self.preprocessing {
            FeaturesKind::Binary => Part::Binary,
            FeaturesKind::Standardize => Part::Standardize,
            FeaturesKind::LogStandardize => Part::LogStandardize,
            FeaturesKind::Integers => Part::Integers,
            FeaturesKind::Counts { .. } => Part::Counts,
        };
        let features = of(&[part as u32, self.features]);
        match self.likelihood {
            LikelihoodKind::GaussianCategorical { .. } => of(&[Part::Categories as u32, features]),
            _ => features,
        }
    }

    /// The hash of the posterior.
    fn head(&self) -> u32 {
        let width = self.encoder_width();
        let linear = |outputs| self.last(width, outputs, Activation::Identity);
        let head = linear(self.latent_dims());
        match self.latent {
            LatentKind::Gaussian { .. } => of(&[Part::GaussianHead as u32, head, head]),
            LatentKind::GaussianMixture { components, .. } => {
                of(&[Part::MixtureHead as u32, head, head, components])
            }
            LatentKind::VonMisesFisher { concentration, .. } => {
                let concentration = match concentration {
                    ConcentrationKind::Learned => of(&[Part::LearnedConcentration as u32, linear(1)]),
                    ConcentrationKind::Fixed { .. } => of(&[Part::FixedConcentration as u32]),
                    ConcentrationKind::Tabled { .. } => {
                        of(&[Part::TabledConcentration as u32, TABLE_CELLS as u32])
                    }
                };
                of(&[Part::VmfHead as u32, head, concentration])
            }
            LatentKind::Point { activation, .. } => {
                of(&[Part::PointHead as u32, self.last(width, self.latent_dims(), activation)])
            }
            LatentKind::Component { gaussians, kernels } => self.components(gaussians, kernels),
        }
    }

    /// The hash of the likelihood.
    fn likelihood(&self) -> u32 {
        let output = self.last(self.decoder_width(), self.frame_width(), Activation::Identity);
        match self.likelihood {
            LikelihoodKind::Bernoulli => of(&[Part::Bernoulli as u32, output]),
            LikelihoodKind::Gaussian => of(&[Part::Gaussian as u32, output]),
            LikelihoodKind::GaussianPerOutput => of(&[Part::GaussianPerOutput as u32, output, output]),
            LikelihoodKind::DiscretizedLogistic => of(&[Part::DiscretizedLogistic as u32, output, output]),
            LikelihoodKind::StudentT => of(&[Part::StudentT as u32, output, output]),
            LikelihoodKind::BetaBinomial { .. } => of(&[Part::BetaBinomial as u32, output, output]),
            LikelihoodKind::GaussianCategorical { .. } => {
                of(&[Part::GaussianCategorical as u32, self.features, output])
            }
        }
    }

    /// The hash of a mixture's components.
    fn components(&self, gaussians: u32, kernels: u32) -> u32 {
        let gaussian = of(&[Part::Gaussians as u32, self.features, gaussians]);
        let kernel = of(&[Part::Kernels as u32, self.features, kernels]);
        match (gaussians, kernels) {
            (_, 0) => gaussian,
            (0, _) => kernel,
            _ => of(&[Part::Chain as u32, gaussian, kernel]),
        }
    }

    /// The hash of hidden layers, one after another.
    fn chain(&self, mut inputs: u32, layers: &[Hidden]) -> u32 {
        let quantized = self.weights == WeightKind::Int8x8;
        if layers.is_empty() && !quantized {
            return of(&[Part::PassThrough as u32, inputs]);
        }
        let mut hash = fold(START, Part::Chain as u32);
        if quantized {
            hash = fold(hash, of(&[Part::Quantize as u32, inputs]));
        }
        for (i, layer) in layers.iter().enumerate() {
            let (part, activation) = match self.weights {
                WeightKind::F32 => (Part::Dense, layer.activation),
                WeightKind::Int8 => (Part::DenseInt8, layer.activation),
                WeightKind::Int8x8 if i == 0 => (Part::DenseInt8x16, Activation::Identity),
                WeightKind::Int8x8 => (Part::DenseInt8x8, Activation::Identity),
            };
            hash = fold(hash, dense(part, inputs, layer.width, activation));
            inputs = layer.width;
        }
        hash
    }

    /// The hash of a layer that ends a chain of hidden layers.
    fn last(&self, inputs: u32, outputs: u32, activation: Activation) -> u32 {
        let part = match self.weights {
            WeightKind::F32 => Part::Dense,
            WeightKind::Int8 => Part::DenseInt8,
            WeightKind::Int8x8 => Part::LinearInt8x8,
        };
        dense(part, inputs, outputs, activation)
    }
}
