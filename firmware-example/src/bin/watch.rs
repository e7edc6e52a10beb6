//! Judges the stream: a line for each frame, then the bits of all verdicts, then the RAM it took.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::fmt::Write as _;
use elbow_firmware::{machine, watch};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(|out| {
        let seen = watch::watch(out)?;
        writeln!(out, "{seen}")?;
        watch::bits(out)?;
        if let Some(memory) = machine::memory() {
            writeln!(out, "{memory}")?;
        }
        Ok(())
    })
}
