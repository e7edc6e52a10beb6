//! A mixture of six of the recorded counters, of both kinds of components:
//! an image of its own beside the conformance set.
//!
//! ```sh
//! gunzip --stdout data/telemetry/telemetry.csv.gz | awk 'NR % 40 == 1' > rows.csv
//! gunzip --stdout data/telemetry/telemetry.csv.gz | awk 'NR == 1 || NR % 40 == 21' > later.csv
//! elbow fit rows.csv --auto --scaling log --out firmware-example/model/mixture.elbow \
//!   --columns cpu_user,cpu_system,interrupts_per_s,context_switches_per_s,mem_available_mib,anon_mib
//! elbow calibrate firmware-example/model/mixture.elbow later.csv --false-alarm 0.05
//! ```

use crate::demo;
use crate::{Bits, Failure, numbers};
use core::fmt::Write;
use elbow::features::hide;
use elbow::fingerprint::{START, fold};
use elbow::noise::LowDiscrepancy;
use elbow::{Explain as _, LoadError};

include!("../model/mixture.rs");

/// Counters of a frame.
pub const WIDTH: usize = MIXTURE_COLUMNS.len();

/// Frames that are drawn.
const DRAWS: usize = 16;

/// Where they stand among those of the recorded frames.
const COLUMNS: [usize; WIDTH] = [0, 1, 3, 4, 10, 11];

static MODEL: &[u8] = elbow::include_model!("../model/mixture.elbow", Mixture);

/// Checks the embedded bytes and borrows the model from them.
///
/// # Errors
/// The model's bytes are damaged or of another shape.
pub fn calibrated() -> Result<CalibratedMixture<'static>, LoadError> {
    CalibratedMixture::from_bytes(MODEL)
}

/// The first row of each recorded frame.
pub fn frames() -> impl Iterator<Item = [f32; WIDTH]> {
    demo::frames().map(|frame| COLUMNS.map(|column| frame.get(column).copied().unwrap_or(f32::NAN)))
}

/// Writes for each frame a line with the bits, in hex, of all that a mixture says of it: a hash of the
/// components' log densities, the score, the verdict with its p-value, the causes, and the reconstruction;
/// then some frames that are drawn from the model.
///
/// # Errors
/// The self-test fails, the model or a frame is refused, or `out` fails.
pub fn bits(out: &mut impl Write) -> Result<(), Failure> {
    elbow::self_test()?;
    let judge = calibrated()?;
    for (i, frame) in frames().enumerate() {
        let (mut hash, mut surprises) = (START, [0.0; WIDTH]);
        judge.model().for_each_log_joint(&frame, |term| hash = fold(hash, term.to_bits()))?;
        let verdict = judge.judge_explained(&frame, &mut surprises)?;
        write!(out, "{i:03} {hash:08x} {}{}", verdict.kind as u32, Bits(&numbers(&verdict.score)))?;
        write!(out, "{}{}", Bits(&[verdict.p_value]), Bits(&surprises))?;
        writeln!(out, "{}", Bits(&judge.model().reconstruct(&frame)?))?;
    }
    let mut noise = elbow::noise::LowDiscrepancy::new(1 + WIDTH);
    for i in 0..DRAWS {
        writeln!(out, "draw {i:02}{}", Bits(&judge.model().sample(&mut noise)?))?;
    }
    Ok(())
}

/// Writes for each frame, of which one, two or three numbers are missing, the bits of its score, of the
/// causes, of what stands in for the missing numbers, and of a draw of them.
///
/// # Errors
/// As [`bits`].
pub fn bits_of_gaps(out: &mut impl Write) -> Result<(), Failure> {
    let gaps = calibrated()?.model().with_gaps::<3>();
    let mut noise = LowDiscrepancy::new(WIDTH);
    for (i, frame) in frames().enumerate() {
        let (mut frame, mut surprises) = (frame, [0.0; WIDTH]);
        hide(&mut frame, &[MASKS[i % MASKS.len()]])?;
        let score = gaps.explain_until(&frame, 1, &mut surprises, |_, _| false)?;
        write!(out, "{i:03}{}{}", Bits(&numbers(&score)), Bits(&surprises))?;
        writeln!(out, "{}{}", Bits(&gaps.impute(&frame)?), Bits(&gaps.impute_with(&frame, &mut noise)?))?;
    }
    Ok(())
}

/// Numbers that are missing.
pub const MASKS: [u32; 5] = [0b1, 0b10_0000, 0b1_1000, 0b10_0101, 0b1110];

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::String;

    #[test]
    fn the_model_takes_the_columns_that_it_was_fitted_to() {
        assert_eq!(MIXTURE_COLUMNS, COLUMNS.map(|column| demo::DEMO_COLUMNS[column]));
        let mut lines = String::new();
        bits(&mut lines).expect("the model loads");
        assert_eq!(lines.lines().count(), demo::DEMO_FRAMES + DRAWS);
        let alarms = lines.lines().take(demo::DEMO_FRAMES).filter(|line| line.as_bytes()[13] == b'1').count();
        assert!((demo::DEMO_FRAMES / 8..demo::DEMO_FRAMES).contains(&alarms), "{alarms} alarms");
    }
}
