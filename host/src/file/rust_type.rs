//! The Rust type that reads a model file, written beside it.

use std::fmt::Write as _;

use elbow::architecture::{Activation, Architecture, Hidden, LatentKind, Section, Visit, WeightKind, Word};
use elbow::ensemble::fingerprint;
use elbow::fingerprint::Part;
use elbow::format::Metadata;

use crate::model::HostModel;
use elbow_reader::categories::{categories, names};

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
/// Columns that are categories, and their values: the place of a value, as a number, is what a frame holds
/// for it.
pub const {constant}_CODES: [(usize, &[&str]); {count}] = [
{}];
",
            codes.collect::<String>()
        ),
    }
}

/// The type of one model.
fn member(shape: &Architecture) -> String {
    let mut whole = Type::default();
    shape.visit(&mut whole);
    whole.arguments.concat()
}

/// The arguments of a part's type.
#[derive(Default)]
struct Type {
    borrows: bool,
    arguments: Vec<String>,
}

impl Visit for Type {
    fn part(&mut self, _role: &'static str, part: Part, inside: impl FnOnce(&mut Self)) {
        let mut of_part = Type::default();
        inside(&mut of_part);
        self.arguments.push(of_part.text(part));
    }

    fn word(&mut self, word: Word) {
        match word {
            Word::Size(size) => self.arguments.push(size.to_string()),
            // the type's default
            Word::Activation(Activation::Identity) | Word::Fixed(_) => {}
            Word::Activation(activation) => self.arguments.push(format!("elbow::{activation:?}")),
        }
    }

    fn section(&mut self, section: Section) {
        self.borrows |= section.is_borrowed;
    }
}

impl Type {
    fn text(mut self, part: Part) -> String {
        let name = match part {
            // one layer is a tuple, too
            Part::Chain if self.arguments.len() == 1 => return format!("({},)", self.arguments[0]),
            Part::Chain => return format!("({})", self.arguments.join(", ")),
            Part::Vae => return format!("elbow::Vae<(\n    {},\n)>", self.arguments.join(",\n    ")),
            Part::DenseInt8x16 => {
                self.arguments.push("u16".into());
                "DenseInt8x8".into()
            }
            named => format!("{named:?}"),
        };
        let lifetime = self.borrows.then(|| "'a".to_string());
        let arguments: Vec<_> = lifetime.into_iter().chain(self.arguments).collect();
        if arguments.is_empty() {
            format!("elbow::{name}")
        } else {
            format!("elbow::{name}<{}>", arguments.join(", "))
        }
    }
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

/// A name as constants have it.
pub(super) fn constant_name(name: &str) -> String {
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
