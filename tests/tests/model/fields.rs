//! The fields of a model file: what a reader knows, what it skips, what it refuses, and texts that are no
//! texts.

use elbow::LoadError;
use elbow::architecture::LikelihoodKind;
use elbow::format::fields::{self, COLUMNS, MEMBERS, NAME, OBJECTIVE, PADDING, PARAMETERS, READING, VERSION};
use elbow::format::{FIELDS_AT, ModelFile};
use elbow_host::model::ModelBytes;
use elbow_tests::files::{Message, place, signed, with_fields};
use elbow_tests::models::{Model, architecture};

type Small<'a> = elbow::Vae<(
    elbow::Standardize<'a, 1>,
    elbow::PassThrough<1>,
    elbow::GaussianHead<elbow::Dense<'a, 1, 1>, elbow::Dense<'a, 1, 1>>,
    elbow::PassThrough<1>,
    elbow::Gaussian<'a, elbow::Dense<'a, 1, 1>>,
)>;

fn small() -> Vec<u8> {
    Model::random(architecture(1, &[], 1, &[], LikelihoodKind::Gaussian), 3).encode()
}

/// By the type of a device and by the shape in the file.
fn load(bytes: &[u8]) -> [Result<(), LoadError>; 2] {
    let aligned = ModelBytes::new(bytes);
    [Small::from_bytes(aligned.as_bytes()).map(|_| ()), aligned.open().map(|_| ())]
}

#[test]
fn an_unknown_field_is_skipped_or_refused_by_its_key() {
    let sound = small();
    for key in 29..127 {
        let bytes = with_fields(&sound, |fields| {
            fields.insert(fields.len() - 2, (key, b"from another time"));
        });
        let expected = if key % 2 == 0 { Ok(()) } else { Err(LoadError::UnknownField { key }) };
        // what a device must know is in the fingerprint
        assert_eq!(load(&bytes), [Ok(()), expected], "{key}");
    }
    for key in [128, 129, 400, u32::MAX] {
        let behind = with_fields(&sound, |fields| fields.push((key, &[])));
        assert_eq!(load(&behind), [Err(LoadError::Malformed); 2], "{key}");
    }
}

#[test]
fn fields_that_come_twice_or_out_of_order_are_refused() {
    let sound = small();
    let fields = Message::read(&sound).fields;
    let places = (0..fields.len()).filter(|at| fields[*at].0 != PADDING);
    for at in places.clone() {
        let twice = with_fields(&sound, |fields| fields.insert(at, fields[at]));
        assert_eq!(load(&twice)[1], Err(LoadError::Malformed), "{at}");
    }
    for (one, other) in places.clone().zip(places.skip(1)) {
        let swapped = with_fields(&sound, |fields| fields.swap(one, other));
        assert_eq!(load(&swapped)[1], Err(LoadError::Malformed), "{one}");
    }
}

#[test]
fn a_field_that_is_missing_is_refused() {
    let sound = small();
    let fields = Message::read(&sound).fields;
    for (key, _) in fields.into_iter().filter(|(key, _)| *key != PADDING) {
        let without = with_fields(&sound, |fields| fields.retain(|field| field.0 != key));
        let [fixed, dynamic] = load(&without);
        assert_eq!(dynamic, Err(LoadError::Malformed), "{key}");
        assert_eq!(fixed.is_err(), key == PARAMETERS, "{key}: {fixed:?}");
    }
    let none = with_fields(&sound, Vec::clear);
    assert_eq!(load(&none), [Err(LoadError::Malformed); 2]);
}

#[test]
fn lengths_and_counts_that_lead_out_of_the_file_are_refused() {
    let sound = small();
    // the number of fields, and of each field key and length
    for at in FIELDS_AT..place(&sound, PARAMETERS).start {
        for value in 0..=255 {
            let mut broken = sound.clone();
            broken[at] = value;
            let [fixed, _] = load(&signed(broken));
            assert_eq!(fixed, Ok(()), "{at} {value}");
        }
    }
    for huge in [[0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF; 5], [0x80; 5], [0x80, 0x80, 0x80, 0x80, 0x10]] {
        let mut broken = sound.clone();
        broken[FIELDS_AT..FIELDS_AT + 5].copy_from_slice(&huge);
        assert!(load(&signed(broken))[1].is_err(), "{huge:?}");
    }
}

#[test]
fn places_that_the_fields_do_not_have_are_refused() {
    let sound = small();
    for at in [20, 24, 28, 32] {
        for value in [0_u32, 1, 15, 16, 32, 36, 1 << 16, u32::MAX - 15, u32::MAX] {
            let mut broken = sound.clone();
            if broken[at..at + 4] == value.to_le_bytes() {
                continue;
            }
            broken[at..at + 4].copy_from_slice(&value.to_le_bytes());
            let [fixed, dynamic] = load(&signed(broken));
            assert_eq!(dynamic, Err(LoadError::Malformed), "{at} {value}");
            // who only scores does not ask for calibration and plan
            let expected = if [20, 32].contains(&at) { Ok(()) } else { Err(LoadError::Malformed) };
            assert_eq!(fixed, expected, "{at} {value}");
        }
    }
}

#[test]
fn members_that_the_parameters_are_not_of_are_refused() {
    let sound = small();
    for members in [&[0_u8][..], &[2], &[65], &[1, 1], &[]] {
        let bytes = with_fields(&sound, |fields| fields.insert(2, (MEMBERS, members)));
        assert!(load(&bytes)[1].is_err(), "{members:?}");
    }
}

#[test]
fn texts_that_do_something_are_refused() {
    let sound = small();
    let parse = |bytes: &[u8]| ModelFile::parse(bytes).unwrap().metadata().map(|_| ());
    let texts = ["\x1b[2J", "a\nb", "\r", "\u{7f}", "\u{9b}31m", "x\u{202e}y", "\u{2028}", "\t", "\0"];
    for (key, text) in
        [NAME, OBJECTIVE, VERSION, COLUMNS].into_iter().flat_map(|key| texts.map(|text| (key, text)))
    {
        let bytes = with_fields(&sound, |fields| {
            fields.iter_mut().filter(|field| field.0 == key).for_each(|field| field.1 = text.as_bytes());
        });
        let separates = key == COLUMNS && text.contains(['\n', '\t']);
        let expected = if separates { Ok(()) } else { Err(LoadError::ControlCharacter) };
        assert_eq!(parse(&bytes), expected, "{key} {text:?}");
    }
    for text in texts {
        // behind the architecture, which stands behind the name
        let bytes = with_fields(&sound, |fields| fields.insert(2, (READING, text.as_bytes())));
        let separates = text.contains(['\n', '\t']);
        assert_eq!(parse(&bytes).is_ok(), separates, "{text:?}");
    }
    let none = with_fields(&sound, |fields| fields[0].1 = &[0xFF, 0xFE]);
    assert_eq!(parse(&none), Err(LoadError::Malformed));
    assert_eq!(fields::NAME, 2);
}
