//! Four more models of the same frames, one of integers, one with heavy tails, one with a learned prior and one with a category: a conformance
//! set of its own, since the smallest chip's flash holds no further model beside those of the other.
//!
//! `python3 docs/scripts/counts.py target/counts.csv`, then `elbow fit target/counts.csv --drop time_s --window 4 --hidden 16 --latent
//! gaussian:4 --epochs 40 --likelihood discretized-logistic --out firmware-example/model/counts.elbow`, and `elbow fit
//! data/telemetry/telemetry.csv.gz --scaling log --likelihood student-t --out firmware-example/model/tails.elbow` with the same settings, and
//! `--prior gmm:8 --out firmware-example/model/kinds.elbow` in place of the likelihood, write what is embedded here; so do `python3
//! docs/scripts/states.py target/states.csv` and `elbow fit target/states.csv --scaling log --categorical running --out
//! firmware-example/model/states.elbow`.

use crate::demo::{DEMO_SAMPLES, WIDTH, frames};
use crate::{Bits, Failure, numbers};
use core::fmt::Write;
use elbow::LoadError;
use elbow::latent::Posterior;

include!("../model/counts.rs");
include!("../model/kinds.rs");
include!("../model/states.rs");
include!("../model/tails.rs");

static COUNTS: &[u8] = elbow::include_model!("../model/counts.elbow");
static KINDS: &[u8] = elbow::include_model!("../model/kinds.elbow");
static STATES: &[u8] = elbow::include_model!("../model/states.elbow");
static TAILS: &[u8] = elbow::include_model!("../model/tails.elbow");

/// Checks the embedded bytes and borrows the models from them.
///
/// # Errors
/// The bytes of a model are damaged or of another shape.
pub fn load() -> Result<(Counts<'static>, Tails<'static>, Kinds<'static>, States<'static>), LoadError> {
    let (counts, tails) = (Counts::from_bytes(COUNTS)?, Tails::from_bytes(TAILS)?);
    Ok((counts, tails, Kinds::from_bytes(KINDS)?, States::from_bytes(STATES)?))
}

/// Numbers in a row of a frame.
const COLUMNS: usize = 20;

/// A recorded frame in whole numbers: none of its counters is negative.
fn whole(frame: &[f32; WIDTH]) -> [f32; WIDTH] {
    frame.map(|x| (x + 0.5) as i32 as f32)
}

/// A recorded frame with a word for the number of running processes in each row: the place of the word in the model's list.
fn stated(frame: &[f32; WIDTH]) -> [f32; WIDTH] {
    let [(column, words)] = STATES_CODES;
    let mut stated = *frame;
    for row in stated.as_chunks_mut::<COLUMNS>().0 {
        let running = row[column];
        let word = if running < 5.0 {
            "calm"
        } else if running < 8.0 {
            "busy"
        } else {
            "full"
        };
        // a word that the model does not know would be refused
        row[column] = words.iter().position(|known| *known == word).map_or(-1.0, |code| code as f32);
    }
    stated
}

/// Writes for each frame a line with the bits, in hex, of its scores under all of them, of what the first and the last give back, and of the
/// log ratio of the learned prior and the posterior at the latter's mean.
///
/// # Errors
/// A model or a frame is refused, or `out` fails.
pub fn parity(out: &mut impl Write) -> Result<(), Failure> {
    let (counts, tails, kinds, states) = load()?;
    for (i, frame) in frames().enumerate() {
        let integers = whole(&frame);
        let score = counts.log_density(&integers, DEMO_SAMPLES)?;
        write!(out, "{i:03}{}{}", Bits(&numbers(&score)), Bits(&counts.reconstruct(&integers)?))?;
        write!(out, "{}", Bits(&numbers(&tails.log_density(&frame, DEMO_SAMPLES)?)))?;
        let score = kinds.log_density(&frame, DEMO_SAMPLES)?;
        let posterior = kinds.encode(&frame)?;
        write!(out, "{}{}", Bits(&numbers(&score)), Bits(&[posterior.log_ratio(posterior.mode())]))?;
        let stated = stated(&frame);
        let score = states.log_density(&stated, DEMO_SAMPLES)?;
        writeln!(out, "{}{}", Bits(&numbers(&score)), Bits(&states.reconstruct(&stated)?))?;
    }
    Ok(())
}
