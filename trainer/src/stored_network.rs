//! A model file taken apart into its layers, and put together again.

use std::collections::BTreeMap;

use elbow::LoadError;
use elbow::architecture::{
    Activation, Architecture, Columns as Kind, FeaturesKind, LatentKind, Number, Section, Visit, WeightKind,
    Word, role,
};
use elbow::fingerprint::Part;
use elbow::format::{ModelFile, Sections as Reading};
use elbow::kernel::TILE;

use crate::columns::{Angles, Columns};
use crate::latent;
use crate::layout::Layout;
use crate::preprocess::Preprocessing;
use elbow_host::file::write::{self, Numbers, Place, Sections};

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Half {
    Encoder,
    Decoder,
}

/// The sections in a part of a model that are no dense layer's.
#[derive(Clone, Debug, Default)]
struct Run {
    bytes: Sections,
    /// their names
    names: Vec<&'static str>,
    floats: Vec<Vec<f32>>,
    integers: Vec<u16>,
}

impl Run {
    /// The floats of that name; none, where there is no such section.
    fn named(&self, name: &str) -> &[f32] {
        let at = self.names.iter().position(|of| *of == name);
        at.map_or(&[], |at| &self.floats[at])
    }
}

/// All parameters of a model of float weights.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    shape: Architecture,
    pub(crate) encoder: Side,
    pub(crate) decoder: Side,
    /// by the role of the part
    runs: BTreeMap<&'static str, Run>,
}

impl Network {
    /// Reads a model of float weights.
    pub(crate) fn read(bytes: &[u8], shape: &Architecture) -> Result<Network, LoadError> {
        if let LatentKind::Component { .. } = shape.latent {
            return Err(LoadError::Malformed);
        }
        let side = |inputs: u32| Side { inputs: inputs as usize, hidden: Vec::new(), linear: Vec::new() };
        let network = Network {
            shape: shape.clone(),
            encoder: side(shape.input_width()),
            decoder: side(shape.latent_dims()),
            runs: BTreeMap::new(),
        };
        let sections = ModelFile::parse(bytes)?.sections();
        let mut reader =
            Reader { sections, network, within: "", words: Vec::new(), tiles: Vec::new(), error: None };
        shape.visit(&mut reader);
        reader.error.map_or(Ok(reader.network), Err)
    }

    /// The parameters of the same model with weights of another type, of which `layer` gives the sections of
    /// each dense layer, and of what stands before the first one of a half.
    pub(crate) fn write(
        &self,
        weights: WeightKind,
        layer: impl FnMut(Place, &Section) -> Numbers,
    ) -> Vec<u8> {
        let shape = Architecture { weights, ..self.shape.clone() };
        let runs: Vec<_> = self.runs.iter().map(|(role, run)| (*role, &run.bytes)).collect();
        write::parameters(&shape, &runs, layer)
    }

    /// The dense layers in the order of the file.
    pub(crate) fn layers(&self) -> impl Iterator<Item = &Dense> {
        [&self.encoder, &self.decoder].into_iter().flat_map(|side| side.hidden.iter().chain(&side.linear))
    }

    /// The floats of such sections in a part.
    fn floats(&self, role: &str) -> &[Vec<f32>] {
        self.runs.get(role).map_or(&[], |run| &run.floats)
    }

    /// One over what the likelihood learned once for each feature, if it did.
    pub(crate) fn learned_inverse(&self) -> Option<&[f32]> {
        self.floats(role::LIKELIHOOD).first().map(Vec::as_slice)
    }

    /// What is done to raw frames.
    pub(crate) fn preprocessing(&self) -> Preprocessing {
        let none = Run::default();
        let run = self.runs.get(role::FEATURES).unwrap_or(&none);
        let named = |name| run.named(name).to_vec();
        let kind = self.shape.preprocessing;
        let numbers = match kind {
            FeaturesKind::Binary => return Preprocessing::Binary,
            FeaturesKind::Counts { most } => return Preprocessing::Counts { most },
            _ => Preprocessing::Standardize {
                log_rate: (kind == FeaturesKind::LogStandardize).then(|| named("rate")),
                loc: named("loc"),
                inverse_scale: named("1/scale"),
                clip: run.named("clip, log Jacobian")[0],
                integers: kind == FeaturesKind::Integers,
            },
        };
        numbers.with_columns(match self.shape.likelihood.columns() {
            Kind::Numbers => Columns::Numbers,
            Kind::Categories { .. } => Columns::Categories(run.integers.clone()),
            Kind::Angles { .. } => Columns::Angles(Angles::new(named("period"), named("start"))),
        })
    }

    /// The parameters as a fit lays them out.
    pub(crate) fn params(&self, layout: &Layout) -> Vec<f32> {
        let mut params = vec![0.0; layout.len];
        for (dense, layer) in layout.dense().zip(self.layers()) {
            params[dense.weights()].copy_from_slice(&layer.weights);
            params[dense.bias()].copy_from_slice(&layer.bias);
        }
        // scales and degrees of freedom are stored inverse
        if let Some(inverse) = self.learned_inverse() {
            let logs = inverse.iter().map(|inverse| -libm::logf(*inverse));
            params[layout.learned.clone()].iter_mut().zip(logs).for_each(|(param, s)| *param = s);
        }
        if let (_, Some(prior)) = latent::of::<f32>(layout.latent) {
            prior.read(self.floats(role::POSTERIOR), &mut params[layout.prior.clone()]);
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

/// Takes the sections in the order of the walk, those of a dense layer together.
struct Reader<'a> {
    sections: Reading<'a>,
    network: Network,
    within: &'static str,
    /// of the part that is being read
    words: Vec<Word>,
    tiles: Vec<Vec<f32>>,
    error: Option<LoadError>,
}

impl Visit for Reader<'_> {
    fn part(&mut self, role: &'static str, part: Part, inside: impl FnOnce(&mut Self)) {
        let around = self.within;
        if part != Part::Vae && around.is_empty() {
            self.within = role;
        }
        self.words.clear();
        inside(self);
        if part.is_layer() {
            self.end_of_layer(role);
        }
        self.words.clear();
        self.within = around;
    }

    fn word(&mut self, word: Word) {
        self.words.push(word);
    }

    fn section(&mut self, section: Section) {
        if let Err(error) = self.take(section) {
            self.error = self.error.or(Some(error));
        }
    }
}

impl Reader<'_> {
    fn take(&mut self, section: Section) -> Result<(), LoadError> {
        let len = section.len as usize;
        let run = self.network.runs.entry(self.within).or_default();
        if section.number == Number::U16 {
            run.integers = self.sections.integers(len)?.to_vec();
            run.bytes.integers(&run.integers);
            return Ok(());
        }
        let floats = self.sections.floats(len)?;
        if matches!(self.words[..], [.., Word::Activation(_)]) {
            self.tiles.push(floats.to_vec());
        } else {
            run.bytes.floats(floats);
            run.names.push(section.name);
            run.floats.push(floats.to_vec());
        }
        Ok(())
    }

    fn end_of_layer(&mut self, role: &str) {
        let tiles = std::mem::take(&mut self.tiles);
        let ([Word::Size(inputs), Word::Size(outputs), Word::Activation(activation)], [tiled, bias]) =
            (&self.words[..], &tiles[..])
        else {
            return;
        };
        let dense = Dense::from_tiles(*inputs as usize, *outputs as usize, *activation, tiled, bias);
        let decodes = [role::DECODER, role::LIKELIHOOD].contains(&self.within);
        let side = if decodes { &mut self.network.decoder } else { &mut self.network.encoder };
        if role == role::HIDDEN { &mut side.hidden } else { &mut side.linear }.push(dense);
    }
}

impl Dense {
    fn from_tiles(
        inputs: usize,
        outputs: usize,
        activation: Activation,
        tiled: &[f32],
        bias: &[f32],
    ) -> Self {
        let weight = |o: usize, i: usize| tiled[(o / TILE * inputs + i) * TILE + o % TILE];
        let places = (0..outputs).flat_map(|o| (0..inputs).map(move |i| (o, i)));
        let weights = places.map(|(o, i)| weight(o, i)).collect();
        Dense { inputs, outputs, activation, weights, bias: bias[..outputs].to_vec() }
    }
}
