//! Prints the instructions that a frame takes to be put on a log and to be
//! read from it, for one sample and for sixteen.
//!
//! Counts on QEMU's mps2 boards as `elbow_firmware::ticks` says: `tests/tests/device/logs.rs` runs it.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::fmt::Write as _;
use elbow_firmware::demo::DEMO_FRAMES;
use elbow_firmware::ticks::{instructions_since, ticks_left};
use elbow_firmware::{machine, rises};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(|out| {
        writeln!(out, "samples,bytes,encode,decode")?;
        for samples in [1, 16] {
            let mut buffer = [0; rises::LOG_LEN];
            let start = ticks_left();
            let len = rises::encode(samples, &mut buffer)?;
            let encode = instructions_since(start) / DEMO_FRAMES as u64;
            let start = ticks_left();
            rises::decode(samples, &mut buffer, len)?;
            let decode = instructions_since(start) / DEMO_FRAMES as u64;
            writeln!(out, "{samples},{len},{encode},{decode}")?;
        }
        Ok(())
    })
}
