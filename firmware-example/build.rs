//! Chooses the memory layout of the machine that stands for each target, and passes the link
//! script itself, so that neither RUSTFLAGS nor a `rustflags` entry is needed.
//! `ELBOW_MACHINE=NAME` chooses another one of `memory/NAME.x`.

use std::{env, fs, path::PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=memory");
    println!("cargo:rerun-if-env-changed=ELBOW_MACHINE");
    let var = |name| env::var(name).expect("cargo sets it for build scripts");
    if var("CARGO_CFG_TARGET_OS") != "none" {
        return;
    }
    let machine = env::var("ELBOW_MACHINE").unwrap_or_else(|_| usual_machine(&var("TARGET")).to_owned());
    // Both run-times' `link.x` includes a `memory.x`, which it finds on the search path.
    let out = PathBuf::from(var("OUT_DIR"));
    fs::copy(format!("memory/{machine}.x"), out.join("memory.x")).expect("memory layout copied");
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
}

fn usual_machine(target: &str) -> &'static str {
    match target {
        "thumbv6m-none-eabi" => "microbit",
        "thumbv7m-none-eabi" => "mps2-an385",
        "thumbv7em-none-eabi" | "thumbv7em-none-eabihf" => "mps2-an386",
        "thumbv8m.main-none-eabi" | "thumbv8m.main-none-eabihf" => "mps2-an505",
        "riscv32imac-unknown-none-elf" => "riscv-virt",
        other => panic!("no memory layout for {other}: write memory/MACHINE.x and name it in build.rs"),
    }
}
