//! Models with weights of eight bits.

use crate::bench::{Bench, QUICK};

#[test]
fn small_models_do_what_others_do() {
    let bench = Bench::with_model();
    let whole = bench.json("eval engine.elbow engine.csv");
    for (weights, layer) in
        [("int8", "elbow::DenseInt8<'a, 3, 8"), ("int8x8", "elbow::DenseInt8x8<'a, 3, 8, u16>")]
    {
        let line =
            format!("quantize engine.elbow --weights {weights} --calibration engine.csv --out small.elbow");
        let made = bench.json(&line);
        assert!(made["cost"]["nats_lost_relative"].as_f64().unwrap().abs() < 0.005, "{made}");
        assert_eq!(made["cost"]["before"]["auroc"], whole["auroc"]);
        assert!(String::from_utf8(bench.read("small.rs")).unwrap().contains(layer));
        // the same bytes whenever it is made, and what was said of it holds
        let bytes = bench.read("small.elbow");
        bench.good(&format!("{line} --threads 1"));
        assert_eq!(bytes, bench.read("small.elbow"));
        let eval = bench.json("eval small.elbow engine.csv");
        assert_eq!(eval["nats_per_row"], made["cost"]["after"]["nats_per_row"]);
        assert!(bench.good("inspect small.elbow").contains(weights));
        assert_eq!(bench.good("score small.elbow engine.csv").lines().count(), 241);
        bench.refuses("quantize small.elbow --weights int8 --out again.elbow", &["quantised already"]);
    }
    bench.good("quantize engine.elbow --weights int8 --out small.elbow");
}

#[test]
fn a_fit_may_round_at_once() {
    let bench = Bench::with_engine();
    bench.good(&format!("fit engine.csv --out whole.elbow {QUICK}"));
    for weights in ["int8", "int8x8"] {
        let fit = bench.json(&format!("fit engine.csv --out small.elbow --weights {weights} {QUICK}"));
        assert!(fit["quantization"]["nats_lost_relative"].as_f64().unwrap().abs() < 0.005, "{fit}");
        assert!(bench.read("small.elbow").len() < bench.read("whole.elbow").len());
    }
}

#[test]
fn what_cannot_be_rounded_is_refused() {
    let bench = Bench::with_model();
    let refuses = |line: &str, said: &[&str]| bench.refuses(&format!("quantize engine.elbow {line}"), said);
    refuses("--weights int4 --out small.elbow", &["--weights int4", "choose f32, int8 or int8x8"]);
    refuses("--weights f32 --out small.elbow", &["has them already"]);
    refuses("--weights int8x8 --out small.elbow", &["--calibration"]);
    refuses("--weights int8 --out engine.elbow", &["engine.elbow", "another name"]);
    refuses("--weights int8 --out small.bin", &["ends in .elbow"]);
    refuses("--weights int8 --calibration none.csv --out small.elbow", &["none.csv: cannot be read"]);
    bench.refuses("fit engine.csv --out small.elbow --weights int4", &["choose f32, int8 or int8x8"]);
}
