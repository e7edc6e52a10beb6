//! A release firmware that only loads a model and scores a frame holds nothing that it cannot need: no panic, no formatting, no
//! `f64`, no allocator. Looked for among the symbols of the linked image.

use elbow_tests::{image::Image, qemu};

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
    let lean = qemu::build(target, "bench-minimal");
    assert!(lean.names("elbow"), "without its symbols the image would prove nothing");
    assert_eq!(waste(&lean), [""; 0], "{target}");
    // the same search finds what is there
    let talkative = waste(&qemu::build(target, "score"));
    for what in ["formatting", "a panic"] {
        assert!(talkative.iter().any(|found| found.starts_with(what)), "{target}: {what} not found");
    }
}

/// Images with packets, and the most bytes that they may take on the Cortex-M4F beyond one that does nothing: the sender's is 20 KiB, the other's
/// was measured, with 2 % of room.
const WITH_PACKETS: [(&str, usize); 2] = [("sender-minimal", 20_480), ("codec-minimal", 33_200)];

#[test]
#[ignore = "needs a cross toolchain: ./ci.sh runs it"]
fn the_codec_is_lean_too() {
    let build = |bin| qemu::build("thumbv7em-none-eabihf", bin);
    let nothing = build("bench-nothing").flash();
    for (bin, most) in WITH_PACKETS {
        let image = build(bin);
        assert_eq!(waste(&image), [""; 0], "{bin}");
        let bytes = image.flash() - nothing;
        println!("{bin}: {bytes} bytes of flash");
        assert!(bytes <= most, "{bin}: {bytes}");
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
