//! The bar of the project on real data: anomalous heartbeats found by a model that fits a microcontroller.

use std::path::PathBuf;

use elbow_reader::load_array;

use crate::bench::{Bench, npy, npz};

/// The file of beats, if it is there.
fn beats() -> Option<PathBuf> {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data/ecg5000/ecg5000_normal_vs_anomaly.npz");
    if data.exists() {
        return Some(data);
    }
    println!("skipped: {} is not there; it is reference material that cannot be distributed", data.display());
    None
}

#[test]
fn heartbeats() {
    let Some(data) = beats() else { return };
    let bench = Bench::new();
    let array = |key| {
        let array = load_array(&data, key).unwrap();
        npy(&array.shape, array.values)
    };
    bench.write("fit.npz", npz(&[("X", array("x_train_normal"))]));
    bench.write("test.npz", npz(&[("X", array("x_test")), ("y", array("y_test"))]));
    let fit = bench.json("fit fit.npz --out ecg.elbow --hidden 32,16 --latent gaussian:4 --objective iwae:8");
    let eval = bench.json("eval ecg.elbow test.npz --samples 64");
    let auroc = eval["auroc"].as_f64().unwrap();
    println!("AUROC {auroc:.4}, {} bytes, {} s", fit["file_bytes"], fit["seconds"]);
    assert!(auroc >= 0.990, "{eval}");
    assert!(fit["file_bytes"].as_u64().unwrap() <= 64 << 10, "{fit}");
    assert!(fit["seconds"].as_f64().unwrap() < 120.0, "{fit}");

    for (weights, nats, area) in [("int8", 0.005, 0.002), ("int8x8", 0.02, 0.005)] {
        bench
            .good(&format!("quantize ecg.elbow --weights {weights} --calibration fit.npz --out small.elbow"));
        let small = bench.json("eval small.elbow test.npz --samples 64");
        let lost = |key: &str| small[key].as_f64().unwrap() - eval[key].as_f64().unwrap();
        let relative = lost("nats_per_row") / eval["nats_per_row"].as_f64().unwrap().abs();
        println!("{weights}: {:+.3} % in nats, {:+.5} in AUROC", 100.0 * relative, lost("auroc"));
        assert!(relative < nats && lost("auroc") > -area, "{weights}: {small}");
    }
}

/// Few samples give the verdicts of K = 64, and alarms on normal beats are as rare as promised.
#[test]
fn alarms_of_heartbeats() {
    const FITTED: usize = 1500;
    let Some(data) = beats() else { return };
    let bench = Bench::new();
    let array = |key| load_array(&data, key).unwrap();
    let (train, test, labels) = (array("x_train_normal"), array("x_test"), array("y_test"));
    let dims = train.shape[1];
    let (fitted, others) = train.values.split_at(FITTED * dims);
    let rows = |values: &[f32]| npy(&[values.len() / dims, dims], values.iter().copied());
    bench.write("fit.npz", npz(&[("X", rows(fitted))]));
    bench.write("later.npz", npz(&[("X", rows(others))]));
    let labels = npy(&labels.shape, labels.values);
    bench.write("test.npz", npz(&[("X", rows(&test.values)), ("y", labels)]));
    // At 0.01 the threshold is the eighth lowest of 835 normal beats, some of which are as odd as an anomaly:
    // in fits with twelve seeds 0.11 to 0.44 of the anomalies are below it. With seed 5 the others are so
    // near it that their first samples mislead.
    for (seed, rate, detected) in [(0, "0.05", 0.98), (0, "0.01", 0.08), (5, "0.01", 0.25)] {
        let settings = "--hidden 32,16 --latent gaussian:4 --objective iwae:8";
        bench.good(&format!("fit fit.npz --out ecg.elbow --seed {seed} {settings}"));
        bench.good(&format!("calibrate ecg.elbow later.npz --false-alarm {rate}"));
        let alarms = bench.json("eval ecg.elbow test.npz")["alarms"].clone();
        println!("{alarms}");
        let figure = |key: &str| alarms[key].as_f64().unwrap();
        assert!(figure("agreement") >= 0.995 && figure("samples") <= 16.0, "{alarms}");
        assert!(figure("of_anomalous") > detected, "{alarms}");
    }
}
