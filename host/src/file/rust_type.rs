//! The Rust type that reads a model file, written beside it.

use std::fmt::{Debug, Write as _};

use elbow::architecture::{Activation, Architecture, LatentKind, Section, Visit, Word};
use elbow::codec::{PacketPlan, max_packet_len, scratch_len};
use elbow::ensemble::fingerprint;
use elbow::fingerprint::Part;
use elbow::format::Metadata;

use super::describe::describe_model;
use crate::model::HostModel;
use elbow_reader::categories::{categories, names};

/// The Rust source beside a model: its type, under the model's name, and the sizes that firmware needs.
/// `samples` is what a score takes where no calibration says so.
pub fn rust_source(model: &HostModel<'_>, samples: u32) -> String {
    let HostModel { metadata, members, extras, .. } = model;
    let shape = &metadata.architecture;
    let member = member(shape);
    let of_file = if *members > 1 { format!("elbow::Ensemble<{member}, {members}>") } else { member };
    let name = type_name(metadata.name);
    let samples = extras.calibration.map_or(samples, |calibration| calibration.samples);
    format!(
        "// Written by elbow {} beside the file of the model {}: its type and its sizes. Do not edit it.

/// {}, fingerprint {:08x}.
///
/// `elbow::include_model!(PATH, {name})` embeds the file; one of another shape does not compile.
pub type {name}<'a> = {of_file};

/// `{name}` with the alarm threshold that `elbow calibrate` writes into its file:
/// `Calibrated{name}::from_bytes(MODEL)?.judge(&frame)?`.
#[allow(dead_code)]
pub type Calibrated{name}<'a> = elbow::Calibrated<'a, {name}<'a>>;
{}",
        metadata.version,
        metadata.name,
        describe_model(model),
        fingerprint(*members, shape.fingerprint()),
        sizes(model, samples),
    )
}

/// What firmware would otherwise have to type off.
fn sizes(model: &HostModel<'_>, samples: u32) -> String {
    let HostModel { metadata, extras, .. } = model;
    let (name, upper) = (type_name(metadata.name), constant_name(metadata.name));
    let Metadata { window, hop, architecture: Architecture { features, latent, .. }, .. } = metadata;
    let columns = names(metadata.columns);
    let channels = columns.len();
    let mut out = String::new();
    let mut constant = |about: &str, what: &str, kind: &str, value: &dyn Debug| {
        let _ = write!(
            out,
            "\n/// {about}\n#[allow(dead_code)]\npub const {upper}_{what}: {kind} = {value:?};\n"
        );
    };
    let about = "Samples a score takes unless the caller has a reason for another number.";
    constant(about, "SAMPLES", "u32", &samples);
    constant("Numbers in a frame.", "FEATURES", "usize", features);
    constant("Rows that are joined to a frame.", "ROWS", "usize", window);
    constant("Rows from one frame to the next.", "HOP", "usize", hop);
    let about =
        format!("Columns of a row: number i of a frame is column `i % {channels}` of row `i / {channels}`.");
    constant(&about, "COLUMNS", &format!("[&str; {channels}]"), &columns);
    if !matches!(latent, LatentKind::Component { .. }) {
        constant("Coordinates of the latent.", "LATENTS", "usize", &latent.dims());
    }
    if let Some(PacketPlan { rows, channels, windows, .. }) = &extras.plan {
        let frame = rows * channels;
        let latents = if matches!(latent, LatentKind::Component { .. }) { 0 } else { latent.dims() as usize };
        constant("Windows in a packet.", "PACKET_WINDOWS", "usize", windows);
        let about = "Numbers that packing works with: `Codec::scratch_len`.";
        let scratch = scratch_len(*windows, frame, *channels, latents);
        constant(about, "PACKET_SCRATCH", "usize", &scratch);
        let about = "Bytes of the largest packet of 16-bit samples: `Codec::max_packet_len`.";
        constant(about, "PACKET_BYTES", "usize", &max_packet_len::<i16>(*windows, frame));
    }
    if *window > 1 {
        let _ = write!(
            out,
            "
/// The last rows of a stream as a frame: `{name}Window::new({upper}_HOP)`.
#[allow(dead_code)]
pub type {name}Window = elbow::stream::Window<{window}, {channels}, {features}>;
"
        );
    }
    out + &codes(metadata.columns, &upper)
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
#[allow(dead_code)]
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

/// `engine-room_2` → `EngineRoom2`; a name that is no identifier gets `Model` before it.
pub(super) fn type_name(name: &str) -> String {
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
    #[test]
    fn the_types_of_the_examples_are_what_is_written_today() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../core/examples/room/room");
        let file = crate::Model::open(&std::fs::read(format!("{folder}.elbow")).unwrap()).unwrap();
        let (model, committed) = (file.get(), std::fs::read_to_string(format!("{folder}.rs")).unwrap());
        // a later version says so in the first line alone
        let source = rust_source(model, model.samples_on_device());
        assert!(source.lines().skip(1).eq(committed.lines().skip(1)), "run elbow export on it again");
    }
}
