//! What `elbow inspect` says of a device against what was counted there.

use elbow::Architecture;
use elbow::architecture::LikelihoodKind;
use elbow_host::file::cost::costs;
use elbow_host::model::ModelBytes;
use elbow_tests::models::architecture;
use elbow_tests::tolerance::device::{OF_COUNTS, OF_STACK};
use std::path::Path;

fn embedded(name: &str) -> Architecture {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../firmware-example/model").join(name);
    ModelBytes::read(&path).unwrap().open().unwrap().metadata.architecture
}

/// The typical model of the device benchmark, from which the constants come, and
/// the two embedded models, from which they do not.
#[test]
fn predictions_are_near_the_counts() {
    let typical = architecture(64, &[32, 16], 8, &[16, 32], LikelihoodKind::Gaussian);
    let (demo, sphere) = (embedded("demo.elbow"), embedded("sphere.elbow"));
    let mut worst = 0.0_f64;
    for row in
        include_str!("../../golden/device_counts.csv").lines().filter(|row| !row.starts_with('#')).skip(1)
    {
        let [core, model, samples, instructions, stack] = row.split(';').collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        let shape = match model {
            "typical" => &typical,
            "demo" => &demo,
            "sphere" => &sphere,
            other => panic!("no model {other}"),
        };
        let [samples, instructions, stack] =
            [samples, instructions, stack].map(|n| n.parse::<u32>().unwrap());
        let costs = costs(shape, samples);
        let cost = costs.iter().find(|cost| cost.core == core).unwrap_or_else(|| panic!("no core {core}"));
        let error = cost.instructions as f64 / f64::from(instructions) - 1.0;
        let room = cost.stack_bytes as i64 - i64::from(stack);
        println!(
            "{core:14} {model:8} K = {samples:2}: {instructions:9} counted, {:+.1} % predicted, \
             stack {stack:5} {room:+}",
            100.0 * error
        );
        worst = worst.max(error.abs());
        assert!(error.abs() < OF_COUNTS, "{row}: {}", cost.instructions);
        assert!(OF_STACK.contains(&room), "{row}: {}", cost.stack_bytes);
    }
    println!("at most {:.1} % off", 100.0 * worst);
}
