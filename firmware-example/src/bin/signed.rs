//! Prints what is said of a signed model, and of it changed.
#![cfg_attr(target_os = "none", no_std, no_main)]

use elbow_firmware::{machine, signed};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(signed::refusals)
}
