//! Units of the latent that say nothing, and the remedy.

use crate::bench::Bench;

/// The least that a unit of eight says, in nats, after a fit to three coupled sensors.
fn quietest_unit(flags: &str) -> f64 {
    let bench = Bench::with_engine();
    bench.good(&format!(
        "fit engine.csv --out engine.elbow --hidden 16 --latent gaussian:8 --epochs 60 {flags}"
    ));
    let eval = bench.json("eval engine.elbow engine.csv --samples 4");
    let units = eval["latent"]["kl_per_unit"].as_array().unwrap();
    units.iter().map(|kl| kl.as_f64().unwrap()).fold(f64::INFINITY, f64::min)
}

#[test]
fn a_spread_that_is_held_keeps_every_unit_speaking() {
    assert!(quietest_unit("") < 0.02, "without it a unit falls silent");
    // E KL ≥ ½ γ², of which the noise of batches and the way that a few epochs go take less than a third
    assert!(quietest_unit("--posterior-norm 0.5") > 0.67 * 0.5 * 0.25);
}
