//! Bits-back coding of categories: round trips with any number of values,
//! damaged logs, and the rate on a table of a clinic.

use elbow::architecture::LikelihoodKind;
use elbow::codec::{BitsBack, BitsBackError, LOG_HEADER_LEN, LogHeader, Rans};
use elbow::features::Standardize;
use elbow::shape::Width;
use elbow::{Categories, Dense, FrameError, GaussianCategorical, GaussianHead, OneHot, Tanh, Vae};
use elbow_host::model::{LogError, ModelBytes};
use elbow_reader::categories::Categorical;
use elbow_reader::{Dataset, LoadOptions, load};
use elbow_tests::models::{Model, architecture, generator};
use elbow_tests::rate::measure;
use elbow_tests::shared;
use elbow_tests::tolerance::{codec, scoring};
use elbow_trainer::settings::Settings;
use elbow_trainer::train::train;
use rand_core::Rng;
use std::sync::atomic::AtomicBool;

/// One value, two, as many as a digit and one more, and the most that a column may have.
const LEVELS: [u16; 6] = [3, 1, 33, 32, 2, 1024];
const OUTPUTS: usize = 1095;

type Small<'a> = Vae<(
    Categories<'a, Standardize<'a, Width<6>>>,
    OneHot<'a, 6, (Dense<'a, OUTPUTS, 16, Tanh>,)>,
    GaussianHead<Dense<'a, 16, 5>, Dense<'a, 16, 5>>,
    (Dense<'a, 5, 16, Tanh>,),
    GaussianCategorical<'a, 6, Dense<'a, 16, OUTPUTS>>,
)>;

fn small(seed: u64) -> ModelBytes {
    let outputs = OUTPUTS as u32;
    let kind = LikelihoodKind::GaussianCategorical { outputs };
    let mut model = Model::random(architecture(6, &[16], 5, &[16], kind), seed);
    model.set_levels(&LEVELS);
    ModelBytes::new(&model.encode())
}

/// Draws of it.
fn draws(bytes: &ModelBytes, rows: usize) -> Vec<[f32; 6]> {
    let (model, mut rng) = (Small::from_bytes(bytes.as_bytes()).unwrap(), generator(5));
    (0..rows).map(|_| model.sample(&mut rng).unwrap()).collect()
}

/// A log, by an engine that has `LANES` samples side by side; it has been read back.
fn log<const LANES: usize>(model: &Small<'_>, samples: u8, frames: &[[f32; 6]]) -> Vec<u8> {
    let codec = BitsBack::<_, LANES>::new(model, samples).unwrap();
    let mut buffer = vec![0; frames.len() * codec.max_frame_len() + 64];
    let len = codec.encode_log(7, frames, &mut buffer).unwrap();
    let log = buffer[..len].to_vec();
    let mut expected = frames.iter().rev();
    codec.decode_log(7, &mut buffer, len, |frame| assert_eq!(frame, expected.next().unwrap())).unwrap();
    assert!(expected.next().is_none());
    log
}

#[test]
fn logs_come_back_at_the_models_rate_and_are_the_same_bytes_on_any_engine() {
    let bytes = small(3);
    let model = Small::from_bytes(bytes.as_bytes()).unwrap();
    let mut frames = draws(&bytes, 300);
    // the last value of each, and the first
    frames[7] = LEVELS.map(|levels| f32::from(levels - 1));
    frames[8] = [0.0; 6];
    for samples in [1, 4, 16] {
        let four = log::<4>(&model, samples, &frames);
        assert!(four == log::<1>(&model, samples, &frames) && four == log::<16>(&model, samples, &frames));
        let host = bytes.encode_log(frames.as_flattened(), samples).unwrap();
        assert_eq!(host[LOG_HEADER_LEN..host.len() - 4], four[LOG_HEADER_LEN..four.len() - 4]);
        assert_eq!(bytes.decode_log(&host).unwrap(), frames.as_flattened());
        let rate = measure(&bytes, &dataset(frames.as_flattened().to_vec()), frames.len(), samples);
        println!("K = {samples}: {rate:.4?}");
        assert!(rate.net_bits_per_dim / rate.bound - 1.0 < scoring::LOG_OF_RANDOM_MODEL, "{rate:?}");
    }
}

fn dataset(values: Vec<f32>) -> Dataset {
    let dims = LEVELS.len();
    Dataset::of("frames", values, dims)
}

#[test]
fn what_is_no_code_is_refused_and_leaves_the_stack_as_it_was() {
    let bytes = small(3);
    let model = Small::from_bytes(bytes.as_bytes()).unwrap();
    let codec = BitsBack::<_>::new(&model, 4).unwrap();
    let mut rans = Rans::new(vec![0; 4000]);
    let frames = draws(&bytes, 5);
    for frame in &frames {
        codec.encode_frame(frame, &mut rans).unwrap();
    }
    // 33 stands for a word never seen: it has a density, and no place in a log
    for x in [0.5, -1.0, 33.0, 34.0, 1e30] {
        let mut frame = frames[0];
        frame[2] = x;
        let error = FrameError::OutOfSupport { index: 2 };
        assert_eq!(codec.encode_frame(&frame, &mut rans), Err(BitsBackError::Frame(error)), "{x}");
        let refused = bytes.encode_log(&[&frames[1][..], &frame].concat(), 4).unwrap_err();
        assert!(matches!(refused, LogError::Row { row: 2, .. }), "{refused}");
    }
    for frame in frames.iter().rev() {
        let mut decoded = [0.0; 6];
        codec.decode_frame(&mut rans, &mut decoded).unwrap();
        assert_eq!(&decoded, frame);
    }
    assert!(rans.is_empty());
}

#[test]
fn numbers_beside_categories_have_no_code() {
    let kind = elbow_tests::models::categories(7);
    let model = Model::random(architecture(7, &[16], 5, &[16], kind), 3);
    let bytes = ModelBytes::new(&model.encode());
    let refused = bytes.encode_log(&model.frames(2, 1).concat(), 1).unwrap_err();
    assert!(matches!(refused, LogError::Coding(BitsBackError::Continuous { index: 0 })), "{refused}");
    let log = small(3).encode_log(draws(&small(3), 9).as_flattened(), 1).unwrap();
    assert!(matches!(bytes.decode_log(&log), Err(LogError::Coding(BitsBackError::Continuous { .. }))));
}

#[test]
fn any_bytes_end_in_an_error_or_in_frames_of_the_model() {
    let bytes = small(3);
    let model = Small::from_bytes(bytes.as_bytes()).unwrap();
    let mut rng = generator(17);
    let (mut frame, mut refused) = ([0.0; 6], 0);
    for trial in 0..3_000 {
        let codec = BitsBack::<_>::new(&model, [1, 3, 8][trial % 3]).unwrap();
        let mut buffer: Vec<u8> = (0..200).map(|_| rng.next_u32() as u8).collect();
        let len = rng.next_u32() as usize % 210;
        let Ok(mut rans) = Rans::open_first(&mut buffer[..], len) else { continue };
        for _ in 0..200 {
            if codec.decode_frame(&mut rans, &mut frame).is_err() {
                refused += 1;
                break;
            }
            assert!(model.log_density(&frame, 1).is_ok(), "{frame:?}");
        }
    }
    assert!(refused > 1_000, "{refused}");
}

#[test]
fn damaged_and_foreign_logs_are_refused() {
    let bytes = small(3);
    let frames = draws(&bytes, 30);
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
    assert!(matches!(small(4).decode_log(&log), Err(LogError::Coding(BitsBackError::WrongModel { .. }))));
}

/// Nine findings of 683 patients, each rated 1 to 10: taken as categories, of
/// which most are nearly certain in half of the rows.
#[test]
fn ratings_cost_what_the_model_says() {
    let Some(path) = shared::data("adbench/4_breastw.npz") else { return };
    let column = |i: usize| Categorical { column: format!("x{i}"), words: None };
    let options = LoadOptions { categorical: (0..9).map(column).collect(), ..LoadOptions::default() };
    let data = load(&path, &options).unwrap();
    let settings = Settings {
        categorical: (0..9).map(|i| format!("x{i}")).collect(),
        latent: "gaussian:2".parse().unwrap(),
        hidden: vec![32],
        epochs: 150,
        ..Settings::default()
    };
    let mut rows = data.clone();
    rows.labels = None;
    let fit = train("ratings", rows.clone(), &settings, None, &AtomicBool::new(false), |_| ()).unwrap();
    for samples in [1, 16] {
        let rate = measure(&fit.bytes, &rows, rows.rows, samples);
        let net = rate.net_bits_per_dim / rate.bound - 1.0;
        println!("K = {samples}: {rate:.4?}, net {:+.2} %", 100.0 * net);
        assert!(net <= codec::BITS_BACK_SHORT, "{rate:?}");
    }
}
