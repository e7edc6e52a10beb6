//! A model file taken apart into its layers, and put together again.

use elbow::LoadError;
use elbow::architecture::{
    Activation, Architecture, ConcentrationKind, FeaturesKind, LatentKind, LikelihoodKind, TABLE_CELLS,
};
use elbow::format::{ModelFile, Sections as Reader};
use elbow::kernel::{TILE, tiles};

use crate::net::layout::Layout;
use crate::preprocess::Preprocessing;
use elbow_host::file::write::Sections;

/// A dense layer with weights `[output][input]`.
#[derive(Clone, Debug)]
pub(crate) struct Dense {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) activation: Activation,
    pub(crate) weights: Vec<f32>,
    pub(crate) bias: Vec<f32>,
}

/// Hidden layers, and the linear ones that read the last of them.
#[derive(Clone, Debug)]
pub(crate) struct Side {
    pub(crate) inputs: usize,
    pub(crate) hidden: Vec<Dense>,
    pub(crate) linear: Vec<Dense>,
}

/// Which half of the model a layer is in, and how many hidden layers stand before it there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) half: Half,
    pub(crate) depth: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Half {
    Encoder,
    Decoder,
}

/// All parameters of a model, in the order of the file.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    kind: FeaturesKind,
    pub(crate) preprocessing: Vec<Vec<f32>>,
    /// how many values each number has; empty where none is a category
    levels: Vec<u16>,
    pub(crate) encoder: Side,
    pub(crate) concentration: Vec<Vec<f32>>,
    pub(crate) decoder: Side,
    pub(crate) scales: Vec<Vec<f32>>,
}

impl Network {
    /// Reads a model of float weights.
    pub(crate) fn read(bytes: &[u8], shape: &Architecture) -> Result<Network, LoadError> {
        let mut sections = ModelFile::parse(bytes)?.sections();
        let (features, latent) = (shape.features as usize, shape.latent_dims() as usize);
        let preprocessing: &[usize] = match shape.preprocessing {
            FeaturesKind::Binary => &[],
            FeaturesKind::Counts { .. } => &[1],
            FeaturesKind::Standardize | FeaturesKind::Integers => &[features, features, 2],
            FeaturesKind::LogStandardize => &[features, features, features, 2],
        };
        let mixture;
        let (heads, concentration): (&[usize], &[usize]) = match shape.latent {
            LatentKind::GaussianMixture { components, .. } => {
                let components = components as usize;
                mixture = [components * latent, components * latent, components];
                (&[latent, latent], &mixture)
            }
            LatentKind::Gaussian { .. } => (&[latent, latent], &[]),
            LatentKind::Point { .. } => (&[latent], &[]),
            LatentKind::Component { .. } => return Err(LoadError::Malformed),
            LatentKind::VonMisesFisher { concentration, .. } => match concentration {
                ConcentrationKind::Learned => (&[latent, 1], &[]),
                ConcentrationKind::Fixed { .. } => (&[latent], &[1]),
                ConcentrationKind::Tabled { .. } => (&[latent], &[1, 2 * (TABLE_CELLS + 1)]),
            },
        };
        let frame = shape.frame_width() as usize;
        let (outputs, scales): (&[usize], &[usize]) = match shape.likelihood {
            LikelihoodKind::Bernoulli => (&[features], &[]),
            LikelihoodKind::Gaussian => (&[features], &[features, 1]),
            LikelihoodKind::GaussianPerOutput => (&[features, features], &[]),
            LikelihoodKind::DiscretizedLogistic => (&[features, features], &[features]),
            LikelihoodKind::StudentT => (&[features, features], &[features, features, 1]),
            LikelihoodKind::BetaBinomial { .. } => (&[features, features], &[1]),
            LikelihoodKind::GaussianCategorical { .. } => (&[frame], &[features, 1]),
        };
        let preprocessing = floats(&mut sections, preprocessing)?;
        let mut levels = Vec::new();
        if let LikelihoodKind::GaussianCategorical { .. } = shape.likelihood {
            levels = sections.integers(features)?.to_vec();
            // as the encoder sees it: the same
            sections.integers::<u16>(features)?;
        }
        Ok(Network {
            kind: shape.preprocessing,
            preprocessing,
            levels,
            encoder: side(&mut sections, frame, &shape.encoder, heads)?,
            concentration: floats(&mut sections, concentration)?,
            decoder: side(&mut sections, latent, &shape.decoder, outputs)?,
            scales: floats(&mut sections, scales)?,
        })
    }

    /// Writes the sections in order, the dense layers by `dense`.
    pub(crate) fn write(&self, out: &mut Sections, mut dense: impl FnMut(&mut Sections, Place, &Dense)) {
        self.write_preprocessing(out);
        for (half, side) in [(Half::Encoder, &self.encoder), (Half::Decoder, &self.decoder)] {
            for (depth, layer) in side.hidden.iter().enumerate() {
                dense(out, Place { half, depth }, layer);
            }
            for layer in &side.linear {
                dense(out, Place { half, depth: side.hidden.len() }, layer);
            }
            match half {
                Half::Encoder => self.concentration.iter().for_each(|section| out.floats(section)),
                Half::Decoder => self.write_scales(out),
            }
        }
    }

    /// The sections before the encoder's layers.
    pub(crate) fn write_preprocessing(&self, out: &mut Sections) {
        self.preprocessing.iter().for_each(|section| out.floats(section));
        out.integers(&self.levels);
        out.integers(&self.levels);
    }

    /// Those behind the likelihood's layers.
    pub(crate) fn write_scales(&self, out: &mut Sections) {
        self.scales.iter().for_each(|section| out.floats(section));
        out.integers(&self.levels);
    }

    /// What is done to raw frames.
    pub(crate) fn preprocessing(&self) -> Preprocessing {
        let numbers = match (self.kind, &self.preprocessing[..]) {
            (FeaturesKind::Counts { most }, _) => return Preprocessing::Counts { most },
            (_, [log_rate @ .., loc, inverse_scale, last]) => Preprocessing::Standardize {
                log_rate: log_rate.first().cloned(),
                loc: loc.clone(),
                inverse_scale: inverse_scale.clone(),
                clip: last[0],
                integers: self.kind == FeaturesKind::Integers,
            },
            _ => return Preprocessing::Binary,
        };
        numbers.with_categories(&self.levels)
    }

    /// The parameters as a fit lays them out.
    pub(crate) fn params(&self, layout: &Layout) -> Vec<f32> {
        let mut params = vec![0.0; layout.len];
        let layers = [&self.encoder, &self.decoder];
        let layers = layers.into_iter().flat_map(|side| side.hidden.iter().chain(&side.linear));
        for ((dense, _), layer) in layout.dense().into_iter().zip(layers) {
            params[dense.weights()].copy_from_slice(&layer.weights);
            params[dense.bias()].copy_from_slice(&layer.bias);
        }
        // scales and degrees of freedom are stored inverse
        if let (Some(place), Some(inverse)) = (layout.likelihood.per_feature(), self.scales.first()) {
            let logs = inverse.iter().map(|inverse| -libm::logf(*inverse));
            params[place.clone()].iter_mut().zip(logs).for_each(|(param, s)| *param = s);
        }
        if let (Some(prior), [means, inverse, constants]) = (layout.latent.prior(), &self.concentration[..]) {
            let log_scales = inverse.iter().map(|inverse| -libm::logf(*inverse));
            params[prior.means()].copy_from_slice(means);
            params[prior.log_scales()].iter_mut().zip(log_scales).for_each(|(param, s)| *param = s);
            // log w = constant + Σ_j log σ_j
            for (c, constant) in constants.iter().enumerate() {
                let log_scales = &params[prior.log_scales()][c * prior.dim..][..prior.dim];
                params[prior.offset + c] = constant + log_scales.iter().sum::<f32>();
            }
        }
        params
    }

    pub(crate) fn side(&self, half: Half) -> &Side {
        match half {
            Half::Encoder => &self.encoder,
            Half::Decoder => &self.decoder,
        }
    }
}

fn floats(sections: &mut Reader<'_>, lengths: &[usize]) -> Result<Vec<Vec<f32>>, LoadError> {
    lengths.iter().map(|length| sections.floats(*length).map(<[f32]>::to_vec)).collect()
}

fn side(
    sections: &mut Reader<'_>,
    inputs: usize,
    layers: &[elbow::architecture::Hidden],
    linear: &[usize],
) -> Result<Side, LoadError> {
    let mut width = inputs;
    let mut hidden = Vec::new();
    for layer in layers {
        let outputs = layer.width as usize;
        hidden.push(dense(sections, width, outputs, layer.activation)?);
        width = outputs;
    }
    let linear = linear.iter().map(|outputs| dense(sections, width, *outputs, Activation::Identity));
    Ok(Side { inputs, hidden, linear: linear.collect::<Result<_, _>>()? })
}

fn dense(
    sections: &mut Reader<'_>,
    inputs: usize,
    outputs: usize,
    activation: Activation,
) -> Result<Dense, LoadError> {
    let tiled = sections.tiles(tiles(outputs) * inputs)?;
    let bias = sections.tiles(tiles(outputs))?.as_flattened()[..outputs].to_vec();
    let weight = |o: usize, i: usize| tiled[o / TILE * inputs + i][o % TILE];
    let weights = (0..outputs).flat_map(|o| (0..inputs).map(move |i| (o, i))).map(|(o, i)| weight(o, i));
    Ok(Dense { inputs, outputs, activation, weights: weights.collect(), bias })
}
