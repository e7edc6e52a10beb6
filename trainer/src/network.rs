//! A model file taken apart into its layers, and put together again.

use elbow::LoadError;
use elbow::architecture::{Activation, Architecture, FeaturesKind, LatentKind, LikelihoodKind};
use elbow::format::{ModelFile, Sections as Reader};
use elbow::kernel::{TILE, tiles};

use crate::latent;
use crate::layout::Layout;
use crate::likelihood::{self, Units};
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
        let features = shape.features as usize;
        let preprocessing: &[usize] = match shape.preprocessing {
            FeaturesKind::Binary => &[],
            FeaturesKind::Counts { .. } => &[1],
            FeaturesKind::Standardize | FeaturesKind::Integers => &[features, features, 2],
            FeaturesKind::LogStandardize => &[features, features, features, 2],
        };
        if matches!(shape.latent, LatentKind::Component { .. }) {
            return Err(LoadError::Malformed);
        }
        let (posterior, prior) = latent::of::<f32>(shape.latent);
        let law = likelihood::of::<f32>(shape.likelihood, &Units::default());
        let mut behind_posterior = posterior.sections();
        behind_posterior.extend(prior.iter().flat_map(|prior| prior.sections()));
        let frame = shape.frame_width() as usize;
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
            encoder: side(&mut sections, frame, &shape.encoder, &posterior.heads())?,
            concentration: floats(&mut sections, &behind_posterior)?,
            decoder: side(&mut sections, posterior.dim(), &shape.decoder, &vec![frame; law.heads()])?,
            scales: floats(&mut sections, &law.sections(features))?,
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
        for (dense, layer) in layout.dense().zip(layers) {
            params[dense.weights()].copy_from_slice(&layer.weights);
            params[dense.bias()].copy_from_slice(&layer.bias);
        }
        // scales and degrees of freedom are stored inverse
        if let Some(inverse) = self.scales.first() {
            let logs = inverse.iter().map(|inverse| -libm::logf(*inverse));
            params[layout.learned.clone()].iter_mut().zip(logs).for_each(|(param, s)| *param = s);
        }
        if let (_, Some(prior)) = latent::of::<f32>(layout.latent) {
            prior.read(&self.concentration, &mut params[layout.prior.clone()]);
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
