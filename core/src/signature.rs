//! Signed model files: whose a model is, and how new. The layout is in `docs/model-format.md`, what a
//! signature protects from in `docs/signatures.md`.
//!
//! A checksum finds damage, and no forger. A signed file is a model file as it was with a trailer behind it:
//! a version, the signer's public key, and an Ed25519 signature of all before it. Who reads no signatures
//! finds the model where it always was ([`format::prefix`](crate::format::prefix)).

#[cfg(feature = "signature")]
mod open;

#[cfg(feature = "signature")]
pub use open::{SignatureError, SignedFile};

use crate::format::stated_len;

/// First bytes of a trailer.
pub const MAGIC: [u8; 8] = *b"\x89ELBSIG\n";
/// Bytes of a public key.
pub const KEY_LEN: usize = 32;
/// Bytes of a signature.
pub const SIGNATURE_LEN: usize = 64;
/// Bytes of the trailer that are signed with the file: magic, version and public key.
pub const HEAD_LEN: usize = 8 + 4 + KEY_LEN;
/// Bytes of the trailer.
pub const TRAILER_LEN: usize = HEAD_LEN + SIGNATURE_LEN;

/// What stands behind a signed file. Nothing in it is to be believed before the signature was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trailer<'a> {
    /// how new the file is: of two, the higher one is newer
    pub version: u32,
    /// the public key that the signature is said to be of
    pub key: &'a [u8; KEY_LEN],
    /// the signature
    pub signature: &'a [u8; SIGNATURE_LEN],
}

impl<'a> Trailer<'a> {
    /// The file that `memory` begins with, as long as its header says, and the trailer behind it; nothing
    /// where there is none. Only that length and the trailer's first bytes are looked at.
    pub fn behind(memory: &'a [u8]) -> Option<(&'a [u8], Self)> {
        let (file, rest) = memory.split_at_checked(stated_len(memory)?)?;
        let (magic, rest) = rest.split_first_chunk()?;
        let (version, rest) = rest.split_first_chunk()?;
        let (key, rest) = rest.split_first_chunk()?;
        let signature = rest.first_chunk()?;
        let version = u32::from_le_bytes(*version);
        (*magic == MAGIC).then_some((file, Trailer { version, key, signature }))
    }

    /// Likewise, of bytes that end with the trailer.
    pub fn at_end(bytes: &'a [u8]) -> Option<(&'a [u8], Self)> {
        Self::behind(bytes).filter(|(file, _)| file.len() + TRAILER_LEN == bytes.len())
    }
}

/// The bytes of a trailer that are signed with the file before them.
pub fn head(version: u32, key: &[u8; KEY_LEN]) -> [u8; HEAD_LEN] {
    let version = version.to_le_bytes();
    let mut head = [0; HEAD_LEN];
    let parts = MAGIC.iter().chain(&version).chain(key).copied();
    head.iter_mut().zip(parts).for_each(|(byte, part)| *byte = part);
    head
}
