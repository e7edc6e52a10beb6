//! Fits that begin at a fitted model.

use crate::bench::Bench;

const SHAPE: &str = "--hidden 12 --latent gaussian:2 --scaling log --likelihood";

/// Held-out nats after a step that moves nothing.
fn unmoved(bench: &Bench, likelihood: &str, start: &str) -> f64 {
    let fit = bench.json(&format!(
        "fit engine.csv --out b.elbow {SHAPE} {likelihood} --epochs 1 --lr 1e-30 --objective iwae:4 {start}"
    ));
    fit["valid_nats_per_row"].as_f64().unwrap()
}

#[test]
fn it_goes_on_from_there() {
    let bench = Bench::with_engine();
    for likelihood in ["gaussian", "gaussian-per-output"] {
        let fit =
            bench.json(&format!("fit engine.csv --out a.elbow {SHAPE} {likelihood} --epochs 40 --lr 0.01"));
        let reached = fit["valid_nats_per_row"].as_f64().unwrap();
        let random = unmoved(&bench, likelihood, "");
        let started = unmoved(&bench, likelihood, "--start a.elbow");
        // the log scales went through one over the scale and back
        assert!((started - reached).abs() < 1e-3 && random > reached + 1.0, "{reached} {started} {random}");
    }
}

#[test]
fn it_must_fit() {
    let bench = Bench::with_engine();
    bench.good(&format!("fit engine.csv --out a.elbow {SHAPE} gaussian --epochs 1"));
    bench.good("quantize a.elbow --weights int8 --out small.elbow");
    let refused = |flags: &str, said: &[&str]| {
        bench.refuses(&format!("fit engine.csv --out b.elbow {flags} --epochs 1"), said);
    };
    let shape = format!("{SHAPE} gaussian");
    refused(&format!("{shape} --start none.elbow"), &["none.elbow: cannot read"]);
    refused(&format!("{shape} --start engine.csv"), &["engine.csv: not an Elbow model"]);
    refused("--hidden 13 --start a.elbow", &["--start a.elbow: its shape is", "the settings say"]);
    refused(&format!("{shape} --start small.elbow"), &["--start small.elbow", "f32 weights"]);
    assert!(!bench.path("b.elbow").exists());
}
