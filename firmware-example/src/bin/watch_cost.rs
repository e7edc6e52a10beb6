//! Prints the instructions that a row and a frame of the stream take.
//!
//! Counts on QEMU's mps2 boards as `elbow_firmware::ticks` says: `tests/tests/device/streams.rs` runs it.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::fmt::Write as _;
use elbow_firmware::ticks::{instructions_since, ticks_left};
use elbow_firmware::watch::{Guard, rows};
use elbow_firmware::{demo, machine};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(|out| {
        let mut guard = Guard::new()?;
        let (mut rows_in, mut frames, mut of_rows, mut of_frames) = (0_u64, 0_u64, 0, 0);
        for row in rows() {
            let start = ticks_left();
            let judged = guard.push(&row)?;
            let cost = instructions_since(start);
            if judged.is_some() {
                (frames, of_frames) = (frames + 1, of_frames + cost);
            } else {
                (rows_in, of_rows) = (rows_in + 1, of_rows + cost);
            }
        }
        let (model, mut in_full, mut early, mut plain) = (demo::calibrated()?, 0, 0, 0);
        for frame in demo::frames() {
            let start = ticks_left();
            model.judge_in_full(&frame)?;
            in_full += instructions_since(start);
            let start = ticks_left();
            model.judge(&frame)?;
            early += instructions_since(start);
            let start = ticks_left();
            model.model().log_density(&frame, model.calibration().samples)?;
            plain += instructions_since(start);
        }
        writeln!(out, "row,{}", of_rows / rows_in)?;
        writeln!(out, "explained,{}", of_frames / frames)?;
        writeln!(out, "judge,{}", early / frames)?;
        writeln!(out, "in full,{}", in_full / frames)?;
        writeln!(out, "score,{}", plain / frames)?;
        Ok(())
    })
}
