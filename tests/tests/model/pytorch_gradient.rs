//! The trainer's IWAE gradients against PyTorch's: `tests/golden/iwae_gradient.py` made the values.

use elbow::architecture::{Activation, Architecture, Hidden, LatentKind, LikelihoodKind};
use elbow_trainer::bound::{Batch, Workspace};
use elbow_trainer::gradient::bound_and_gradient;
use elbow_trainer::layout::Layout;
use elbow_trainer::objective::Objective;
use serde_json::Value;

/// Both sides compute in f64; they may differ by rounding alone.
const LIMIT: f64 = 1e-12;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect()
}

fn layout(golden: &Value, case: &Value) -> Layout {
    let size = |name: &str| golden[name].as_u64().expect("a size") as u32;
    let activation = match case["activation"].as_str() {
        Some("Tanh") => Activation::Tanh,
        Some("Silu") => Activation::Silu,
        Some("Softplus") => Activation::Softplus,
        other => panic!("{other:?}"),
    };
    let likelihood = match case["likelihood"].as_str() {
        Some("Bernoulli") => LikelihoodKind::Bernoulli,
        Some("Gaussian") => LikelihoodKind::Gaussian,
        Some("GaussianPerOutput") => LikelihoodKind::GaussianPerOutput,
        other => panic!("{other:?}"),
    };
    let chain = || [Hidden { width: size("width"), activation }].into_iter().collect();
    let latent = LatentKind::Gaussian { dim: size("dim") };
    Layout::new(&Architecture {
        preprocessing: elbow::architecture::FeaturesKind::plain(likelihood),
        features: size("features"),
        encoder: chain(),
        latent,
        decoder: chain(),
        likelihood,
        weights: elbow::architecture::WeightKind::F32,
    })
}

#[test]
fn iwae_gradients_are_those_of_pytorch() {
    let golden: Value = serde_json::from_str(include_str!("../../golden/iwae_gradient.json")).expect("JSON");
    let (rows, samples) =
        (golden["rows"].as_u64().unwrap() as usize, golden["samples"].as_u64().unwrap() as usize);
    let cases = golden["cases"].as_array().expect("cases");
    assert_eq!(cases.len(), 3);
    for case in cases {
        let layout = layout(&golden, case);
        let [params, input, target, noise, expected] =
            ["params", "input", "target", "noise", "gradient"].map(|name| numbers(&case[name]));
        let batch = Batch { input: &input, target: &target, noise: &noise, samples, rows_of_mean: rows };
        let mut gradient = vec![0.0; layout.len];
        let mut workspace = Workspace::new(&layout);
        let bound =
            bound_and_gradient(&layout, &params, &batch, Objective::Iwae, &mut gradient, &mut workspace);
        let expected_bound = case["bound"].as_f64().unwrap();
        assert!((bound - expected_bound).abs() < LIMIT * expected_bound.abs(), "{bound}, {expected_bound}");
        let largest = expected.iter().fold(0.0, |l: f64, g| l.max(g.abs()));
        assert_eq!(gradient.len(), expected.len());
        for (i, (g, e)) in gradient.iter().zip(&expected).enumerate() {
            assert!((g - e).abs() < LIMIT * largest, "{} parameter {i}: {g}, {e}", case["likelihood"]);
        }
    }
}
