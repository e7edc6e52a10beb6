//! Counts the verification of a signature: `tests/tests/device/signed.rs` runs it.
#![cfg_attr(target_os = "none", no_std, no_main)]

use elbow_firmware::{machine, signed};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(signed::cost)
}
