//! `elbow compare` and `elbow entropy`: what is told of two densities, and what is none.

use crate::bench::{Bench, QUICK, csv};

#[test]
fn what_is_no_density_is_not_compared() {
    let bench = Bench::with_model();
    bench.good("fit engine.csv --model ae --latent gaussian:2 --hidden 8 --epochs 3 --out ae.elbow");
    for line in [
        "compare ae.elbow engine.elbow",
        "compare engine.elbow ae.elbow engine.csv",
        "entropy ae.elbow engine.csv",
    ] {
        bench.refuses(line, &["ae.elbow: is an autoencoder", "no densities", "--latent gaussian:8"]);
    }
    let eval = bench.good("eval ae.elbow engine.csv");
    assert!(!eval.contains("entropy") && !eval.contains("-0.000"), "{eval}");
    bench.write("counts.csv", csv("u,v", 200, |i| format!("{},{}", i * i % 7, i % 5)));
    bench.good(&format!("fit counts.csv {QUICK} --likelihood negative-binomial --out counts.elbow"));
    bench.good("fit counts.csv --model gaussian --out numbers.elbow");
    let said = ["numbers.elbow: has scores that are densities of numbers", "probabilities of whole numbers"];
    bench.refuses("compare counts.elbow numbers.elbow", &said);
}

/// A divergence is never below 0: what lies there is told as what it is.
#[test]
fn too_few_samples_are_told() {
    let bench = Bench::with_model();
    bench.good("fit engine.csv --latent gaussian:3 --hidden 16 --epochs 30 --seed 4 --out other.elbow");
    let line = "compare engine.elbow other.elbow --draws 4000 --samples";
    let told = bench.json(&format!("{line} 1"));
    let text = bench.good(&format!("{line} 1"));
    assert!(
        text.contains("not told") && text.contains("K = 1 samples") && text.contains("--samples"),
        "{text}"
    );
    let biased = |of: &str| told[of]["is_biased"] == true && told[of]["nats"].as_f64().unwrap() < 0.0;
    assert!(biased("one_to_other") != biased("other_to_one"), "{told}");
    let text = bench.good(&format!("{line} 256"));
    assert!(!text.contains("not told") && text.contains("K = 256"), "{text}");
}

#[test]
fn one_row_has_no_interval() {
    let bench = Bench::with_model();
    bench.write("one.csv", csv("temp,rpm,volt", 1, |_| "1,2,3".into()));
    for line in ["eval engine.elbow one.csv", "compare engine.elbow engine.elbow one.csv --draws 10"] {
        let told = bench.good(line);
        assert!(told.contains("± inf nats") && !told.contains("0.000 nats per row"), "{line}: {told}");
    }
    assert!(bench.json("eval engine.elbow one.csv")["nats_per_row_ci95"].is_null());
}

#[test]
fn bounds_of_information_are_in_order() {
    let bench = Bench::with_engine();
    // of a latent that says nothing both are chance
    bench.good("fit engine.csv --latent gaussian:2 --hidden 8 --epochs 1 --lr 1e-9 --out idle.elbow");
    let told = bench.json("entropy idle.elbow engine.csv --most 50");
    let [lower, upper] = ["lower", "upper"].map(|of| told["information"][of]["nats"].as_f64().unwrap());
    assert!(0.0 <= lower && lower <= upper, "{told}");
    let text = bench.good("entropy idle.elbow engine.csv --most 50");
    assert!(text.contains("50 of 240, spread evenly; --most takes more"), "{text}");
    let text = bench.good("entropy idle.elbow engine.csv");
    assert!(!text.contains("--most"), "{text}");
}
