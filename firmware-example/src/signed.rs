//! A signed model: what opens it, what does not, and what that costs.
//!
//! `model/wind_signed.elbow` is `model/wind.elbow`, signed as version 3 by the secret key whose seed is 32
//! times 42: a key for tests, which everyone knows. A test signs it again.

use crate::Failure;
use crate::bench::line;
use core::fmt::Write;
use core::hint::black_box;
use elbow::SignedFile;
use elbow::format::ModelFile;
use elbow::signature::{SignatureError, TRAILER_LEN};

/// The public key.
pub const TEST_KEY: [u8; 32] = [
    0x19, 0x7f, 0x6b, 0x23, 0xe1, 0x6c, 0x85, 0x32, 0xc6, 0xab, 0xc8, 0x38, 0xfa, 0xcd, 0x5e, 0xa7, //
    0x89, 0xbe, 0x0c, 0x76, 0xb2, 0x92, 0x03, 0x34, 0x03, 0x9b, 0xfa, 0x8b, 0x3d, 0x36, 0x8d, 0x61,
];

/// The signed model.
pub static SIGNED: &[u8] = elbow::include_model!("../model/wind_signed.elbow");

/// A model that is not signed.
static LARGER: &[u8] = include_bytes!("../model/counts.elbow");

/// Opens the signed model where versions from `oldest` on are taken.
///
/// # Errors
/// It is not to be loaded.
pub fn open(oldest: u32) -> Result<SignedFile<'static>, SignatureError> {
    SignedFile::open(black_box(SIGNED), &TEST_KEY, oldest)
}

/// Writes what is said of the model, and of it changed, cut off, too old and by another key.
///
/// # Errors
/// The model is refused, or `out` fails.
pub fn refusals(out: &mut impl Write) -> Result<(), Failure> {
    let mut told = |opened: Result<SignedFile<'_>, SignatureError>| match opened {
        Ok(file) => writeln!(
            out,
            "version {}, {} bytes",
            file.version(),
            ModelFile::parse(file.bytes())?.parameters().len()
        )
        .map_err(Failure::from),
        Err(error) => Ok(writeln!(out, "{error}")?),
    };
    told(open(3))?;
    told(open(4))?;
    let mut changed = [0xFF; 4096];
    for at in [0, 20, SIGNED.len() / 2, SIGNED.len() - TRAILER_LEN + 8, SIGNED.len() - 1] {
        changed.iter_mut().zip(SIGNED).for_each(|(byte, sound)| *byte = *sound);
        told(SignedFile::open(&changed, &TEST_KEY, 3))?;
        if let Some(byte) = changed.get_mut(at) {
            *byte ^= 1;
        }
        told(SignedFile::open(&changed, &TEST_KEY, 3))?;
    }
    told(SignedFile::open(SIGNED.get(1..).unwrap_or_default(), &TEST_KEY, 3))?;
    let other = TEST_KEY.map(|byte| byte ^ 1);
    told(SignedFile::open(SIGNED, &other, 3))?;
    told(SignedFile::open(SIGNED, &[0; 32], 3))
}

/// Counts the verification of the model, and of a larger one behind which its trailer stands: that takes as
/// long, and is refused.
///
/// # Errors
/// `out` fails.
pub fn cost(out: &mut impl Write) -> Result<(), Failure> {
    const ROOM: usize = 20_000;
    let mut larger = [0_u8; ROOM];
    let trailer = SIGNED.iter().skip(SIGNED.len() - TRAILER_LEN);
    larger.iter_mut().zip(LARGER.iter().chain(trailer)).for_each(|(byte, from)| *byte = *from);
    let bits = |opened: &Result<SignedFile<'_>, SignatureError>| u32::from(opened.is_ok());
    line(out, "nothing", || (), |()| 0)?;
    line(out, "verify", || open(3), bits)?;
    line(out, "verify-larger", || SignedFile::open(black_box(&larger), &TEST_KEY, 3), bits)?;
    Ok(writeln!(out, "bytes {} {}", SIGNED.len(), LARGER.len() + TRAILER_LEN)?)
}
