//! The bar of the project on real data: anomalous heartbeats found by a model that fits a microcontroller.

use std::path::PathBuf;

use elbow_trainer::data::load_array;

use crate::bench::{Bench, npy, npz};

#[test]
fn heartbeats() {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data/ecg5000/ecg5000_normal_vs_anomaly.npz");
    if !data.exists() {
        println!(
            "skipped: {} is not there; it is reference material that cannot be distributed",
            data.display()
        );
        return;
    }
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
