//! Models with a learned prior go wherever others go.

use crate::bench::Bench;

const SHAPE: &str = "--hidden 12 --latent gaussian:2 --prior gmm:3";

#[test]
fn all_commands_take_them() {
    let bench = Bench::with_engine();
    let fit = bench.json(&format!("fit engine.csv --out a.elbow {SHAPE} --epochs 40 --lr 0.01"));
    let type_beside = String::from_utf8(bench.read("a.rs")).unwrap();
    assert!(
        type_beside.contains("elbow::MixtureHead<'a, elbow::Dense<'a, 12, 2>, elbow::Dense<'a, 12, 2>, 3>")
    );
    assert!(bench.good("inspect a.elbow").contains("gaussian:2 under a mixture of 3"));
    let latent = &bench.json("eval a.elbow engine.csv")["latent"];
    assert!(
        latent["kl"].as_f64().is_some_and(|kl| kl > 0.0) && latent["kl_per_unit"] == serde_json::json!([])
    );
    // weights, means and scales of the prior come back as they were
    let unmoved = format!("fit engine.csv --out b.elbow {SHAPE} --epochs 1 --lr 1e-30 --start a.elbow");
    let [reached, started] =
        [&fit, &bench.json(&unmoved)].map(|fit| fit["valid_nats_per_row"].as_f64().unwrap());
    assert!((reached - started).abs() < 1e-3, "{reached} {started}");
    bench.refuses(
        "fit engine.csv --out b.elbow --hidden 12 --latent gaussian:2 --start a.elbow",
        &["under a mixture of 3", "the settings say"],
    );
    for weights in ["int8", "int8x8"] {
        let line = format!("quantize a.elbow --weights {weights} --calibration engine.csv --out small.elbow");
        assert!(bench.json(&line)["cost"]["nats_lost_relative"].as_f64().unwrap().abs() < 0.02);
    }
    bench.good("compress a.elbow engine.csv engine.packets --bound 2 --resolution 0.01");
    assert_eq!(bench.json("decompress a.elbow engine.packets back.csv")["rows"], 240);
}

#[test]
fn bits_back_coding_wants_the_standard_normal() {
    let bench = Bench::new();
    let row = |i: u32| format!("{},{},{}\n", i % 2, i / 2 % 2, i / 3 % 2);
    bench.write("bits.csv", format!("a,b,c\n{}", (0..60).map(row).collect::<String>()));
    bench.good(&format!("fit bits.csv --out bits.elbow {SHAPE} --likelihood bernoulli --epochs 1"));
    bench.refuses("compress bits.elbow bits.csv bits.log --bits-back 1", &["--prior normal"]);
}
