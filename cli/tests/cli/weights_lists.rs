//! Networks whose layers are counted: what their numbers say, and what they do not.

use crate::bench::Bench;
use crate::weights::safetensors;

/// A VAE of these hidden layers on both sides.
fn vae(hidden: &[(&'static str, Vec<usize>)]) -> Vec<u8> {
    let heads = [("fc_mu.weight", vec![2, 4]), ("fc_logvar.weight", vec![2, 4])];
    safetensors(&[hidden, &heads].concat())
}

/// Lists of layers alone follow `--activation`; where activations are counted, none between two is none.
#[test]
fn lists_say_where_activations_are() {
    let bench = Bench::new();
    let decoder = [("decoder.0.weight", vec![4, 2]), ("decoder.2.weight", vec![5, 4])];
    let list = [("encoder.0.weight", vec![4, 5]), ("encoder.1.weight", vec![4, 4])];
    bench.write("list.safetensors", vae(&[&list[..], &decoder].concat()));
    let told = bench.good("import list.safetensors --activation tanh --out m.elbow");
    assert!(told.contains("encoder.0 5→4 tanh, encoder.1 4→4 tanh"), "{told}");
    let counted = [
        ("encoder.0.weight", vec![4, 5]),
        ("encoder.1.weight", vec![4, 4]),
        ("encoder.3.weight", vec![4, 4]),
    ];
    bench.write("counted.safetensors", vae(&[&counted[..], &decoder].concat()));
    let told = bench.good("import counted.safetensors --activation tanh --out m.elbow");
    assert!(told.contains("encoder.0 5→4 identity, encoder.1 4→4 tanh"), "{told}");
    let chain = [("0.weight", vec![3, 5]), ("1.weight", vec![2, 3]), ("2.weight", vec![5, 2])];
    bench.write("chain.safetensors", safetensors(&chain));
    bench.refuses("import chain.safetensors --out n.elbow", &["the latent's", "\"1\" = \"identity\""]);
    bench.write("map.toml", "activations = { \"1\" = \"identity\" }");
    let told = bench.good("import chain.safetensors --map map.toml --out n.elbow");
    assert!(told.contains("0 5→3 relu") && told.contains("1 3→2\n"), "{told}");
}

/// A norm behind a gap may follow a dropout or an activation.
#[test]
fn a_batch_norm_says_where_it_went() {
    let bench = Bench::new();
    let norm = ["weight", "bias", "running_mean", "running_var"];
    let name = |i: usize| ["encoder.2.", "decoder.1."].map(|layer| &*format!("{layer}{}", norm[i]).leak());
    let norms = (0..norm.len()).flat_map(name).map(|name| (name, vec![4]));
    let layers = [
        ("encoder.0.weight", vec![4, 5]),
        ("decoder.0.weight", vec![4, 2]),
        ("decoder.3.weight", vec![5, 4]),
    ];
    bench.write("m.safetensors", vae(&layers.into_iter().chain(norms).collect::<Vec<_>>()));
    let import = "import m.safetensors --map map.toml --out m.elbow";
    bench.write("map.toml", "");
    bench.refuses(import, &["`encoder.2`", "norms = { \"encoder.2\" = \"encoder.0\" }"]);
    for (map, mean) in [
        ("norms = { 'encoder.2' = 'encoder.0' }", "fc_mu 4→2"),
        ("after_activation = ['encoder.2']", "encoder.2 + fc_mu 4→2"),
    ] {
        bench.write("map.toml", map);
        let told = bench.good(import);
        assert!(
            told.contains(&format!(" {mean}\n")) && told.contains("decoder.0 + decoder.1 2→4 relu"),
            "{told}"
        );
    }
    for (map, said) in [
        ("after_activation = ['encoder.1']", "no such batch norm; the nearest is `encoder.2`"),
        ("norms = { 'encoder.20' = 'encoder.0' }", "no such batch norm; the nearest is `encoder.2`"),
        ("before = { 'decoder.2' = 'decoder.3' }", "no such batch norm; the nearest is `"),
        (
            "norms = { 'encoder.2' = 'fc_mu' }\nafter_activation = ['encoder.2']",
            "activation of `fc_mu`, and no layer",
        ),
    ] {
        bench.write("map.toml", map);
        bench.refuses(import, &[said]);
    }
}
