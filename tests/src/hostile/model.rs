//! Model files.

use elbow::LoadError;
use elbow::codec::PacketPlan;
use elbow::decision::{Calibration, MAX_SAMPLES};
use elbow::format::{ModelFile, checksum};
use elbow_firmware::demo::{self, WIDTH};
use elbow_host::model::{LANES, ModelBytes};

/// A model file: as it is, and with the checksum that it should have, behind which nobody looks otherwise.
pub fn model(bytes: &[u8]) {
    let mut bytes = bytes.to_vec();
    open(&bytes);
    if let Some(end) = bytes.len().checked_sub(4) {
        let sum = checksum(&bytes[..end]);
        bytes[end..].copy_from_slice(&sum.to_le_bytes());
        open(&bytes);
    }
}

/// Loads a model by a device's type and by what the file says; what loads is asked.
fn open(bytes: &[u8]) {
    let bytes = ModelBytes::new(bytes);
    if let Ok(model) = demo::Demo::from_bytes(bytes.as_bytes()) {
        let _ = model.log_density(&[0.5; WIDTH], 5);
    }
    let opened: Result<_, LoadError> = bytes.open();
    let Ok(model) = opened else { return };
    let frame = vec![1.0; model.metadata.architecture.features as usize];
    let _ = model.engine.log_density(&frame, 5);
    let _ = model.engine.log_densities([&frame; LANES], 2);
    let _ = model.engine.reconstruct(&frame);
    if let Some(latent) = model.engine.latent() {
        let _ = (latent.encode(&frame), latent.elbo(&frame, 2));
    }
    if let Some(judge) = model.calibrated() {
        let _ = judge.judge(&frame);
    }
}

/// A model file as a device meets it, with a right checksum: by the type in its firmware, and each part
/// alone. Far cheaper than [`model`], since nothing is scored.
///
/// # Panics
/// A calibration was loaded that cannot be one.
pub fn load(bytes: &[u8]) {
    let mut bytes = bytes.to_vec();
    if let Some(end) = bytes.len().checked_sub(4) {
        let sum = checksum(&bytes[..end]);
        bytes[end..].copy_from_slice(&sum.to_le_bytes());
    }
    let bytes = ModelBytes::new(&bytes);
    let Ok(file) = ModelFile::parse(bytes.as_bytes()) else { return };
    let _ = (file.metadata().is_ok(), file.members().is_ok(), PacketPlan::of(&file).is_ok());
    if let Ok(calibration) = Calibration::of(&file, MAX_SAMPLES) {
        let [low, high] = [0.0, 1.0].map(|part| calibration.quantile(part).0);
        assert!(low <= high, "quantiles rise: {low} and {high}");
        assert!(calibration.false_alarm > 0.0 && calibration.false_alarm <= 1.0);
        assert!(calibration.samples <= MAX_SAMPLES);
    }
    let _: Result<_, LoadError> = demo::Demo::from_bytes(bytes.as_bytes());
}
