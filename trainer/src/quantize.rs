//! Weights of eight bits after training: a model of floats in, a smaller one out.
//!
//! `calibrate` watches the layers on data, `weights` rounds, `integer` turns the hidden layers into integer
//! arithmetic. What the result computes is `core`'s business (`elbow::kernel`).

mod calibrate;
mod integer;
mod weights;

use elbow::architecture::{LatentKind, WeightKind};
use serde::Serialize;

use crate::error::Error;
use crate::stored_network::{Half, Network, Side};
use calibrate::Calibration;
use elbow_host::file::describe::weights_name as name;
use elbow_host::file::parts::FileParts;
use elbow_host::file::write::{Numbers, padded, tiled};
use elbow_host::model::{HostModel, ModelBytes};
use elbow_host::score::evaluate::{Evaluation, score_all};
use elbow_reader::Dataset;

/// The model with weights of another type, under a new name.
///
/// Data, if any, is what the layers will see: it weighs the rounding, corrects the biases for what rounding
/// does to the mean of each output, and gives the ranges of integers.
///
/// # Errors
/// [`Argument`](elbow_host::Error::Argument) for a model that is quantised already, or that integers cannot
/// express;
/// [`Frame`](elbow_host::Error::Frame).
pub fn quantize(
    model: &HostModel<'_>,
    bytes: &ModelBytes,
    new_name: &str,
    weights: WeightKind,
    data: Option<&Dataset>,
) -> Result<ModelBytes, Error> {
    let shape = &model.metadata.architecture;
    let wrong = |problem: &str| Err(Error::argument("weights", name(weights), problem));
    if let LatentKind::Component { .. } = shape.latent {
        return wrong("a mixture has no layers to quantise; it is fitted in floats");
    }
    if model.members > 1 {
        return wrong("an ensemble's members are rounded when they are fitted; give --weights to elbow fit");
    }
    if shape.weights != WeightKind::F32 {
        return wrong("the model is quantised already; give the one it was made from");
    }
    let network = Network::read(bytes.as_bytes(), shape).map_err(Error::model("the model".as_ref()))?;
    let calibration = match data {
        Some(data) => Some(Calibration::new(&network, model, data)?),
        None => None,
    };
    let sections = match (weights, &calibration) {
        (WeightKind::F32, _) => return wrong("the model has them already; choose int8 or int8x8"),
        (WeightKind::Int8, _) => int8(&network, calibration.as_ref()),
        (WeightKind::Int8x8, None) => return wrong("integers need --calibration DATA to find their ranges"),
        (WeightKind::Int8x8, Some(_)) if shape.encoder.is_empty() || shape.decoder.is_empty() => {
            return wrong("hidden layers are what hands on integers; choose int8");
        }
        (WeightKind::Int8x8, Some(calibration)) => {
            integer::sections(&network, calibration).ok_or_else(|| {
                Error::argument("weights", name(weights), "a sum would leave 32 bits; choose int8")
            })?
        }
    };
    let mut metadata = model.metadata.clone();
    metadata.name = new_name;
    metadata.architecture.weights = weights;
    Ok(ModelBytes::new(&FileParts::new(&metadata, &sections).encode()?))
}

/// The sections of a model of eight-bit weights on floats.
fn int8(network: &Network, calibration: Option<&Calibration>) -> Vec<u8> {
    let inputs = |half: Half| {
        let watched = calibration.map(|calibration| calibration.half(half));
        let Side { hidden, linear, .. } = network.side(half);
        // all linear layers read what the last hidden one gives
        let depths = (0..hidden.len()).chain(std::iter::repeat_n(hidden.len(), linear.len()));
        depths.map(move |depth| watched.map(|watched| &watched.moments[depth]))
    };
    let inputs = inputs(Half::Encoder).chain(inputs(Half::Decoder));
    let rounded: Vec<_> =
        network.layers().zip(inputs).map(|(dense, inputs)| (dense, weights::round(dense, inputs))).collect();
    network.write(WeightKind::Int8, |place, section| {
        let (dense, rounded) = &rounded[place.layer];
        let floats = |values: Vec<f32>| Numbers::F32(padded(&values));
        match section.name {
            "weights" => Numbers::I8(tiled(&rounded.weights, dense.inputs)),
            "scale" => floats(rounded.scale.iter().map(|scale| *scale as f32).collect()),
            // y = scale·(b/scale + Σ q·x)
            _ => {
                let bias = rounded.bias.iter().zip(&rounded.scale);
                floats(bias.map(|(bias, scale)| (bias / scale) as f32).collect())
            }
        }
    })
}

/// What quantisation costs, on some data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cost {
    /// scored with the weights as they were
    pub before: Evaluation,
    /// and as they are
    pub after: Evaluation,
    /// mean of −log p(x) lost, in nats; of the normal frames where there are labels
    pub nats_lost: f64,
    /// the same, as part of what it was
    pub nats_lost_relative: f64,
}

impl Cost {
    /// Scores the data with both models.
    ///
    /// # Errors
    /// [`Frame`](elbow_host::Error::Frame).
    pub fn measure(
        before: &HostModel<'_>,
        after: &HostModel<'_>,
        data: &Dataset,
        samples: u32,
    ) -> Result<Cost, Error> {
        let evaluate = |model: &HostModel<'_>| -> Result<Evaluation, Error> {
            let start = std::time::Instant::now();
            let scores = score_all(&*model.engine, data, samples, |_| ())?;
            Ok(Evaluation::new(&*model.engine, data, &scores, start.elapsed().as_secs_f64())?)
        };
        let (before, after) = (evaluate(before)?, evaluate(after)?);
        let nats_lost = after.nats_per_row - before.nats_per_row;
        Ok(Cost { nats_lost, nats_lost_relative: nats_lost / before.nats_per_row.abs(), before, after })
    }
}
