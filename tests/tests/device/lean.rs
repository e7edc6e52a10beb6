//! A release firmware that loads a model and scores frames, or judges a stream and packs it, holds nothing
//! that it cannot need: no panic, no formatting, no `f64`, no allocator. Looked for among the symbols of the
//! linked image.

use elbow_tests::{image::Image, qemu};
use std::ffi::OsStr;

/// Parts of names, and what they would be.
const WASTE: [(&str, &str); 12] = [
    ("panic", "a panic"),
    ("slice_index", "a slice that may be out of bounds"),
    ("unwrap_failed", "an unwrap that may fail"),
    ("expect_failed", "an expect that may fail"),
    ("rust_begin_unwind", "the panic handler"),
    ("4core3fmt", "formatting"),
    ("4core3num", "numbers as text"),
    ("4core3str", "work on text"),
    ("postcard", "the decoding of metadata"),
    ("__rust_alloc", "an allocator"),
    ("malloc", "an allocator"),
    ("__aeabi_d", "f64"),
];

/// Names of `f64` routines outside of Arm's own: `__adddf3`, `__extendsfdf2`, `__floatsidf`, `__fixdfsi`, ….
fn is_of_f64(name: &str) -> bool {
    let routine = name.strip_prefix("__").unwrap_or_default();
    let operation = routine.split("df").next().unwrap_or_default();
    routine.contains("df") && operation.len() < 12 && operation.bytes().all(|b| b.is_ascii_lowercase())
}

fn waste(image: &Image) -> Vec<String> {
    let symbols = image.symbols();
    let named = |name: &String| WASTE.iter().find(|(part, _)| name.contains(part)).map(|(_, what)| *what);
    let what = |name: &String| named(name).or(is_of_f64(name).then_some("f64"));
    symbols.iter().filter_map(|name| what(name).map(|what| format!("{what}: {name}"))).collect()
}

fn check(target: &str) {
    for bin in ["bench-minimal", "guard-minimal"] {
        let lean = qemu::build(target, bin);
        assert!(lean.names("elbow"), "without its symbols the image would prove nothing");
        assert_eq!(waste(&lean), [""; 0], "{bin} for {target}");
    }
    // the same search finds what is there
    let talkative = waste(&qemu::build(target, "score"));
    for what in ["formatting", "a panic"] {
        assert!(talkative.iter().any(|found| found.starts_with(what)), "{target}: {what} not found");
    }
}

/// What a device may spend on engine and codec.
const BUDGET: usize = 20_480;

/// Images with packets, and the most bytes that they may take on the Cortex-M4F beyond one that does nothing,
/// by profile. Where that is not the budget it was measured, with 2 % of room.
const WITH_PACKETS: [(&str, &str, usize); 6] = [
    ("firmware", "sender-minimal", BUDGET),
    ("firmware", "codec-smallest", 29_000),
    ("firmware", "codec-minimal", 31_400),
    ("firmware-small", "sender-minimal", 12_500),
    ("firmware-small", "codec-smallest", BUDGET),
    ("firmware-small", "codec-minimal", 22_400),
];

#[test]
#[ignore = "needs a cross toolchain: ./ci.sh runs it"]
fn the_codec_is_lean_too() {
    let build = |profile: &str, bin: &str| {
        qemu::build_with("thumbv7em-none-eabihf", bin, &[("ELBOW_PROFILE", OsStr::new(profile))])
    };
    for (profile, bin, most) in WITH_PACKETS {
        let (image, nothing) = (build(profile, bin), build(profile, "bench-nothing"));
        // in the small profile the handler of panics stays, which the image that does nothing has too
        let (found, runtime) = (waste(&image), waste(&nothing));
        let beyond: Vec<_> = found.iter().filter(|one| !runtime.contains(one)).collect();
        assert!(beyond.is_empty(), "{profile} {bin}: {beyond:?}");
        let bytes = image.flash() - nothing.flash();
        println!("{profile} {bin}: {bytes} bytes of flash");
        assert!(bytes <= most, "{profile} {bin}: {bytes}");
    }
}

#[test]
fn names_of_f64_routines() {
    for name in
        ["__adddf3", "__muldf3", "__extendsfdf2", "__truncdfsf2", "__floatsidf", "__fixdfsi", "__ltdf2"]
    {
        assert!(is_of_f64(name), "{name}");
    }
    for name in ["__addsf3", "__aeabi_fadd", "_RNvdf", "__sdata"] {
        assert!(!is_of_f64(name), "{name}");
    }
}

macro_rules! targets {
    ($($name:ident: $target:literal,)*) => {$(
        #[test]
        #[ignore = "needs a cross toolchain: ./ci.sh runs it"]
        fn $name() {
            check($target);
        }
    )*};
}

targets! {
    cortex_m0: "thumbv6m-none-eabi",
    cortex_m3: "thumbv7m-none-eabi",
    cortex_m4f: "thumbv7em-none-eabihf",
    cortex_m33: "thumbv8m.main-none-eabihf",
    riscv32: "riscv32imac-unknown-none-elf",
}
