//! Signed files: what was signed opens, and nothing else does.

use elbow::format::ModelFile;
use elbow::signature::{HEAD_LEN, SIGNATURE_LEN, SignatureError, SignedFile, TRAILER_LEN, head};
use elbow_host::model::ModelBytes;
use elbow_tests::hostile::{FOREIGN, KEY, OLDEST, SIGNED, SMALL, signed};
use elbow_tests::models::generator;
use rand_core::Rng;

fn open(bytes: &[u8]) -> Result<u32, SignatureError> {
    SignedFile::open(bytes, &KEY.public().0, OLDEST).map(|file| file.version())
}

#[test]
fn what_was_signed_opens_wherever_it_lies() {
    let [three, four, other, _] = &*SIGNED;
    assert_eq!([three, four, other].map(|bytes| open(bytes)), [Ok(3), Ok(4), Ok(3)]);
    // a region of flash that is larger, erased or not
    for behind in [0xFF, 0x00, 0x89] {
        let region = [&three[..], &[behind; 5000]].concat();
        let file = SignedFile::open(&region, &KEY.public().0, OLDEST).unwrap();
        assert_eq!(file.bytes(), SMALL);
        assert!(ModelFile::parse_prefix(&region).is_ok(), "who reads no signatures finds the model too");
    }
    let bytes = ModelBytes::new(three);
    assert_eq!((bytes.as_bytes(), bytes.trailer().map(|t| t.version)), (SMALL, Some(3)));
    assert!(bytes.open().is_ok() && bytes.clone().trailer().is_some());
    assert!(ModelBytes::new(SMALL).trailer().is_none());
    // what stands behind a trailer is not passed over
    assert!(ModelBytes::new(&[three, &[0][..]].concat()).open().is_err());
}

#[test]
fn every_flipped_bit_is_refused() {
    let sound = &SIGNED[0];
    for bit in 0..8 * sound.len() {
        let mut flipped = sound.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let error = open(&flipped).expect_err("a bit was changed");
        assert!(!matches!(error, SignatureError::TooOld { .. } | SignatureError::BadKey), "{bit}: {error}");
    }
}

#[test]
fn every_shorter_file_is_unsigned() {
    let sound = &SIGNED[0];
    for len in 0..sound.len() {
        assert_eq!(open(&sound[..len]), Err(SignatureError::Unsigned), "{len}");
    }
    assert_eq!(open(&[0xFF; 4096]), Err(SignatureError::Unsigned), "erased flash");
    assert_eq!(open(SMALL), Err(SignatureError::Unsigned));
}

#[test]
fn each_refusal_says_why() {
    let [three, four, _, two] = &*SIGNED;
    assert_eq!(open(two), Err(SignatureError::TooOld { found: 2, oldest: 3 }));
    assert_eq!(open(&FOREIGN), Err(SignatureError::OtherKey));
    // the version of one, the signature of the other
    let mut mixed = three.clone();
    mixed[SMALL.len()..SMALL.len() + HEAD_LEN].copy_from_slice(&four[SMALL.len()..SMALL.len() + HEAD_LEN]);
    assert_eq!(open(&mixed), Err(SignatureError::Altered));
    // another's signature under the right name
    let mut named = FOREIGN.clone();
    named[SMALL.len()..SMALL.len() + HEAD_LEN].copy_from_slice(&head(4, &KEY.public().0));
    assert_eq!(open(&named), Err(SignatureError::Altered));
    for error in [SignatureError::Unsigned, SignatureError::OtherKey, SignatureError::BadKey] {
        assert!(format!("{error}").contains(';') && format!("{error}") == format!("{error:?}"));
    }
}

/// s + L, the order of the group: as good a signature where it is not asked to be reduced.
#[test]
fn a_signature_has_one_form() {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut other = SIGNED[0].clone();
    let at = other.len() - SIGNATURE_LEN / 2;
    let mut carry = 0;
    for (byte, add) in other[at..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    assert_eq!(carry, 0, "s + L has 32 bytes");
    assert_eq!(open(&other), Err(SignatureError::Altered));
}

/// Points whose order divides 8, in every form that stands for one: for such a key 0 signs anything. The list
/// is that of Chalkias, Garillot and Nikolaenko (2020), "Taming the many EdDSAs", table 1.
#[test]
fn keys_and_points_of_low_order_are_refused() {
    let of = |hex: &str| -> [u8; 32] {
        core::array::from_fn(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap())
    };
    let points = [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ]
    .map(of);
    for point in points {
        for r in points {
            let forged = [SMALL, &head(9, &point), &r, &[0; 32]].concat();
            let opened = SignedFile::open(&forged, &point, OLDEST);
            assert_eq!(opened, Err(SignatureError::BadKey), "{point:02x?} {r:02x?}");
        }
        let mut forged = SIGNED[0].clone();
        let at = forged.len() - SIGNATURE_LEN;
        forged[at..at + 32].copy_from_slice(&point);
        assert_eq!(open(&forged), Err(SignatureError::Altered), "{point:02x?}");
    }
}

/// Changes that forgers would try: bits, pieces of other signed files, versions, lengths.
fn forged(rng: &mut impl Rng) -> Vec<u8> {
    let mut below = |end: usize| rng.next_u32() as usize % end.max(1);
    let sources = [&SIGNED[0], &SIGNED[1], &SIGNED[2], &SIGNED[3], &*FOREIGN];
    let mut bytes = sources[below(5)].clone();
    for _ in 0..1 + below(3) {
        let (end, other) = (bytes.len(), sources[below(5)]);
        let trailer = end.saturating_sub(TRAILER_LEN);
        match below(8) {
            0 => bytes[below(end)] ^= 1 << below(8),
            1 => bytes[trailer + below(end - trailer)] = below(256) as u8,
            // the length that is stated
            2 if end > 20 => bytes[16 + below(3)] = below(256) as u8,
            3 if end > trailer + 12 => bytes[trailer + 8 + below(4)] = below(256) as u8,
            4 => bytes.truncate(end - below(end.min(200))),
            5 => bytes.extend_from_slice(&other[below(other.len())..]),
            // a trailer, or a part of one, of another
            6 => {
                let len = [SIGNATURE_LEN, 32, TRAILER_LEN, HEAD_LEN][below(4)].min(end);
                bytes[end - len..].copy_from_slice(&other[other.len() - len..]);
            }
            _ => {
                let (at, from) = (below(end), below(other.len()));
                let len = below(40).min(end - at).min(other.len() - from);
                bytes[at..at + len].copy_from_slice(&other[from..from + len]);
            }
        }
        if bytes.is_empty() {
            return bytes;
        }
    }
    bytes
}

fn attack(rounds: usize, seed: u64) {
    let mut rng = generator(seed);
    (0..rounds).for_each(|_| signed(&forged(&mut rng)));
}

#[test]
fn forged_files_are_refused() {
    attack(3_000, 1);
}

#[test]
#[ignore = "some minutes: a million"]
fn a_million_forged_files_are_refused() {
    attack(1_000_000, 2);
}

#[test]
fn the_firmwares_file_is_signed_by_the_key_of_tests() {
    let wind = include_bytes!("../../../firmware-example/model/wind.elbow");
    assert_eq!(elbow_firmware::signed::SIGNED, KEY.sign(wind, 3));
    assert_eq!(elbow_firmware::signed::TEST_KEY, KEY.public().0);
}
