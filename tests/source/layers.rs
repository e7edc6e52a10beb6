//! A module uses only what stands before it, and files do not import in circles.

use crate::imports::{Crate, Module};
use crate::root;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// The crates and their modules: each may use those before it. What stands in one line may be in any order.
const ORDER: [(&str, &[&str]); 5] = [
    (
        "core",
        &[
            "math unit noise checksum log_mean_exp shape kind",
            "kernel fingerprint",
            "architecture",
            "format",
            "signature",
            "features layer",
            "distribution",
            "posterior",
            "prior",
            "latent",
            "likelihood",
            "model",
            "score",
            "decision ensemble mixture",
            "bounded",
            "stream",
            "codec",
            "self_test",
        ],
    ),
    (
        "reader",
        &[
            "numbers report stand_ins",
            "error",
            "array array_columns capped digits encoding labels literal memory merges names text_table",
            "cell layout time",
            "array_rows categories",
            "part",
            "options",
            "dialect reading",
            "dataset pauses",
            "dependence",
            "columns",
            "table",
            "gaps split times window",
            "rows",
            "csv files idx npy",
            "kinds",
            "array_table columnar open",
            "blocks expected stream",
            "load",
        ],
    ),
    ("host", &["error", "simd random numbers", "model", "file", "score", "compress"]),
    (
        "trainer",
        &[
            "error",
            "spelled",
            "net onnx_messages",
            "adam average binarize period repeated_columns vmf_gradient",
            "columns constant_columns",
            "latent likelihood",
            "layout objective preprocess",
            "bound support",
            "gradient minibatch",
            "stored_network",
            "export import posterior_spread warm_start",
            "training_rows",
            "fit",
            "mixture quantize",
            "settings",
            "run_dir",
            "train",
        ],
    ),
    (
        "cli",
        &[
            "record",
            "error",
            "alarm clock report help reading refine",
            "completions stop",
            "memory source window",
            "out plot",
            "keygen sign verify",
            "compress quantize",
            "plan",
            "calibrate",
            "frames latents",
            "decompress",
            "entropy",
            "compare decode encode export import impute inspect interpolate new reconstruct sample score",
            "eval",
            "page",
            "fit",
            "demo watch",
            "bench",
        ],
    ),
];

fn text(module: &Module) -> String {
    if module.is_empty() { "lib".to_owned() } else { module.join("::") }
}

/// How far up a module stands; the root of the crate, which shows everything, and `main` are the highest.
fn height(module: &Module, order: &[&str]) -> usize {
    let Some(top) = module.first().filter(|top| *top != "main") else { return order.len() };
    let found = order.iter().position(|line| line.split(' ').any(|name| name == top));
    found.unwrap_or_else(|| panic!("{top} is not in the list of this test: where does it stand?"))
}

fn imports(name: &str) -> BTreeSet<(Module, Module)> {
    Crate::read(&root().join(name).join("src")).imports()
}

fn upward((name, order): (&str, &[&str])) -> BTreeSet<String> {
    let imports = imports(name);
    let up = imports.iter().filter(|(who, whom)| height(whom, order) > height(who, order));
    up.map(|(who, whom)| format!("{name}: {} imports from {}", text(who), text(whom))).collect()
}

/// Groups of files that import from one another in circles.
fn circles(name: &str) -> BTreeSet<String> {
    let imports = imports(name);
    let reach = |from: &Module| {
        let (mut seen, mut left) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(at) = left.pop() {
            let next = imports.iter().filter(|(who, _)| *who == at).map(|(_, whom)| whom);
            left.extend(next.filter(|whom| seen.insert((*whom).clone())).cloned());
        }
        seen
    };
    let reached: BTreeMap<&Module, BTreeSet<Module>> =
        imports.iter().map(|(who, _)| (who, reach(who))).collect();
    let around = |file: &Module| reached[file].contains(file);
    let circle = |file: &&Module| {
        let others =
            reached[*file].iter().filter(|other| reached.get(other).is_some_and(|back| back.contains(*file)));
        others.map(text).collect::<Vec<_>>().join(", ")
    };
    reached.keys().filter(|file| around(file)).map(|file| format!("{name}: {}", circle(file))).collect()
}

#[test]
fn a_module_uses_only_what_stands_before_it() {
    let found: BTreeSet<String> = ORDER.into_iter().flat_map(upward).collect();
    assert!(found.is_empty(), "against the order of the modules: {found:#?}");
}

#[test]
fn files_do_not_import_in_circles() {
    let found: BTreeSet<String> = ORDER.iter().flat_map(|(name, _)| circles(name)).collect();
    assert!(found.is_empty(), "each of these files imports, by way of others, from itself: {found:#?}");
}

/// Cargo refuses circles of crates; this refuses a crate that reaches up where nobody closes the circle yet.
#[test]
fn a_crate_uses_only_those_before_it() {
    for (i, (name, _)) in ORDER.iter().enumerate() {
        let manifest = fs::read_to_string(root().join(name).join("Cargo.toml")).expect("a manifest");
        for (above, _) in &ORDER[i + 1..] {
            let needs = |line: &str| line.starts_with(&format!("elbow-{above}."));
            assert!(!manifest.lines().any(needs), "{name} uses {above}");
        }
        assert!(manifest.contains("[dependencies]"));
    }
}
