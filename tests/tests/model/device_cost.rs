//! What `elbow inspect` promises of a device against what was counted there.

use elbow::Architecture;
use elbow_host::file::cost::{Cost, costs};
use elbow_host::model::ModelBytes;
use elbow_tests::bench::shapes::{SAMPLES, files};
use elbow_tests::models::architecture;
use elbow_tests::tolerance::device::{
    ABOVE_COUNTS, ABOVE_COUNTS_OF_LOGARITHMS, ABOVE_COUNTS_OF_VECTORS, ABOVE_STACK,
};
use std::path::Path;

fn shape_of(bytes: &ModelBytes) -> Architecture {
    bytes.open().unwrap().metadata.architecture
}

fn embedded(name: &str) -> Architecture {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../firmware-example/model").join(name);
    shape_of(&ModelBytes::read(&path).unwrap())
}

/// The cells of a file of counts.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().filter(|row| !row.starts_with('#')).skip(1).map(|row| row.split(';').collect())
}

fn cost_on(shape: &Architecture, samples: u32, core: &str, level: &str) -> Cost {
    let found = costs(shape, samples).into_iter().find(|cost| (cost.core, cost.opt_level) == (core, level));
    found.unwrap_or_else(|| panic!("no core {core} at {level}"))
}

/// Never below, and not far above.
fn holds(promised: u64, counted: u64, above: f64, what: &str) -> f64 {
    let ratio = promised as f64 / counted as f64;
    assert!((1.0..=1.0 + above).contains(&ratio), "{what}: {counted} counted, {promised} promised");
    ratio
}

/// Frames of 32 to 1,024 numbers, all kinds of weights, mixtures, deep networks, other laws; the prices are
/// fitted to these counts.
#[test]
fn no_count_is_above_its_promise() {
    let shapes: Vec<Architecture> = files().iter().map(shape_of).collect();
    let mut worst = [1.0_f64; 3];
    // for each core two rows a model: by all samples, and where four settle it
    for (i, row) in rows(include_str!("../../golden/device_shapes.csv")).enumerate() {
        let [core, text, .., samples, _, instructions, stack, explained] = row[..] else { panic!("{row:?}") };
        let shape = &shapes[i / 2 % shapes.len()];
        let (name, level) = core.split_once(", opt-level=").unwrap_or((core, "3"));
        let name = match name {
            "Cortex-M0" => "Cortex-M0, M3",
            other => other.split(',').next().unwrap(),
        };
        let cost = cost_on(shape, samples.parse().unwrap(), name, level);
        let what = format!("{core}: {text}");
        assert!(cost.is_bound, "{what}");
        let counts = [
            (cost.instructions, instructions),
            (cost.stack_bytes, stack),
            (cost.explained_stack_bytes, explained),
        ];
        let of_logarithms = ["student-t", "discretized-logistic"].iter().any(|law| text.contains(law));
        let counts_above = match () {
            () if core.contains("M55") => ABOVE_COUNTS_OF_VECTORS,
            () if of_logarithms => ABOVE_COUNTS_OF_LOGARITHMS,
            () => ABOVE_COUNTS,
        };
        let stack_above = if text.starts_with("mixture") { 2.0 * ABOVE_STACK } else { ABOVE_STACK };
        let above = [counts_above, stack_above, stack_above];
        for (((promised, counted), above), worst) in counts.into_iter().zip(above).zip(&mut worst) {
            *worst = worst.max(holds(promised, counted.parse().unwrap(), above, &what));
        }
    }
    println!("instructions, stack, stack with causes: at most {worst:.2?} times the count");
}

/// Models that did not enter the fit.
#[test]
fn promises_hold_for_other_models() {
    let typical = architecture(64, &[32, 16], 8, &[16, 32], elbow::architecture::LikelihoodKind::Gaussian);
    let (demo, sphere) = (embedded("demo.elbow"), embedded("sphere.elbow"));
    for row in rows(include_str!("../../golden/device_counts.csv")) {
        let [core, model, samples, instructions, stack] = row[..] else { panic!("{row:?}") };
        let shape = match model {
            "typical" => &typical,
            "demo" => &demo,
            "sphere" => &sphere,
            other => panic!("no model {other}"),
        };
        let cost = cost_on(shape, samples.parse().unwrap(), core, "3");
        let what = format!("{core}: {model}, {samples} samples");
        let above = if core.contains("M55") { ABOVE_COUNTS_OF_VECTORS } else { ABOVE_COUNTS };
        let ratio = holds(cost.instructions, instructions.parse().unwrap(), above, &what);
        println!("{what}: {ratio:.3}, stack {} of {stack}", cost.stack_bytes);
        // with one sample none go side by side: the bound is for any number of them
        let above = if samples == "1" { 2.0 * ABOVE_STACK } else { ABOVE_STACK };
        holds(cost.stack_bytes, stack.parse().unwrap(), above, &what);
    }
    assert_eq!(SAMPLES, 16);
}

/// What lies in memory whatever the compiler does: two vectors of the frame, four samples of a hidden layer.
#[test]
fn larger_models_are_estimates_that_hold_their_vectors() {
    let of = |x, h| architecture(x, &[h], 8, &[h], elbow::architecture::LikelihoodKind::Gaussian);
    for (shape, bytes) in [(of(16_384, 32), 8 * 16_384), (of(64, 4096), 16 * 4096)] {
        for cost in costs(&shape, 16) {
            assert!(!cost.is_bound && cost.stack_bytes > bytes, "{cost:?}");
        }
    }
    let mut softplus = of(64, 32);
    softplus.decoder[0].activation = elbow::architecture::Activation::Softplus;
    assert!(costs(&softplus, 16).iter().all(|cost| !cost.is_bound));
}
