//! Weights of other programs.

use crate::bench::{Bench, column, csv, npy, npz};

/// 2-1-2 with a batch norm that folds to `z = relu(x0 + 2 x1 + 0.3)`, and `x̂ = (z, 1 − z)`.
fn arrays() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("dense.kernel", npy(&[2, 1], [1.0, 2.0])),
        ("dense.bias", npy(&[1], [0.5])),
        ("batch_normalization.gamma", npy(&[1], [2.0])),
        ("batch_normalization.beta", npy(&[1], [0.1])),
        ("batch_normalization.moving_mean", npy(&[1], [0.3])),
        ("batch_normalization.moving_variance", npy(&[1], [3.75])),
        ("dense_1.kernel", npy(&[1, 2], [1.0, -1.0])),
        ("dense_1.bias", npy(&[2], [0.0, 1.0])),
    ]
}

/// With some arrays in place of others.
fn with(changed: &[(&'static str, Vec<u8>)]) -> Vec<u8> {
    let mut all = arrays();
    for (name, array) in changed {
        all.retain(|(kept, _)| kept != name);
        all.push((*name, array.clone()));
    }
    npz(&all)
}

#[test]
fn an_autoencoder_scores_its_reconstruction() {
    let bench = Bench::new();
    bench.write("w.npz", npz(&arrays()));
    let summary = bench.json("import w.npz --epsilon 0.25 --out ae.elbow");
    assert_eq!(summary["architecture"], "2 linear, point:1,relu, 2 gaussian");
    assert_eq!(summary["batch_norms_folded"], 1);
    let alias = String::from_utf8(bench.read("ae.rs")).unwrap();
    assert!(alias.contains("elbow::PointHead<elbow::Dense<'a, 2, 1, elbow::Relu>>"), "{alias}");
    assert!(alias.contains("AE_SAMPLES: u32 = 1"), "{alias}");
    assert!(bench.good("inspect ae.elbow").contains("imported"));

    // (1, 2) → z = 5.3 → (5.3, −4.3); (−1, 0) → z = 0 → (0, 1): log p = −½ |x − x̂|² − log 2π
    bench.write("x.csv", csv("x0,x1", 2, |row| ["1,2", "-1,0"][row].into()));
    let scores = column(&bench.good("score ae.elbow x.csv --samples 1"), "log_density");
    let expected = [58.18_f64, 2.0].map(|square| -0.5 * square - std::f64::consts::TAU.ln());
    for (score, expected) in scores.iter().zip(expected) {
        assert!((f64::from(*score) - expected).abs() < 1e-5, "{score} {expected}");
    }
    let many = column(&bench.good("score ae.elbow x.csv --samples 9"), "log_density");
    assert!(scores.iter().zip(&many).all(|(one, nine)| (one - nine).abs() < 1e-5), "{scores:?} {many:?}");
}

/// `use_bias=False`, `scale=False` and `center=False` leave arrays out: they are 0, 1 and 0.
#[test]
fn arrays_that_keras_leaves_out_are_what_keras_takes() {
    let bench = Bench::new();
    let neutral = [
        ("dense.bias", npy(&[1], [0.0])),
        ("batch_normalization.gamma", npy(&[1], [1.0])),
        ("batch_normalization.beta", npy(&[1], [0.0])),
    ];
    bench.write("all.npz", with(&neutral));
    let mut few = arrays();
    few.retain(|(name, _)| neutral.iter().all(|(of, _)| of != name));
    bench.write("few.npz", npz(&few));
    let summary = bench.json("import few.npz --name m --out few.elbow");
    assert_eq!(summary["batch_norms_folded"], 1, "{summary}");
    assert!(summary["layers"].to_string().contains("dense + batch_normalization 2→1 relu"), "{summary}");
    bench.good("import all.npz --name m --out all.elbow");
    assert_eq!(bench.read("few.elbow"), bench.read("all.elbow"));
}

#[test]
fn what_is_no_autoencoder_is_refused() {
    let bench = Bench::new();
    for (name, bytes, said) in [
        ("none.npz", npz(&[("w", npy(&[1], [0.0]))]), "no array `dense.kernel`"),
        (
            "one.npz",
            npz(&[("dense.kernel", npy(&[1, 1], [1.0])), ("dense.bias", npy(&[1], [0.0]))]),
            "at least two",
        ),
        ("bias.npz", with(&[("dense_1.bias", npy(&[3], [0.0; 3]))]), "shape [1, 2] and 3 biases"),
        ("norm.npz", with(&[("batch_normalization.beta", npy(&[2], [0.0; 2]))]), "batch norm"),
        (
            "wide.npz",
            with(&[("dense_1.kernel", npy(&[1, 3], [1.0; 3])), ("dense_1.bias", npy(&[3], [0.0; 3]))]),
            "give as many as they take",
        ),
        (
            "apart.npz",
            with(&[("dense_1.kernel", npy(&[2, 2], [1.0; 4])), ("dense_1.bias", npy(&[2], [0.0; 2]))]),
            "one after the other",
        ),
        ("more.npz", with(&[("layer_normalization.gamma", npy(&[1], [1.0]))]), "`layer_normalization.gamma`"),
        ("gap.npz", with(&[("dense_3.kernel", npy(&[2, 2], [1.0; 4]))]), "`dense_3.kernel`"),
        ("zero.npz", with(&[("batch_normalization.moving_variance", npy(&[1], [-1.0]))]), "not finite"),
    ] {
        bench.write(name, bytes);
        bench.refuses(&format!("import {name} --out m.elbow"), &[name, said]);
    }
    bench.write("w.npz", npz(&arrays()));
    bench.refuses("import w.npz --out m.elbow --window 3", &["--window 3", "must divide"]);
    bench.refuses("import w.npz --out m.elbow --epsilon -1", &["--epsilon"]);
    bench.refuses("import w.npz --out m.elbow --activation swish", &["--activation swish"]);
    bench.refuses("import w.npz --out m.txt", &["--out m.txt"]);
    bench.refuses("import w.csv --out m.elbow", &["w.csv"]);
}
