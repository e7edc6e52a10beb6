//! The table sampler of the von Mises–Fisher distribution.

use crate::vmf_law::{CONCENTRATIONS, Law, check, grid, some_direction, table};
use elbow::distribution::{Concentration, ParamError, VmfTable, build_vmf_table};
use elbow::noise::LowDiscrepancy;
use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg32;

/// The table's law is not quite the distribution: its distance is measured, not tested. The bar is 7·10⁻³.
#[test]
fn table_of_64_cells_is_close_to_the_law() {
    for (d, kappa) in grid() {
        let nodes = table(d, kappa);
        let table = VmfTable::new(d, &nodes).unwrap();
        let law = Law::new(d, f64::from(kappa));
        let quantiles =
            (0..4096).map(|i| (f64::from(i) + 0.5) / 4096.0).map(|u| (u, table.quantile(u as f32)));
        let distance = quantiles.map(|(u, t)| (law.cdf(f64::from(t)) - u).abs()).fold(0.0, f64::max);
        println!("table    d = {d:3} κ = {kappa:6}: D = {distance:.5}");
        assert!(distance < if d == 2 { 1.2e-3 } else { 8e-4 }, "d = {d}, κ = {kappa}: D = {distance}");
    }
}

/// With q̃ the density that the table states for its own samples,
/// `E[q(z)/q̃(z)] = 1`, but for the tails that it leaves out.
#[test]
fn table_states_its_own_density() {
    for (d, kappa) in grid() {
        let nodes = table(d, kappa);
        let table = VmfTable::new(d, &nodes).unwrap();
        let concentration = Concentration::new(d, kappa).unwrap();
        let n = 40_000;
        let weight = |i| {
            let t = table.quantile((i as f32 + 0.5) / n as f32);
            f64::from(concentration.log_prob_at(t) - table.log_prob_at(t)).exp()
        };
        let mean = (0..n).map(weight).sum::<f64>() / f64::from(n);
        assert!((mean - 1.0).abs() < if d == 2 { 2e-3 } else { 5e-4 }, "d = {d}, κ = {kappa}: {mean}");
    }
}

#[test]
fn table_samples_are_on_the_sphere_at_their_height() {
    // `check` compares with the law too: at n = 200,000 the table's own error
    // would show, at d = 8 it does not yet raise an alarm
    for kappa in CONCENTRATIONS {
        let nodes = table(8, kappa);
        let table = VmfTable::new(8, &nodes).unwrap();
        check("table", 8, kappa, |mean, rng, z| table.sample(mean, rng, z));
    }
}

/// Low-discrepancy noise stays in step with the table, so the same number
/// of samples integrates with a smaller error.
#[test]
fn low_discrepancy_noise_pays_with_the_table() {
    let (d, kappa, n) = (8, 20.0, 512);
    let nodes = table(d, kappa);
    let table = VmfTable::new(d, &nodes).unwrap();
    let mean = some_direction(d);
    let truth = f64::from(Concentration::new(d, kappa).unwrap().mean_resultant_length());
    let error = |rng: &mut dyn Rng| {
        let mut z = vec![0.0; d];
        let sum: f64 = (0..n).map(|_| 1.0 - f64::from(table.sample(&mean, rng, &mut z))).sum();
        (sum / f64::from(n) - truth).abs()
    };
    let random = (0..50).map(|seed| error(&mut Pcg32::seed_from_u64(seed))).sum::<f64>() / 50.0;
    let even = error(&mut LowDiscrepancy::new(d + 1));
    assert!(even < 0.75 * random, "low discrepancy {even}, random {random} on average");
}

#[test]
fn every_table_that_is_built_is_accepted() {
    for d in [2, 3, 4, 5, 8, 16, 32, 64, 128] {
        for (kappa, nodes) in
            CONCENTRATIONS.into_iter().flat_map(|kappa| [9, 17, 65, 129].map(|nodes| (kappa, nodes)))
        {
            let mut nodes = vec![[0.0; 2]; nodes];
            build_vmf_table(d, f64::from(kappa), &mut nodes);
            let table = VmfTable::new(d, &nodes);
            assert!(table.is_ok(), "d = {d}, κ = {kappa}, {} nodes: {nodes:?}", nodes.len());
            assert!(table.is_ok_and(|table| [0.0, 2.0].iter().all(|&t| table.log_prob_at(t).is_finite())));
        }
    }
}

#[test]
fn broken_tables_are_refused() {
    let bad = [
        [[0.1, 0.0], [1.0, 0.5]],
        [[1.0, 0.0], [0.5, 1.0]],
        [[0.0, 0.0], [1.0, 1.0]],
        [[0.1, 0.0], [f32::NAN, 1.0]],
        [[0.1, 0.0], [2.0, 1.0]],
    ];
    for nodes in bad {
        assert_eq!(VmfTable::new(3, &nodes).unwrap_err(), ParamError::BadTable, "{nodes:?}");
    }
    assert_eq!(VmfTable::new(1, &table(3, 1.0)).unwrap_err(), ParamError::TooFewDimensions);
    assert_eq!(VmfTable::new(3, &[]).unwrap_err(), ParamError::BadTable);
}
