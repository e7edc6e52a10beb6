//! Bits-back coding of integers: round trips over all that a frame may
//! hold, damaged logs, and the rate on heartbeats.

use elbow::architecture::LikelihoodKind;
use elbow::codec::{BitsBack, BitsBackError, LOG_HEADER_LEN, LogHeader, Rans};
use elbow::{Dense, DiscretizedLogistic, FrameError, GaussianHead, Integers, Tanh, Vae};
use elbow_host::model::{LogError, ModelBytes};
use elbow_reader::{Dataset, load_array};
use elbow_tests::models::{Model, architecture, generator};
use elbow_tests::rate::measure;
use elbow_tests::shared;
use elbow_tests::tolerance::{codec, scoring};
use elbow_trainer::preprocess::Preprocessing;
use elbow_trainer::settings::Settings;
use elbow_trainer::train::train;
use rand_core::Rng;
use std::path::Path;
use std::sync::atomic::AtomicBool;

type Small<'a> = Vae<(
    Integers<'a, 20>,
    (Dense<'a, 20, 16, Tanh>,),
    GaussianHead<Dense<'a, 16, 5>, Dense<'a, 16, 5>>,
    (Dense<'a, 5, 16, Tanh>,),
    DiscretizedLogistic<'a, Dense<'a, 16, 20>, Dense<'a, 16, 20>>,
)>;

/// A model of integers about `loc` that have a standard deviation of `spread` or so.
fn small(loc: f32, spread: f32) -> Model {
    let mut model = Model::random(architecture(20, &[16], 5, &[16], LikelihoodKind::DiscretizedLogistic), 3);
    model.preprocessing = Preprocessing::Standardize {
        log_rate: None,
        loc: (0..20).map(|i| loc + 0.3 * i as f32).collect(),
        inverse_scale: (0..20).map(|i| (1.0 + 0.1 * i as f32) / spread).collect(),
        clip: 3.0,
        integers: true,
    };
    model
}

/// Draws of it.
fn draws(bytes: &ModelBytes, rows: usize) -> Vec<[f32; 20]> {
    let (model, mut rng) = (Small::from_bytes(bytes.as_bytes()).unwrap(), generator(5));
    (0..rows).map(|_| model.sample(&mut rng).unwrap()).collect()
}

/// A log, by an engine that has `LANES` samples side by side; it has been read back.
fn log<const LANES: usize>(model: &Small<'_>, samples: u8, frames: &[[f32; 20]]) -> Vec<u8> {
    let codec = BitsBack::<_, LANES>::new(model, samples).unwrap();
    let mut buffer = vec![0; frames.len() * codec.max_frame_len() + 64];
    let len = codec.encode_log(7, frames, &mut buffer).unwrap();
    let log = buffer[..len].to_vec();
    let mut expected = frames.iter().rev();
    codec.decode_log(7, &mut buffer, len, |frame| assert_eq!(frame, expected.next().unwrap())).unwrap();
    assert!(expected.next().is_none());
    log
}

/// From laws of one likely number to those whose cells hold thousands.
#[test]
fn logs_come_back_at_the_models_rate_and_are_the_same_bytes_on_any_engine() {
    for (loc, spread) in [(0.0, 0.05), (-7.0, 0.6), (100.0, 20.0), (-3e4, 5e3), (0.0, 8e5)] {
        let bytes = ModelBytes::new(&small(loc, spread).encode());
        let model = Small::from_bytes(bytes.as_bytes()).unwrap();
        let frames = draws(&bytes, 300);
        for samples in [1, 4, 16] {
            let four = log::<4>(&model, samples, &frames);
            assert!(
                four == log::<1>(&model, samples, &frames) && four == log::<16>(&model, samples, &frames)
            );
            let host = bytes.encode_log(frames.as_flattened(), samples).unwrap();
            assert_eq!(host[LOG_HEADER_LEN..host.len() - 4], four[LOG_HEADER_LEN..four.len() - 4]);
            assert_eq!(bytes.decode_log(&host).unwrap(), frames.as_flattened());
            let rate = measure(
                &bytes,
                &Dataset::of("frames", frames.as_flattened().to_vec(), 20),
                frames.len(),
                samples,
            );
            println!("spread {spread}, K = {samples}: {rate:.4?}");
            let above = rate.net_bits_per_dim / rate.bound - 1.0;
            assert!(above < scoring::LOG_OF_RANDOM_MODEL, "{rate:?}");
        }
    }
}

/// What a frame may hold but the model never saw costs more, and comes back all the same.
#[test]
fn any_integer_a_frame_may_hold_comes_back() {
    const MOST: i32 = 1 << 24;
    for spread in [0.05, 20.0, 8e5] {
        let bytes = ModelBytes::new(&small(0.0, spread).encode());
        let model = Small::from_bytes(bytes.as_bytes()).unwrap();
        let mut rng = generator(2);
        let mut number = || match rng.next_u32() % 4 {
            0 => [MOST, -MOST, 0, 1][rng.next_u32() as usize % 4],
            shift => (rng.next_u32() as i32 >> (8 * shift)).clamp(-MOST, MOST),
        };
        let frames: Vec<[f32; 20]> = (0..100).map(|_| std::array::from_fn(|_| number() as f32)).collect();
        for samples in [1, 3] {
            log::<4>(&model, samples, &frames);
        }
    }
}

#[test]
fn what_is_no_frame_of_the_model_is_refused_and_leaves_the_stack_as_it_was() {
    let bytes = ModelBytes::new(&small(0.0, 5.0).encode());
    let model = Small::from_bytes(bytes.as_bytes()).unwrap();
    let codec = BitsBack::<_>::new(&model, 4).unwrap();
    let mut rans = Rans::new(vec![0; 4000]);
    let frames = draws(&bytes, 5);
    for frame in &frames {
        codec.encode_frame(frame, &mut rans).unwrap();
    }
    for (x, error) in [
        (0.5, FrameError::OutOfSupport { index: 3 }),
        (16_777_218.0, FrameError::OutOfSupport { index: 3 }),
        (-1e30, FrameError::OutOfSupport { index: 3 }),
        (f32::NAN, FrameError::NonFinite { index: 3 }),
        (f32::NEG_INFINITY, FrameError::NonFinite { index: 3 }),
    ] {
        let mut frame = frames[0];
        frame[3] = x;
        assert_eq!(codec.encode_frame(&frame, &mut rans), Err(BitsBackError::Frame(error)));
        let all = [&frames[1][..], &frame].concat();
        let refused = bytes.encode_log(&all, 4).unwrap_err();
        assert!(matches!(refused, LogError::Row { row: 2, .. }), "{refused}");
    }
    for frame in frames.iter().rev() {
        let mut decoded = [0.0; 20];
        codec.decode_frame(&mut rans, &mut decoded).unwrap();
        assert_eq!(&decoded, frame);
    }
    assert!(rans.is_empty());
}

#[test]
fn any_bytes_end_in_an_error_or_in_frames_of_the_model() {
    for spread in [0.05, 20.0, 8e5] {
        let bytes = ModelBytes::new(&small(0.0, spread).encode());
        let model = Small::from_bytes(bytes.as_bytes()).unwrap();
        let mut rng = generator(17);
        let (mut frame, mut refused) = ([0.0; 20], 0);
        for trial in 0..10_000 {
            let codec = BitsBack::<_>::new(&model, [1, 3, 8][trial % 3]).unwrap();
            let mut buffer: Vec<u8> = (0..400).map(|_| rng.next_u32() as u8).collect();
            let len = rng.next_u32() as usize % 410;
            let Ok(mut rans) = Rans::open_first(&mut buffer[..], len) else { continue };
            for _ in 0..20 {
                if codec.decode_frame(&mut rans, &mut frame).is_err() {
                    refused += 1;
                    break;
                }
                assert!(model.log_density(&frame, 1).is_ok(), "{frame:?}");
            }
        }
        assert!(refused > 3_000, "{refused}");
    }
}

#[test]
fn damaged_and_foreign_logs_are_refused() {
    let bytes = ModelBytes::new(&small(0.0, 20.0).encode());
    let frames = draws(&bytes, 40);
    let log = bytes.encode_log(frames.as_flattened(), 3).unwrap();
    for bit in 0..8 * log.len() {
        let mut damaged = log.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(bytes.decode_log(&damaged).is_err(), "bit {bit}");
    }
    for len in 0..log.len() {
        assert!(bytes.decode_log(&log[..len]).is_err(), "{len} bytes");
    }
    // a checksum is no proof: the stream itself is another one
    let stream = log.len() - LOG_HEADER_LEN - 4;
    for bit in 0..8 * stream {
        let mut forged = log.clone();
        forged[LOG_HEADER_LEN + bit / 8] ^= 1 << (bit % 8);
        LogHeader::read(&log).unwrap().seal(stream, &mut forged).unwrap();
        let read = bytes.decode_log(&forged);
        let refused = matches!(read, Err(LogError::Coding(BitsBackError::Mismatch)));
        assert!(refused || read.is_ok_and(|other| other != frames.as_flattened()), "bit {bit}");
    }
    let other = ModelBytes::new(&small(1.0, 20.0).encode());
    assert!(matches!(other.decode_log(&log), Err(LogError::Coding(BitsBackError::WrongModel { .. }))));
}

/// Heartbeats in whole steps of a resolution.
fn beats(path: &Path, key: &str, resolution: f32) -> Dataset {
    let array = load_array(path, key).unwrap();
    let steps = array.values.into_iter().map(|x| (x / resolution).round());
    Dataset::of("frames", steps.collect(), array.shape[1])
}

#[test]
fn heartbeats_cost_what_the_model_says() {
    let Some(path) = shared::data("ecg5000/ecg5000_normal_vs_anomaly.npz") else { return };
    for resolution in [0.1, 0.01] {
        let settings = Settings {
            likelihood: "discretized-logistic".parse().unwrap(),
            latent: "gaussian:8".parse().unwrap(),
            hidden: vec![64, 32],
            epochs: 30,
            ..Settings::default()
        };
        let beats = |key| beats(&path, key, resolution);
        let fit = train("beats", beats("x_train_normal"), &settings, None, &AtomicBool::new(false), |_| ());
        let (model, others) = (fit.unwrap().bytes, beats("x_test"));
        // half of them normal
        for samples in [1, 16] {
            let rate = measure(&model, &others, others.rows, samples);
            let net = rate.net_bits_per_dim / rate.bound - 1.0;
            println!("steps of {resolution}, K = {samples}: {rate:.4?}, net {:+.2} %", 100.0 * net);
            assert!(net <= codec::BITS_BACK, "{rate:?}");
        }
    }
}
