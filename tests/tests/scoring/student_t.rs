//! Student's t as a likelihood, against its closed forms.

use elbow::architecture::LikelihoodKind;
use elbow::math::ln;
use elbow_host::model::ModelBytes;
use elbow_tests::models::{Model, architecture};
use elbow_tests::tolerance::scoring as tolerance;
use elbow_trainer::preprocess::Preprocessing;

/// A decoder that does not look at its latent: the density of x is the likelihood itself.
fn blind(dof: f32, loc: f32, scale: f32) -> ModelBytes {
    let mut model = Model::random(architecture(1, &[], 1, &[], LikelihoodKind::StudentT), 3);
    // q(z|x) is the prior: all weights are 1
    for dense in &model.layout.posterior_heads {
        model.params[dense.weights()].fill(0.0);
        model.params[dense.bias()].fill(0.0);
    }
    let [locs, log_scale] = &model.layout.likelihood_heads[..] else { unreachable!() };
    for (dense, bias) in [(locs, loc), (log_scale, ln(scale))] {
        model.params[dense.weights()].fill(0.0);
        model.params[dense.bias()].fill(bias);
    }
    model.params[model.layout.learned.clone()].fill(ln(dof));
    model.preprocessing = Preprocessing::Standardize {
        log_rate: None,
        loc: vec![20.0],
        inverse_scale: vec![0.5],
        clip: 8.0,
        integers: false,
    };
    ModelBytes::new(&model.encode())
}

#[test]
fn densities_are_those_of_the_closed_forms() {
    type Density = fn(f64) -> f64;
    let forms: [(f32, Density); 3] = [
        (1.0, |u| 1.0 / (std::f64::consts::PI * (1.0 + u * u))),
        (2.0, |u| (2.0 + u * u).powf(-1.5)),
        (4.0, |u| 0.375 * (1.0 + 0.25 * u * u).powf(-2.5)),
    ];
    for (dof, density) in forms {
        let (loc, scale) = (0.25, 0.125);
        let bytes = blind(dof, loc, scale);
        let engine = bytes.open().unwrap().engine;
        for x in [20.5, 20.0, 20.75, 21.5, 18.0, 100.0, -3000.0, 1e6, 1e9] {
            let u = (0.5 * (f64::from(x) - 20.0) - f64::from(loc)) / f64::from(scale);
            // Jacobian of the standardisation and of the scale
            let expected = density(u).ln() + (0.5 / f64::from(scale)).ln();
            let found = f64::from(engine.log_density(&[x], 1).unwrap().log_density.0);
            let limit = tolerance::EXACT_TERM * expected.abs().max(1.0);
            assert!((found - expected).abs() < limit, "{dof}, {x}: {found} {expected}");
        }
    }
}

#[test]
fn a_number_far_out_costs_some_nats() {
    let far = |dof| {
        let bytes = blind(dof, 0.0, 1.0);
        let engine = bytes.open().unwrap().engine;
        let score = |x| engine.log_density(&[x], 16).unwrap().log_density.0;
        score(20.0) - score(420.0)
    };
    // 200 scales out: a normal distribution says 20,000 nats
    assert!((10.0..40.0).contains(&far(2.0)), "{}", far(2.0));
    assert!(far(1000.0) > 1000.0, "{}", far(1000.0));
}
