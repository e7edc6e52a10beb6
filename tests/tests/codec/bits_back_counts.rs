//! Bits-back coding of counts without an upper end, from a fit to a log that comes back.

use elbow::architecture::LikelihoodKind;
use elbow::codec::{BitsBack, Rans};
use elbow::{Counts, Dense, GaussianHead, NegativeBinomial, Tanh, Vae};
use elbow_host::model::ModelBytes;
use elbow_reader::Dataset;
use elbow_tests::models::{Model, architecture, generator};
use elbow_tests::rate::measure;
use elbow_tests::tolerance::scoring;
use elbow_trainer::settings::Settings;
use elbow_trainer::train::train;
use rand_core::Rng;
use std::sync::atomic::AtomicBool;

type Events<'a> = Vae<(
    Counts<6>,
    (Dense<'a, 6, 16, Tanh>,),
    GaussianHead<Dense<'a, 16, 2>, Dense<'a, 16, 2>>,
    (Dense<'a, 2, 16, Tanh>,),
    NegativeBinomial<Dense<'a, 16, 6>, Dense<'a, 16, 6>>,
)>;

/// A model of counts about e^mean, with r about e^shape.
fn events(mean: f32, shape: f32) -> ModelBytes {
    let mut model = Model::random(architecture(6, &[16], 2, &[16], LikelihoodKind::NegativeBinomial), 3);
    for (dense, log) in model.layout.likelihood_heads.iter().zip([mean, shape]) {
        model.params[dense.bias()].iter_mut().for_each(|bias| *bias += log);
    }
    ModelBytes::new(&model.encode())
}

fn dataset(values: Vec<f32>) -> Dataset {
    Dataset::of("events", values, 6)
}

/// Draws of a model.
fn draws(bytes: &ModelBytes, rows: usize) -> Vec<[f32; 6]> {
    let (model, mut rng) = (Events::from_bytes(bytes.as_bytes()).unwrap(), generator(5));
    (0..rows).map(|_| model.sample(&mut rng).unwrap()).collect()
}

#[test]
fn logs_come_back_at_the_models_rate() {
    for (mean, shape) in [(-1.0, 0.0), (1.5, 20.0), (4.0, -1.0), (9.0, 3.0)] {
        let bytes = events(mean, shape);
        let model = Events::from_bytes(bytes.as_bytes()).unwrap();
        let frames = draws(&bytes, 300);
        for samples in [1, 4] {
            let codec = BitsBack::<_, 4>::new(&model, samples).unwrap();
            let mut buffer = vec![0; frames.len() * codec.max_frame_len() + 64];
            let len = codec.encode_log(7, &frames, &mut buffer).unwrap();
            let mut expected = frames.iter().rev();
            codec
                .decode_log(7, &mut buffer, len, |frame| assert_eq!(frame, expected.next().unwrap()))
                .unwrap();
            let host = bytes.encode_log(frames.as_flattened(), samples).unwrap();
            assert_eq!(bytes.decode_log(&host).unwrap(), frames.as_flattened());
            let rate = measure(&bytes, &dataset(frames.as_flattened().to_vec()), frames.len(), samples);
            println!("e^{mean}, e^{shape}, K = {samples}: {rate:.4?}");
            let above = rate.net_bits_per_dim / rate.bound - 1.0;
            assert!(above < scoring::LOG_OF_RANDOM_MODEL, "{rate:?}");
        }
    }
}

#[test]
fn any_bytes_end_in_an_error_or_in_frames_of_the_model() {
    let bytes = events(4.0, -1.0);
    let model = Events::from_bytes(bytes.as_bytes()).unwrap();
    let (mut rng, mut frame, mut refused) = (generator(17), [0.0; 6], 0);
    for trial in 0..3_000 {
        let codec = BitsBack::<_>::new(&model, [1, 3, 8][trial % 3]).unwrap();
        let mut buffer: Vec<u8> = (0..200).map(|_| rng.next_u32() as u8).collect();
        let Ok(mut rans) = Rans::open_first(&mut buffer[..], rng.next_u32() as usize % 210) else { continue };
        for _ in 0..20 {
            if codec.decode_frame(&mut rans, &mut frame).is_err() {
                refused += 1;
                break;
            }
            assert!(model.log_density(&frame, 1).is_ok(), "{frame:?}");
        }
    }
    assert!(refused > 1_000, "{refused}");
}

/// Two states of a machine, of other rates of events each: Poisson's law, given the state.
const RATES: [[f64; 6]; 2] = [[2.0, 0.5, 30.0, 7.0, 1.0, 400.0], [9.0, 0.1, 12.0, 7.0, 5.0, 100.0]];

/// A draw of Poisson's law by inversion (Devroye 1986, chapter X.3.3).
fn poisson(rate: f64, rng: &mut impl Rng) -> f64 {
    let (mut n, mut mass) = (0.0, (-rate).exp());
    let mut left = f64::from(rng.next_u32()) / 2.0_f64.powi(32);
    while left >= mass && mass > 0.0 {
        left -= mass;
        n += 1.0;
        mass *= rate / n;
    }
    n
}

/// `log p(x)` of the two states.
fn truth(frame: &[f32]) -> f64 {
    let of_state = RATES.map(|rates| {
        let term = |(x, rate): (&f32, f64)| {
            let x = f64::from(*x);
            x * rate.ln() - rate - libm::lgamma(x + 1.0)
        };
        frame.iter().zip(rates).map(term).sum::<f64>()
    });
    let highest = of_state[0].max(of_state[1]);
    highest + (0.5 * of_state.iter().map(|log| (log - highest).exp()).sum::<f64>()).ln()
}

#[test]
fn a_fit_of_events_is_near_the_truth_and_its_log_comes_back() {
    let mut rng = generator(11);
    let mut rows = |count: usize| {
        let mut row = || RATES[rng.next_u32() as usize % 2].map(|rate| poisson(rate, &mut rng) as f32);
        dataset((0..count).flat_map(|_| row()).collect())
    };
    let (data, others) = (rows(4_000), rows(1_000));
    let settings = Settings {
        likelihood: "negative-binomial".parse().unwrap(),
        latent: "gaussian:2".parse().unwrap(),
        hidden: vec![32],
        epochs: 60,
        ..Settings::default()
    };
    let fit = train("events", data, &settings, None, &AtomicBool::new(false), |_| ()).unwrap().bytes;
    let rate = measure(&fit, &others, 1_000, 16);
    let bits = others.values.as_chunks::<6>().0.iter().map(|frame| -truth(frame)).sum::<f64>()
        / (6_000.0 * std::f64::consts::LN_2);
    println!("truth {bits:.4} bits for each count; {rate:.4?}");
    assert!((rate.net_bits_per_dim / bits - 1.0).abs() < scoring::FIT_OF_EVENTS, "{bits} {rate:?}");
}
