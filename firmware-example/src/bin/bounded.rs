//! Prints the conformance set of the run-time shape, for comparison with another machine's lines.
#![cfg_attr(target_os = "none", no_std, no_main)]

use elbow_firmware::{bounded, machine};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(bounded::parity)
}
