//! A signed model on devices: the host's answers on every target, and what they cost.
//!
//! `cargo test -p elbow-tests --test device signed:: -- --ignored --nocapture` prints the costs.

use elbow_firmware::signed::refusals;
use elbow_tests::qemu;

fn same_answers(target: &str) {
    let mut host = String::new();
    refusals(&mut host).expect("the host runs it too");
    assert_eq!(qemu::run(target, "signed"), host, "{target} (left) differs from the host (right)");
}

macro_rules! answers {
    ($($name:ident: $target:literal,)*) => {$(
        #[test]
        #[ignore = "needs a cross toolchain and QEMU: ./ci.sh runs it"]
        fn $name() {
            same_answers($target);
        }
    )*};
}

answers! {
    cortex_m0_refuses_as_the_host: "thumbv6m-none-eabi",
    cortex_m3_refuses_as_the_host: "thumbv7m-none-eabi",
    cortex_m4f_refuses_as_the_host: "thumbv7em-none-eabihf",
    cortex_m33_refuses_as_the_host: "thumbv8m.main-none-eabihf",
    riscv32_refuses_as_the_host: "riscv32imac-unknown-none-elf",
}

#[test]
fn the_host_refuses_what_was_changed() {
    let mut host = String::new();
    refusals(&mut host).expect("the model is sound");
    let sound = host.lines().filter(|line| line.starts_with("version 3, ")).count();
    assert_eq!((sound, host.lines().count()), (6, 15), "{host}");
}

#[test]
#[ignore = "needs a cross toolchain and QEMU: ./ci.sh runs it"]
fn a_verification_costs_what_the_documents_say() {
    const TARGET: &str = "thumbv7em-none-eabihf";
    let printed = qemu::count(TARGET, "signed_cost", "mps2-an386", &[]);
    let numbers = |row: &str| -> Vec<u64> {
        let line =
            printed.lines().find_map(|line| line.strip_prefix(row)?.strip_prefix(' ')).expect("a row a case");
        line.split(' ').take(2).map(|number| number.parse().expect("a count")).collect()
    };
    // an instruction is 6.4 ticks
    let [instructions, larger] = ["verify", "verify-larger"].map(|row| numbers(row)[0] * 10 / 64);
    let (bytes, stack) = (numbers("bytes"), numbers("verify")[1]);
    let each = (larger - instructions) / (bytes[1] - bytes[0]);
    let fixed = instructions - each * bytes[0];
    let flash = |profile: &str| {
        let build = |bin| qemu::build_with(TARGET, bin, &[("ELBOW_PROFILE", profile.as_ref())]).flash();
        build("signed-minimal") - build("bench-nothing")
    };
    let [fast, small] = ["firmware", "firmware-small"].map(flash);
    println!(
        "Cortex-M4F: {fixed} instructions and {each} a byte, {stack} bytes of stack, {fast} bytes of \
         flash at level 3, {small} at s, the file of {} bytes included",
        bytes[0]
    );
    assert!(fixed < 1_750_000 && each < 160 && stack < 6_300, "{printed}");
    assert!(fast < 28_500 && small < 22_500);
}
