//! Files as people have them, from the file to the alarm by at most two flags each.

use crate::bench::{Bench, column};

#[test]
fn what_looks_like_labels_is_no_sensor() {
    let bench = Bench::new();
    for name in ["anomaly", "class", "is_anomaly", "Outlier", "target", "y"] {
        let file = format!("c03_{name}.csv");
        bench.case(&file);
        let outcome = bench.run(&format!("fit {file} --auto --out m.elbow"));
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        assert!(outcome.stderr.contains("looks like labels and is left out: --labels"), "{outcome:?}");
        assert!(outcome.stdout.contains(" (looks like labels)"), "{outcome:?}");
        assert_eq!(bench.json("inspect m.elbow")["columns"], serde_json::json!(["amount", "age", "rate"]));
        // both remedies that the note names
        bench.good(&format!("fit {file} --auto --out m.elbow --all-columns"));
        let column = outcome.stderr.split('`').nth(1).unwrap();
        let told = bench.json(&format!("fit {file} --auto --out m.elbow --labels {column}"));
        assert!(told["anomalous_rows"].as_u64() > Some(0), "{told}");
        assert!(bench.json(&format!("eval m.elbow {file}"))["auroc"].is_number());
    }
}

#[test]
fn what_only_rises_is_no_sensor() {
    let bench = Bench::new();
    for (file, later) in
        [("c11_epoch_ms.csv", "c11_epoch_ms_later.csv"), ("c19_counter.csv", "c19_counter.csv")]
    {
        bench.case(file);
        bench.case(later);
        let told = bench.good(&format!("fit {file} --auto --out m.elbow"));
        assert!(told.contains("(times)") || told.contains("(only rises or only falls"), "{told}");
        // days later the sensor is as it was, and so are its scores
        let nats = |file: &str| bench.json(&format!("eval m.elbow {file}"))["nats_per_row"].as_f64().unwrap();
        assert!((nats(later) - nats(file)).abs() < 10.0, "{} {}", nats(file), nats(later));
    }
}

#[test]
fn missing_cells_are_counted_dropped_held_or_scored_empty() {
    let bench = Bench::new();
    bench.case("fh1_labels_missing.csv");
    let fit = "fit fh1_labels_missing.csv --auto --out m.elbow";
    bench.refuses(
        fit,
        &["row 14", "the value is missing", "in all 5 cells are missing (temp 2, hum 2, current 1)"],
    );
    for (policy, rows) in [("drop", 283), ("hold", 288)] {
        let told = bench.json(&format!("{fit} --missing {policy}"));
        assert_eq!(
            (told["rows"].as_u64(), told["anomalous_rows"].as_u64()),
            (Some(rows), Some(12)),
            "{policy}"
        );
        // the model remembers it
        assert_eq!(bench.json("eval m.elbow fh1_labels_missing.csv")["rows"], rows + 12);
    }
    bench.good(&format!("{fit} --missing drop"));
    let told = bench.good("score m.elbow fh1_labels_missing.csv --keep timestamp");
    assert_eq!(told.lines().count(), 301);
    assert_eq!(told.lines().nth(14), Some("14,2024-03-01T01:05:00Z,,,,"));
}

#[test]
fn units_below_the_header_are_no_row() {
    let bench = Bench::new();
    bench.case("c12_preamble.csv");
    let note = "a row below the header is passed over as units: `s`, `C`, `%`";
    for line in ["fit c12_preamble.csv --auto --out m.elbow", "score m.elbow c12_preamble.csv --keep time"] {
        let outcome = bench.run(line);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        assert!(outcome.stderr.contains(note), "{outcome:?}");
    }
    let scored = bench.good("score m.elbow c12_preamble.csv --keep time");
    assert_eq!((scored.lines().count(), column(&scored, "time")[0]), (101, 0.0));
}

/// The four first-hour files: what a fit needs beside the file, and the column to carry along.
const FILES: [(&str, &str, &str); 4] = [
    ("fh1_labels_missing.csv", "--missing drop", "timestamp"),
    ("fh2_iot_day1.csv", "", "time,device_id"),
    ("fh3_wide.csv", "--labels Class", "id"),
    ("fh4_fit.csv", "--labels anomaly", "datetime"),
];

#[test]
fn the_first_hour_of_four_files() {
    let bench = Bench::new();
    for (file, flags, keep) in FILES {
        bench.case(file);
        bench.good(&format!("fit {file} {flags} --epochs 30 --out m.elbow --false-alarm 0.05"));
        let eval = bench.json(&format!("eval m.elbow {file}"));
        assert!(
            eval["alarms"]["false_alarm"].is_number() && eval["nats_per_row"].is_number(),
            "{file} {eval}"
        );
        let told = bench.good(&format!("score m.elbow {file} --keep {keep} --alarm 3/5 --why 2"));
        assert!(told.starts_with(&format!("row,{keep},log_density,")), "{told}");
        let scored = column(&told.replace(",,", ",0,"), "log_density");
        assert!(scored.len() >= 60 && scored.iter().all(|score| score.is_finite()), "{file}");
        bench.good(&format!("compress m.elbow {file} packets"));
        bench.good("decompress m.elbow packets back.csv");
        assert_eq!(bench.read("back.csv"), bench.read(file), "{file}");
    }
}
