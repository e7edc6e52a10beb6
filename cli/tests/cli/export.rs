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
    bench.refuses("export engine.elbow --c --out firmware", &["firmware/engine.h", "--force"]);
    bench.good("export engine.elbow --c --out firmware --force");
    bench.write("firmware/engine.rs", "fn main() {}");
    bench.refuses("export engine.elbow --out firmware", &["engine.rs", "not Elbow's to replace"]);
    bench.refuses("export engine.csv", &["engine.csv: not an Elbow model"]);
}
