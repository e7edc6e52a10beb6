use super::*;

#[test]
fn standardises_and_spares_constant_columns() {
    let values = [1.0, 5.0, 1e6, 3.0, 5.0, 1e6, 5.0, 5.0, 1e6];
    let fitted = Preprocessing::fit(FeaturesKind::Standardize, &values, 3, 8.0);
    let Preprocessing::Standardize { loc, inverse_scale, .. } = &fitted else { panic!("{fitted:?}") };
    assert_eq!(loc, &[3.0, 5.0, 1e6]);
    assert!((inverse_scale[0] - (3.0_f64 / 8.0).sqrt() as f32).abs() < 1e-6);
    assert_eq!(&inverse_scale[1..], &[1.0, 1.0]);
    let features = fitted.features(&values);
    assert!((features[0] + 1.224_744_9).abs() < 1e-5 && features[1] == 0.0, "{features:?}");
    assert!((fitted.log_jacobian() - 0.5 * (3.0_f64 / 8.0).ln()).abs() < 1e-6);
}

#[test]
fn a_common_scale() {
    // variances 1 and 9, and a constant
    let values = [1.0, 3.0, 5.0, -1.0, -3.0, 5.0];
    let fitted = Preprocessing::fit(FeaturesKind::Standardize, &values, 3, 8.0).with_common_scale(&values);
    let Preprocessing::Standardize { inverse_scale, .. } = &fitted else { panic!("{fitted:?}") };
    assert!(inverse_scale.iter().all(|inverse| (inverse * inverse - 0.3).abs() < 1e-6), "{fitted:?}");
}

#[test]
fn extreme_columns_stay_finite() {
    for kind in [FeaturesKind::Standardize, FeaturesKind::LogStandardize] {
        let fitted = Preprocessing::fit(kind, &[f32::MAX, -f32::MAX, 1e-40, 2e-40], 2, 8.0);
        assert!(fitted.features(&[f32::MAX, 1e-40]).iter().all(|x| x.is_finite()));
        assert!(fitted.log_jacobian().is_finite());
    }
}

#[test]
fn only_heavy_columns_are_taken_in_logarithms() {
    // a column over four decades, one that is even, one with negative numbers
    let rows = (0..40).flat_map(|i| [10_f64.powf(0.1 * f64::from(i)) as f32, i as f32, -(i * i * i) as f32]);
    let fitted = Preprocessing::fit(FeaturesKind::LogStandardize, &rows.collect::<Vec<_>>(), 3, 8.0);
    let Preprocessing::Standardize { log_rate: Some(rate), .. } = &fitted else { panic!("{fitted:?}") };
    assert!(rate[0] > 0.0 && rate[1] == 0.0 && rate[2] == 0.0, "{rate:?}");
}
