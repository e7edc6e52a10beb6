//! Networks of frames with gaps: what is left out is integrated out.

use elbow::Explain as _;
use elbow::architecture::LikelihoodKind;
use elbow_host::model::{LANES, ModelBytes};
use elbow_tests::models::{Model, architecture, categories};

const X: usize = 4;

fn model(likelihood: LikelihoodKind) -> Model {
    let mut model = Model::random(architecture(X as u32, &[6], 1, &[6], likelihood), 5);
    // latents matter, and not so much that few samples carry a score
    model.params.iter_mut().for_each(|w| *w *= 0.7);
    model
}

/// The same, its proposals the prior: no weight of a sample is then much greater than the others.
fn with_wide_proposals(likelihood: LikelihoodKind) -> Model {
    let mut model = model(likelihood);
    for head in &model.layout.posterior_heads {
        model.params[head.weights()].fill(0.0);
        model.params[head.bias()].fill(0.0);
    }
    model
}

/// The whole numbers that one number of a frame may be, or the places of a sum over it and their distance.
fn places(likelihood: LikelihoodKind, i: usize) -> (Vec<f32>, f64) {
    match likelihood {
        LikelihoodKind::Bernoulli => (vec![0.0, 1.0], 1.0),
        LikelihoodKind::BetaBinomial { most } => ((0..=most).map(f32::from).collect(), 1.0),
        LikelihoodKind::NegativeBinomial => ((0..400).map(|n| n as f32).collect(), 1.0),
        LikelihoodKind::DiscretizedLogistic => ((-800..=800).map(|n| n as f32).collect(), 1.0),
        LikelihoodKind::GaussianCategorical { .. } if i % 3 == 1 => (vec![0.0, 1.0, 2.0], 1.0),
        LikelihoodKind::VonMises { .. } if i == 0 => {
            // a period of 0.7
            ((0..200).map(|n| 0.0035 * n as f32).collect(), 0.0035)
        }
        LikelihoodKind::StudentT => ((-4000..4000).map(|n| 0.02 * n as f32).collect(), 0.02),
        _ => ((-2400..2400).map(|n| 0.05 * n as f32).collect(), 0.05),
    }
}

fn kinds() -> Vec<LikelihoodKind> {
    vec![
        LikelihoodKind::Bernoulli,
        LikelihoodKind::Gaussian,
        LikelihoodKind::GaussianPerOutput,
        LikelihoodKind::DiscretizedLogistic,
        LikelihoodKind::StudentT,
        LikelihoodKind::BetaBinomial { most: 9 },
        LikelihoodKind::NegativeBinomial,
        categories(X),
        LikelihoodKind::VonMises { angles: 1 },
    ]
}

/// `log p(those that are there)` is the logarithm of the sum of p over what is missing. Each side is an
/// average of samples of its own.
#[test]
fn a_missing_number_is_summed_over_whatever_its_likelihood() {
    for kind in kinds() {
        let model = with_wide_proposals(kind);
        let bytes = ModelBytes::new(&model.encode());
        let open = bytes.open_with_gaps().unwrap();
        // of counts small ones: where p is e^-600, no samples meet the posterior
        let frame = match kind {
            LikelihoodKind::NegativeBinomial => vec![1.0; X],
            _ => model.frames(1, 9).remove(0),
        };
        for i in 0..3 {
            let mut less = frame.clone();
            less[i] = f32::NAN;
            let score = open.engine.log_density(&less, 4096).unwrap();
            assert_eq!(score.dims, X as u32 - 1, "{kind:?}");
            let (places, step) = places(kind, i);
            let density = |x: f32| {
                let mut whole = frame.clone();
                whole[i] = x;
                f64::from(open.engine.log_density(&whole, 1024).unwrap().log_density.0).exp()
            };
            let expected = (places.into_iter().map(density).sum::<f64>() * step).ln();
            let found = f64::from(score.log_density.0);
            assert!((found - expected).abs() < 0.04, "{kind:?} {i}: {found}, not {expected}");
        }
    }
}

/// A frame alone, beside others, and whole ones as without gaps: to the bit.
#[test]
fn scores_do_not_depend_on_what_is_beside_them() {
    for kind in kinds() {
        let model = model(kind);
        let bytes = ModelBytes::new(&model.encode());
        let (open, plain) = (bytes.open_with_gaps().unwrap(), bytes.open().unwrap());
        let mut frames = model.frames(LANES, 3);
        for (n, frame) in frames.iter_mut().enumerate().filter(|(n, _)| n % 3 > 0) {
            (0..X).filter(|i| (n * 7 + i * 5) % 3 == 0).for_each(|i| frame[i] = f32::NAN);
        }
        let together = open.engine.log_densities(std::array::from_fn(|l| &frames[l][..]), 7);
        for (frame, beside) in frames.iter().zip(together) {
            let alone = open.engine.log_density(frame, 7);
            let mut surprises = vec![0.0; X];
            let explained = open.engine.explain_until(frame, 7, &mut surprises, |_, _| false);
            assert_eq!((alone, explained), (beside, beside), "{kind:?} {frame:?}");
            let is_missing = frame.iter().any(|x| x.is_nan());
            assert_eq!(plain.engine.log_density(frame, 7).is_err(), is_missing);
            if !is_missing {
                assert_eq!(plain.engine.log_density(frame, 7), alone);
            }
            for (x, surprise) in frame.iter().zip(surprises) {
                // as near as sums of weights without a number are
                assert!(!x.is_nan() || surprise.abs() < 0.06, "{kind:?} {frame:?}: {surprise}");
            }
            let full = open.engine.impute(frame, 20, None).unwrap();
            assert!(frame.iter().zip(&full).all(|(x, full)| x.is_nan() || x == full), "{frame:?} {full:?}");
            assert!(full.iter().all(|x| x.is_finite()), "{kind:?} {full:?}");
        }
    }
}
