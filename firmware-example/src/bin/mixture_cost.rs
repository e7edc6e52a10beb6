//! Prints the instructions that a mixture takes for a frame.
//!
//! Counts on QEMU's mps2 boards as `elbow_firmware::ticks` says: `tests/tests/device/mixtures.rs` runs it.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::fmt::Write as _;
use core::hint::black_box;
use elbow::features::hide;
use elbow_firmware::ticks::{instructions_since, ticks_left};
use elbow_firmware::{machine, mixture};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(|out| {
        let judge = mixture::calibrated()?;
        let gaps = judge.model().with_gaps::<1>();
        let (mut frames, mut score, mut judged, mut explained, mut missing) = (0_u64, 0, 0, 0, 0);
        for frame in mixture::frames() {
            let start = ticks_left();
            black_box(judge.model().log_density(black_box(&frame))?);
            score += instructions_since(start);
            let start = ticks_left();
            black_box(judge.judge(black_box(&frame))?);
            judged += instructions_since(start);
            let start = ticks_left();
            let mut surprises = [0.0; mixture::WIDTH];
            black_box(judge.judge_explained(black_box(&frame), &mut surprises)?);
            black_box(surprises);
            explained += instructions_since(start);
            let mut less = frame;
            hide(&mut less, &[1])?;
            let start = ticks_left();
            black_box(gaps.log_density(black_box(&less))?);
            missing += instructions_since(start);
            frames += 1;
        }
        writeln!(out, "score,{}", score / frames)?;
        writeln!(out, "judge,{}", judged / frames)?;
        writeln!(out, "explained,{}", explained / frames)?;
        writeln!(out, "one_missing,{}", missing / frames)?;
        Ok(())
    })
}
