//! Tells the engine whether it is optimised for size, where its sums must be written out.

use std::env;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(optimised_for_size)");
    println!("cargo::rerun-if-changed=build.rs");
    if matches!(env::var("OPT_LEVEL").as_deref(), Ok("s" | "z")) {
        println!("cargo::rustc-cfg=optimised_for_size");
    }
}
