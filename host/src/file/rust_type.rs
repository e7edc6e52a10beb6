//! The Rust type that reads a model file, written beside it.

use std::fmt::Write as _;

use elbow::architecture::{
    Activation, Architecture, ConcentrationKind, FeaturesKind, Hidden, LatentKind, LikelihoodKind, WeightKind,
};
use elbow::ensemble::fingerprint;
use elbow::format::Metadata;

use crate::data::categories::{categories, names};
use crate::model::HostModel;

/// The Rust source beside a model: its type, under the model's name.
pub fn type_alias(model: &HostModel<'_>, samples: u32) -> String {
    let HostModel { metadata, members, .. } = model;
    let shape = &metadata.architecture;
    let member = member(shape);
    let of_file = if *members > 1 { format!("elbow::Ensemble<{member}, {members}>") } else { member };
    let (name, constant) = (type_name(metadata.name), constant_name(metadata.name));
    let mut out = String::new();
    let _ = write!(
        out,
        "// Written by elbow {} beside {}.elbow: the type that reads it. Include it; do not edit it.

/// Samples a score of `{name}` takes unless the caller has a reason for another number.
pub const {constant}_SAMPLES: u32 = {samples};

/// {}, fingerprint {:08x}.
pub type {name}<'a> = {};
",
        metadata.version,
        metadata.name,
        describe_model(model),
        fingerprint(*members, shape.fingerprint()),
        of_file,
    );
    out + &codes(metadata.columns, &constant)
}

/// The values of categories.
fn codes(columns: &str, constant: &str) -> String {
    let categories = categories(columns);
    let codes =
        categories.iter().map(|category| format!("    ({}, &{:?}),\n", category.feature, category.words));
    match categories.len() {
        0 => String::new(),
        count => format!(
            "
/// Columns that are categories, and their values: the place of a value, as a number, is what a frame holds for it.
pub const {constant}_CODES: [(usize, &[&str]); {count}] = [
{}];
",
            codes.collect::<String>()
        ),
    }
}

fn member(shape: &Architecture) -> String {
    if let LatentKind::Component { .. } = shape.latent {
        return format!("elbow::Mixture<{}, {}>", features(shape), head(shape));
    }
    let parts = [
        features(shape),
        encoder(shape),
        head(shape),
        chain(shape.weights, shape.latent_dims(), &shape.decoder),
        likelihood(shape),
    ];
    format!("elbow::Vae<(\n    {},\n)>", parts.join(",\n    "))
}

/// What stands behind it once the model is calibrated.
pub fn alarm_alias(metadata: &Metadata<'_>) -> String {
    let (name, constant) = (type_name(metadata.name), constant_name(metadata.name));
    let columns = names(metadata.columns);
    let count = columns.len();
    format!(
        "
/// Columns of a row: number i of a frame is column `i % {count}` of row `i / {count}`.
pub const {constant}_COLUMNS: [&str; {count}] = {columns:?};

/// `{name}` with its alarm threshold: `Calibrated{name}::from_bytes(MODEL)?.judge(&frame)?`.
pub type Calibrated{name}<'a> = elbow::Calibrated<'a, {name}<'a>>;
"
    )
}

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
    let frame = shape.frame_width().to_string();
    let encoder = [vec![frame.clone()], widths(&shape.encoder)].concat().join("-");
    let decoder = [widths(&shape.decoder), vec![frame]].concat().join("-");
    let activation = shape
        .encoder
        .first()
        .or(shape.decoder.first())
        .map_or("linear".into(), |layer| format!("{:?}", layer.activation).to_lowercase());
    let latent = match shape.latent {
        LatentKind::Gaussian { dim } => format!("gaussian:{dim}"),
        LatentKind::GaussianMixture { dim, components } => {
            format!("gaussian:{dim} under a mixture of {components}")
        }
        LatentKind::VonMisesFisher { dim, concentration } => match concentration {
            ConcentrationKind::Learned => format!("vmf:{dim}"),
            ConcentrationKind::Fixed { kappa } => format!("vmf:{dim},kappa={kappa}"),
            ConcentrationKind::Tabled { kappa } => format!("vmf:{dim},kappa={kappa},table"),
        },
        LatentKind::Point { dim, activation: Activation::Identity } => format!("point:{dim}"),
        LatentKind::Point { dim, activation } => format!("point:{dim},{activation:?}").to_lowercase(),
        LatentKind::Component { gaussians, kernels } => {
            return format!(
                "mixture of {gaussians} gaussians and {kernels} kernels in {} dimensions",
                shape.features
            );
        }
    };
    let likelihood = match shape.likelihood {
        LikelihoodKind::Bernoulli => "bernoulli",
        LikelihoodKind::Gaussian => "gaussian",
        LikelihoodKind::GaussianPerOutput => "gaussian-per-output",
        LikelihoodKind::DiscretizedLogistic => "discretized-logistic",
        LikelihoodKind::StudentT => "student-t",
        LikelihoodKind::BetaBinomial { .. } => "beta-binomial",
        LikelihoodKind::GaussianCategorical { .. } => "gaussian and categorical",
    };
    let weights = match shape.weights {
        WeightKind::F32 => String::new(),
        other => format!(", {}", weights_name(other)),
    };
    format!("{encoder} {activation}, {latent}, {decoder} {likelihood}{weights}")
}

fn features(shape: &Architecture) -> String {
    let numbers = match shape.preprocessing {
        FeaturesKind::Binary => format!("elbow::Binary<{}>", shape.features),
        FeaturesKind::Counts { .. } => format!("elbow::Counts<{}>", shape.features),
        FeaturesKind::Standardize => format!("elbow::Standardize<'a, {}>", shape.features),
        FeaturesKind::LogStandardize => format!("elbow::LogStandardize<'a, {}>", shape.features),
        FeaturesKind::Integers => format!("elbow::Integers<'a, {}>", shape.features),
    };
    match shape.likelihood {
        LikelihoodKind::GaussianCategorical { .. } => format!("elbow::Categories<'a, {numbers}>"),
        _ => numbers,
    }
}

fn encoder(shape: &Architecture) -> String {
    let layers = chain(shape.weights, shape.frame_width(), &shape.encoder);
    match shape.likelihood {
        LikelihoodKind::GaussianCategorical { .. } => {
            format!("elbow::OneHot<'a, {}, {layers}>", shape.features)
        }
        _ => layers,
    }
}

fn components(shape: &Architecture, gaussians: u32, kernels: u32) -> String {
    let of_kind = |name, count| format!("elbow::{name}<'a, {}, {count}>", shape.features);
    match (gaussians, kernels) {
        (_, 0) => of_kind("Gaussians", gaussians),
        (0, _) => of_kind("Kernels", kernels),
        _ => format!("({}, {})", of_kind("Gaussians", gaussians), of_kind("Kernels", kernels)),
    }
}

/// A hidden layer, `depth` others before it.
fn dense(weights: WeightKind, depth: usize, inputs: u32, outputs: u32, activation: Activation) -> String {
    let name = match weights {
        WeightKind::F32 => "Dense",
        WeightKind::Int8 => "DenseInt8",
        // its activation function is a table
        WeightKind::Int8x8 if depth == 0 => {
            return format!("elbow::DenseInt8x8<'a, {inputs}, {outputs}, u16>");
        }
        WeightKind::Int8x8 => return format!("elbow::DenseInt8x8<'a, {inputs}, {outputs}>"),
    };
    layer(name, inputs, outputs, activation)
}

/// A layer that ends a chain of hidden ones.
fn last(weights: WeightKind, inputs: u32, outputs: u32, activation: Activation) -> String {
    let name = match weights {
        WeightKind::F32 => "Dense",
        WeightKind::Int8 => "DenseInt8",
        WeightKind::Int8x8 => "LinearInt8x8",
    };
    layer(name, inputs, outputs, activation)
}

fn layer(name: &str, inputs: u32, outputs: u32, activation: Activation) -> String {
    match activation {
        Activation::Identity => format!("elbow::{name}<'a, {inputs}, {outputs}>"),
        other => format!("elbow::{name}<'a, {inputs}, {outputs}, elbow::{other:?}>"),
    }
}

fn chain(weights: WeightKind, inputs: u32, layers: &[Hidden]) -> String {
    let mut width = inputs;
    let mut parts = Vec::new();
    if weights == WeightKind::Int8x8 {
        parts.push(format!("elbow::Quantize<{inputs}>"));
    }
    for (depth, layer) in layers.iter().enumerate() {
        let inputs = std::mem::replace(&mut width, layer.width);
        parts.push(dense(weights, depth, inputs, layer.width, layer.activation));
    }
    match parts.as_slice() {
        [] => format!("elbow::PassThrough<{inputs}>"),
        [only] => format!("({only},)"),
        several => format!("({})", several.join(", ")),
    }
}

fn head(shape: &Architecture) -> String {
    let last = |outputs, activation| last(shape.weights, shape.encoder_width(), outputs, activation);
    let linear = |outputs| last(outputs, Activation::Identity);
    match shape.latent {
        LatentKind::Gaussian { dim } => format!("elbow::GaussianHead<{0}, {0}>", linear(dim)),
        LatentKind::GaussianMixture { dim, components } => {
            format!("elbow::MixtureHead<'a, {0}, {0}, {components}>", linear(dim))
        }
        LatentKind::VonMisesFisher { dim, concentration } => {
            let concentration = match concentration {
                ConcentrationKind::Learned => format!("elbow::LearnedConcentration<{}>", linear(1)),
                ConcentrationKind::Fixed { .. } => "elbow::FixedConcentration".into(),
                ConcentrationKind::Tabled { .. } => "elbow::TabledConcentration<'a>".into(),
            };
            format!("elbow::VmfHead<{}, {concentration}>", linear(dim))
        }
        LatentKind::Point { dim, activation } => {
            format!("elbow::PointHead<{}>", last(dim, activation))
        }
        LatentKind::Component { gaussians, kernels } => components(shape, gaussians, kernels),
    }
}

fn likelihood(shape: &Architecture) -> String {
    let linear = last(shape.weights, shape.decoder_width(), shape.frame_width(), Activation::Identity);
    match shape.likelihood {
        LikelihoodKind::Bernoulli => format!("elbow::Bernoulli<{linear}>"),
        LikelihoodKind::Gaussian => format!("elbow::Gaussian<'a, {linear}>"),
        LikelihoodKind::GaussianPerOutput => format!("elbow::GaussianPerOutput<{linear}, {linear}>"),
        LikelihoodKind::DiscretizedLogistic => {
            format!("elbow::DiscretizedLogistic<'a, {linear}, {linear}>")
        }
        LikelihoodKind::StudentT => format!("elbow::StudentT<'a, {linear}, {linear}>"),
        LikelihoodKind::BetaBinomial { .. } => format!("elbow::BetaBinomial<{linear}, {linear}>"),
        LikelihoodKind::GaussianCategorical { .. } => {
            format!("elbow::GaussianCategorical<'a, {}, {linear}>", shape.features)
        }
    }
}

/// `engine-room_2` → `EngineRoom2`; a name that is no identifier gets `Model` before it.
fn type_name(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
    };
    let camel: String = name.split(|c: char| !c.is_ascii_alphanumeric()).filter_map(word).collect();
    // `Self` is a word of the language
    if camel.starts_with(|c: char| c.is_ascii_alphabetic()) && camel != "Self" {
        camel
    } else {
        format!("Model{camel}")
    }
}

fn constant_name(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let upper = words.collect::<Vec<_>>().join("_").to_ascii_uppercase();
    if upper.starts_with(|c: char| c.is_ascii_alphabetic()) { upper } else { format!("MODEL_{upper}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_identifiers() {
        assert_eq!(
            (type_name("engine-room_2"), constant_name("engine-room_2")),
            ("EngineRoom2".into(), "ENGINE_ROOM_2".into())
        );
        assert_eq!((type_name("7"), constant_name("7")), ("Model7".into(), "MODEL_7".into()));
        assert_eq!((type_name("ü"), type_name("self")), ("Model".into(), "ModelSelf".into()));
    }
}
