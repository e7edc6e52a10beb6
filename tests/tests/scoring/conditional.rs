//! What a mixture expects of each number, given those before it.

use elbow_host::model::Prediction;

use crate::mixture::{clusters, fitted, log_density};

/// What is expected of the last number is `∫ x p(x) dx / ∫ p(x) dx` over it, by sums of scores.
#[test]
fn what_is_expected_of_a_number_is_its_mean_given_those_before_it() {
    const UNIT: f32 = 1.0 / 1024.0;
    for model in ["gaussian", "gmm:2", "auto"] {
        let bytes = fitted(model, &clusters());
        let opened = bytes.open().unwrap();
        let Some(Prediction::InOrder(engine)) = opened.engine.prediction() else { panic!("{model}") };
        for frame in [[1.0_f32, 0.5, 1.0], [11.0, -5.5, 3.0], [2.5, 0.0, 2.0]] {
            let (mut expected, mut given) = (Vec::new(), frame.iter());
            let next = &mut |mean: i32| {
                expected.push(mean as f32 * UNIT);
                (given.next().unwrap() / UNIT) as i32
            };
            engine.in_order(&[UNIT], next).unwrap();
            let (mut sum, mut weight) = (0.0, 0.0);
            for step in -4000..8000 {
                let x = step as f32 * 0.005;
                let density = f64::from(log_density(&bytes, &[frame[0], frame[1], x])).exp();
                sum += density * f64::from(x);
                weight += density;
            }
            let error = (f64::from(expected[2]) - sum / weight).abs();
            assert!(error < 0.002, "{model} {frame:?}: {expected:?}, not {}", sum / weight);
        }
    }
}

#[test]
fn a_broken_number_spoils_no_other() {
    let bytes = fitted("auto", &clusters());
    let opened = bytes.open().unwrap();
    let Some(Prediction::InOrder(engine)) = opened.engine.prediction() else { panic!("a mixture") };
    for broken in [i32::MIN, i32::MAX] {
        let (mut expected, mut given) = (Vec::new(), [1000, broken, 2000].into_iter());
        let next = &mut |mean| {
            expected.push(mean);
            given.next().unwrap()
        };
        engine.in_order(&[0.001], next).unwrap();
        assert!((-10_000..20_000).contains(&expected[2]), "{expected:?}");
    }
}
