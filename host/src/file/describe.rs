//! A model's shape in words, for people.

use elbow::architecture::{Architecture, Hidden, LatentKind, WeightKind};

use crate::model::HostModel;

/// What a file holds, in one line: the members of an ensemble are counted.
pub fn describe_model(model: &HostModel<'_>) -> String {
    let shape = describe(&model.metadata.architecture);
    if model.members > 1 { format!("{} × {shape}", model.members) } else { shape }
}

/// The weight type as the command line names it.
pub fn weights_name(weights: WeightKind) -> &'static str {
    match weights {
        WeightKind::F32 => "f32",
        WeightKind::Int8 => "int8",
        WeightKind::Int8x8 => "int8x8",
    }
}

/// A model's shape in one line: `140-64-32 tanh, gaussian:8, 32-64-140 gaussian`.
pub fn describe(shape: &Architecture) -> String {
    let widths = |layers: &[Hidden]| layers.iter().map(|layer| layer.width.to_string()).collect::<Vec<_>>();
    let (inputs, outputs) = (shape.input_width().to_string(), shape.output_width().to_string());
    let encoder = [vec![inputs], widths(&shape.encoder)].concat().join("-");
    let decoder = [widths(&shape.decoder), vec![outputs]].concat().join("-");
    let activation =
        shape.encoder.first().or(shape.decoder.first()).map_or("linear", |layer| layer.activation.name());
    let latent = shape.latent;
    if let LatentKind::Component { .. } = latent {
        return format!("{latent} in {} dimensions", shape.features);
    }
    let likelihood = shape.likelihood.name();
    let weights = match shape.weights {
        WeightKind::F32 => String::new(),
        other => format!(", {}", weights_name(other)),
    };
    format!("{encoder} {activation}, {latent}, {decoder} {likelihood}{weights}")
}
