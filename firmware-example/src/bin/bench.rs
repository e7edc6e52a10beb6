//! The device benchmark: prints a line for each thing counted.
#![cfg_attr(target_os = "none", no_std, no_main)]

use elbow_firmware::{bench, machine};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(|out| bench::all(machine::model(0), machine::model(1), out))
}
