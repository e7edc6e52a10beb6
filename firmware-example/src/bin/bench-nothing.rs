//! `bench-minimal` without the engine.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use elbow_firmware::machine;

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    loop {
        black_box((machine::model(0), black_box(&[0.5; 64])));
    }
}
