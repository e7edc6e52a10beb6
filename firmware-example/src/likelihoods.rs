//! Five more models of the same frames, one of integers, one of counts, one with heavy tails, one with a
//! learned prior and one with a category, and logs of those of whole numbers: a conformance set of its own,
//! since the smallest chip's flash holds no further model beside those of the other.
//!
//! `python3 docs/scripts/counts.py target/counts.csv`, then `elbow fit target/counts.csv --drop time_s
//! --window 4 --hidden 16 --latent gaussian:4 --epochs 40 --likelihood discretized-logistic --out
//! firmware-example/model/counts.elbow`, and `elbow fit data/telemetry/telemetry.csv.gz --scaling log
//! --likelihood student-t --out firmware-example/model/tails.elbow` with the same settings, and
//! `--prior gmm:8 --out firmware-example/model/kinds.elbow` in place of the likelihood, write what is
//! embedded here; so do `python3 docs/scripts/counts.py target/tallies.csv 255` and `elbow fit
//! target/tallies.csv --hidden 8 --likelihood beta-binomial:255 --out firmware-example/model/tallies.elbow`,
//! and `python3 docs/scripts/states.py target/states.csv` and `elbow fit target/states.csv --scaling log
//! --categorical running --out firmware-example/model/states.elbow`.

use crate::codec::Hex;
use crate::demo::{DEMO_SAMPLES, WIDTH, frames};
use crate::{Bits, Failure, numbers};
use core::fmt::Write;
use elbow::LoadError;
use elbow::codec::{BitsBack, BitsBackError, Rans};
use elbow::latent::Posterior;

include!("../model/counts.rs");
include!("../model/kinds.rs");
include!("../model/states.rs");
include!("../model/tails.rs");
include!("../model/tallies.rs");

static COUNTS: &[u8] = elbow::include_model!("../model/counts.elbow");
static KINDS: &[u8] = elbow::include_model!("../model/kinds.elbow");
static STATES: &[u8] = elbow::include_model!("../model/states.elbow");
static TAILS: &[u8] = elbow::include_model!("../model/tails.elbow");
static TALLIES: &[u8] = elbow::include_model!("../model/tallies.elbow");

/// The embedded models.
#[derive(Clone, Copy, Debug)]
pub struct Models {
    /// of integers
    pub counts: Counts<'static>,
    /// of counts up to 255
    pub tallies: Tallies<'static>,
    /// with heavy tails
    pub tails: Tails<'static>,
    /// with a learned prior
    pub kinds: Kinds<'static>,
    /// with a category
    pub states: States<'static>,
}

/// Checks the embedded bytes and borrows the models from them.
///
/// # Errors
/// The bytes of a model are damaged or of another shape.
pub fn load() -> Result<Models, LoadError> {
    Ok(Models {
        counts: Counts::from_bytes(COUNTS)?,
        tallies: Tallies::from_bytes(TALLIES)?,
        tails: Tails::from_bytes(TAILS)?,
        kinds: Kinds::from_bytes(KINDS)?,
        states: States::from_bytes(STATES)?,
    })
}

/// Numbers in a row of a frame.
const COLUMNS: usize = 20;

/// A recorded frame in whole numbers: none of its counters is negative.
pub(crate) fn whole(frame: &[f32; WIDTH]) -> [f32; WIDTH] {
    frame.map(|x| (x + 0.5) as i32 as f32)
}

/// A recorded frame in counts that a byte holds.
fn tallied(frame: &[f32; WIDTH]) -> [f32; WIDTH] {
    whole(frame).map(|count| if count > 255.0 { 255.0 } else { count })
}

/// A recorded frame with a word for the number of running processes in
/// each row: the place of the word in the model's list.
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

/// Frames of a log, from the first on.
const LOGGED: usize = 24;
/// Samples of a log.
const LOG_SAMPLES: u8 = 4;
/// Bytes for it: one for a number on average, and room for the largest frame.
const LOG_LEN: usize = LOGGED * WIDTH + 2 * (4 * WIDTH + 2 * 4 + 4);

/// Writes a line with the log, in hex, of some frames, of which the last has been read back.
macro_rules! write_log {
    ($out:expr, $model:expr, $of:expr) => {{
        let codec: BitsBack<'_, _> = BitsBack::new($model, LOG_SAMPLES)?;
        let mut buffer = [0; LOG_LEN];
        let mut rans = Rans::new(&mut buffer[..]);
        for frame in frames().take(LOGGED) {
            codec.encode_frame(&$of(&frame), &mut rans)?;
        }
        let stream = rans.finish().map_err(BitsBackError::from)?;
        writeln!($out, "{}", Hex(buffer.get(..stream).unwrap_or_default()))?;
        let (mut rans, mut frame) =
            (Rans::open_first(&mut buffer[..], stream).map_err(BitsBackError::from)?, [0.0; WIDTH]);
        codec.decode_frame(&mut rans, &mut frame)?;
        if frames().nth(LOGGED - 1).is_none_or(|last| $of(&last) != frame) {
            return Err(BitsBackError::Mismatch.into());
        }
    }};
}

/// Writes for each frame a line with the bits, in hex, of its scores under all of them, of what the first two
/// and the last give back, and of the log ratio of the learned prior and the posterior at the latter's mean;
/// then a log of integers and one of counts.
///
/// # Errors
/// A model or a frame is refused, or `out` fails.
pub fn parity(out: &mut impl Write) -> Result<(), Failure> {
    let Models { counts, tallies, tails, kinds, states } = load()?;
    for (i, frame) in frames().enumerate() {
        let integers = whole(&frame);
        let score = counts.log_density(&integers, DEMO_SAMPLES)?;
        write!(out, "{i:03}{}{}", Bits(&numbers(&score)), Bits(&counts.reconstruct(&integers)?))?;
        let bytes = tallied(&frame);
        let score = tallies.log_density(&bytes, DEMO_SAMPLES)?;
        write!(out, "{}{}", Bits(&numbers(&score)), Bits(&tallies.reconstruct(&bytes)?))?;
        write!(out, "{}", Bits(&numbers(&tails.log_density(&frame, DEMO_SAMPLES)?)))?;
        let score = kinds.log_density(&frame, DEMO_SAMPLES)?;
        let posterior = kinds.encode(&frame)?;
        write!(out, "{}{}", Bits(&numbers(&score)), Bits(&[posterior.log_ratio(posterior.mode())]))?;
        let stated = stated(&frame);
        let score = states.log_density(&stated, DEMO_SAMPLES)?;
        writeln!(out, "{}{}", Bits(&numbers(&score)), Bits(&states.reconstruct(&stated)?))?;
    }
    write_log!(out, &counts, whole);
    write_log!(out, &tallies, tallied);
    Ok(())
}
