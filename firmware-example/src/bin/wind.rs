//! Prints the conformance set of angles and events, for comparison with another machine's lines.
#![cfg_attr(target_os = "none", no_std, no_main)]

use elbow_firmware::{machine, wind};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(wind::parity)
}
