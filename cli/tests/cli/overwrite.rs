//! What is there stays there, unless `--force` says otherwise.

use crate::bench::{Bench, Outcome, QUICK};

#[test]
fn nothing_is_written_over_unless_told() {
    let bench = Bench::with_model();
    for line in [
        format!("fit engine.csv --out engine.elbow {QUICK}"),
        "score engine.elbow engine.csv --out scores.csv".into(),
        "quantize engine.elbow --weights int8 --out small.elbow".into(),
        "calibrate engine.elbow later.csv --false-alarm 0.1 --out alarm.elbow".into(),
        "compress engine.elbow engine.csv packets".into(),
        "decompress engine.elbow packets back.csv".into(),
    ] {
        bench.good(&line);
        let before = bench.files();
        let again = Outcome::new(&line, bench.as_typed(&line).output().unwrap());
        again.is_failure(2, &["is there already; give another name, or --force to write over it"]);
        assert!(before == bench.files(), "{line}");
    }
    // what mktemp makes holds nothing that could be lost
    bench.write("empty.csv", "");
    for line in [
        "score engine.elbow engine.csv --out empty.csv",
        // the model itself is calibrated: that is what the command is for
        "calibrate engine.elbow later.csv --false-alarm 0.1",
        "calibrate engine.elbow later.csv --false-alarm 0.1 --out engine.elbow",
    ] {
        let outcome = Outcome::new(line, bench.as_typed(line).output().unwrap());
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
    }
}

#[test]
fn scores_are_not_put_into_a_file_of_another_kind() {
    let bench = Bench::with_model();
    for name in ["x.npy", "x.NPZ", "x.csv.gz", "x.parquet", "x.json"] {
        let line = format!("score engine.elbow engine.csv --out {name}");
        bench.refuses(
            &line,
            &[&format!("--out {name}: scores are written as CSV; give a name that ends in .csv")],
        );
    }
    bench.good("score engine.elbow engine.csv --out x.csv");
}

#[test]
fn the_samples_of_a_calibration_are_the_default() {
    let bench = Bench::with_model();
    bench.good("calibrate engine.elbow later.csv --false-alarm 0.1 --samples 16");
    let header = |text: String| text.lines().next().map(str::to_owned);
    let verdicts = "row,log_density,bits_per_dim,effective_sample_size,standard_error,p_value,anomalous";
    assert_eq!(header(bench.good("score engine.elbow engine.csv")).as_deref(), Some(verdicts));
    for line in ["score engine.elbow engine.csv", "eval engine.elbow engine.csv", "inspect engine.elbow"] {
        assert_eq!(bench.json(line)["samples"], 16, "{line}");
        assert_eq!(bench.json(&format!("{line} --samples 8"))["samples"], 8, "{line}");
    }
    let other = bench.run("score engine.elbow engine.csv --samples 64");
    assert_eq!(other.code, Some(0));
    assert!(!other.stdout.contains("anomalous"));
    let said = "no verdicts: the alarm threshold is for 16 samples and --samples asks 64; leave it out\n";
    assert_eq!(other.stderr, said);
}
