//! Writes the recorded frames as packets, one in hex on each line, then the RAM it took.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::fmt::Write as _;
use elbow_firmware::{codec, machine};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(|out| {
        codec::packets(out)?;
        if let Some(memory) = machine::memory() {
            writeln!(out, "{memory}")?;
        }
        Ok(())
    })
}
