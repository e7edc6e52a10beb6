//! What the program says of itself: headings, examples that work, completions and manual pages.

use crate::bench::{Bench, QUICK};

#[test]
fn flags_stand_under_headings_and_columns_are_explained() {
    let bench = Bench::new();
    let fit = bench.good("fit --help");
    for said in ["Data:\n", "Model:\n", "Training:\n", "Output:\n", "--auto first", "Examples:\n"] {
        assert!(fit.contains(said), "`{said}` is not in\n{fit}");
    }
    let score = bench.good("score --help");
    let told = bench.good("demo --help");
    assert!(!told.contains("Training:"));
    let bench = Bench::with_model();
    bench.good("calibrate engine.elbow later.csv --false-alarm 0.1");
    let scores = bench.good("score engine.elbow engine.csv --alarm 3/5 --why 1");
    for column in scores.lines().next().unwrap().split(',') {
        assert!(score.contains(column), "--help does not say what `{column}` is");
    }
    assert!(score.contains("LOW is anomalous") && bench.good("calibrate --help").contains("Two things"));
}

#[test]
fn shells_and_man_know_the_flags() {
    let bench = Bench::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = bench.good(&format!("completions {shell}"));
        assert!(script.contains("calibrate") && script.contains("false-alarm"), "{shell}");
    }
    assert!(bench.good("man").starts_with(".ie"), "roff");
    bench.good("man pages");
    let page = String::from_utf8(bench.read("pages/elbow-score.1")).unwrap();
    assert!(page.contains("\\-\\-keep") && page.contains("log_density"), "{page}");
    assert!(!bench.read("pages/elbow.1").is_empty());
}

#[test]
fn a_fit_needs_no_more_than_a_file() {
    let bench = Bench::with_engine();
    let told = bench.good("fit engine.csv --epochs 3");
    for said in ["model      engine.elbow", "columns", "temp, rpm, volt", "24 anomalous left out", "next"] {
        assert!(told.contains(said), "`{said}` is not in\n{told}");
    }
    assert!(bench.path("engine.elbow").exists() && bench.path("engine.rs").exists());
    let json = bench.json(&format!("fit engine.csv {QUICK}"));
    assert_eq!(json["reading"]["columns"], serde_json::json!(["temp", "rpm", "volt"]));
    // what it says comes next works
    let next = told.lines().find_map(|line| line.strip_prefix("next")).unwrap().trim();
    let line = next.strip_prefix("elbow ").unwrap().replace("NORMAL.csv", "later.csv");
    bench.good(line.split(", by").next().unwrap());
}
