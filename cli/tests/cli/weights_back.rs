//! Networks that go out and come back.

use crate::bench::{Bench, column, csv, engine, npy};

/// What goes out as safetensors comes back with the same numbers: its activations, limits and likelihood too.
#[test]
fn exported_weights_come_back() {
    let bench = Bench::with_engine();
    // the last row is beyond the limit of a feature
    let rows = engine(3).into_iter().flat_map(|(row, _)| row).chain([1e4; 3]);
    bench.write("rows.npy", npy(&[4, 3], rows));
    for (name, flags) in [
        ("plain", "--latent gaussian:2 --hidden 6,5 --activation silu"),
        ("heads", "--latent gaussian:2 --hidden 6 --likelihood gaussian-per-output --activation tanh"),
        ("point", "--model ae --latent gaussian:2 --hidden 6 --activation relu"),
    ] {
        bench.good(&format!("fit engine.csv --epochs 2 {flags} --out {name}.elbow"));
        bench.good(&format!("export {name}.elbow --safetensors {name}.safetensors"));
        let summary = bench.json(&format!("import {name}.safetensors --out back.elbow"));
        assert_eq!(summary["standardized"], "by the weights' own statistics");
        let scores = |model: &str| {
            column(&bench.good(&format!("score {model}.elbow rows.npy --samples 4")), "log_density")
        };
        for (before, after) in scores(name).iter().zip(scores("back")) {
            assert!((before - after).abs() < 1e-4 * before.abs().max(1.0), "{name}: {before} {after}");
        }
    }
    let refused = "import plain.safetensors --activation elu --out n.elbow";
    bench.refuses(refused, &["plain.safetensors", "silu behind `decoder.0`", "leave --activation out"]);
    for flags in ["--likelihood student-t", "--prior gmm:3", "--latent vmf:3"] {
        bench.good(&format!("fit engine.csv --epochs 1 --hidden 4 {flags} --out a.elbow"));
        bench.good("export a.elbow --safetensors a.safetensors --force");
        bench.refuses("import a.safetensors --out n.elbow", &["a.safetensors", "has no way back"]);
    }
    bench.good("fit engine.csv --auto --out auto.elbow");
    bench.refuses(
        "export auto.elbow --safetensors m.safetensors",
        &["--safetensors", "a mixture has no layers"],
    );
}

/// A sigmoid is last in a network of bits, and its file says so.
#[test]
fn bits_come_back_as_bits() {
    let bench = Bench::new();
    bench.write("bits.csv", csv("a,b,c", 64, |i| format!("{},{},{}", i % 2, i / 2 % 2, i / 4 % 2)));
    bench.good("fit bits.csv --likelihood bernoulli --hidden 4 --activation tanh --epochs 2 --out a.elbow");
    bench.good("export a.elbow --safetensors a.safetensors");
    let summary = bench.json("import a.safetensors --out b.elbow");
    assert!(summary["architecture"].as_str().unwrap().contains("bernoulli"), "{summary}");
    bench.write(
        "bits.npy",
        npy(&[8, 3], (0..8).flat_map(|i| [i % 2, i / 2 % 2, i / 4].map(|bit| bit as f32))),
    );
    let scores = |model: &str| bench.good(&format!("score {model} bits.npy --samples 2"));
    let [before, after] = ["a.elbow", "b.elbow"].map(|model| column(&scores(model), "log_density"));
    let unlike = before.iter().zip(&after).filter(|(a, b)| (*a - *b).abs() > 1e-4).count();
    assert_eq!((unlike, before.len()), (0, 8));
    bench.refuses("import a.safetensors --likelihood gaussian --out n.elbow", &["sigmoid"]);
    bench.refuses("import a.safetensors --scale 2 --out n.elbow", &["leave --scale out"]);
}

/// What a file does not take is refused, not left unread.
#[test]
fn what_is_not_read_is_refused() {
    let bench = Bench::new();
    let kernels = [("dense.kernel", npy(&[2, 1], [1.0; 2])), ("dense_1.kernel", npy(&[1, 2], [1.0; 2]))];
    bench.write("w.npz", crate::bench::npz(&kernels));
    bench.weights(&["ae_relu.onnx", "ae_relu.safetensors"]);
    bench.write("map.toml", "ignore = ['x']");
    bench.refuses("import w.npz --map map.toml --out n.elbow", &["w.npz", "takes no --map"]);
    bench.refuses("import ae_relu.safetensors --map map.toml --out n.elbow", &["`x`", "no such array"]);
    bench.good("import w.npz --activation tanh --epsilon 0.1 --out n.elbow");
    for flag in ["--map map.toml", "--activation tanh", "--epsilon 0.1"] {
        let said = format!("takes no {}", flag.split_once(' ').unwrap().0);
        bench.refuses(&format!("import ae_relu.onnx {flag} --out o.elbow"), &["ae_relu.onnx", &said]);
    }
}
