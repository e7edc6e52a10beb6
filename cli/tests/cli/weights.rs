//! Networks of PyTorch: `tests/weights/torch_nets.py` made them, and says what they give.

use std::fs;
use std::path::PathBuf;

use elbow_host::model::ModelBytes;
use serde_json::Value;

use crate::bench::Bench;
use crate::first_hour;

/// Activations of the autoencoders there.
pub(crate) const ACTIVATIONS: [&str; 7] =
    ["relu", "leaky-relu", "tanh", "sigmoid", "silu", "elu", "softplus"];

impl Bench {
    /// Copies files of `tests/weights`.
    pub(crate) fn weights(&self, names: &[&str]) {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/weights");
        for name in names {
            let bytes = fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
            self.write(name, bytes);
        }
    }

    /// Imports a network, whose outputs must be those of PyTorch.
    pub(crate) fn imports(&self, file: &str, flags: &str) -> Value {
        let name = file.split_once('.').expect("an ending").0;
        let frames = if name == "example" { "bits.npy" } else { "frames.npy" };
        self.weights(&[file, frames, &format!("{name}.y.npy")]);
        self.json(&format!("import {file} {flags} --check {frames} {name}.y.npy --out {name}.elbow"))
    }
}

/// The worst difference of any part.
pub(crate) fn worst(summary: &Value) -> f64 {
    let parts = summary["check"]["worst"].as_array().expect("parts");
    parts.iter().map(|part| part[1].as_f64().unwrap()).fold(0.0, f64::max)
}

#[test]
fn state_dicts_of_torch_give_what_torch_gives() {
    let bench = Bench::new();
    for activation in ACTIVATIONS {
        let file = format!("ae_{activation}.safetensors");
        let summary = bench.imports(&file, &format!("--activation {activation}"));
        assert_eq!(summary["batch_norms_folded"], 1);
        let shape = summary["architecture"].as_str().unwrap();
        assert!(shape.contains("point:2") && worst(&summary) < 1e-5, "{summary}");
    }
    for (file, flags, shape) in [
        ("vae.safetensors", "--activation silu", "gaussian:2"),
        ("parallel.safetensors", "--activation silu", "gaussian:2"),
        ("half.safetensors", "--activation silu", "gaussian:2"),
        ("bfloat.safetensors", "--activation silu", "gaussian:2"),
        ("example.safetensors", "--likelihood bernoulli", "bernoulli"),
        ("joint_chunk.safetensors", "--activation elu", "gaussian:2"),
        ("two_heads.safetensors", "--activation tanh", "gaussian-per-output"),
    ] {
        let summary = bench.imports(file, flags);
        assert!(summary["architecture"].as_str().unwrap().contains(shape), "{summary}");
    }
}

/// Σ log N(x; loc, 1) over a frame's numbers.
fn log_likelihood(x: &[f32], loc: &[f32]) -> f64 {
    let term = |(x, loc): (&f32, &f32)| -0.5 * (f64::from(x - loc).powi(2) + std::f64::consts::TAU.ln());
    x.iter().zip(loc).map(term).sum()
}

/// Means of log p(x|z) + log p(z) − log q(z|x) over the draws that PyTorch took.
#[test]
fn bounds_are_those_of_torch() {
    let bench = Bench::new();
    bench.imports("vae.safetensors", "--activation silu");
    bench.weights(&["elbo.json"]);
    let golden: Value = serde_json::from_slice(&bench.read("elbo.json")).unwrap();
    let numbers = |value: &Value| -> Vec<f64> {
        value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
    };
    let draws: Vec<Vec<f64>> = golden["draws"].as_array().unwrap().iter().map(numbers).collect();
    let bytes = ModelBytes::new(&bench.read("vae.elbow"));
    let model = bytes.open().unwrap();
    let latent = model.engine.latent().unwrap();
    let frames = bench.read("frames.npy");
    let frames: Vec<f32> =
        frames[128..].as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    for (x, expected) in frames.chunks_exact(6).zip(numbers(&golden["elbo"])) {
        let encoding = latent.encode(x).unwrap();
        let elbow_host::model::Dispersion::Scale(scale) = &encoding.dispersion else { panic!() };
        let posterior = latent.posterior(x).unwrap();
        let of_draw = |draw: &Vec<f64>| {
            let parts = encoding.mode.iter().zip(scale).zip(draw);
            let z: Vec<f32> = parts.map(|((mean, scale), draw)| mean + scale * *draw as f32).collect();
            log_likelihood(x, &latent.decode(&z).unwrap()) + f64::from(posterior.log_ratio_at(&z))
        };
        let elbo = draws.iter().map(of_draw).sum::<f64>() / draws.len() as f64;
        assert!((elbo - expected).abs() < 1e-4 * expected.abs(), "{elbo} {expected}");
    }
}

#[test]
fn other_numbers_are_refused() {
    let bench = Bench::new();
    bench.weights(&["vae.safetensors", "frames.npy", "vae.y.npy", "bits.npy"]);
    let import = "import vae.safetensors --out m.elbow";
    bench.fails(1, &format!("{import} --check frames.npy vae.y.npy"), &["vae.y.npy", "--activation"]);
    bench.fails(
        1,
        &format!("{import} --activation silu --epsilon 0.1 --check frames.npy vae.y.npy"),
        &["other"],
    );
    let silu = format!("{import} --activation silu");
    bench.refuses(&format!("{silu} --check vae.y.npy frames.npy"), &["vae.y.npy", "takes 6 numbers"]);
    bench.refuses(
        &format!("{silu} --likelihood bernoulli --check frames.npy vae.y.npy"),
        &["frames.npy", "row 1"],
    );
    bench.refuses(&format!("{silu} --likelihood student-t"), &["--likelihood student-t", "bernoulli"]);
    bench.refuses(&format!("{silu} --likelihood gaussian-per-output"), &["2 output layers"]);
    bench.refuses(&format!("{silu} --scale 0"), &["--scale 0"]);
    bench.refuses(&format!("{silu} --from jax"), &["--from jax", "torch"]);
    bench.refuses(&format!("{silu} --data bits.npy --window 4"), &["--window 4"]);
}

/// The scale of the likelihood, and statistics of rows.
#[test]
fn a_scale_and_statistics_are_part_of_the_model() {
    let bench = Bench::new();
    bench.weights(&["vae.safetensors", "frames.npy", "vae.y.npy"]);
    let rows: String = (0..5).map(|i| format!("{},1.5,2,3,{},5\n", i, i * i)).collect();
    bench.write("rows.csv", format!("a,b,c,d,e,f\n{rows}"));
    let summary =
        bench.json("import vae.safetensors --activation silu --scale 0.5 --data rows.csv --out m.elbow");
    assert_eq!(summary["standardized"], "by --data");
    let shown = bench.good("inspect m.elbow");
    assert!(shown.contains("a, b, c"), "{shown}");
    let score = bench.good("score m.elbow rows.csv");
    assert_eq!(score.lines().count(), 6, "{score}");
    let plain = bench.json("import vae.safetensors --activation silu --out p.elbow");
    assert_eq!(plain["standardized"], "no");
}

/// What another than a dense network is, by name, with what there is.
#[test]
fn what_is_no_dense_network_is_refused_by_name() {
    let bench = Bench::new();
    for (name, state, said) in [
        (
            "conv",
            vec![("conv1.weight", vec![4, 1, 3]), ("conv1.bias", vec![4])],
            "`conv1` (a weight of the shape [4, 1, 3]) is a convolution",
        ),
        (
            "prelu",
            vec![("a.weight", vec![2, 4]), ("b.weight", vec![1])],
            "`b` (a weight of the shape [1]) is a PReLU",
        ),
        ("norm", vec![("a.weight", vec![2, 4]), ("b.weight", vec![2]), ("b.bias", vec![2])], "layer norm"),
        ("lstm", vec![("r.weight_ih_l0", vec![8, 4])], "`r.weight_ih_l0` is part of a recurrent layer"),
        ("typo", vec![("a.wieght", vec![2, 4])], "the nearest is called `weight`"),
        ("bias", vec![("a.weight", vec![2, 4]), ("a.bias", vec![3])], "3 biases and 2 outputs"),
        ("one", vec![("a.weight", vec![2, 4])], "do not join"),
        ("var", vec![("a.weight", vec![2, 4]), ("fc_var.weight", vec![2, 2])], "log_variance = \"fc_var\""),
        ("alone", vec![("a.weight", vec![2, 4]), ("fc_mu.weight", vec![2, 2])], "a log variance"),
        (
            "ways",
            vec![
                ("b.weight", vec![3, 2]),
                ("a.weight", vec![2, 2]),
                ("c.weight", vec![2, 3]),
                ("d.weight", vec![7, 7]),
            ],
            "do not join",
        ),
    ] {
        bench.write(&format!("{name}.safetensors"), safetensors(&state));
        bench.refuses(&format!("import {name}.safetensors --out m.elbow"), &[name, said]);
    }
    for (name, bytes, said) in [
        ("old.pt", b"\x80\x02\x8a\nl\xfc\x9cF".to_vec(), "save_file(torch.load("),
        ("new.pt", b"PK\x03\x04 archive/data.pkl ".to_vec(), "save_file(torch.load("),
        ("m.h5", b"\x89HDF\r\n".to_vec(), "numpy.savez"),
        ("w.npy", b"\x93NUMPY\x01\x00".to_vec(), "numpy.savez"),
        ("text.txt", b"hello, these are no weights".to_vec(), "safetensors.torch.save_file"),
        ("empty", Vec::new(), "neither"),
        ("short.safetensors", b"\xff\xff\xff\xff\xff\xff\xff\x7f{}".to_vec(), "longer than the file"),
        ("claim.safetensors", with_header(CLAIM, 8), "8 bytes for the shape [4294967296, 4294967296]"),
        ("json.safetensors", b"\x02\x00\x00\x00\x00\x00\x00\x00{]".to_vec(), "its header"),
    ] {
        bench.write(name, bytes);
        bench.refuses(&format!("import {name} --out m.elbow"), &[name, said]);
    }
}

/// A file of zeros in arrays of these shapes.
pub(crate) fn safetensors(arrays: &[(&str, Vec<usize>)]) -> Vec<u8> {
    let (mut entries, mut end) = (Vec::new(), 0);
    for (name, shape) in arrays {
        let begin = end;
        end += 4 * shape.iter().product::<usize>();
        entries
            .push(format!(r#""{name}":{{"dtype":"F32","shape":{shape:?},"data_offsets":[{begin},{end}]}}"#));
    }
    with_header(&format!("{{{}}}", entries.join(",")), end)
}

/// A header, and so many bytes behind it.
pub(crate) fn with_header(header: &str, bytes: usize) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &vec![0; bytes]].concat()
}

/// An array of more numbers than any file has.
const CLAIM: &str = r#"{"a.weight":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}"#;

/// Names that say nothing, and a map that says what they are.
#[test]
fn a_map_says_what_names_do_not() {
    let bench = Bench::new();
    let arrays = [
        ("a.weight", vec![5, 4]),
        ("b.weight", vec![2, 5]),
        ("c.weight", vec![2, 5]),
        ("d.weight", vec![5, 2]),
        ("e.weight", vec![4, 5]),
        ("shift", vec![4]),
    ];
    bench.write("w.safetensors", safetensors(&arrays));
    bench.refuses("import w.safetensors --out m.elbow", &["`shift`", "ignore = [\"shift\"]"]);
    let map = "ignore = ['shift']\nmean = 'b'\nlog_variance = 'c'\n[activations]\na = 'tanh'\n";
    bench.write("map.toml", map);
    let summary = bench.json("import w.safetensors --map map.toml --out m.elbow");
    let layers = summary["layers"].to_string();
    for layer in ["a 4→5 tanh", "b 5→2", "c 5→2", "d 2→5 relu", "e 5→4"] {
        assert!(layers.contains(layer), "{layers}");
    }
    bench.write("map.toml", map.replace("'b'", "'bb'"));
    bench.refuses("import w.safetensors --map map.toml --out m.elbow", &["`bb`", "the nearest is `b`"]);
    bench.write("map.toml", "encodr = ['a']");
    bench.refuses("import w.safetensors --map map.toml --out m.elbow", &["map.toml", "encoder"]);
}

/// The document about weights, whose commands are typed again.
#[test]
fn the_document_says_what_the_program_says() {
    let bench = Bench::new();
    bench.weights(&["vae.safetensors", "vae.y.npy", "frames.npy", "example.safetensors", "bits.npy"]);
    bench.weights(&["example.y.npy"]);
    first_hour::is_what_the_program_says("weights.md", &bench);
}
