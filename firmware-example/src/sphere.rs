//! A second, smaller model of the same frames, with its latent on a
//! sphere: so that the conformance set covers it too.
//!
//! `elbow fit data/telemetry/telemetry.csv.gz --drop time_s --window 4 --scaling log --hidden 16 --latent
//! vmf:4 --out firmware-example/model/sphere.elbow` writes what is embedded here.

use crate::demo::{DEMO_SAMPLES, WIDTH};
use elbow::latent::Posterior;
use elbow::{FrameError, LoadError};

include!("../model/sphere.rs");

/// Numbers that [`trace`] writes: the mean direction, the divergence from the prior, the log weights.
pub const TRACE: usize = LATENT + 1 + DEMO_SAMPLES as usize;

const LATENT: usize = 4;

static MODEL: &[u8] = elbow::include_model!("../model/sphere.elbow");

/// Checks the embedded bytes and borrows the model from them.
///
/// # Errors
/// The model's bytes are damaged or of another shape.
pub fn load() -> Result<Sphere<'static>, LoadError> {
    Sphere::from_bytes(MODEL)
}

/// Every number on the way to a score that must be the same on all machines.
///
/// # Errors
/// The frame has no score.
pub fn trace(model: &Sphere<'_>, frame: &[f32; WIDTH]) -> Result<[f32; TRACE], FrameError> {
    let mut numbers = [0.0; TRACE];
    let posterior = model.encode(frame)?;
    let encoded = posterior.mode().iter().copied().chain([posterior.kl()]);
    numbers.iter_mut().zip(encoded).for_each(|(number, value)| *number = value);
    let mut weights = numbers.iter_mut().skip(LATENT + 1);
    model.for_each_log_weight::<4, _>(frame, DEMO_SAMPLES, &mut model.noise(), |weight| {
        if let Some(number) = weights.next() {
            *number = weight;
        }
    })?;
    Ok(numbers)
}
