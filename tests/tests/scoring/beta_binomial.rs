//! Models of counts: probabilities of the counts themselves, and logs of them.

use elbow::architecture::LikelihoodKind;
use elbow::codec::{LOG_HEADER_LEN, LogHeader};
use elbow::{BetaBinomial, Counts, Dense, FrameError, GaussianHead, PassThrough, Vae};
use elbow_host::model::ModelBytes;
use elbow_tests::models::{Model, architecture, generator};
use elbow_tests::tolerance::scoring as tolerance;

type Count<'a> = Vae<(
    Counts<1>,
    PassThrough<1>,
    GaussianHead<Dense<'a, 1, 1>, Dense<'a, 1, 1>>,
    PassThrough<1>,
    BetaBinomial<Dense<'a, 1, 1>, Dense<'a, 1, 1>>,
)>;

/// One count, its α and β about e^shape. q(z|x) is the prior, so that a score is the log mean of the same
/// probabilities p(x|z_k) for every x: a law of x.
fn count(most: u8, shape: f32, seed: u64) -> ModelBytes {
    let mut model = Model::random(architecture(1, &[], 1, &[], LikelihoodKind::BetaBinomial { most }), seed);
    for dense in &model.layout.posterior_heads {
        model.params[dense.weights()].fill(0.0);
        model.params[dense.bias()].fill(0.0);
    }
    for bias in model.layout.likelihood_heads.iter().map(|dense| dense.bias()) {
        model.params[bias].iter_mut().for_each(|log| *log += shape);
    }
    ModelBytes::new(&model.encode())
}

fn mass(model: &Count<'_>, n: u8, samples: u32) -> f64 {
    f64::from(model.log_density(&[n.into()], samples).unwrap().log_density.0).exp()
}

#[test]
fn probabilities_of_all_counts_add_up_to_one() {
    for most in [1, 2, 9, 100, 255] {
        for (shape, seed) in [(-4.0, 1), (0.0, 2), (1.5, 3), (4.0, 4)] {
            let bytes = count(most, shape, seed);
            let model = Count::from_bytes(bytes.as_bytes()).unwrap();
            let sum: f64 = (0..=most).map(|n| mass(&model, n, 16)).sum();
            assert!((sum - 1.0).abs() < tolerance::TOTAL_MASS_OF_COUNTS, "n = {most}, e^{shape}: {sum}");
        }
    }
}

#[test]
fn draws_follow_the_probabilities() {
    const DRAWS: u32 = 20_000;
    let bytes = count(9, 0.5, 1);
    let model = Count::from_bytes(bytes.as_bytes()).unwrap();
    let (mut found, mut rng) = ([0_u32; 10], generator(5));
    for _ in 0..DRAWS {
        let [x] = model.sample(&mut rng).unwrap();
        found[x as usize] += 1;
    }
    for (n, found) in (0..).zip(found) {
        let (expected, found) = (mass(&model, n, 1 << 14), f64::from(found) / f64::from(DRAWS));
        // four and a half standard deviations of a binomial fraction
        let error = (expected * (1.0 - expected) / f64::from(DRAWS)).sqrt();
        assert!((found - expected).abs() < 4.5 * error, "{n}: {found} {expected}");
    }
}

#[test]
fn what_is_no_count_is_refused() {
    let bytes = count(9, 0.0, 1);
    let model = Count::from_bytes(bytes.as_bytes()).unwrap();
    for x in [0.5, -1.0, 10.0, 255.0, 256.0, f32::MAX] {
        assert_eq!(model.log_density(&[x], 4), Err(FrameError::OutOfSupport { index: 0 }), "{x}");
    }
    for x in [f32::NAN, f32::INFINITY] {
        assert_eq!(model.log_density(&[x], 4), Err(FrameError::NonFinite { index: 0 }), "{x}");
    }
    for x in [-0.0, 0.0, 9.0] {
        assert!(model.log_density(&[x], 4).is_ok(), "{x}");
    }
}

/// A log of a model with as many samples takes what its scores say, and comes back.
#[test]
fn logs_of_counts_come_back_at_the_models_rate() {
    for most in [1, 9, 100, 255] {
        let model =
            Model::random(architecture(20, &[16], 5, &[16], LikelihoodKind::BetaBinomial { most }), 3);
        let bytes = ModelBytes::new(&model.encode());
        let engine = bytes.open().unwrap().engine;
        for samples in [1, 4] {
            let frames = model.frames(150, 5);
            let log = bytes.encode_log(&frames.concat(), samples).unwrap();
            assert_eq!(bytes.decode_log(&log).unwrap(), frames.concat());
            assert_eq!(LogHeader::read(&log).unwrap().frames, 150);
            let nats: f64 = frames
                .iter()
                .map(|frame| -f64::from(engine.log_density(frame, samples.into()).unwrap().log_density.0))
                .sum();
            let (bits, bound) = (8.0 * (log.len() - LOG_HEADER_LEN) as f64, nats / std::f64::consts::LN_2);
            println!("n = {most}, K = {samples}: {bits} bits, bound {bound:.0}");
            let room = tolerance::LOG_OF_RANDOM_MODEL * bound;
            assert!((bound - room..bound + room + tolerance::INITIAL_BITS).contains(&bits), "{bits} {bound}");
        }
    }
}
