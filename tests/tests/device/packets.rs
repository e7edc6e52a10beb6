//! Packets of the firmware: the host's bytes on every target, read by the
//! host, and what they cost in instructions.
//!
//! `cargo test -p elbow-tests --test device packets:: -- --ignored --nocapture` prints the costs.

use elbow::codec::{Coding, Fidelity, Header, Settings};
use elbow_firmware::codec::{BOUNDS, Buffers, SAMPLES, WINDOWS, codec, packets, samples};
use elbow_firmware::demo;
use elbow_tests::qemu;
use std::ffi::OsStr;

/// Reads packets in hex and compares them with what was recorded; returns their headers.
fn read(lines: &str) -> Vec<Header> {
    let (model, plan) = (demo::load().unwrap(), demo::plan().unwrap());
    let codec = codec(&model, &plan).unwrap();
    let (mut scratch, mut decoded) = (Buffers::new().scratch, [0; SAMPLES]);
    let recorded = BOUNDS.iter().flat_map(|_| samples(&plan));
    let headers = lines.lines().zip(recorded).map(|(line, samples)| {
        let bytes = |at: usize| u8::from_str_radix(&line[at..at + 2], 16).unwrap();
        let packet: Vec<u8> = (0..line.len()).step_by(2).map(bytes).collect();
        let header = codec.decode(&packet, &mut scratch, &mut decoded).unwrap();
        let Fidelity::Within(bound) = header.fidelity else { panic!("no bound") };
        assert!(samples.iter().zip(&decoded).all(|(x, y)| x.abs_diff(*y) <= u32::from(bound)));
        header
    });
    headers.collect()
}

#[test]
fn the_firmwares_packets_are_read() {
    let mut lines = String::new();
    packets(&mut lines).unwrap();
    let headers = read(&lines);
    let plan = demo::plan().unwrap();
    assert_eq!(plan.windows, WINDOWS);
    let recorded = samples(&plan).count();
    assert_eq!((recorded, headers.len()), (demo::DEMO_FRAMES / WINDOWS, BOUNDS.len() * recorded));
    for (headers, bound) in headers.chunks(recorded).zip(BOUNDS) {
        assert!(headers.iter().all(|header| header.fidelity == Fidelity::Within(bound)));
    }
    // a device that runs this has packed and unpacked so many
    assert!(headers.len() * WINDOWS >= 1000);
    assert!(headers.iter().all(|header| header.model == demo::model_id()));
    let modelled = headers.iter().filter(|header| header.coding == Coding::Model).count();
    println!("{modelled} of {} packets use the model; {} bytes", headers.len(), lines.len() / 2);
    // two passes of five may use it, and most counters are as well told by the row before
    assert!(modelled > recorded / 4, "{modelled}");
}

#[test]
fn latents_alone_are_the_models_reconstruction() {
    let (model, plan) = (demo::load().unwrap(), demo::plan().unwrap());
    let codec = codec(&model, &plan).unwrap();
    let Buffers { mut scratch, mut packet } = Buffers::new();
    let mut decoded = [0; SAMPLES];
    for samples in samples(&plan) {
        let settings = Settings { sequence: 0, fidelity: Fidelity::Latents };
        let encoded = codec.encode(&samples, settings, &mut scratch, &mut packet).unwrap();
        // 16 latents, in steps of half their prior's deviation or less: 4 bits each
        assert!(encoded.bits < 200, "{encoded:?}");
        codec.decode(&packet[..encoded.len], &mut scratch, &mut decoded).unwrap();
        assert!(decoded.iter().any(|x| *x != 0));
    }
}

fn same_packets(target: &str) {
    let mut host = String::new();
    packets(&mut host).expect("the host runs it too");
    let device = qemu::run(target, "codec");
    let ram =
        device.strip_prefix(&host).unwrap_or_else(|| panic!("{target} writes other packets:\n{device}"));
    assert_eq!(read(&device).len(), BOUNDS.len() * samples(&demo::plan().unwrap()).count());
    print!("{target}: {} bytes of flash, {ram}", qemu::build(target, "codec").flash());
}

macro_rules! writes {
    ($($name:ident: $target:literal,)*) => {$(
        #[test]
        #[ignore = "needs a cross toolchain and QEMU: ./ci.sh runs it"]
        fn $name() {
            same_packets($target);
        }
    )*};
}

writes! {
    cortex_m0_writes_the_hosts_packets: "thumbv6m-none-eabi",
    cortex_m3_writes_the_hosts_packets: "thumbv7m-none-eabi",
    cortex_m4f_writes_the_hosts_packets: "thumbv7em-none-eabihf",
    cortex_m33_writes_the_hosts_packets: "thumbv8m.main-none-eabihf",
    riscv32_writes_the_hosts_packets: "riscv32imac-unknown-none-elf",
}

/// Instructions to encode and to decode, and the stack of either.
fn costs(printed: &str, row: &str) -> [u32; 4] {
    let row = printed.lines().find_map(|line| line.strip_prefix(row)).expect("a row a case");
    let mut numbers = row.split(',').skip(1).map(|number| number.parse().expect("a number"));
    std::array::from_fn(|_| numbers.next().expect("bytes, encode, decode, two stacks"))
}

#[test]
#[ignore = "needs a cross toolchain and QEMU"]
fn a_window_costs_what_the_documents_say() {
    // the measured figures of a window without a model, with 2 % of room
    for (profile, [encode_most, decode_most]) in
        [("firmware", [169_000, 41_000]), ("firmware-small", [205_000, 46_600])]
    {
        let profile = [("ELBOW_PROFILE", OsStr::new(profile))];
        let m4f = qemu::count("thumbv7em-none-eabihf", "codec_cost", "mps2-an386", &profile);
        print!("Cortex-M4F\n{m4f}");
        // no board with an M0 has a timer that QEMU drives; the M3 runs the same code, one instruction by one
        let m0 = qemu::count("thumbv6m-none-eabi", "codec_cost", "mps2-an385", &profile);
        print!("Cortex-M0\n{m0}");
        let [encode, decode, ..] = costs(&m4f, "none,0,");
        assert!(
            (1..encode_most).contains(&encode) && (1..decode_most).contains(&decode),
            "{encode} {decode}"
        );
        // likewise, of a packet of latents only
        for (core, [encode_most, decode_most]) in [(&m4f, [2_650, 1_835]), (&m0, [2_870, 2_012])] {
            let [.., encode, decode] = costs(core, "vae,latents,");
            assert!(
                (1..encode_most).contains(&encode) && (1..decode_most).contains(&decode),
                "{encode} {decode}"
            );
        }
    }
}
