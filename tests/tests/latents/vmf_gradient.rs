//! The training gradient in the concentration of the von Mises–Fisher distribution.

use crate::vmf_law::{Law, grid};
use elbow_trainer::vmf_gradient::{ImplicitVmf, mean_resultant_slope};

/// n quantiles, evenly spread: a sum over them is an integral over the distribution.
fn quantiles(n: u32) -> impl Iterator<Item = f64> {
    (0..n).map(move |i| (f64::from(i) + 0.5) / f64::from(n))
}

#[test]
fn slope_of_the_mean_resultant_length() {
    let mut worst = 0.0;
    for line in include_str!("../../golden/vmf_normalizer.csv").lines().skip(1) {
        let fields: Vec<f64> = line.split(',').map(|text| text.parse().expect("a number")).collect();
        let [d, kappa, _, _, slope, _] = fields[..] else { panic!("{line}") };
        worst = f64::max(worst, (mean_resultant_slope(d as usize, kappa) / slope - 1.0).abs());
    }
    println!("A', relative: {worst:.2e}");
    assert!(worst < 1e-8, "{worst:e}");
    assert_eq!(mean_resultant_slope(8, 0.0), 0.125);
}

/// `E[dw/dκ] = −E[dt/dκ] = A'`: the bar is 0.5 %. What is left here is the
/// width of 20,000 quantiles in the tails.
#[test]
fn gradient_of_the_mean_is_unbiased() {
    for (d, kappa) in grid() {
        let kappa = f64::from(kappa);
        let law = ImplicitVmf::new(d, kappa);
        let mean = quantiles(20_000).map(|u| -law.draw(u).1).sum::<f64>() / 2e4;
        let error = mean / mean_resultant_slope(d, kappa) - 1.0;
        println!("d = {d:2} κ = {kappa:5}: {error:9.1e}");
        assert!(error.abs() < 1e-4, "d = {d}, κ = {kappa}: {error:e}");
    }
}

#[test]
fn draws_are_quantiles_of_the_law() {
    for (d, kappa) in grid() {
        let (implicit, law) = (ImplicitVmf::new(d, f64::from(kappa)), Law::new(d, f64::from(kappa)));
        let error = quantiles(1000).map(|u| (law.cdf(implicit.draw(u).0) - u).abs()).fold(0.0, f64::max);
        assert!(error < 1e-4, "d = {d}, κ = {kappa}: {error:e}");
    }
}

/// dt/dκ at a fixed quantile against central differences.
#[test]
fn derivative_of_a_draw() {
    for (d, kappa) in grid().filter(|&(_, kappa)| kappa > 0.0) {
        let kappa = f64::from(kappa);
        let step = 1e-3 * kappa;
        let [below, here, above] =
            [kappa - step, kappa, kappa + step].map(|kappa| ImplicitVmf::new(d, kappa));
        for u in quantiles(100) {
            let (_, derivative) = here.draw(u);
            let difference = (above.draw(u).0 - below.draw(u).0) / (2.0 * step);
            assert!(
                (derivative / difference - 1.0).abs() < 2e-3,
                "d = {d}, κ = {kappa}, u = {u}: {derivative} {difference}"
            );
        }
    }
}
