//! The firmware, run in QEMU on every target, gives the host's numbers bit for bit.

use elbow_tests::qemu;

fn same_bits(target: &str) {
    let mut host = String::new();
    elbow_firmware::parity(&mut host).expect("the host runs it too");
    assert!(host.lines().count() >= 200, "the conformance set is large enough to mean something");
    let device = qemu::run(target, "parity");
    let rest = same_lines(target, &device, &host);
    assert_eq!(rest, "", "{target} prints more lines than the host");
}

fn same_likelihoods(target: &str) {
    let mut host = String::new();
    elbow_firmware::likelihoods::parity(&mut host).expect("the host runs it too");
    assert_eq!(same_lines(target, &qemu::run(target, "likelihoods"), &host), "");
}

fn same_angles_and_events(target: &str) {
    let mut host = String::new();
    elbow_firmware::wind::parity(&mut host).expect("the host runs it too");
    assert!(host.lines().count() > 150, "the conformance set is large enough to mean something");
    assert_eq!(same_lines(target, &qemu::run(target, "wind"), &host), "");
}

fn same_bits_by_one_engine(target: &str) {
    if target.starts_with("thumbv6m") {
        // all models in one image are more than its 256 KiB of flash; c/check.sh runs one of them there
        println!("skipped: the image is larger than the flash");
        return;
    }
    let mut host = String::new();
    elbow_firmware::bounded::parity(&mut host).expect("the host runs it too");
    assert!(host.lines().count() > 150, "the conformance set is large enough to mean something");
    assert_eq!(same_lines(target, &qemu::run(target, "bounded"), &host), "");
}

fn same_refined_posteriors(target: &str) {
    let mut host = String::new();
    elbow_firmware::refined::bits(&mut host).expect("the host runs it too");
    assert_eq!(same_lines(target, &qemu::run(target, "refined"), &host), "");
}

fn same_scores(target: &str) {
    let mut host = String::new();
    let summary = elbow_firmware::score(&mut host).expect("the host runs it too");
    let device = qemu::run(target, "score");
    let rest = same_lines(target, &device, &format!("{host}{summary}\n"));
    let ram = rest.strip_prefix("RAM: ").expect("the RAM in use stands last");
    print!("{target}: {} bytes of flash, {ram}", qemu::build(target, "score").flash());
}

/// Compares line by line, for a readable failure; returns what the device prints beyond the host's lines.
fn same_lines<'a>(target: &str, device: &'a str, host: &str) -> &'a str {
    for (device, host) in device.lines().zip(host.lines()) {
        assert_eq!(device, host, "{target} (left) differs from the host (right)");
    }
    device.strip_prefix(host).unwrap_or_else(|| panic!("{target} stops early:\n{device}"))
}

macro_rules! runs {
    ($($name:ident: $target:literal,)*) => {$(
        mod $name {
            #[test]
            #[ignore = "needs a cross toolchain and QEMU: ./ci.sh runs it"]
            fn same_bits() {
                super::same_bits($target);
            }

            #[test]
            #[ignore = "needs a cross toolchain and QEMU: ./ci.sh runs it"]
            fn same_refined_posteriors() {
                super::same_refined_posteriors($target);
            }

            #[test]
            #[ignore = "needs a cross toolchain and QEMU: ./ci.sh runs it"]
            fn same_likelihoods() {
                super::same_likelihoods($target);
            }

            #[test]
            #[ignore = "needs a cross toolchain and QEMU: ./ci.sh runs it"]
            fn same_angles_and_events() {
                super::same_angles_and_events($target);
            }

            #[test]
            #[ignore = "needs a cross toolchain and QEMU: ./ci.sh runs it"]
            fn same_bits_by_one_engine() {
                super::same_bits_by_one_engine($target);
            }

            #[test]
            #[ignore = "needs a cross toolchain and QEMU: ./ci.sh runs it"]
            fn same_scores() {
                super::same_scores($target);
            }
        }
    )*};
}

runs! {
    cortex_m0: "thumbv6m-none-eabi",
    cortex_m3: "thumbv7m-none-eabi",
    cortex_m4f: "thumbv7em-none-eabihf",
    cortex_m33: "thumbv8m.main-none-eabihf",
    riscv32: "riscv32imac-unknown-none-elf",
}
