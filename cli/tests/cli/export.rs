//! What stands beside a model for firmware.

use crate::bench::Bench;

#[test]
fn sizes_that_firmware_needs_stand_beside_a_model_and_can_be_had_again() {
    let bench = Bench::with_engine();
    bench.good("fit engine.csv --window 4 --hop 2 --epochs 1 --latent gaussian:3 --name pump-room");
    let alias = String::from_utf8(bench.read("engine.rs")).unwrap();
    for line in [
        "pub type PumpRoom<'a> = elbow::Vae<(",
        "pub type CalibratedPumpRoom<'a> = elbow::Calibrated<'a, PumpRoom<'a>>;",
        "pub type PumpRoomWindow = elbow::stream::Window<4, 3, 12>;",
        "pub const PUMP_ROOM_FEATURES: usize = 12;",
        "pub const PUMP_ROOM_ROWS: usize = 4;",
        "pub const PUMP_ROOM_HOP: usize = 2;",
        "pub const PUMP_ROOM_LATENTS: usize = 3;",
        "pub const PUMP_ROOM_COLUMNS: [&str; 3] = [",
        "pub const PUMP_ROOM_SAMPLES: u32 = 64;",
    ] {
        assert!(alias.contains(line), "{line}\n{alias}");
    }
    std::fs::remove_file(bench.path("engine.rs")).unwrap();
    assert!(bench.good("export engine.elbow").contains("engine.rs"));
    assert_eq!(String::from_utf8(bench.read("engine.rs")).unwrap(), alias);

    let written = bench.json("export engine.elbow --c --out firmware");
    assert_eq!(written["written"], "firmware/engine.h");
    let header = String::from_utf8(bench.read("firmware/engine.h")).unwrap();
    let bytes = bench.read("engine.elbow").len();
    assert!(header.contains("PUMP_ROOM_MODEL[PUMP_ROOM_BYTES] = {"), "{header}");
    assert!(header.contains(&format!("PUMP_ROOM_BYTES {bytes}u")), "{header}");
    // what is there stays, unless it is ours: the type
    // what draws none takes one, in C as in Rust
    bench.good("fit engine.csv --auto --out auto.elbow");
    bench.good("export auto.elbow --c --out firmware");
    let header = String::from_utf8(bench.read("firmware/auto.h")).unwrap();
    assert!(header.contains("#define AUTO_SAMPLES 1u"), "{header:.600}");
    bench.refuses("export engine.elbow --c --out firmware", &["firmware/engine.h", "--force"]);
    bench.good("export engine.elbow --c --out firmware --force");
    bench.write("firmware/engine.rs", "fn main() {}");
    bench.refuses("export engine.elbow --out firmware", &["engine.rs", "not Elbow's to replace"]);
    bench.refuses("export engine.csv", &["engine.csv: not an Elbow model"]);
}

#[test]
fn a_project_of_firmware_carries_the_model() {
    let bench = Bench::with_engine();
    bench.good("fit engine.csv --auto --name pump-room");
    let core = concat!(env!("CARGO_MANIFEST_DIR"), "/../core");
    let made = bench.json(&format!("new pump --model engine.elbow --board microbit --elbow {core}"));
    assert_eq!(made["target"], "thumbv6m-none-eabi");
    assert_eq!(bench.read("pump/model.elbow"), bench.read("engine.elbow"));
    assert_eq!(bench.read("pump/src/model.rs"), bench.read("engine.rs"));
    let [manifest, main, golden] = ["Cargo.toml", "src/main.rs", "src/golden.rs"]
        .map(|file| String::from_utf8(bench.read(&format!("pump/{file}"))).unwrap());
    assert!(manifest.contains("name = \"pump\"") && manifest.contains("elbow = { path = \"/"), "{manifest}");
    assert!(main.contains("PumpRoom::from_bytes(MODEL)") && main.contains("PUMP_ROOM_SAMPLES"), "{main}");
    // the bits are those of the program's own scores
    bench.write("zeros.csv", "temp,rpm,volt\n0,0,0\n");
    let scores = bench.good("score engine.elbow zeros.csv");
    let nats: f32 = scores.lines().nth(1).unwrap().split(',').nth(1).unwrap().parse().unwrap();
    assert!(golden.contains(&format!("([0.0, 0.0, 0.0], {:#010x})", nats.to_bits())), "{nats}: {golden}");
    // outside of a checkout the crate is that of a registry
    bench.good("new other --model engine.elbow --board riscv-virt");
    let manifest = String::from_utf8(bench.read("other/Cargo.toml")).unwrap();
    assert!(manifest.contains("elbow = { version = \"0."), "{manifest}");
    bench.refuses("new pump --model engine.elbow --board microbit", &["pump", "holds something"]);
    bench.refuses("new 2 --model engine.elbow --board microbit", &["begin it with a letter"]);
    bench.refuses("new third --model engine.elbow --board arduino", &["arduino", "microbit"]);
    bench.refuses("new third --model engine.csv --board microbit", &["engine.csv: not an Elbow model"]);
    bench.refuses("new third --model engine.elbow --board microbit --elbow .", &["core of a checkout"]);
    assert!(!bench.path("third").exists());
}
