//! Posteriors that are refined for their frame, and a log of such: an image of its own, for no other has that
//! code.

use crate::{Bits, Failure, demo, rises};
use core::fmt::Write;
use elbow::codec::{BitsBack, model_id};
use elbow::fingerprint::{START, fold};
use elbow::latent::Posterior as _;

/// Steps of a posterior, and of a frame of the log.
const STEPS: u8 = 3;
/// Frames whose posterior is printed.
const FRAMES: usize = 24;
/// Frames of the log: what the smallest chip has room for.
const LOGGED: usize = 8;
/// Samples of the log.
const SAMPLES: u8 = 2;

/// Writes for some recorded frames a line with the bits, in hex, of their posteriors when they are refined,
/// of a model of numbers and of one of bits; then a hash of a log with refined posteriors.
///
/// # Errors
/// A model or a frame is refused, or `out` fails.
pub fn bits(out: &mut impl Write) -> Result<(), Failure> {
    let (numbers, rises) = (demo::calibrated()?, rises::load()?);
    for (i, (frame, bits)) in demo::frames().zip(rises::frames()).take(FRAMES).enumerate() {
        let of_numbers = numbers.model().refined(&frame, STEPS.into())?;
        let of_bits = rises.refined(&bits, STEPS.into())?;
        write!(out, "{i:03}{}{}", Bits(of_numbers.mode()), Bits(&[of_numbers.kl()]))?;
        writeln!(out, "{}{}", Bits(of_bits.mode()), Bits(&[of_bits.kl()]))?;
    }
    let mut buffer = [0; rises::LOG_LEN];
    let codec: BitsBack<'_, _, 4, true> = BitsBack::refining(&rises, SAMPLES, STEPS)?;
    let mut frames = [[0.0; rises::BITS]; LOGGED];
    frames.iter_mut().zip(rises::frames()).for_each(|(to, frame)| *to = frame);
    let len = codec.encode_log(model_id(rises::MODEL), &frames, &mut buffer)?;
    let log = buffer.get(..len).unwrap_or_default();
    let hash = log.iter().fold(START, |hash, byte| fold(hash, u32::from(*byte)));
    writeln!(out, "log {len} {hash:08x}")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::String;

    #[test]
    fn a_line_each() {
        let mut lines = String::new();
        bits(&mut lines).expect("the models load");
        assert_eq!(lines.lines().count(), FRAMES + 1);
        const { assert!(FRAMES < demo::DEMO_FRAMES) }
    }
}
