//! Bits-back coding: round trips, damaged logs, and its rate on MNIST against the bound of the same model.

use elbow::architecture::LikelihoodKind;
use elbow::codec::{
    BitsBack, BitsBackError, FrameCoding, LOG_HEADER_LEN, LogHeader, Rans, StreamError, model_id,
};
use elbow::format::NUMERIC_PROFILE;
use elbow::{Bernoulli, Binary, Dense, FrameError, GaussianHead, Tanh, Vae};
use elbow_host::model::{LogError, ModelBytes};
use elbow_reader::{LoadOptions, load};
use elbow_tests::models::{Model, architecture, generator};
use elbow_tests::rate::measure;
use elbow_tests::reference::{BbAnsGrey, bb_ans, bb_ans_grey, binarized};
use elbow_tests::shared;
use elbow_tests::tolerance::codec as tolerance;
use rand_core::Rng;

type Small<'a> = Vae<(
    Binary<20>,
    (Dense<'a, 20, 16, Tanh>,),
    GaussianHead<Dense<'a, 16, 5>, Dense<'a, 16, 5>>,
    (Dense<'a, 5, 16, Tanh>,),
    Bernoulli<Dense<'a, 16, 20>>,
)>;

fn small() -> Model {
    Model::random(architecture(20, &[16], 5, &[16], LikelihoodKind::Bernoulli), 3)
}

fn frames(rows: usize) -> Vec<[f32; 20]> {
    small().frames(rows, 5).into_iter().map(|frame| frame.try_into().unwrap()).collect()
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

#[test]
fn logs_come_back_and_are_the_same_bytes_on_any_engine() {
    let bytes = ModelBytes::new(&small().encode());
    let model = Small::from_bytes(bytes.as_bytes()).unwrap();
    for (samples, rows) in [(1, 300), (2, 100), (7, 100), (16, 50), (64, 20), (16, 1), (1, 0)] {
        let frames = frames(rows);
        let four = log::<4>(&model, samples, &frames);
        assert!(four == log::<1>(&model, samples, &frames) && four == log::<16>(&model, samples, &frames));
        let host = bytes.encode_log(frames.as_flattened(), samples).unwrap();
        assert_eq!(host[LOG_HEADER_LEN..host.len() - 4], four[LOG_HEADER_LEN..four.len() - 4]);
        assert_eq!(bytes.decode_log(&host).unwrap(), frames.as_flattened());
        let header = LogHeader::read(&host).unwrap();
        let (numeric_profile, model) = (NUMERIC_PROFILE as u8, model_id(bytes.as_bytes()));
        assert_eq!(header, LogHeader { numeric_profile, samples, steps: 0, model, frames: rows as u32 });
    }
}

/// Both ends refine the posterior of each frame, with as many samples side by side as they like.
#[test]
fn refined_logs_come_back_and_take_fewer_bits() {
    let bytes = ModelBytes::new(&small().encode());
    let model = Small::from_bytes(bytes.as_bytes()).unwrap();
    let frames = frames(600);
    for samples in [1, 4] {
        let host = bytes.encode_refined_log(frames.as_flattened(), samples, 10).unwrap();
        assert_eq!(bytes.decode_log(&host).unwrap(), frames.as_flattened());
        let header = LogHeader::read(&host).unwrap();
        assert_eq!((header.samples, header.steps, header.frames), (samples, 10, 600));
        let device = BitsBack::<_, 4, true>::refining(&model, samples, 10).unwrap();
        let mut buffer = vec![0; frames.len() * device.max_frame_len() + 64];
        let len = device.encode_log(header.model, &frames, &mut buffer).unwrap();
        assert!(buffer[..len] == host[..], "other bytes than the host's");
        let mut back = Vec::new();
        device.decode_log(header.model, &mut buffer, len, |frame| back.extend_from_slice(frame)).unwrap();
        assert_eq!(back.rchunks(20).flatten().copied().collect::<Vec<_>>(), frames.as_flattened());
        let plain = bytes.encode_log(frames.as_flattened(), samples).unwrap();
        assert!(host.len() < plain.len(), "{} {}", host.len(), plain.len());
        // who does not refine cannot read it, and is told
        let reader = BitsBack::<_, 4>::new(&model, samples).unwrap();
        let refused = reader.decode_log(header.model, &mut host.clone(), host.len(), |_| ());
        assert_eq!(refused, Err(BitsBackError::WrongSteps { found: 10 }));
    }
}

#[test]
fn initial_bits_come_from_frames_coded_directly() {
    let bytes = ModelBytes::new(&small().encode());
    let model = Small::from_bytes(bytes.as_bytes()).unwrap();
    let codec = BitsBack::<_>::new(&model, 1).unwrap();
    let mut buffer = vec![0; 100_000];
    let mut rans = Rans::new(&mut buffer[..]);
    let codings: Vec<_> =
        frames(50).iter().map(|frame| codec.encode_frame(frame, &mut rans).unwrap()).collect();
    // a latent's slots are 75 bits; a frame and its buckets at least 40
    let direct = codings.iter().take_while(|coding| **coding == FrameCoding::Direct).count();
    assert!((1..=3).contains(&direct), "{codings:?}");
    assert!(codings[direct..].iter().all(|coding| *coding == FrameCoding::BitsBack));
}

#[test]
fn what_cannot_be_coded_leaves_the_stack_as_it_was() {
    let bytes = ModelBytes::new(&small().encode());
    let model = Small::from_bytes(bytes.as_bytes()).unwrap();
    let codec = BitsBack::<_>::new(&model, 4).unwrap();
    let mut buffer = vec![0; 400];
    let mut rans = Rans::new(&mut buffer[..]);
    let (frames, mut coded) = (frames(400), 0);
    let full = loop {
        match codec.encode_frame(&frames[coded], &mut rans) {
            Ok(_) => coded += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(full, BitsBackError::Stream(StreamError::Full));
    let mut half = [0.0; 20];
    half[3] = 0.5;
    assert_eq!(codec.encode_frame(&half, &mut Rans::new(vec![0; 400])), {
        Err(BitsBackError::Frame(FrameError::OutOfSupport { index: 3 }))
    });
    let mut frame = [0.0; 20];
    for row in (0..coded).rev() {
        codec.decode_frame(&mut rans, &mut frame).unwrap();
        assert_eq!(frame, frames[row]);
    }
    assert!(coded > 50 && rans.is_empty());
    assert_eq!(codec.decode_frame(&mut rans, &mut [0.0; 19]), {
        Err(BitsBackError::Frame(FrameError::WrongLength { expected: 20, found: 19 }))
    });
}

#[test]
fn any_bytes_end_in_an_error_or_in_frames() {
    let bytes = ModelBytes::new(&small().encode());
    let model = Small::from_bytes(bytes.as_bytes()).unwrap();
    let mut rng = generator(17);
    let (mut frame, mut refused) = ([0.0; 20], 0);
    for trial in 0..30_000 {
        let codec = BitsBack::<_>::new(&model, [1, 3, 8][trial % 3]).unwrap();
        let mut buffer: Vec<u8> = (0..200).map(|_| rng.next_u32() as u8).collect();
        let len = rng.next_u32() as usize % 210;
        let Ok(mut rans) = Rans::open_first(&mut buffer[..], len) else { continue };
        refused += u32::from((0..20).any(|_| codec.decode_frame(&mut rans, &mut frame).is_err()));
        assert!(frame.iter().all(|bit| [0.0, 1.0].contains(bit)));
    }
    assert!(refused > 10_000, "{refused}");
}

#[test]
fn damaged_and_foreign_logs_are_refused() {
    let bytes = ModelBytes::new(&small().encode());
    let frames = frames(60);
    let log = bytes.encode_log(frames.as_flattened(), 3).unwrap();
    for bit in 0..8 * log.len() {
        let mut damaged = log.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(bytes.decode_log(&damaged).is_err(), "bit {bit}");
    }
    for len in 0..log.len() {
        assert!(bytes.decode_log(&log[..len]).is_err(), "{len} bytes");
    }
    let refusal = |log: &[u8]| match bytes.decode_log(log) {
        Err(LogError::Coding(error)) => error,
        other => panic!("{other:?}"),
    };
    assert_eq!(refusal(b"not a log, but long enough for one"), BitsBackError::NotALog);
    let stream = log.len() - LOG_HEADER_LEN - 4;
    let sealed = |change: fn(&mut LogHeader)| {
        let (mut other, mut header) = (log.clone(), LogHeader::read(&log).unwrap());
        change(&mut header);
        header.seal(stream, &mut other).unwrap();
        other
    };
    assert_eq!(bytes.decode_log(&sealed(|_| ())).unwrap(), frames.as_flattened());
    let found = LogHeader::read(&log).unwrap().model;
    assert_eq!(refusal(&sealed(|header| header.model ^= 1)), {
        BitsBackError::WrongModel { expected: found, found: found ^ 1 }
    });
    assert_eq!(refusal(&sealed(|header| header.numeric_profile = 9)), {
        BitsBackError::UnsupportedNumericProfile { found: 9 }
    });
    assert_eq!(refusal(&sealed(|header| header.samples = 65)), BitsBackError::WrongSamples);
    for other in [sealed(|h| h.frames -= 1), sealed(|h| h.frames += 1), sealed(|h| h.samples = 4)] {
        assert_eq!(refusal(&other), BitsBackError::Mismatch);
    }
    let gaussian = Model::random(architecture(20, &[16], 5, &[16], LikelihoodKind::Gaussian), 3);
    let gaussian = ModelBytes::new(&gaussian.encode());
    assert!(matches!(gaussian.decode_log(&log), Err(LogError::WrongKind)));
}

/// Images enough to see what a log costs; all 10,000 take minutes: `ROWS=10000`.
fn rows() -> usize {
    std::env::var("ROWS").map_or(1_000, |rows| rows.parse().unwrap())
}

/// 784-100-40, released with BB-ANS; the paper's rate is 0.19.
#[test]
fn binarised_mnist_costs_what_the_model_says() {
    let (Some(weights), Some(mnist)) = (
        shared::data("reference_weights/bbans_binary_mnist_vae_40.npz"),
        shared::data("mnist/t10k-images-idx3-ubyte.gz"),
    ) else {
        return;
    };
    let (model, images) = (bb_ans(&weights), binarized(&mnist));
    // a choice of other latents moves a log by 0.0001; header and initial bits take 0.0001 of the whole
    for (samples, limit) in [(1, 0.1950), (2, 0.1945)] {
        let rate = measure(&model, &images, 10_000, samples);
        println!("K = {samples}, 10,000 images: {rate:.5?}, overhead {:.3} %", 100.0 * rate.overhead());
        assert!(rate.bits_per_dim <= limit && rate.net_bits_per_dim <= 0.1945, "{rate:?}");
        assert!(rate.overhead() <= tolerance::BITS_BACK, "{rate:?}");
    }
    // the gain of sixteen samples
    let [one, sixteen] = [1, 16].map(|samples| measure(&model, &images, rows(), samples));
    println!("K = 16, {} images: {sixteen:.5?}, K = 1: {one:.5?}", rows());
    assert!(
        sixteen.bits_per_dim < 0.97 * one.bits_per_dim && sixteen.overhead() <= tolerance::BITS_BACK_SHORT
    );
}

/// 784-200-50 with a beta-binomial likelihood, released with BB-ANS; the paper's rate is 1.41.
#[test]
fn grey_mnist_costs_what_the_model_says() {
    let (Some(weights), Some(mnist)) = (
        shared::data("reference_weights/bbans_full_mnist_betabinomial_vae_50.npz"),
        shared::data("mnist/t10k-images-idx3-ubyte.gz"),
    ) else {
        return;
    };
    let rows = rows();
    let (bytes, images) = (bb_ans_grey(&weights), load(&mnist, &LoadOptions::default()).unwrap());
    let model = BbAnsGrey::from_bytes(bytes.as_bytes()).unwrap();
    let codec = BitsBack::<_, 16>::new(&model, 1).unwrap();
    let frames = images.values.as_chunks::<784>().0.get(..rows).unwrap();
    let mut buffer = vec![0; rows * codec.max_frame_len() + 64];
    let len = codec.encode_log(0, frames, &mut buffer).unwrap();
    let mut expected = frames.iter().rev();
    codec.decode_log(0, &mut buffer, len, |frame| assert_eq!(frame, expected.next().unwrap())).unwrap();
    assert!(expected.next().is_none());

    let mut rng = generator(1);
    let mut nats =
        |frame| f64::from(model.log_density_lanes::<16, _>(frame, 1, &mut rng).unwrap().log_density.0);
    let draws = 4;
    let bound: f64 =
        -(0..draws).map(|_| frames.iter().map(&mut nats).sum::<f64>()).sum::<f64>() / draws as f64;
    let per_dim = 1.0 / (784 * rows) as f64;
    let (rate, bound) = (8.0 * len as f64 * per_dim, bound / std::f64::consts::LN_2 * per_dim);
    println!(
        "{rows} grey images: {rate:.4} bits/dim, bound {bound:.4}, overhead {:.2} %",
        100.0 * (rate / bound - 1.0)
    );
    assert!(rate <= 1.41 && rate / bound - 1.0 <= tolerance::BITS_BACK, "{rate} {bound}");
}
