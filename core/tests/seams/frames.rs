//! Frames with gaps, and frames of which some numbers are given.

use crate::{Linear, log_normal, sections, words};
use elbow::features::{Gaps, GivenLast};
use elbow::latent::GivenHead;
use elbow::layer::HandOn;
use elbow::likelihood::{Incomplete, Modelled};
use elbow::math::{ln, sqrt};
use elbow::shape::Width;
use elbow::{FrameError, Gaussian, GaussianHead, LogStandardize, PassThrough, Standardize, Vae};

/// `[1/scale]` and `[Σ −log scale − ½ log 2π]` of a likelihood.
fn scales(inverse: &[f32]) -> Vec<u128> {
    let constant: f64 = inverse.iter().map(|s| f64::from(*s).ln() + log_normal(0.0, 1.0)).sum();
    words(&[inverse, &[constant as f32]])
}

/// Sums of logarithms, and `[clip, log Jacobian]` of features.
fn features(rate: Option<&[f32]>, loc: &[f32], inverse: &[f32]) -> Vec<u128> {
    let log = |numbers: &[f32]| numbers.iter().map(|s| f64::from(*s).ln()).sum::<f64>();
    let last = [5.0, (log(inverse) + rate.map_or(0.0, log)) as f32];
    match rate {
        Some(rate) => words(&[rate, loc, inverse, &last]),
        None => words(&[loc, inverse, &last]),
    }
}

/// A model of `N` numbers, whose latent weighs in all of them; the encoder leaves the prior as it is.
macro_rules! model {
    ($features:expr, $n:literal, $loc:expr, $likelihood:expr) => {{
        let prior = || Linear::<$n, 1> { w: [[0.0; $n]], b: [0.0] };
        let layer = Linear::<1, $n> { w: [[0.7]; $n], b: $loc };
        let likelihood = Incomplete(Gaussian::read((layer,), &mut sections($likelihood)).unwrap());
        let head = GaussianHead::new(prior(), prior());
        Vae::new(
            Gaps::new($features, $n),
            PassThrough::<$n>::new($n),
            head,
            PassThrough::<1>::new(1),
            likelihood,
        )
    }};
}

/// Two numbers of three: the score is that of a model which has no third.
#[test]
fn a_frame_with_a_gap_has_the_score_of_the_numbers_that_are_there() {
    let (loc, inverse, rate) = ([2.0, -1.0, 0.5], [0.5, 3.0, 1.5], [0.3_f32, 2.0, 1.1]);
    let (of_three, of_two) = (scales(&[1.2, 0.8, 2.0]), scales(&[1.2, 2.0]));
    let (few_loc, few_inverse, few_rate) = ([2.0, 0.5], [0.5, 1.5], [0.3_f32, 1.1]);
    let frame = [1.4, f32::NAN, -0.2];

    /// Scores under a model of all three numbers, and under one of the first and the last.
    macro_rules! scores {
        ($features:ident, $rates:expr) => {{
            let [rate, few_rate]: [Option<&[f32]>; 2] = $rates;
            let all = features(rate, &loc, &inverse);
            let few = features(few_rate, &few_loc, &few_inverse);
            let all = $features::<3>::read(&mut sections(&all), 3).unwrap();
            let few = $features::<2>::read(&mut sections(&few), 2).unwrap();
            let whole = model!(all, 3, [0.1, 0.2, 0.3], &of_three);
            let part = model!(few, 2, [0.1, 0.3], &of_two);
            // infinity is no gap, and is refused as ever
            let refused = whole.log_density(&[1.0, f32::INFINITY, 0.0], 4);
            assert_eq!(refused, Err(FrameError::NonFinite { index: 1 }));
            let scores = [whole.log_density(&frame, 16), part.log_density(&[frame[0], frame[2]], 16)];
            let [side] = whole.log_densities([&frame], 16);
            assert_eq!(side, scores[0]);
            scores.map(|score| score.unwrap().log_density.0)
        }};
    }
    let [found, expected] = scores!(Standardize, [None, None]);
    assert!((found - expected).abs() < 1e-5, "{found} {expected}");
    let [found, expected] = scores!(LogStandardize, [Some(&rate), Some(&few_rate)]);
    assert!((found - expected).abs() < 1e-5, "{found} {expected}");
}

/// z ~ N(0, 1), x ~ N(z + c y, t²), y given: with the exact q(z|x, y) every log weight is log p(x|y).
#[test]
fn a_given_number_is_read_and_not_modelled() {
    let (c, t2) = (0.7_f32, 0.4_f32);
    let (loc, inverse, rate) = ([2.0, -1.0], [0.5, 3.0], [0.3, 2.0]);
    let words_of_features = features(Some(&rate), &loc, &inverse);
    let numbers = LogStandardize::<2>::read(&mut sections(&words_of_features), 2).unwrap();
    let v = 1.0 + t2;
    let q = GaussianHead::new(
        Linear { w: [[1.0 / v, -c / v]], b: [0.0] },
        Linear { w: [[0.0; 2]], b: [0.5 * ln(t2 / v)] },
    );
    let words = scales(&[1.0 / sqrt(t2)]);
    let loc_of_x = Linear { w: [[1.0, c]], b: [0.0] };
    let of_x = Gaussian::read((loc_of_x,), &mut sections(&words)).unwrap();
    let model = Vae::new(
        GivenLast::new(numbers, 1),
        HandOn::<_, Width<3>>::new(PassThrough::<2>::new(2), 1),
        GivenHead::<_, Width<3>, Width<2>>::new(q, 1),
        PassThrough::<2>::new(2),
        Modelled::<_, Width<2>>::new(of_x, 1),
    );
    // y = sign(x) log(1 + rate |x|), then moved and scaled
    let feature = |i: usize, x: f32| (x.signum() * ln(1.0 + rate[i] * x.abs()) - loc[i]) * inverse[i];
    for [x, y] in [[1.5_f32, -0.4], [-3.0, 0.2], [0.1, 0.0]] {
        let slope = ln(inverse[0] * rate[0]) - ln(1.0 + rate[0] * x.abs());
        let difference = feature(0, x) - c * feature(1, y);
        let expected = log_normal(difference.into(), v.into()) + f64::from(slope);
        for samples in [1, 6] {
            let found = model.log_density(&[x, y], samples).unwrap().log_density.0;
            assert!((f64::from(found) - expected).abs() < 2e-5, "{x} {y}: {found} {expected}");
        }
        let [side] = model.log_densities([&[x, y]], 6).map(|score| score.unwrap().log_density.0);
        assert!((f64::from(side) - expected).abs() < 2e-5, "{x} {y}: {side} {expected}");
    }
}
