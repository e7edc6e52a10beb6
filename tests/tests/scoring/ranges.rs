//! Numbers that make a model blind or slow, in files whose checksum is right: each is refused when it is
//! loaded.

use elbow::architecture::{Architecture, LikelihoodKind};
use elbow::decision::MAX_SAMPLES;
use elbow::format::fields::{CALIBRATION, HOP, PARAMETERS, WINDOW};
use elbow::format::{ALIGNMENT, ModelFile, prefix};
use elbow::{Calibrated, Calibration, Dense, Gaussian, GaussianHead, LoadError, Standardize, Tanh, Vae};
use elbow_host::model::ModelBytes;
use elbow_host::score::calibrate::calibrate;
use elbow_reader::Dataset;
use elbow_tests::files::{place, signed, with_fields};
use elbow_tests::models::{Model, architecture};

type Small<'a> = Vae<(
    Standardize<'a, 5>,
    (Dense<'a, 5, 9, Tanh>,),
    GaussianHead<Dense<'a, 9, 2>, Dense<'a, 9, 2>>,
    (Dense<'a, 2, 9, Tanh>,),
    Gaussian<'a, Dense<'a, 9, 5>>,
)>;
type Device<'a> = Calibrated<'a, Small<'a>>;

const RATE: f64 = 0.1;

fn shape(likelihood: LikelihoodKind) -> Architecture {
    architecture(5, &[9], 2, &[9], likelihood)
}

/// A model of these weights, calibrated on 100 rows.
fn calibrated(seed: u64) -> ModelBytes {
    let model = Model::random(shape(LikelihoodKind::Gaussian), seed);
    let data = Dataset::of("rows", model.frames(100, 7).concat(), 5);
    let bytes = ModelBytes::new(&model.encode());
    calibrate(&bytes.open().unwrap(), "small", &data, RATE, 8, || ()).unwrap()
}

fn with_word(bytes: &[u8], at: usize, word: [u8; 4]) -> ModelBytes {
    let mut changed = bytes.to_vec();
    changed[at..at + 4].copy_from_slice(&word);
    ModelBytes::new(&signed(changed))
}

/// What a device and the host say of a file.
fn refused(bytes: &ModelBytes) -> Option<LoadError> {
    let device = Device::from_bytes(bytes.as_bytes()).map(drop);
    assert_eq!(device, bytes.open().map(drop));
    device.err()
}

#[test]
fn numbers_of_a_calibration() {
    let sound = calibrated(1);
    let calibration = place(sound.as_bytes(), CALIBRATION);
    let bytes = sound.as_bytes();
    let words = |at: usize| calibration.start + 4 * at;
    let floats = |at: usize| calibration.start + 32 + 4 * at;
    let of = Calibration::of(&ModelFile::parse(bytes).unwrap(), MAX_SAMPLES).unwrap();
    assert_eq!((of.false_alarm, refused(&sound)), (0.1, None));
    for samples in [0, MAX_SAMPLES + 1, 1 << 16, 1 << 20, u32::MAX] {
        let refused = refused(&with_word(bytes, words(1), samples.to_le_bytes()));
        let expected = match samples {
            0 => LoadError::BadCalibration,
            found => LoadError::TooManySamples { found, allowed: MAX_SAMPLES },
        };
        assert_eq!(refused, Some(expected));
    }
    let threshold = of.threshold;
    let bad: [(usize, &[f32]); 4] = [
        (0, &[-7.0, 0.0, -0.0, 1e-9, 0.05, 0.2, 0.999, 1.0, 1.5, 3.4e38]),
        (1, &[-3.4e38, -1e6, threshold - 10.0, threshold + 10.0, 0.0, 1e6, 3.4e38]),
        (2, &[-1.0, -3.4e38, 1e7, 3.4e38]),
        (4, &[-1.0, -3.4e38]),
    ];
    for (at, value) in bad.iter().flat_map(|(at, values)| values.iter().map(move |value| (*at, *value))) {
        let changed = with_word(bytes, floats(at), value.to_le_bytes());
        assert_eq!(refused(&changed), Some(LoadError::BadCalibration), "float {at}: {value}");
    }
}

#[test]
fn a_device_allows_what_it_has_the_time_for() {
    let sound = calibrated(1);
    let file = ModelFile::parse(sound.as_bytes()).unwrap();
    assert!(Device::from_file(&file, 8).is_ok());
    let error = Device::from_file(&file, 7).map(drop);
    assert_eq!(error, Err(LoadError::TooManySamples { found: 8, allowed: 7 }));
}

#[test]
fn a_calibration_is_of_its_parameters() {
    let [sound, other] = [1, 2].map(calibrated);
    assert!(refused(&other).is_none());
    let calibration = sound.as_bytes()[place(sound.as_bytes(), CALIBRATION)].to_vec();
    let pasted = with_fields(other.as_bytes(), |fields| {
        fields.iter_mut().find(|(key, _)| *key == CALIBRATION).unwrap().1 = &calibration;
    });
    assert_eq!(refused(&ModelBytes::new(&pasted)), Some(LoadError::CalibrationOfOther));
    // a weight that was changed afterwards
    let at = place(sound.as_bytes(), PARAMETERS).start;
    let changed = with_word(sound.as_bytes(), at, 0.25_f32.to_le_bytes());
    assert_eq!(refused(&changed), Some(LoadError::CalibrationOfOther));
    // files of earlier builds do not say what they were calibrated with
    let first = place(sound.as_bytes(), CALIBRATION).start;
    let older = with_word(sound.as_bytes(), first, 3_u32.to_le_bytes());
    assert_eq!(older.open().unwrap().extras.calibration.unwrap().parameters, None);
}

/// The sections of scales: of the preprocessing, and at the end those of the likelihood.
#[test]
fn scales_are_positive() {
    let row = 5 * 4_usize;
    let section = row.next_multiple_of(ALIGNMENT);
    for (likelihood, from_end) in [
        (LikelihoodKind::Gaussian, vec![ALIGNMENT + section]),
        (LikelihoodKind::StudentT, vec![ALIGNMENT + section, ALIGNMENT + 2 * section]),
        (LikelihoodKind::DiscretizedLogistic, vec![section]),
        (LikelihoodKind::GaussianPerOutput, vec![]),
    ] {
        let bytes = Model::random(shape(likelihood), 3).encode();
        assert!(ModelBytes::new(&bytes).open().is_ok());
        let parameters = place(&bytes, PARAMETERS);
        let places = from_end.iter().map(|back| parameters.end - back).chain([parameters.start + section]);
        for at in places.flat_map(|start| [start, start + row - 4]) {
            for value in [0.0_f32, -0.0, -1.0, -3.4e38, 1e-45] {
                let opened = with_word(&bytes, at, value.to_le_bytes()).open().map(drop);
                assert_eq!(opened, Err(LoadError::Malformed), "{likelihood:?} {at}: {value}");
            }
        }
    }
}

#[test]
fn a_frame_is_whole_rows() {
    let bytes = Model::random(shape(LikelihoodKind::Gaussian), 3).encode();
    for (key, value) in [(WINDOW, &[0_u8]), (WINDOW, &[2]), (HOP, &[0])] {
        let changed = with_fields(&bytes, |fields| {
            fields.iter_mut().find(|(found, _)| *found == key).unwrap().1 = value;
        });
        assert_eq!(ModelBytes::new(&changed).open().map(drop), Err(LoadError::Malformed), "{key} {value:?}");
    }
}

/// A region of flash is longer than the file in it.
#[test]
fn a_file_at_the_start_of_memory() {
    let file = Model::random(shape(LikelihoodKind::Gaussian), 3).encode();
    for beyond in [0, 1, 1000] {
        let memory = ModelBytes::new(&[file.as_slice(), &vec![0xFF; beyond]].concat());
        assert_eq!(prefix(memory.as_bytes()), file);
        assert!(ModelFile::parse_prefix(memory.as_bytes()).unwrap().model::<Small<'_>>().is_ok());
    }
    // erased, empty, cut off, or a length that reaches beyond the region
    for memory in [&[0xFF; 4096][..], &[], &file[..18], &file[..file.len() - 1]] {
        assert_eq!(prefix(memory), memory);
        assert!(ModelFile::parse_prefix(memory).is_err());
    }
}
