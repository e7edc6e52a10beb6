//! Autoencoders of other programs: dense layers with batch norms, as Keras
//! names its arrays, made a model of Elbow's.

use std::path::Path;

use elbow::architecture::{
    Activation, Architecture, FeaturesKind, Hidden, LatentKind, LikelihoodKind, MAX_LAYERS, WeightKind,
};
use elbow::features::FEATURE_LIMIT;

use crate::error::Error;
use crate::layout::Layout;
use crate::preprocess::Preprocessing;
use elbow_reader::{Array, DataError, Problem, load_array};

/// An imported model, in the parts that the exporter takes.
#[derive(Clone, Debug)]
pub struct Imported {
    /// its shape
    pub architecture: Architecture,
    /// frames as they are
    pub preprocessing: Preprocessing,
    /// where its parameters lie
    pub layout: Layout,
    /// the parameters
    pub params: Vec<f32>,
    /// batch norms folded into the layer before them
    pub folded: usize,
}

/// Reads an `.npz` file of the arrays `dense.kernel` `[input][output]` and `dense.bias`, of the
/// batch norm after it, if any (`batch_normalization.gamma`, `.beta`, `.moving_mean`,
/// `.moving_variance`), then of `dense_1`, `dense_2`, … likewise.
///
/// `activation` follows every layer but the last, after its batch norm. The narrowest layer
/// gives the latent, a point; the last one the means of a Gaussian of scale 1, whose log
/// likelihood is `−½ D (MSE + log 2π)` for frames of D numbers.
///
/// # Errors
/// [`Data`](elbow_host::Error::Data) where an array is missing or unreadable, [`Error::Weights`] where they
/// are no autoencoder.
pub fn keras(path: &Path, activation: Activation, epsilon: f64) -> Result<Imported, Error> {
    let (mut layers, mut folded) = (vec![Affine::read(path, "")?], 0);
    loop {
        let suffix = match layers.len() {
            1 => String::new(),
            n => format!("_{}", n - 1),
        };
        if let (Some(layer), Some(norm)) = (layers.last_mut(), Norm::read(path, &suffix, epsilon)?) {
            layer.fold(&norm).map_err(|problem| weights(path, problem))?;
            folded += 1;
        }
        match optional(Affine::read(path, &format!("_{}", layers.len())))? {
            Some(layer) => layers.push(layer),
            None => break,
        }
    }
    let architecture = autoencoder(&layers, activation).map_err(|problem| weights(path, problem))?;
    let layout = Layout::new(&architecture);
    // log scales are 0
    let mut params = vec![0.0; layout.len];
    for (dense, layer) in layout.dense().zip(&layers) {
        layer.write(&mut params[dense.weights()]);
        params[dense.bias()].iter_mut().zip(&layer.bias).for_each(|(to, from)| *to = *from as f32);
    }
    if params.iter().any(|p| !p.is_finite()) {
        return Err(weights(
            path,
            "a folded weight is not finite; the batch norm's variances are too small".into(),
        ));
    }
    let dims = layout.features;
    let preprocessing = Preprocessing::Standardize {
        log_rate: None,
        loc: vec![0.0; dims],
        inverse_scale: vec![1.0; dims],
        clip: FEATURE_LIMIT,
        integers: false,
    };
    Ok(Imported { architecture, preprocessing, layout, params, folded })
}

fn weights(path: &Path, problem: String) -> Error {
    Error::Weights { path: path.to_path_buf(), problem }
}

/// `y = W x + b`
struct Affine {
    /// `[input][output]`
    kernel: Vec<f64>,
    bias: Vec<f64>,
    inputs: usize,
}

/// `y = γ (x − mean)/√(variance + ε) + β`
struct Norm {
    /// `γ/√(variance + ε)`
    scale: Vec<f64>,
    mean: Vec<f64>,
    beta: Vec<f64>,
}

impl Affine {
    fn read(path: &Path, suffix: &str) -> Result<Affine, Error> {
        let kernel = load_array(path, &format!("dense{suffix}.kernel"))?;
        let bias = load_array(path, &format!("dense{suffix}.bias"))?;
        match kernel.shape[..] {
            [inputs, outputs] if inputs > 0 && outputs > 0 && bias.values.len() == outputs => {
                Ok(Affine { kernel: wide(&kernel), bias: wide(&bias), inputs })
            }
            _ => Err(weights(
                path,
                format!(
                    "dense{suffix} has a kernel of shape {:?} and {} biases; \
                     [inputs, outputs] and as many biases as outputs are needed",
                    kernel.shape,
                    bias.values.len()
                ),
            )),
        }
    }

    fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// `W ← s W`, `b ← s (b − mean) + β`, with s the norm's scale
    fn fold(&mut self, norm: &Norm) -> Result<(), String> {
        let Norm { scale, mean, beta } = norm;
        let outputs = self.outputs();
        if [scale.len(), mean.len(), beta.len()] != [outputs; 3] {
            return Err(format!(
                "a batch norm has not {outputs} numbers like the layer before it; export both again"
            ));
        }
        for row in self.kernel.chunks_exact_mut(outputs) {
            row.iter_mut().zip(scale).for_each(|(w, s)| *w *= s);
        }
        for (((b, s), mean), beta) in self.bias.iter_mut().zip(scale).zip(mean).zip(beta) {
            *b = s * (*b - mean) + beta;
        }
        Ok(())
    }

    /// To `[output][input]`, rounded once.
    fn write(&self, weights: &mut [f32]) {
        for (o, row) in weights.chunks_exact_mut(self.inputs).enumerate() {
            let column = self.kernel.iter().skip(o).step_by(self.outputs());
            row.iter_mut().zip(column).for_each(|(to, from)| *to = *from as f32);
        }
    }
}

impl Norm {
    fn read(path: &Path, suffix: &str, epsilon: f64) -> Result<Option<Norm>, Error> {
        let read = |name| {
            let array = load_array(path, &format!("batch_normalization{suffix}.{name}"));
            array.map(|array| wide(&array)).map_err(Error::from)
        };
        let Some(gamma) = optional(read("gamma"))? else { return Ok(None) };
        let (beta, mean, variance) = (read("beta")?, read("moving_mean")?, read("moving_variance")?);
        let scale = gamma.iter().zip(&variance).map(|(gamma, v)| gamma / (v + epsilon).sqrt()).collect();
        Ok(Some(Norm { scale, mean, beta }))
    }
}

fn wide(array: &Array) -> Vec<f64> {
    array.values.iter().copied().map(f64::from).collect()
}

/// What an array that is not there leaves out.
fn optional<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(Error::Host(elbow_host::Error::Data(DataError { problem: Problem::NoArray { .. }, .. }))) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The shape of the layers, the narrowest of them (of several the first) giving the latent.
fn autoencoder(layers: &[Affine], activation: Activation) -> Result<Architecture, String> {
    let widths: Vec<usize> = layers.iter().map(Affine::outputs).collect();
    let [inner @ .., last] = widths.as_slice() else { return Err("there is no layer".into()) };
    let features = layers[0].inputs;
    let joined = layers.windows(2).all(|pair| pair[0].outputs() == pair[1].inputs);
    if !joined || *last != features {
        return Err(format!(
            "its layers go from {features} numbers to {widths:?}; an autoencoder's give as many as they \
             take, one after the other"
        ));
    }
    let latent = (0..inner.len()).min_by_key(|&i| inner[i]);
    let latent = latent.ok_or("one layer alone has no latent; at least two are needed")?;
    let size = |width: usize| u32::try_from(width).unwrap_or(u32::MAX);
    let hidden = |widths: &[usize]| {
        let layers = widths.iter().map(|&width| Hidden { width: size(width), activation });
        if widths.len() > MAX_LAYERS {
            return Err(format!("{} layers on one side of the latent; at most {MAX_LAYERS}", widths.len()));
        }
        Ok(layers.collect())
    };
    let architecture = Architecture {
        features: size(features),
        preprocessing: FeaturesKind::Standardize,
        encoder: hidden(&inner[..latent])?,
        latent: LatentKind::Point { dim: size(inner[latent]), activation },
        decoder: hidden(&inner[latent + 1..])?,
        likelihood: LikelihoodKind::Gaussian,
        weights: WeightKind::F32,
    };
    if architecture.is_sound() { Ok(architecture) } else { Err("a layer is too wide".into()) }
}
