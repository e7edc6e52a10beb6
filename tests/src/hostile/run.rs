//! What a fit begins with: settings, checkpoints, weights of others.

use std::path::Path;

use elbow::architecture::Activation;
use elbow_trainer::fit::Checkpoint;
use elbow_trainer::import::{self, Framework, Map, Options};
use elbow_trainer::settings::Settings;

use super::in_a_file;

/// Settings as TOML: what is read is written and read again as it was; a shape follows from it, or an error.
///
/// # Panics
/// Settings changed on their way.
pub fn settings(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(settings) = toml::from_str::<Settings>(text) else { return };
    let written = settings.to_toml();
    let again: Settings = toml::from_str(&written).expect("what was written");
    assert_eq!(written, again.to_toml());
    for features in [0, 1, 7, 100_000] {
        let _ = settings.architecture(features);
    }
    let _ = (settings.mixture(), settings.preprocessing().is_ok());
}

/// A checkpoint: as it is, and with the checksum that it should have.
///
/// # Panics
/// What was read cannot be written and read again.
pub fn checkpoint(bytes: &[u8]) {
    let mut bytes = bytes.to_vec();
    let _ = Checkpoint::decode(&bytes);
    if let Some(end) = bytes.len().checked_sub(4) {
        let sum = elbow::format::checksum(&bytes[..end]);
        bytes[end..].copy_from_slice(&sum.to_le_bytes());
        if let Ok(checkpoint) = Checkpoint::decode(&bytes) {
            let again = checkpoint.encode().expect("what was read");
            assert!(Checkpoint::decode(&again).is_ok());
        }
    }
}

/// Another framework's weights: safetensors, a graph of ONNX, an `.npz` file.
///
/// # Panics
/// There is no room for temporary files.
pub fn weights(bytes: &[u8]) {
    for framework in [Framework::Torch, Framework::Onnx] {
        let options = Options {
            framework,
            activation: None,
            epsilon: None,
            map: Map::default(),
            likelihood: None,
            scale: None,
        };
        if bytes.starts_with(b"PK") {
            in_a_file(bytes, "npz", |path| drop(import::import(path, &options)));
        } else {
            drop(import::import_bytes(bytes, Path::new("no folder/weights"), &options));
        }
    }
    if bytes.starts_with(b"PK") {
        in_a_file(bytes, "npz", |path| drop(import::keras(path, Activation::Relu, 1e-3)));
    }
}
