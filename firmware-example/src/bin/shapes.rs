//! Counts verdicts of a model file that lies beside the image, of one of many widths.
#![cfg_attr(target_os = "none", no_std, no_main)]

use elbow_firmware::{bench, machine};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(|out| bench::shapes::verdicts(machine::model(0), out))
}
