//! Graphs of ONNX, in and out.

use crate::bench::{Bench, column, engine, npy};
use crate::weights::{ACTIVATIONS, worst};

/// The graphs of both of PyTorch's exporters say the activations themselves.
#[test]
fn graphs_give_what_torch_gives() {
    let bench = Bench::new();
    let autoencoders = ACTIVATIONS.map(|activation| (format!("ae_{activation}"), "point:2"));
    let others = [
        ("vae", "gaussian:2, 7-6 gaussian"),
        ("example", "bernoulli"),
        ("joint_chunk", "gaussian:2"),
        ("joint_split", "gaussian:2"),
        ("joint_slice", "gaussian:2"),
        ("two_heads", "gaussian-per-output"),
    ];
    let others = others.map(|(name, shape)| (name.to_owned(), shape));
    for (name, shape) in autoencoders.iter().chain(&others) {
        for ending in ["onnx", "traced.onnx"] {
            let summary = bench.imports(&format!("{name}.{ending}"), "");
            let found = summary["architecture"].as_str().unwrap();
            assert!(found.contains(shape) && worst(&summary) < 1e-5, "{summary}");
        }
    }
}

/// What goes out as a graph comes back, with its standardisation, clip and scale.
#[test]
fn exported_graphs_come_back() {
    let bench = Bench::with_engine();
    bench.write("rows.npy", npy(&[3, 3], engine(3).iter().flat_map(|(row, _)| *row)));
    for flags in [
        "--latent gaussian:2 --hidden 6,5 --activation silu",
        "--latent gaussian:2 --hidden 6 --likelihood gaussian-per-output --activation elu",
        "--model ae --latent gaussian:2 --hidden 6 --activation leaky-relu",
    ] {
        bench.good(&format!("fit engine.csv --epochs 2 {flags} --out a.elbow"));
        bench.good("export a.elbow --onnx a.onnx --force");
        bench.good("import a.onnx --out b.elbow");
        let scores =
            |model: &str| column(&bench.good(&format!("score {model} rows.npy --samples 4")), "log_density");
        for (before, after) in scores("a.elbow").iter().zip(scores("b.elbow")) {
            assert!((before - after).abs() < 1e-4 * before.abs().max(1.0), "{flags}: {before} {after}");
        }
    }
}

/// The formula of the score is lost where a graph does not say it.
#[test]
fn models_without_a_way_back_are_refused() {
    let bench = Bench::with_engine();
    for (flags, said) in [
        ("--likelihood student-t", "the likelihood student-t"),
        ("--prior gmm:3", "the latent gaussian:2 under a mixture of 3"),
    ] {
        bench
            .good(&format!("fit engine.csv --epochs 2 --latent gaussian:2 --hidden 6 {flags} --out a.elbow"));
        bench.good("export a.elbow --onnx a.onnx --force");
        bench.refuses("import a.onnx --out b.elbow", &["a.onnx", said, "no way back"]);
        std::fs::remove_file(bench.path("a.elbow")).unwrap();
    }
}

/// Reconstructions in the frame's units where the network's were taken for those of features.
#[test]
fn a_check_tells_units_apart() {
    let bench = Bench::new();
    let rows: Vec<String> =
        (0..240).map(|i| i % 24).map(|i| format!("{},{},{}", 100 + i, 50 - i, 3 * i)).collect();
    bench.write("rows.csv", format!("a,b,c\n{}\n", rows.join("\n")));
    bench.good("fit rows.csv --epochs 300 --model ae --latent gaussian:2 --hidden 8 --out a.elbow");
    bench.good("export a.elbow --safetensors a.safetensors");
    bench.good("export a.elbow --onnx a.onnx");
    bench.good("reconstruct a.elbow rows.csv --out back.csv");
    bench.good("import a.onnx --check rows.csv back.csv --out b.elbow");
    bench.refuses(
        "import a.safetensors --check rows.csv back.csv --out c.elbow",
        &["back.csv", "in the frame's own units"],
    );
}

/// Weights beside the graph, where the exporter puts them by default, and nowhere else.
#[test]
fn weights_lie_beside_their_graph() {
    let bench = Bench::new();
    bench.weights(&["beside.onnx.data"]);
    bench.imports("beside.onnx", "");
    let import = "import beside.onnx --out m.elbow";
    let data = bench.read("beside.onnx.data");
    bench.write("beside.onnx.data", &data[..data.len() / 2]);
    bench.refuses(import, &["beside.onnx.data", "it is too short"]);
    bench.write("beside.onnx.data", data);
    let sound = bench.read("beside.onnx");
    let (from, to) = (b"beside.onnx.data", b"../sid.onnx.data");
    let mut changed = sound.clone();
    for at in (0..sound.len() - from.len()).filter(|at| sound[*at..].starts_with(from)) {
        changed[at..at + to.len()].copy_from_slice(to);
    }
    bench.write("beside.onnx", changed);
    bench.refuses(import, &["a file that is not beside the model"]);
    std::fs::remove_file(bench.path("beside.onnx.data")).unwrap();
    bench.write("beside.onnx", sound);
    bench.refuses(import, &["beside.onnx.data, where `"]);
}

#[test]
fn other_operators_are_refused_by_name() {
    let bench = Bench::new();
    bench.weights(&["ae_relu.onnx"]);
    let sound = bench.read("ae_relu.onnx");
    for (to, said) in [("Gelu", "Gelu `"), ("Selu", "the nearest that is read is")] {
        let at = sound.windows(4).position(|window| window == b"Relu").unwrap();
        let mut changed = sound.clone();
        changed[at..at + 4].copy_from_slice(to.as_bytes());
        bench.write("m.onnx", &changed);
        bench.refuses("import m.onnx --out m.elbow", &["m.onnx", said, "Softplus"]);
    }
    bench.write("m.onnx", &sound[..sound.len() / 2]);
    bench.refuses("import m.onnx --out m.elbow", &["m.onnx", "no sound file of ONNX"]);
}
