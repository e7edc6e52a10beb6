//! Logs of the firmware: the host's bytes on every target, and what they cost in instructions.
//!
//! `cargo test -p elbow-tests --test device logs:: -- --ignored --nocapture` prints the costs.

use elbow::codec::{LOG_HEADER_LEN, LogHeader};
use elbow_firmware::demo::DEMO_FRAMES;
use elbow_firmware::rises::{BITS, logs};
use elbow_tests::qemu;

/// What the host writes, line by line.
fn on_the_host() -> String {
    let mut lines = String::new();
    logs(&mut lines).expect("the host runs it too");
    lines
}

#[test]
fn the_firmwares_logs_are_read() {
    let lines = on_the_host();
    let lengths: Vec<usize> = lines.lines().map(|line| line.len() / 2).collect();
    let bytes = |line: &str| -> Vec<u8> {
        let byte = |at: usize| u8::from_str_radix(&line[at..at + 2], 16).unwrap();
        (0..line.len()).step_by(2).map(byte).collect()
    };
    for (line, samples) in lines.lines().zip([1, 16]) {
        let header = LogHeader::read(&bytes(line)).unwrap();
        assert_eq!((header.samples, header.frames as usize), (samples, DEMO_FRAMES));
    }
    println!("{lengths:?} bytes of {DEMO_FRAMES} frames of {BITS} bits");
    // raw, a frame takes 7.5 bytes; 16 samples take less than one
    assert!(lengths[0] < LOG_HEADER_LEN + DEMO_FRAMES * 6 && lengths[1] < lengths[0], "{lengths:?}");
}

fn same_logs(target: &str) {
    let (host, device) = (on_the_host(), qemu::run(target, "log"));
    let ram = device.strip_prefix(&host).unwrap_or_else(|| panic!("{target} writes other logs:\n{device}"));
    print!("{target}: {} bytes of flash, {ram}", qemu::build(target, "log").flash());
}

macro_rules! writes {
    ($($name:ident: $target:literal,)*) => {$(
        #[test]
        #[ignore = "needs a cross toolchain and QEMU: ./ci.sh runs it"]
        fn $name() {
            same_logs($target);
        }
    )*};
}

writes! {
    cortex_m0_writes_the_hosts_logs: "thumbv6m-none-eabi",
    cortex_m3_writes_the_hosts_logs: "thumbv7m-none-eabi",
    cortex_m4f_writes_the_hosts_logs: "thumbv7em-none-eabihf",
    cortex_m33_writes_the_hosts_logs: "thumbv8m.main-none-eabihf",
    riscv32_writes_the_hosts_logs: "riscv32imac-unknown-none-elf",
}

#[test]
#[ignore = "needs a cross toolchain and QEMU"]
fn a_frame_costs_what_the_documents_say() {
    let m4f = qemu::count("thumbv7em-none-eabihf", "log_cost", "mps2-an386", &[]);
    print!("Cortex-M4F\n{m4f}");
    // counted as the M3 runs it, instruction by instruction
    print!("Cortex-M0\n{}", qemu::count("thumbv6m-none-eabi", "log_cost", "mps2-an385", &[]));
    let costs =
        |row: &str| -> Vec<u32> { row.split(',').skip(2).map(|number| number.parse().unwrap()).collect() };
    let rows: Vec<_> = m4f.lines().skip(1).map(costs).collect();
    assert!(rows.iter().flatten().all(|cost| (1..1_000_000).contains(cost)), "{rows:?}");
}
