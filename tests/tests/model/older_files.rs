//! Files of format versions 1 and 2, as the repository holds them: they load, and no damage to them is
//! missed.

use elbow::LoadError;
use elbow::format::ModelFile;
use elbow_host::model::ModelBytes;
use elbow_tests::files::signed;

use super::file::{documented, hex_dump};

/// Version 1: the numbers of the worked example.
const FIRST: &[u8] = include_bytes!("../../../core/examples/thermometer.elbow");
/// Version 2: weights of eight bits.
const SECOND: &[u8] = include_bytes!("../../../firmware-example/model/sphere_int8.elbow");

fn load(bytes: &[u8]) -> Result<(), LoadError> {
    ModelBytes::new(bytes).open().map(|_| ())
}

#[test]
fn the_same_model_in_versions_1_and_3() {
    let (old, new) = (ModelBytes::new(FIRST), ModelBytes::new(&documented()));
    let (old, new) = (old.open().unwrap(), new.open().unwrap());
    assert_eq!((&old.metadata, old.members, old.parameters), (&new.metadata, new.members, new.parameters));
    for frame in [[20.5], [35.0], [-7.25]] {
        let [old, new] = [&old, &new].map(|model| model.engine.log_density(&frame, 64).unwrap());
        assert_eq!(old.log_density.0.to_bits(), new.log_density.0.to_bits());
    }
    let specification = include_str!("../../../docs/model-format.md");
    assert!(
        specification.contains(&hex_dump(FIRST)),
        "docs/model-format.md should contain:\n{}",
        hex_dump(FIRST)
    );
}

#[test]
fn they_load() {
    for (bytes, version) in [(FIRST, 1), (SECOND, 2)] {
        assert_eq!(bytes[8..10], [version, 0]);
        assert_eq!(load(bytes), Ok(()));
    }
}

#[test]
fn every_truncation_is_refused() {
    for bytes in [FIRST, SECOND] {
        for length in 0..bytes.len() {
            let error = load(&bytes[..length]).unwrap_err();
            assert!(matches!(error, LoadError::WrongLength { found, .. } if found == length), "{length}");
        }
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    for bytes in [FIRST, SECOND] {
        for position in 0..8 * bytes.len() {
            let mut flipped = bytes.to_vec();
            flipped[position / 8] ^= 1 << (position % 8);
            assert!(load(&flipped).is_err(), "byte {}, bit {}", position / 8, position % 8);
            // nor do those fail that no checksum guards
            let _ = load(&signed(flipped));
        }
    }
}

#[test]
fn lengths_that_contradict_each_other_are_refused() {
    for field in [20, 24, 28] {
        for value in [0_u32, 1, 15, 16, 32, 1 << 16, u32::MAX - 15, u32::MAX] {
            let mut broken = FIRST.to_vec();
            if broken[field..field + 4] == value.to_le_bytes() {
                continue;
            }
            broken[field..field + 4].copy_from_slice(&value.to_le_bytes());
            let broken = signed(broken);
            let is_malformed = ModelFile::parse(&broken).map(|_| ()) == Err(LoadError::Malformed);
            assert!(is_malformed || field == 20, "{field} {value}");
            assert!(load(&broken).is_err(), "{field} {value}");
        }
    }
}

#[test]
fn a_name_that_does_something_is_refused() {
    let name = FIRST.windows(5).position(|bytes| bytes == b"small").unwrap();
    for bad in [b'\n', 0x1b, 0x07] {
        let mut broken = FIRST.to_vec();
        broken[name] = bad;
        assert_eq!(load(&signed(broken)), Err(LoadError::ControlCharacter), "{bad}");
    }
}
