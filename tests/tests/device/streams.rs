//! The stream that the firmware judges: the host's verdicts bit for bit on
//! every target, and what they cost in instructions.
//!
//! `cargo test -p elbow-tests --test device streams:: -- --ignored --nocapture` prints the costs.

use elbow_firmware::watch::{bits, watch};
use elbow_tests::qemu;

fn same_verdicts(target: &str) {
    let mut host = String::new();
    let seen = watch(&mut host).expect("the host runs it too");
    host += &format!("{seen}\n");
    bits(&mut host).expect("the host runs it too");
    let device = qemu::run(target, "watch");
    let ram = device.strip_prefix(&host).unwrap_or_else(|| panic!("{target} judges otherwise:\n{device}"));
    print!("{target}: {} bytes of flash, {ram}", qemu::build(target, "watch").flash());
}

macro_rules! judges {
    ($($name:ident: $target:literal,)*) => {$(
        #[test]
        #[ignore = "needs a cross toolchain and QEMU: ./ci.sh runs it"]
        fn $name() {
            same_verdicts($target);
        }
    )*};
}

judges! {
    cortex_m0_judges_as_the_host: "thumbv6m-none-eabi",
    cortex_m3_judges_as_the_host: "thumbv7m-none-eabi",
    cortex_m4f_judges_as_the_host: "thumbv7em-none-eabihf",
    cortex_m33_judges_as_the_host: "thumbv8m.main-none-eabihf",
    riscv32_judges_as_the_host: "riscv32imac-unknown-none-elf",
}

#[test]
#[ignore = "needs a cross toolchain and QEMU: ./ci.sh runs it"]
fn a_frame_costs_what_the_documents_say() {
    let printed = qemu::count("thumbv7em-none-eabihf", "watch_cost", "mps2-an386", &[]);
    print!("Cortex-M4F, instructions\n{printed}");
    let of = |row: &str| -> u64 {
        let line = printed.lines().find_map(|line| line.strip_prefix(row)?.strip_prefix(','));
        line.and_then(|count| count.parse().ok()).expect("a row a case")
    };
    // a row that completes no frame is stored, and nothing else
    assert!(of("row") < 1_000);
    // four samples of sixteen for most frames: the encoder is the larger part
    assert!(of("judge") < of("score") * 3 / 4, "{printed}");
    assert!(of("in full") < of("score") * 11 / 10, "{printed}");
    assert!(of("explained") < of("judge") * 5 / 4, "{printed}");
}
