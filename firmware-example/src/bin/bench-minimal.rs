//! Loads the typical model and scores a frame, with no console: what the
//! engine takes of the flash beyond `bench-nothing`.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use elbow_firmware::{bench, machine};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    loop {
        black_box(bench::minimal(machine::model(0), black_box(&[0.5; 64])));
    }
}
