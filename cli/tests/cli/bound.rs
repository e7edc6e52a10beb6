//! The evidence lower bound that `elbow eval` tells.

use crate::bench::Bench;

/// Scores of few samples share points whose error is in the mean of any number of rows. The bound is of draws
/// of each row's own, and what the points are off by is said.
#[test]
fn a_bound_is_no_matter_of_the_points_that_scores_share() {
    let bench = Bench::with_engine();
    bench.good("fit engine.csv --drop label --latent gaussian:3 --epochs 200 --seed 2 --out m.elbow");
    let told = |flags: &str| bench.json(&format!("eval m.elbow engine.csv {flags}"));
    let [one, many] = [told("--samples 1 --refine 4"), told("--samples 4096 --refine 4")];
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    let points = &one["bound"]["shared_points"];
    let (off, within) = (number(&points["nats"]), number(&points["ci95"]));
    assert!(off.abs() > within, "{off} ± {within}");
    for bound in ["bound", "refined"] {
        // 3.9 standard errors of more than this difference; the seed is fixed
        let [of_one, of_many] = [&one, &many].map(|told| number(&told[bound]["elbo"]));
        assert!((of_one - of_many).abs() < 2.0 * within, "{bound}: {of_one} {of_many} {within}");
    }
    let score = -number(&one["nats_per_row"]);
    assert!((score - off - number(&one["bound"]["elbo"])).abs() < 1e-4, "{score} {off} {one}");
    let text = bench.good("eval m.elbow engine.csv --samples 1");
    assert!(text.contains("points      scores share 1 point"), "{text}");
}
