//! Model files.

use elbow::codec::PacketPlan;
use elbow::decision::{Calibration, MAX_SAMPLES};
use elbow::format::{ModelFile, checksum};
use elbow::{Bounded, BoundedEnsemble, Explain as _, FrameError, LoadError, Score};
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

/// Most numbers of scratch that a device lends here.
const SCRATCH: usize = 1 << 16;

/// The score of ones by the run-time shape, in as much scratch as it asks for; a number less is refused.
fn bounded(bytes: &[u8]) -> Option<Result<Score, FrameError>> {
    let file = ModelFile::parse(bytes).ok()?;
    let [for_scores, for_causes] = Bounded::scratch_len(&file).ok()?;
    if for_causes > SCRATCH {
        return None;
    }
    let mut scratch = vec![0.0; for_causes];
    if let Some(short) = scratch.get_mut(1..for_scores) {
        assert!(Bounded::new(&file, short).is_err());
    }
    let model = Bounded::new(&file, &mut scratch).ok()?;
    let frame = vec![1.0; model.dims()];
    let mut to = vec![0.0; frame.len()];
    let _ = model.explain_until(&frame, 2, &mut to, |_, _| false);
    let mut z = vec![0.0; model.latent_dims()];
    let _ = (model.encode(&frame, &mut z), model.decode(&z, &mut to), model.reconstruct(&frame, &mut to));
    Some(model.log_density(&frame, 5))
}

/// Most members that a device has room for here.
const MEMBERS: usize = 3;

/// The score of ones by the run-time shape of an ensemble.
fn ensemble(bytes: &[u8]) -> Option<Result<Score, FrameError>> {
    let file = ModelFile::parse(bytes).ok()?;
    let [_, for_causes] = BoundedEnsemble::<MEMBERS>::scratch_len(&file).ok()?;
    let mut scratch = vec![0.0; Some(for_causes).filter(|numbers| *numbers <= SCRATCH)?];
    let model = BoundedEnsemble::<MEMBERS>::new(&file, &mut scratch).ok()?;
    let frame = vec![1.0; model.dims()];
    let mut to = vec![0.0; frame.len()];
    let _ = model.explain_until(&frame, 2, &mut to, |_, _| false);
    let _ = model.reconstruct(&frame, &mut to);
    Some(model.log_density(&frame, 5))
}

/// Loads a model by a device's type and by what the file says; what loads is asked.
fn open(bytes: &[u8]) {
    let bytes = ModelBytes::new(bytes);
    if let Ok(model) = demo::Demo::from_bytes(bytes.as_bytes()) {
        let _ = model.log_density(&[0.5; WIDTH], 5);
    }
    let bounded = [bounded(bytes.as_bytes()), ensemble(bytes.as_bytes())];
    let opened: Result<_, LoadError> = bytes.open();
    let Ok(model) = opened else { return };
    let frame = vec![1.0; model.metadata.architecture.features as usize];
    let score = model.engine.log_density(&frame, 5);
    let agree = bounded.iter().flatten().all(|bounded| *bounded == score);
    assert!(agree, "another score: {bounded:?} and {score:?}");
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
