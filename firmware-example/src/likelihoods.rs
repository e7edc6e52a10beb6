//! Three more models of the same frames, one of integers, one with heavy tails and one with a learned prior: a conformance set of its own, since
//! the smallest chip's flash holds no further model beside those of the other.
//!
//! `python3 docs/scripts/counts.py target/counts.csv`, then `elbow fit target/counts.csv --drop time_s --window 4 --hidden 16 --latent
//! gaussian:4 --epochs 40 --likelihood discretized-logistic --out firmware-example/model/counts.elbow`, and `elbow fit
//! data/telemetry/telemetry.csv.gz --scaling log --likelihood student-t --out firmware-example/model/tails.elbow` with the same settings, and
//! `--prior gmm:8 --out firmware-example/model/kinds.elbow` in place of the likelihood, write what is embedded here.

use crate::demo::{DEMO_SAMPLES, WIDTH, frames};
use crate::{Bits, Failure, numbers};
use core::fmt::Write;
use elbow::LoadError;
use elbow::latent::Posterior;

include!("../model/counts.rs");
include!("../model/kinds.rs");
include!("../model/tails.rs");

static COUNTS: &[u8] = elbow::include_model!("../model/counts.elbow");
static KINDS: &[u8] = elbow::include_model!("../model/kinds.elbow");
static TAILS: &[u8] = elbow::include_model!("../model/tails.elbow");

/// Checks the embedded bytes and borrows the models from them.
///
/// # Errors
/// The bytes of a model are damaged or of another shape.
pub fn load() -> Result<(Counts<'static>, Tails<'static>, Kinds<'static>), LoadError> {
    Ok((Counts::from_bytes(COUNTS)?, Tails::from_bytes(TAILS)?, Kinds::from_bytes(KINDS)?))
}

/// A recorded frame in whole numbers: none of its counters is negative.
fn whole(frame: &[f32; WIDTH]) -> [f32; WIDTH] {
    frame.map(|x| (x + 0.5) as i32 as f32)
}

/// Writes for each frame a line with the bits, in hex, of its scores under all of them, of the integers that the first gives back, and of
/// the last one's log ratio of prior and posterior at the latter's mean.
///
/// # Errors
/// A model or a frame is refused, or `out` fails.
pub fn parity(out: &mut impl Write) -> Result<(), Failure> {
    let (counts, tails, kinds) = load()?;
    for (i, frame) in frames().enumerate() {
        let integers = whole(&frame);
        let score = counts.log_density(&integers, DEMO_SAMPLES)?;
        write!(out, "{i:03}{}{}", Bits(&numbers(&score)), Bits(&counts.reconstruct(&integers)?))?;
        write!(out, "{}", Bits(&numbers(&tails.log_density(&frame, DEMO_SAMPLES)?)))?;
        let score = kinds.log_density(&frame, DEMO_SAMPLES)?;
        let posterior = kinds.encode(&frame)?;
        writeln!(out, "{}{}", Bits(&numbers(&score)), Bits(&[posterior.log_ratio(posterior.mode())]))?;
    }
    Ok(())
}
