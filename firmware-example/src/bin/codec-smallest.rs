//! As `codec-minimal`, samples one at a time: no second copy of the decoder's loops, for the smallest flash.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use elbow_firmware::{bench, machine};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    loop {
        black_box(bench::minimal_codec::<1>(machine::model(0), black_box(&[5; 128])));
    }
}
