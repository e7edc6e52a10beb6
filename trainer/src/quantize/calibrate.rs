//! What the layers of a model see on data.

use elbow::layer::activation::Activation as _;

use crate::error::Error;
use crate::stored_network::{Dense, Half, Network, Side};
use elbow_host::model::HostModel;
use elbow_reader::Dataset;

/// Frames that are watched: more would not change a mean by much.
const FRAMES: usize = 1024;
/// Latents drawn for each.
const LATENTS: u32 = 8;

/// Mean and mean square of each input of a layer.
#[derive(Clone, Debug)]
pub(super) struct Moments {
    pub(super) mean: Vec<f64>,
    pub(super) square: Vec<f64>,
}

/// What half of a model sees, layer by layer.
#[derive(Clone, Debug)]
pub(super) struct Watched {
    /// moments of the inputs of each hidden layer, then of the linear layers
    pub(super) moments: Vec<Moments>,
    /// largest magnitude of any input of the first layer
    pub(super) largest_input: f32,
    /// outputs of each hidden layer before the activation function, all rows and outputs together
    pub(super) sums: Vec<Vec<f32>>,
}

/// Both halves, and the limit of what the encoder sees.
#[derive(Clone, Debug)]
pub(super) struct Calibration {
    pub(super) encoder: Watched,
    pub(super) decoder: Watched,
    pub(super) clip: f32,
}

impl Calibration {
    /// Runs normal frames, evenly spaced in the file, through a model.
    pub(super) fn new(network: &Network, model: &HostModel<'_>, data: &Dataset) -> Result<Self, Error> {
        let anomalous = |row: usize| data.labels.as_ref().is_some_and(|labels| labels.anomalous[row]);
        let normal: Vec<usize> = (0..data.rows).filter(|row| !anomalous(*row)).collect();
        let rows = if normal.is_empty() { (0..data.rows).collect() } else { normal };
        let data = data.select(&rows.into_iter().step_by(data.rows.div_ceil(FRAMES)).collect::<Vec<_>>());
        let preprocessing = network.preprocessing();
        let clip = preprocessing.clip();
        let features = preprocessing.features(&data.values);
        let mut inputs = vec![0.0; data.rows * network.encoder.inputs];
        let rows = features.chunks_exact(data.dims).zip(inputs.chunks_exact_mut(network.encoder.inputs));
        let bytes = preprocessing.bytes();
        let engine = preprocessing.engine(data.dims, &bytes);
        rows.for_each(|(row, input)| engine.encoder_input(row, input));
        let mut latents = Vec::new();
        for row in 0..data.rows {
            let Some(latent) = model.engine.latent() else { break };
            let drawn = latent.latents(data.row(row), LATENTS);
            latents.extend(
                drawn.map_err(|source| elbow_host::score::evaluate::frame_error(&data, row, source))?,
            );
        }
        Ok(Calibration {
            encoder: Watched::new(&network.encoder, inputs),
            decoder: Watched::new(&network.decoder, latents),
            clip,
        })
    }

    pub(super) fn half(&self, half: Half) -> &Watched {
        match half {
            Half::Encoder => &self.encoder,
            Half::Decoder => &self.decoder,
        }
    }
}

impl Watched {
    fn new(side: &Side, mut x: Vec<f32>) -> Watched {
        let largest_input = x.iter().fold(0.0_f32, |largest, x| largest.max(x.abs()));
        let mut watched =
            Watched { moments: vec![Moments::of(&x, side.inputs)], largest_input, sums: vec![] };
        for layer in &side.hidden {
            let sums = apply(layer, &x);
            x = sums.iter().map(|s| layer.activation.apply(*s)).collect();
            watched.moments.push(Moments::of(&x, layer.outputs));
            watched.sums.push(sums);
        }
        watched
    }
}

impl Moments {
    fn of(values: &[f32], width: usize) -> Moments {
        let rows = (values.len() / width) as f64;
        let mean_of = |f: fn(f64) -> f64| -> Vec<f64> {
            let mut sums = vec![0.0; width];
            for row in values.chunks_exact(width) {
                sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += f(f64::from(*x)));
            }
            sums.iter().map(|sum| sum / rows).collect()
        };
        Moments { mean: mean_of(|x| x), square: mean_of(|x| x * x) }
    }
}

/// `W·x + b` for every row.
fn apply(dense: &Dense, x: &[f32]) -> Vec<f32> {
    let output = |row: &[f32], o: usize| {
        let weights = &dense.weights[o * dense.inputs..(o + 1) * dense.inputs];
        weights.iter().zip(row).fold(dense.bias[o], |s, (w, x)| s + w * x)
    };
    x.chunks_exact(dense.inputs).flat_map(|row| (0..dense.outputs).map(move |o| output(row, o))).collect()
}
