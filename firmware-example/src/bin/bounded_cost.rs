//! Counts a score by the run-time shape beside one by the type, of a model file that lies beside the image.
#![cfg_attr(target_os = "none", no_std, no_main)]

use elbow_firmware::{bounded, machine};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(|out| bounded::cost(machine::model(0), out))
}
