//! Scores the recorded frames: one line for each with its nats and the verdict, then the RAM it took.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::fmt::Write as _;
use elbow_firmware::machine;

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(|out| {
        let summary = elbow_firmware::score(out)?;
        writeln!(out, "{summary}")?;
        if let Some(memory) = machine::memory() {
            writeln!(out, "{memory}")?;
        }
        Ok(())
    })
}
