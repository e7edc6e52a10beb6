//! Prints what a mixture says of the recorded frames, for comparison with
//! another machine's lines, then the RAM it took.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::fmt::Write as _;
use elbow_firmware::{machine, mixture};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(|out| {
        mixture::bits(out)?;
        mixture::bits_of_gaps(out)?;
        if let Some(memory) = machine::memory() {
            writeln!(out, "{memory}")?;
        }
        Ok(())
    })
}
