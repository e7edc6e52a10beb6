//! Which of the recorded counters rose, as one log for all frames: bits-back coding on the device.
//!
//! `docs/scripts/rises.py` makes the bits that the embedded model was fitted on, and says how.

use crate::Failure;
use crate::codec::Hex;
use crate::demo::{self, DEMO_FRAMES, WIDTH};
use core::fmt::Write;
use elbow::LoadError;
use elbow::codec::{BitsBack, BitsBackError, LOG_HEADER_LEN, LogHeader, Rans, model_id};
use elbow::format::NUMERIC_PROFILE;

include!("../model/rises.rs");

pub(crate) static MODEL: &[u8] = elbow::include_model!("../model/rises.elbow");

/// Rows of a recorded frame, and counters in a row.
const ROWS: usize = 4;
const COUNTERS: usize = WIDTH / ROWS;
/// Bits of a frame: for each row but the first, which counters are higher than in the row before.
pub const BITS: usize = (ROWS - 1) * COUNTERS;
/// Bytes for a log of all frames: 8 for a frame, and room for the largest.
pub const LOG_LEN: usize = 8 * DEMO_FRAMES + 2 * (BITS + 8 + 4);

/// Checks the embedded bytes and borrows the model from them.
///
/// # Errors
/// The model's bytes are damaged or of another shape.
pub fn load() -> Result<Rises<'static>, LoadError> {
    Rises::from_bytes(MODEL)
}

/// The recorded frames' bits.
pub fn frames() -> impl Iterator<Item = [f32; BITS]> {
    demo::frames().map(|frame| {
        let mut bits = [0.0; BITS];
        let pairs = frame.iter().zip(frame.iter().skip(COUNTERS));
        bits.iter_mut()
            .zip(pairs)
            .for_each(|(bit, (before, after))| *bit = f32::from(u8::from(after > before)));
        bits
    })
}

/// Writes all frames as a log, each as it comes, and returns the log's length.
///
/// # Errors
/// The model is refused, or the buffer too small.
pub fn encode(samples: u8, buffer: &mut [u8]) -> Result<usize, Failure> {
    let model = load()?;
    let codec: BitsBack<'_, _> = BitsBack::new(&model, samples)?;
    let room = buffer.get_mut(LOG_HEADER_LEN..).unwrap_or_default();
    let (mut rans, mut count) = (Rans::new(room), 0);
    for frame in frames() {
        codec.encode_frame(&frame, &mut rans)?;
        count += 1;
    }
    let stream = rans.finish().map_err(BitsBackError::from)?;
    let (numeric_profile, model) = (NUMERIC_PROFILE as u8, model_id(MODEL));
    Ok(LogHeader { numeric_profile, samples, steps: 0, model, frames: count }.seal(stream, buffer)?)
}

/// Reads a log of all frames, and compares them with what was recorded.
///
/// # Errors
/// The model or the log is refused, or other frames come out.
pub fn decode(samples: u8, buffer: &mut [u8], len: usize) -> Result<(), Failure> {
    let model = load()?;
    let codec: BitsBack<'_, _> = BitsBack::new(&model, samples)?;
    let (mut left, mut same) = (DEMO_FRAMES, true);
    codec.decode_log(model_id(MODEL), buffer, len, |frame| {
        // the last one comes first
        left = left.saturating_sub(1);
        same &= frames().nth(left).is_some_and(|expected| expected == frame);
    })?;
    if same && left == 0 { Ok(()) } else { Err(BitsBackError::Mismatch.into()) }
}

/// Writes a log in hex for one sample and for sixteen, having read it back.
///
/// # Errors
/// The model or a log is refused, or `out` fails.
pub fn logs(out: &mut impl Write) -> Result<(), Failure> {
    let mut buffer = [0; LOG_LEN];
    for samples in [1, 16] {
        let len = encode(samples, &mut buffer)?;
        writeln!(out, "{}", Hex(buffer.get(..len).unwrap_or_default()))?;
        decode(samples, &mut buffer, len)?;
    }
    Ok(())
}
