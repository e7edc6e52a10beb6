//! What every format is read into: layers by name, in the order in which a frame goes through them. Here,
//! and nowhere else, it becomes a model.

use elbow::architecture::{
    Activation, Architecture, FeaturesKind, Hidden, LatentKind, LikelihoodKind, MAX_LAYERS, WeightKind,
};
use elbow::features::FEATURE_LIMIT;

use super::affine::Affine;
use super::imported::Imported;
use crate::layout::Layout;
use crate::net::dense::Dense;
use crate::preprocess::Preprocessing;

/// A layer as its file calls it.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) name: String,
    pub(crate) affine: Affine,
    pub(crate) activation: Activation,
}

/// What the encoder gives.
#[derive(Clone, Debug)]
pub(crate) enum Latent {
    /// of an autoencoder
    Point(Layer),
    /// the mean, and the logarithm of the standard deviation, of a Gaussian
    Gaussian([Layer; 2]),
}

/// `feature = (x − loc)/scale`
#[derive(Clone, Debug)]
pub(crate) struct Standardize {
    pub(crate) loc: Vec<f64>,
    pub(crate) scale: Vec<f64>,
    /// the encoder sees features within ±clip
    pub(crate) clip: Option<f64>,
}

/// An autoencoder.
#[derive(Clone, Debug)]
pub(crate) struct Net {
    /// what is done to frames first; outputs are of what it gives
    pub(crate) standardize: Option<Standardize>,
    pub(crate) encoder: Vec<Layer>,
    pub(crate) latent: Latent,
    pub(crate) decoder: Vec<Layer>,
    /// the mean of a frame, or its logits, or mean and logarithm of the standard deviation
    pub(crate) outputs: Vec<Layer>,
    /// whether a sigmoid follows
    pub(crate) is_probability: bool,
    /// whether outputs were in the frame's own units, where frames are standardised
    pub(crate) are_raw: bool,
    /// of a Gaussian likelihood the standard deviation of each feature, where the file has it
    pub(crate) scale: Option<Vec<f64>>,
    /// batch norms that are in the layers by now
    pub(crate) folded: usize,
}

impl Net {
    /// Layers one after the other, the narrowest but for the last (of several the first) giving the latent.
    pub(crate) fn of_chain(mut layers: Vec<Layer>, folded: usize) -> Result<Net, String> {
        let output = layers.pop().ok_or("there is no layer")?;
        let latent = (0..layers.len()).min_by_key(|&i| layers[i].affine.outputs());
        let latent = latent.ok_or("one layer alone has no latent; at least two are needed")?;
        let decoder = layers.split_off(latent + 1);
        let latent = Latent::Point(layers.pop().expect("the latent's"));
        Ok(Net {
            standardize: None,
            encoder: layers,
            latent,
            decoder,
            outputs: vec![output],
            is_probability: false,
            are_raw: false,
            scale: None,
            folded,
        })
    }

    /// The layers that take the frame.
    #[cfg(feature = "onnx")]
    pub(crate) fn first(&mut self) -> &mut [Layer] {
        match (&mut self.encoder[..], &mut self.latent) {
            ([first, ..], _) => std::slice::from_mut(first),
            ([], Latent::Point(layer)) => std::slice::from_mut(layer),
            ([], Latent::Gaussian(heads)) => heads,
        }
    }

    fn heads(&self) -> &[Layer] {
        match &self.latent {
            Latent::Point(layer) => std::slice::from_ref(layer),
            Latent::Gaussian(heads) => heads,
        }
    }

    /// Hidden layers and heads, in the order of a model's parameters.
    fn layers(&self) -> impl Iterator<Item = &Layer> {
        self.encoder.iter().chain(self.heads()).chain(&self.decoder).chain(&self.outputs)
    }

    /// The names of the layers, for people.
    pub(crate) fn roles(&self) -> Vec<(&'static str, String)> {
        let listed = |layers: &[Layer], shown: fn(&Layer) -> String| {
            let named: Vec<String> = layers.iter().map(shown).collect();
            if named.is_empty() { "-".to_owned() } else { named.join(", ") }
        };
        let names = |layers: &[Layer]| listed(layers, Layer::shown);
        // of hidden layers it is worth telling that none has an activation
        let hidden = |layers: &[Layer]| listed(layers, |layer| layer.shown_with(layer.activation.name()));
        let latent: &[_] = match &self.latent {
            Latent::Point(layer) => &[("latent", std::slice::from_ref(layer))],
            Latent::Gaussian([mean, log_scale]) => {
                &[("mean", std::slice::from_ref(mean)), ("log variance", std::slice::from_ref(log_scale))]
            }
        };
        let mut roles = vec![("encoder", hidden(&self.encoder))];
        roles.extend(latent.iter().map(|(role, layers)| (*role, names(layers))));
        roles.extend([("decoder", hidden(&self.decoder)), ("output", names(&self.outputs))]);
        roles
    }

    /// The model; without a likelihood that of the net's outputs.
    pub(crate) fn model(
        self,
        likelihood: Option<LikelihoodKind>,
        scale: Option<f64>,
    ) -> Result<Imported, String> {
        self.is_joined()?;
        let architecture = self.architecture(self.likelihood(likelihood)?)?;
        let layout = Layout::new(&architecture);
        let mut params = vec![0.0; layout.len];
        for (dense, layer) in layout.dense().zip(self.layers()) {
            layer.write(dense, &mut params)?;
        }
        self.write_scale(scale, &mut params[layout.learned.clone()])?;
        let preprocessing = self.preprocessing(&architecture)?;
        let (roles, folded, are_raw) = (self.roles(), self.folded, self.are_raw);
        Ok(Imported { architecture, preprocessing, layout, params, folded, are_raw, roles })
    }

    /// Log scales: those that are asked for, the file's, or 0.
    fn write_scale(&self, asked: Option<f64>, log_scales: &mut [f32]) -> Result<(), String> {
        let of_file = self.scale.as_ref().filter(|_| asked.is_none());
        let scales = of_file.cloned().unwrap_or_else(|| vec![asked.unwrap_or(1.0); log_scales.len()]);
        let is_scale = |scale: &f64| *scale > 0.0 && scale.is_finite();
        if scales.len() != log_scales.len() && !log_scales.is_empty() || !scales.iter().all(is_scale) {
            return Err(format!("its scales are not {} positive numbers", log_scales.len()));
        }
        log_scales.iter_mut().zip(scales).for_each(|(log, scale)| *log = scale.ln() as f32);
        Ok(())
    }

    fn likelihood(&self, asked: Option<LikelihoodKind>) -> Result<LikelihoodKind, String> {
        let natural = match (self.outputs.len(), self.is_probability) {
            (2, _) => LikelihoodKind::GaussianPerOutput,
            (_, true) => LikelihoodKind::Bernoulli,
            _ => LikelihoodKind::Gaussian,
        };
        let likelihood = asked.unwrap_or(natural);
        let heads = if likelihood == LikelihoodKind::GaussianPerOutput { 2 } else { 1 };
        if heads != self.outputs.len() {
            return Err(format!(
                "a {} likelihood has {heads} output layers, and the decoder ends with {}; its own is {}",
                likelihood.name(),
                self.outputs.len(),
                natural.name()
            ));
        }
        if self.is_probability && likelihood != LikelihoodKind::Bernoulli {
            return Err(format!(
                "the output `{}` ends with a sigmoid, which is part of the bernoulli likelihood alone; give \
                 --likelihood bernoulli",
                self.outputs[0].name
            ));
        }
        Ok(likelihood)
    }

    /// Each layer takes what the one before it gives, and the last one gives as many numbers as the first
    /// takes.
    fn is_joined(&self) -> Result<(), String> {
        let layers: Vec<&Layer> = self.layers().collect();
        let features = layers[0].affine.inputs;
        let latent = self.heads()[0].affine.outputs();
        let mut width = features;
        let sides = [(&self.encoder, self.heads()), (&self.decoder, &self.outputs)];
        let mut is_joined = true;
        for (hidden, ends) in sides {
            for layer in hidden {
                is_joined &= layer.affine.inputs == width;
                width = layer.affine.outputs();
            }
            is_joined &= ends.iter().all(|end| end.affine.inputs == width);
            width = latent;
        }
        let gives = |layers: &[Layer], width| layers.iter().all(|layer| layer.affine.outputs() == width);
        if is_joined && gives(self.heads(), latent) && gives(&self.outputs, features) {
            return Ok(());
        }
        let widths: Vec<usize> = layers.iter().map(|layer| layer.affine.outputs()).collect();
        Err(format!(
            "its layers go from {features} numbers to {widths:?}; an autoencoder's give as many as they \
             take, one after the other"
        ))
    }

    fn architecture(&self, likelihood: LikelihoodKind) -> Result<Architecture, String> {
        let size = |width: usize| u32::try_from(width).unwrap_or(u32::MAX);
        let hidden = |layers: &[Layer]| {
            if layers.len() > MAX_LAYERS {
                return Err(format!(
                    "{} layers on one side of the latent; at most {MAX_LAYERS}",
                    layers.len()
                ));
            }
            let hidden =
                |layer: &Layer| Hidden { width: size(layer.affine.outputs()), activation: layer.activation };
            Ok(layers.iter().map(hidden).collect())
        };
        let dim = size(self.heads()[0].affine.outputs());
        let architecture = Architecture {
            features: size(self.layers().next().map_or(0, |layer| layer.affine.inputs)),
            preprocessing: FeaturesKind::plain(likelihood),
            encoder: hidden(&self.encoder)?,
            latent: match &self.latent {
                Latent::Point(layer) => LatentKind::Point { dim, activation: layer.activation },
                Latent::Gaussian(_) => LatentKind::Gaussian { dim },
            },
            decoder: hidden(&self.decoder)?,
            likelihood,
            weights: WeightKind::F32,
        };
        if architecture.is_sound() { Ok(architecture) } else { Err("a layer is too wide".into()) }
    }

    fn preprocessing(&self, shape: &Architecture) -> Result<Preprocessing, String> {
        let identity = Preprocessing::identity(shape.preprocessing, shape.features as usize, FEATURE_LIMIT);
        let Some(Standardize { loc, scale, clip: held }) = &self.standardize else { return Ok(identity) };
        let Preprocessing::Standardize { log_rate, clip, integers, .. } = identity else {
            return Err(format!(
                "frames are standardised, and those of the {} likelihood are what they are",
                shape.likelihood.name()
            ));
        };
        let clip = held.map_or(clip, |held| held as f32);
        let inverse_scale: Vec<f32> = scale.iter().map(|scale| (1.0 / scale) as f32).collect();
        let loc: Vec<f32> = loc.iter().map(|loc| *loc as f32).collect();
        let is_sound = inverse_scale.iter().all(|s| *s > 0.0 && s.is_finite())
            && loc.iter().all(|loc| loc.is_finite())
            && clip > 0.0
            && clip.is_finite()
            && [loc.len(), inverse_scale.len()] == [shape.features as usize; 2];
        if !is_sound {
            return Err(format!(
                "the standardisation needs {} finite means and positive standard deviations",
                shape.features
            ));
        }
        Ok(Preprocessing::Standardize { log_rate, loc, inverse_scale, clip, integers })
    }
}

impl Layer {
    /// As `fc1 784→400 relu`.
    fn shown(&self) -> String {
        match self.activation {
            Activation::Identity => format!("{} {}", self.name, self.affine.shape()),
            other => self.shown_with(other.name()),
        }
    }

    fn shown_with(&self, activation: &str) -> String {
        format!("{} {} {activation}", self.name, self.affine.shape())
    }

    /// Rounded once.
    fn write(&self, dense: &Dense, params: &mut [f32]) -> Result<(), String> {
        let both = [(dense.weights(), &self.affine.weights), (dense.bias(), &self.affine.bias)];
        for (place, from) in both {
            params[place].iter_mut().zip(from).for_each(|(to, from)| *to = *from as f32);
        }
        let all = dense.weights().start..dense.bias().end;
        if params[all].iter().all(|p| p.is_finite()) {
            return Ok(());
        }
        Err(format!(
            "a weight of `{}` is not finite; where a batch norm is folded into it, its variances may be too \
             small",
            self.name
        ))
    }
}
