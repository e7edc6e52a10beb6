//! Tells the engine whether it is built for a device and for size, where its sums must be written out.

use std::env;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(sums_written_out)");
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, values: &[&str]| env::var(name).is_ok_and(|value| values.contains(&&*value));
    if is("CARGO_CFG_TARGET_OS", &["none"]) && is("OPT_LEVEL", &["s", "z"]) {
        println!("cargo::rustc-cfg=sums_written_out");
    }
}
