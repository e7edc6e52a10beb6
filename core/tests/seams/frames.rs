//! Frames with gaps, and frames of which some numbers are given.

use crate::{Linear, log_normal, sections, words};
use elbow::features::{Features, Gaps, GivenLast};
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

/// Numbers whose last is a code.
struct Coded<F>(F);

impl<F: Features> Features for Coded<F> {
    type Shape = F::Shape;

    fn dims(&self) -> usize {
        self.0.dims()
    }

    fn extract(&self, frame: &[f32], features: &mut [f32]) -> Result<f32, FrameError> {
        self.0.extract(frame, features)
    }

    fn log_slope(&self, index: usize, x: f32) -> f32 {
        self.0.log_slope(index, x)
    }

    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        self.0.encoder_input(features, input);
    }

    fn is_number(&self, index: usize) -> bool {
        index + 1 < self.dims()
    }

    fn restore(&self, features: &mut [f32]) {
        self.0.restore(features);
    }
}

/// Whichever stands around the other, the log Jacobian is of what is there and modelled.
#[test]
fn given_numbers_may_be_missing_and_codes() {
    let words = features(Some(&[0.3, 2.0, 1.1]), &[2.0, -1.0, 0.5], &[0.5, 3.0, 1.5]);
    let numbers = LogStandardize::<3>::read(&mut sections(&words), 3).unwrap();
    let expected = numbers.log_slope(0, 1.4);
    let frame = [1.4, f32::NAN, f32::NAN];
    let mut found = [0.0; 3];
    let gaps_around = Gaps::new(GivenLast::new(numbers, 2), 2);
    let given_around = GivenLast::new(Gaps::new(numbers, 2), 2);
    let jacobians = [gaps_around.extract(&frame, &mut found), given_around.extract(&frame, &mut found)];
    for log_jacobian in jacobians.map(Result::unwrap) {
        assert!((log_jacobian - expected).abs() < 1e-5, "{log_jacobian} {expected}");
    }
    assert_eq!(given_around.missing(&frame), gaps_around.missing(&frame));
    assert_eq!(given_around.missing(&frame).count, 2);
    let coded = GivenLast::new(Coded(numbers), 1);
    assert_eq!([0, 1, 2].map(|index| coded.is_number(index)), [true, true, false]);
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
