//! The firmware links for every target, with no allocator in it; the library compiles for WebAssembly.

use elbow_tests::qemu;

fn link(target: &str) {
    for bin in ["score", "parity"] {
        let image = qemu::build(target, bin);
        assert!(image.names("elbow_firmware"), "without its symbols the image would prove nothing");
        assert!(!image.names("__rust_alloc"), "{bin} for {target} contains an allocator");
    }
}

macro_rules! links {
    ($($name:ident: $target:literal,)*) => {$(
        #[test]
        #[ignore = "needs a cross toolchain: ./ci.sh runs it"]
        fn $name() {
            link($target);
        }
    )*};
}

links! {
    cortex_m0: "thumbv6m-none-eabi",
    cortex_m3: "thumbv7m-none-eabi",
    cortex_m4f: "thumbv7em-none-eabihf",
    cortex_m33: "thumbv8m.main-none-eabihf",
    cortex_m33_soft_float: "thumbv8m.main-none-eabi",
    riscv32: "riscv32imac-unknown-none-elf",
}

#[test]
#[ignore = "needs a cross toolchain: ./ci.sh runs it"]
fn wasm() {
    qemu::check("wasm32-unknown-unknown");
}
