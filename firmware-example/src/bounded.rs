//! The run-time shape: what it takes beside the type, and that one engine reads every embedded model.

use crate::bench::line;
use crate::demo::{self, DEMO_SAMPLES};
use crate::likelihoods::whole;
use crate::{Bits, Failure, mixture, numbers};
use core::fmt::Write;
use core::hint::black_box;
use elbow::{Bounded, Dense, Gaussian, GaussianHead, Standardize, Tanh, Vae};

/// 192-64-32 → 8 → 32-64-192.
pub type Wide<'a> = Vae<(
    Standardize<'a, 192>,
    (Dense<'a, 192, 64, Tanh>, Dense<'a, 64, 32, Tanh>),
    GaussianHead<Dense<'a, 32, 8>, Dense<'a, 32, 8>>,
    (Dense<'a, 8, 32, Tanh>, Dense<'a, 32, 64, Tanh>),
    Gaussian<'a, Dense<'a, 64, 192>>,
)>;

/// Samples of a score that is counted.
const SAMPLES: u32 = 64;
/// Numbers of scratch for the largest model.
const SCRATCH: usize = 1200;

/// Counts loading and a score of the wide model, by its type and by the run-time shape.
///
/// # Errors
/// The file is not that model, or `out` fails.
pub fn cost(file: &[u8], out: &mut impl Write) -> Result<(), Failure> {
    let frame: [f32; 192] = core::array::from_fn(|i| (i as f32 - 96.0) / 32.0);
    line(out, "load", || Wide::from_bytes(file).is_ok(), |ok| u32::from(*ok))?;
    let model = Wide::from_bytes(file)?;
    let score = |samples| model.log_density(&frame, black_box(samples));
    let bits = |score: &Result<elbow::Score, elbow::FrameError>| {
        score.map_or(0, |score| score.log_density.0.to_bits())
    };
    line(out, "score-64", || score(SAMPLES), bits)?;
    line(out, "score-1", || score(1), bits)?;
    let mut scratch = [0.0; SCRATCH];
    line(out, "load-bounded", || Bounded::from_bytes(file, &mut scratch).is_ok(), |ok| u32::from(*ok))?;
    let model = Bounded::from_bytes(file, &mut scratch)?;
    line(out, "score-64-bounded", || model.log_density(&frame, black_box(SAMPLES)), bits)?;
    line(out, "score-1-bounded", || model.log_density(&frame, black_box(1)), bits)
}

/// Models of every kind of latent, likelihood and weights, each with the numbers that its frames are made of.
static MODELS: [(&[u8], Frames); 9] = [
    (elbow::include_model!("../model/sphere.elbow"), Frames::AsRecorded),
    (elbow::include_model!("../model/sphere_int8.elbow"), Frames::AsRecorded),
    (elbow::include_model!("../model/demo_int8x8.elbow"), Frames::AsRecorded),
    (elbow::include_model!("../model/kinds.elbow"), Frames::AsRecorded),
    (elbow::include_model!("../model/tails.elbow"), Frames::AsRecorded),
    (elbow::include_model!("../model/counts.elbow"), Frames::Whole),
    (elbow::include_model!("../model/events.elbow"), Frames::Whole),
    (elbow::include_model!("../model/wind.elbow"), Frames::AsRecorded),
    (MIXTURE, Frames::AsRecorded),
];

static MIXTURE: &[u8] = elbow::include_model!("../model/mixture.elbow");

/// What a model takes of the recorded frames.
#[derive(Clone, Copy, Debug)]
enum Frames {
    AsRecorded,
    Whole,
}

/// Writes for each model, and for some recorded frames or as much of them as it takes, a line with the bits,
/// in hex, of the score, and, of a calibrated model, of the verdict: one engine reads all of them.
///
/// # Errors
/// A model or a frame is refused, or `out` fails.
pub fn parity(out: &mut impl Write) -> Result<(), Failure> {
    let mut scratch = [0.0; SCRATCH];
    for (bytes, kind) in MODELS {
        let model = Bounded::from_bytes(bytes, &mut scratch)?;
        for frame in demo::frames().step_by(16) {
            let frame = match kind {
                Frames::AsRecorded => frame,
                Frames::Whole => whole(&frame),
            };
            let frame = frame.get(..model.dims()).unwrap_or(&frame);
            writeln!(out, "{}", Bits(&numbers(&model.log_density(frame, DEMO_SAMPLES)?)))?;
        }
    }
    let judge = Bounded::calibrated(MIXTURE, &mut scratch)?;
    for frame in mixture::frames() {
        let mut causes = [0.0; mixture::WIDTH];
        let verdict = judge.judge_explained(&frame, &mut causes)?;
        writeln!(out, "{}{}{}", Bits(&numbers(&verdict.score)), Bits(&[verdict.p_value]), Bits(&causes))?;
    }
    Ok(())
}
