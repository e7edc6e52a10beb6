//! Prints the conformance set of further likelihoods, for comparison with another machine's lines.
#![cfg_attr(target_os = "none", no_std, no_main)]

use elbow_firmware::{likelihoods, machine};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(likelihoods::parity)
}
