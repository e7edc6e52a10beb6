//! The model this firmware carries and the frames it scores: the one file that knows either.
//!
//! `elbow demo --out firmware-example/model` writes files like these. These are kept as they are, for the
//! conformance set to stay the same; their threshold was set by `elbow calibrate` on 191 normal windows that
//! are neither fitted nor embedded, at a rate of 0.05. The plan of packets is what `elbow calibrate
//! firmware-example/model/demo.elbow data/telemetry/telemetry.csv.gz --packets --latents-only
//! --windows-per-packet 4 --resolution 1e-3,1e-3,1e-3,1,1,0.1,1,1,0.01,1,1,1,1,10,10,0.1,1,1,1,1e-3` writes.

use elbow::codec::PacketPlan;
use elbow::format::ModelFile;
use elbow::latent::Posterior;
use elbow::{FrameError, LoadError};

include!("../model/demo.rs");
include!("../model/frames.rs");

/// Sensor values in a frame: a second of telemetry, 4 rows of 20 counters.
pub const WIDTH: usize = 80;
/// Numbers that [`trace`] writes: the posterior's means and log scales, and the log weights.
pub const TRACE: usize = 2 * LATENT + DEMO_SAMPLES as usize;

const LATENT: usize = 4;

static MODEL: &[u8] = elbow::include_model!("../model/demo.elbow", Demo);
static FRAMES: &[u8] = include_bytes!("../model/frames.bin");

const _: () = assert!(FRAMES.len() == 4 * WIDTH * DEMO_FRAMES, "frames.bin and frames.rs belong together");

/// Checks the embedded bytes and borrows the model from them.
///
/// # Errors
/// The model's bytes are damaged or of another shape.
pub fn load() -> Result<Demo<'static>, LoadError> {
    Demo::from_bytes(MODEL)
}

/// As [`load`], with the alarm threshold.
///
/// # Errors
/// As there.
pub fn calibrated() -> Result<CalibratedDemo<'static>, LoadError> {
    CalibratedDemo::from_bytes(MODEL)
}

/// How its packets are made.
///
/// # Errors
/// As there.
pub fn plan() -> Result<PacketPlan<'static>, LoadError> {
    PacketPlan::of(&ModelFile::parse(MODEL)?)
}

/// The id that packets of the embedded model carry.
pub fn model_id() -> u32 {
    elbow::codec::model_id(MODEL)
}

/// The recorded frames, in raw sensor units.
pub fn frames() -> impl Iterator<Item = [f32; WIDTH]> {
    FRAMES.chunks_exact(4 * WIDTH).map(|bytes| {
        let mut frame = [0.0; WIDTH];
        for (x, bytes) in frame.iter_mut().zip(bytes.as_chunks().0) {
            *x = f32::from_le_bytes(*bytes);
        }
        frame
    })
}

/// Every number on the way to a score that must be the same on all machines.
///
/// # Errors
/// The frame has no score.
pub fn trace(model: &Demo<'_>, frame: &[f32; WIDTH]) -> Result<[f32; TRACE], FrameError> {
    let mut numbers = [0.0; TRACE];
    let posterior = model.encode(frame)?;
    let encoded = posterior.mode().iter().chain(posterior.q().log_scale());
    numbers.iter_mut().zip(encoded).for_each(|(number, value)| *number = *value);
    let mut weights = numbers.iter_mut().skip(2 * LATENT);
    model.for_each_log_weight::<4, _>(frame, DEMO_SAMPLES, &mut model.noise(), |weight| {
        if let Some(number) = weights.next() {
            *number = weight;
        }
    })?;
    Ok(numbers)
}
