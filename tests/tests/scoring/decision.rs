//! Verdicts: as the calibration says, the same on device and host, and the same by few samples as by all.

use elbow::architecture::LikelihoodKind;
use elbow::format::ModelFile;
use elbow::format::fields::CALIBRATION;
use elbow::{
    Calibrated, Calibration, Dense, Gaussian, GaussianHead, LoadError, Standardize, Tanh, Vae, VerdictKind,
};
use elbow_host::model::ModelBytes;
use elbow_host::score::calibrate::calibrate;
use elbow_host::score::each_sensor::each_sensor;
use elbow_reader::Dataset;
use elbow_tests::files::{place, signed};
use elbow_tests::models::{Model, architecture};

const SAMPLES: u32 = 21;

type Small<'a> = Vae<(
    Standardize<'a, 5>,
    (Dense<'a, 5, 9, Tanh>, Dense<'a, 9, 4, Tanh>),
    GaussianHead<Dense<'a, 4, 2>, Dense<'a, 4, 2>>,
    (Dense<'a, 2, 9, Tanh>,),
    Gaussian<'a, Dense<'a, 9, 5>>,
)>;

/// A model that nobody fitted: its weights are spread wide, which is hard on few samples.
fn model(seed: u64) -> Model {
    Model::random(architecture(5, &[9, 4], 2, &[9], LikelihoodKind::Gaussian), seed)
}

fn frames(model: &Model, rows: usize, seed: u64) -> Dataset {
    Dataset::of("frames", model.frames(rows, seed).concat(), 5)
}

fn calibrated(model: &Model, rows: usize, false_alarm: f64) -> ModelBytes {
    let bytes = ModelBytes::new(&model.encode());
    let data = frames(model, rows, 100);
    calibrate(&bytes.open().unwrap(), "small", &data, false_alarm, SAMPLES, || ()).unwrap()
}

#[test]
fn device_and_host_judge_alike_and_few_samples_as_all() {
    let (mut anomalous, mut drawn, mut all) = (0, 0, 0);
    for seed in 0..8 {
        let model = model(seed);
        let bytes = calibrated(&model, 400, 0.05);
        let host = bytes.open().unwrap();
        let (host, device) =
            (host.calibrated().unwrap(), Calibrated::<Small<'_>>::from_bytes(bytes.as_bytes()).unwrap());
        for frame in model.frames(500, 7 + seed) {
            let (early, full) = (host.judge(&frame).unwrap(), host.judge_in_full(&frame).unwrap());
            let frame: &[f32; 5] = frame.as_slice().try_into().unwrap();
            assert_eq!(device.judge(frame).unwrap(), early);
            assert_eq!(device.judge_in_full(frame).unwrap(), full);
            assert_eq!(early.kind, full.kind, "{early:?} {full:?}");
            assert_eq!(full.score, device.model().log_density(frame, SAMPLES).unwrap());
            assert_eq!(early.score, device.model().log_density(frame, early.score.samples).unwrap());
            match early.kind {
                VerdictKind::Typical => assert!(early.p_value <= full.p_value, "{early:?} {full:?}"),
                VerdictKind::Anomalous => assert!(early.p_value >= full.p_value, "{early:?} {full:?}"),
                VerdictKind::Uncalibrated => panic!("a whole frame has a threshold: {early:?}"),
            }
            assert_eq!(full.is_anomalous(), full.p_value <= 0.05, "{full:?}");
            anomalous += u32::from(early.is_anomalous());
            drawn += early.score.samples;
            all += SAMPLES;
        }
    }
    println!("{anomalous} of 4000 anomalous, {drawn} of {all} samples");
    assert!(anomalous > 80 && drawn < all / 2);
}

/// A sharp likelihood spreads the log weights of a frame by some hundred nats. Verdicts are still those of
/// the score by all samples; with a margin that is the same for all frames they would not be.
#[test]
fn few_samples_judge_as_all_where_weights_are_spread() {
    const ALL: u32 = 64;
    let (mut judged, mut agree, mut agree_by_margin, mut drawn) = (0, 0, 0, 0);
    for seed in 0..8 {
        let mut model = model(seed);
        // the logarithms of the likelihood's scales come last
        let scales = model.params.len() - 5..;
        model.params[scales].fill(-2.0);
        let bytes = ModelBytes::new(&model.encode());
        let bytes =
            calibrate(&bytes.open().unwrap(), "sharp", &frames(&model, 400, 100), 0.3, ALL, || ()).unwrap();
        let judge = Calibrated::<Small<'_>>::from_bytes(bytes.as_bytes()).unwrap();
        let Calibration { threshold, margin, .. } = *judge.calibration();
        for frame in model.frames(500, 7 + seed) {
            let frame: &[f32; 5] = frame.as_slice().try_into().unwrap();
            let (early, full) = (judge.judge(frame).unwrap(), judge.judge_in_full(frame).unwrap());
            assert_eq!(early.kind, full.kind, "{early:?} {full:?}");
            let score_of = |samples| judge.model().log_density(frame, samples).unwrap().log_density.0;
            let is_below = score_of(ALL) < threshold;
            let is_given_up = (4..ALL).step_by(4).any(|samples| score_of(samples) + margin < threshold);
            judged += 1;
            agree += u32::from(early.is_anomalous() == is_below);
            agree_by_margin += u32::from((is_below || is_given_up) == is_below);
            drawn += early.score.samples;
        }
    }
    println!("{agree} of {judged} agree, {agree_by_margin} by the margin alone; {drawn} samples");
    assert!(agree * 1000 >= judged * 995 && drawn < judged * ALL / 2);
    assert!(agree_by_margin * 100 < judged * 97);
}

#[test]
fn p_values_count_the_calibration_frames() {
    let model = model(1);
    let rows = 700;
    let bytes = calibrated(&model, rows, 0.02);
    let judge = Calibrated::<Small<'_>>::from_bytes(bytes.as_bytes()).unwrap();
    let all = frames(&model, rows, 100);
    let statistics: Vec<f32> = (0..rows)
        .map(|row| judge.judge_in_full(all.row(row).try_into().unwrap()).unwrap().score.log_density.0)
        .collect();
    for frame in model.frames(500, 3) {
        let verdict = judge.judge_in_full(frame.as_slice().try_into().unwrap()).unwrap();
        let as_low = statistics.iter().filter(|s| **s <= verdict.score.log_density.0).count();
        let exact = (1 + as_low) as f32 / (rows + 1) as f32;
        let p = verdict.p_value;
        assert!(p >= exact && p <= exact * 1.125 + 1e-6 && p <= exact + 1.0 / 64.0, "{p} {exact}");
        assert!(as_low >= 16 || p == exact, "{p} {exact}");
    }
    // a frame of the calibration itself, and what is below and above all of them
    assert_eq!(judge.calibration().p_value(f32::NEG_INFINITY), 1.0 / 701.0);
    assert_eq!(judge.calibration().p_value(f32::INFINITY), 1.0);
}

#[test]
fn a_file_without_a_calibration_scores_and_does_not_judge() {
    let bytes = ModelBytes::new(&model(1).encode());
    assert!(Small::from_bytes(bytes.as_bytes()).is_ok());
    assert!(matches!(Calibrated::<Small<'_>>::from_bytes(bytes.as_bytes()), Err(LoadError::NotCalibrated)));
    assert!(bytes.open().unwrap().extras.calibration.is_none());
    // and a calibration takes nothing from the model
    let with = calibrated(&model(1), 100, 0.1);
    assert!(Small::from_bytes(with.as_bytes()).is_ok());
    assert_eq!(with.open().unwrap().parameters, bytes.open().unwrap().parameters);
}

/// The bytes with the `at`-th byte's word replaced, and a checksum that is right.
fn with_word(bytes: &[u8], at: usize, value: u32) -> ModelBytes {
    let mut changed = bytes.to_vec();
    changed[at..at + 4].copy_from_slice(&value.to_le_bytes());
    ModelBytes::new(&signed(changed))
}

#[test]
fn a_calibration_names_the_rule_it_is_for() {
    let sound = calibrated(&model(1), 100, 0.1);
    let first = place(sound.as_bytes(), CALIBRATION).start;
    for (version, reads) in [(1, true), (3, true), (4, true), (5, false), (0, false)] {
        let bytes = with_word(sound.as_bytes(), first, version);
        match Calibrated::<Small<'_>>::from_bytes(bytes.as_bytes()) {
            Ok(_) => assert!(reads, "{version}"),
            Err(error) => assert!(!reads && matches!(error, LoadError::BadCalibration), "{version}: {error}"),
        }
    }
    assert_eq!(sound.as_bytes()[first], 4, "builds that compare another statistic refuse the threshold");
}

#[test]
fn a_damaged_calibration_is_refused() {
    let sound = calibrated(&model(1), 100, 0.1);
    let bytes = sound.as_bytes();
    let (mut refused, mut read) = (0, 0);
    for at in place(bytes, CALIBRATION).step_by(4) {
        for value in [0, 1, 0x7fc0_0000, 0x7f80_0000, 0xc2c8_0000, u32::MAX] {
            let broken = with_word(bytes, at, value);
            // who only scores does not look at it
            assert!(Small::from_bytes(broken.as_bytes()).is_ok());
            match Calibrated::<Small<'_>>::from_bytes(broken.as_bytes()) {
                Ok(judge) => {
                    let _ = judge.judge(&[0.5; 5]);
                    read += 1;
                }
                Err(_) => refused += 1,
            }
            let _ = broken.open();
        }
    }
    println!("{refused} refused, {read} read");
    assert!(refused > read);
}

/// Frames that lack one number have a threshold each, of which at most a tenth of frames like those that set
/// it lies below; frames that lack two have none.
#[test]
fn a_dead_sensor_has_a_threshold_of_its_own() {
    let model = model(4);
    let bytes = calibrated(&model, 400, 0.1);
    let with_gaps = bytes.open_with_gaps().unwrap();
    let calibration = with_gaps.extras.calibration.unwrap();
    let data = frames(&model, 400, 100);
    let bytes = each_sensor(&with_gaps, &calibration, &data, 0.1, || ()).unwrap();
    let file = ModelFile::parse(bytes.as_bytes()).unwrap();
    let (whole, host) = (bytes.open().unwrap(), bytes.open_with_gaps().unwrap());
    let (whole, host) = (whole.calibrated().unwrap(), host.calibrated().unwrap());
    let plain = Calibrated::<Small<'_>>::from_bytes(bytes.as_bytes()).unwrap();
    let device = plain.with_gaps(&file).unwrap();
    let mut anomalous = [0; 5];
    for frame in model.frames(400, 55) {
        assert_eq!(host.judge(&frame), whole.judge(&frame), "of a whole frame all is as it was");
        for (sensor, anomalous) in anomalous.iter_mut().enumerate() {
            let mut less: [f32; 5] = frame.as_slice().try_into().unwrap();
            less[sensor] = f32::NAN;
            assert!(plain.judge(&less).is_err());
            let verdict = device.judge(&less).unwrap();
            assert_eq!(host.judge(&less), Ok(verdict));
            assert_eq!(device.judge_in_full(&less).unwrap().kind, verdict.kind);
            assert!(verdict.kind != VerdictKind::Uncalibrated && verdict.p_value == 0.1);
            *anomalous += u32::from(verdict.is_anomalous());
            less[(sensor + 2) % 5] = f32::NAN;
            let verdict = device.judge(&less).unwrap();
            assert_eq!((verdict.kind, verdict.p_value), (VerdictKind::Uncalibrated, 1.0));
        }
    }
    // 40 expected of each; of a threshold of 400 rows the rate has a deviation of 0.015, of 400 frames too
    assert!(anomalous.iter().all(|count| (15..75).contains(count)), "{anomalous:?}");
}
