//! Prints posteriors that are refined, for comparison with another machine's lines.
#![cfg_attr(target_os = "none", no_std, no_main)]

use elbow_firmware::{machine, refined};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(refined::bits)
}
