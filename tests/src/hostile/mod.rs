//! What comes from outside, as bytes: whatever they are, they give a result or an error, and never a panic;
//! and what is promised of every input holds for these.
//!
//! `fuzz/` searches for bytes that break this; the test `hostile` changes sound inputs at random.

mod data;
mod frames;
mod log;
mod model;
mod packet;
mod run;
mod samples;
mod scores;
mod signed;

pub use data::data;
pub use frames::frames;
pub use log::{events, log};
pub use model::{load, model};
pub use packet::{crc16, packet, packets};
pub use run::{checkpoint, settings, weights};
pub use samples::samples;
pub use scores::scores;
pub use signed::{FOREIGN, KEY, OLDEST, SIGNED, SMALL, signed};

use std::fs;
use std::path::Path;

/// The committed models, from bits and counts to mixtures and spheres.
pub const MODELS: [&[u8]; 9] = [
    include_bytes!("../../../firmware-example/model/demo.elbow"),
    include_bytes!("../../../firmware-example/model/rises.elbow"),
    include_bytes!("../../../firmware-example/model/counts.elbow"),
    include_bytes!("../../../firmware-example/model/tallies.elbow"),
    include_bytes!("../../../firmware-example/model/states.elbow"),
    include_bytes!("../../../firmware-example/model/demo_int8x8.elbow"),
    include_bytes!("../../../firmware-example/model/sphere_int8.elbow"),
    include_bytes!("../../../firmware-example/model/kinds.elbow"),
    include_bytes!("../../../firmware-example/model/mixture.elbow"),
];
/// Numbers as they come: four bytes each.
fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|x| f32::from_le_bytes([x[0], x[1], x[2], x[3]])).collect()
}

/// Writes a file of that ending, for as long as `work` takes.
fn in_a_file(bytes: &[u8], ending: &str, work: impl FnOnce(&Path)) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("file").with_extension(ending);
    fs::write(&path, bytes).expect("room for a temporary file");
    work(&path);
}
