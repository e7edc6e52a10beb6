//! Recordings of machines, from the file to the alarm and packed, with at most two flags a command.

use std::path::{Path, PathBuf};

use crate::bench::{Bench, column};

/// What is typed of a recording: the fit and what it needs, the file that sets the alarm, that which is
/// judged,
/// and the column that is carried along.
struct Way<'a> {
    fit: &'a str,
    calibrate: &'a str,
    judged: &'a str,
    keep: &'a str,
}

fn typed(bench: &Bench, way: &Way<'_>) {
    let Way { fit, calibrate, judged, keep } = way;
    let model = bench.json(&format!("fit {fit}"))["model"].as_str().unwrap().to_owned();
    assert!(bench.json(&format!("eval {model} {judged}"))["nats_per_row"].is_number());
    bench.good(&format!("calibrate {model} {calibrate}"));
    let told = bench.good(&format!("score {model} {judged} --keep {keep} --alarm 3/5"));
    assert!(told.starts_with(&format!("row,{keep},log_density,")), "{fit}: {told}");
    assert!(column(&told.replace(",,", ",0,"), "p_value").iter().all(|p| (0.0..=1.0).contains(p)), "{fit}");
    bench.good(&format!("compress {model} {judged} packets"));
    bench.good(&format!("decompress {model} packets back.csv"));
    // what comes back is the same table: its scores are the same bits
    assert_eq!(bench.good(&format!("score {model} back.csv --keep {keep} --alarm 3/5")), told, "{fit}");
}

fn copied(bench: &Bench, from: &Path, name: &str) {
    bench.write(name, std::fs::read(from).unwrap());
}

#[test]
fn the_telemetry_of_this_repository() {
    let bench = Bench::new();
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data/telemetry/telemetry.csv.gz");
    copied(&bench, &file, "telemetry.csv.gz");
    let told = bench.good("fit telemetry.csv.gz --auto");
    assert!(told.contains("left out   time_s (times)"), "{told}");
    typed(
        &bench,
        &Way {
            fit: "telemetry.csv.gz --auto --rows 1:3000",
            calibrate: "telemetry.csv.gz --false-alarm 0.1 --rows 3001:",
            judged: "telemetry.csv.gz",
            keep: "time_s",
        },
    );
}

#[test]
fn a_valve_of_skab_as_published() {
    let skab = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/skab");
    if !skab.exists() {
        println!(
            "skipped: {} is not there; it is reference material that cannot be distributed",
            skab.display()
        );
        return;
    }
    let bench = Bench::new();
    copied(&bench, &skab.join("valve1/0.csv"), "0.csv");
    copied(&bench, &skab.join("valve1/1.csv"), "1.csv");
    copied(&bench, &skab.join("anomaly-free/anomaly-free.csv"), "free.csv");
    let way = Way {
        fit: "0.csv --auto --labels anomaly",
        calibrate: "1.csv --false-alarm 0.05",
        judged: "1.csv",
        keep: "datetime",
    };
    typed(&bench, &way);
    // 402 of its 1,145 rows are labelled
    let eval = bench.json("eval 0.elbow 1.csv");
    assert_eq!((eval["rows"].as_u64(), eval["anomalous_rows"].as_u64()), (Some(1145), Some(402)));
    let way = Way { fit: "free.csv --auto", calibrate: "0.csv --false-alarm 0.1", judged: "free.csv", ..way };
    typed(&bench, &way);
}

#[test]
fn a_log_of_one_sensor() {
    let bench = Bench::new();
    bench.case("c10_nab.csv");
    let log = String::from_utf8(bench.read("c10_nab.csv")).unwrap();
    let lines: Vec<&str> = log.lines().collect();
    for (name, rows) in [("first.csv", &lines[1..160]), ("later.csv", &lines[160..])] {
        bench.write(name, [&lines[..1], rows].concat().join("\n") + "\n");
    }
    let way = Way {
        fit: "first.csv --auto",
        calibrate: "later.csv --false-alarm 0.2",
        judged: "later.csv",
        keep: "timestamp",
    };
    typed(&bench, &way);
    typed(&bench, &Way { fit: "first.csv --time timestamp --window 6", ..way });
}
