//! A mixture on devices: the host's scores, verdicts and causes bit for bit on
//! every target, and what they cost in instructions.
//!
//! `cargo test -p elbow-tests --test device mixtures:: -- --ignored --nocapture` prints the costs.

use elbow_firmware::mixture::{bits, bits_of_gaps};
use elbow_tests::qemu;

fn same_bits(target: &str) {
    let mut host = String::new();
    bits(&mut host).expect("the host runs it too");
    bits_of_gaps(&mut host).expect("the host runs it too");
    let device = qemu::run(target, "mixture");
    for (device, host) in device.lines().zip(host.lines()) {
        assert_eq!(device, host, "{target} (left) differs from the host (right)");
    }
    let ram = device.strip_prefix(&host).unwrap_or_else(|| panic!("{target} stops early:\n{device}"));
    print!("{target}: {} bytes of flash, {ram}", qemu::build(target, "mixture").flash());
}

macro_rules! agrees {
    ($($name:ident: $target:literal,)*) => {$(
        #[test]
        #[ignore = "needs a cross toolchain and QEMU: ./ci.sh runs it"]
        fn $name() {
            same_bits($target);
        }
    )*};
}

agrees! {
    cortex_m0_agrees_with_the_host: "thumbv6m-none-eabi",
    cortex_m3_agrees_with_the_host: "thumbv7m-none-eabi",
    cortex_m4f_agrees_with_the_host: "thumbv7em-none-eabihf",
    cortex_m33_agrees_with_the_host: "thumbv8m.main-none-eabihf",
    riscv32_agrees_with_the_host: "riscv32imac-unknown-none-elf",
}

#[test]
#[ignore = "needs a cross toolchain and QEMU: ./ci.sh runs it"]
fn a_frame_costs_what_the_documents_say() {
    let printed = qemu::count("thumbv7em-none-eabihf", "mixture_cost", "mps2-an386", &[]);
    print!("Cortex-M4F, instructions\n{printed}");
    let of = |row: &str| -> u64 {
        let line = printed.lines().find_map(|line| line.strip_prefix(row)?.strip_prefix(','));
        line.and_then(|count| count.parse().ok()).expect("a row a case")
    };
    // 137 kernels and 2 Gaussians in six dimensions: some sixty instructions a component
    assert!((5_000..10_000).contains(&of("score")), "{printed}");
    assert!(of("judge") < of("score") * 11 / 10, "{printed}");
    // of one number less there is less to add up; every number of every component is asked whether it is
    // there, and the Gaussians take its column out: 11,536 beside 7,786
    assert!(of("one_missing") < of("score") * 3 / 2, "{printed}");
    // a second pass, and the parts of each component that the frame is near
    assert!(of("explained") < of("score") * 5, "{printed}");
}
