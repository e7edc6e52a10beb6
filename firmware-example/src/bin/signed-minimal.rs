//! Verifies a signed model, with no console: what that takes of the flash beyond `bench-nothing`.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use elbow_firmware::signed;

#[cfg_attr(target_os = "none", elbow_firmware::machine::entry)]
fn main() -> ! {
    loop {
        black_box(signed::open(black_box(3)).is_ok());
    }
}
