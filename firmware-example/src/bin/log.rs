//! Writes the rises of the recorded counters as logs, one in hex on each line, then the RAM it took.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::fmt::Write as _;
use elbow_firmware::{machine, rises};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(|out| {
        rises::logs(out)?;
        if let Some(memory) = machine::memory() {
            writeln!(out, "{memory}")?;
        }
        Ok(())
    })
}
