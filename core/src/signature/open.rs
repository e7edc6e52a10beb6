//! What must hold before a signed file is read.

use core::fmt;

use super::{HEAD_LEN, KEY_LEN, Trailer};
use ed25519_compact::{Error, PublicKey, Signature};

/// A model file whose signature was verified.
///
/// ```
/// use elbow::signature::{SignatureError, SignedFile};
/// # static PARTITION: &[u8] = include_bytes!("../../examples/thermometer.elbow");
/// # static FLEET_KEY: [u8; 32] = [
/// #     0x19, 0x7f, 0x6b, 0x23, 0xe1, 0x6c, 0x85, 0x32, 0xc6, 0xab, 0xc8, 0x38, 0xfa, 0xcd, 0x5e, 0xa7,
/// #     0x89, 0xbe, 0x0c, 0x76, 0xb2, 0x92, 0x03, 0x34, 0x03, 0x9b, 0xfa, 0x8b, 0x3d, 0x36, 0x8d, 0x61,
/// # ];
/// // FLEET_KEY is in the .rs file that `elbow keygen fleet.key` wrote, OLDEST in flash or fuses
/// const OLDEST: u32 = 3;
/// let opened = SignedFile::open(PARTITION, &FLEET_KEY, OLDEST);
/// // this file was never signed; of one that was, `bytes` is what from_bytes and Bounded::new take
/// assert_eq!(opened.map(|file| file.bytes().len()), Err(SignatureError::Unsigned));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedFile<'a> {
    bytes: &'a [u8],
    version: u32,
}

impl<'a> SignedFile<'a> {
    /// Verifies the file that `memory` begins with, before anything of it is read but its length: it must
    /// bear this key's signature and no version below `oldest`. `memory` may be a region of flash that is
    /// larger than file and trailer.
    ///
    /// # Errors
    /// One [`SignatureError`] for each way in which it is not to be loaded.
    ///
    /// # Cost
    /// On a Cortex-M4F 1.64 million instructions and 151 a byte, 5.0 KB of stack and 24.4 KB of flash at
    /// level 3, 6.4 KB and 18.3 KB at `"s"` (`docs/benchmarks.md`).
    ///
    /// # Source
    /// Josefsson and Liusvaara (2017), RFC 8032, "Edwards-Curve Digital Signature Algorithm", §5.1.7; keys
    /// and points of low order and numbers that are not reduced are refused beyond it.
    pub fn open(memory: &'a [u8], key: &[u8; KEY_LEN], oldest: u32) -> Result<Self, SignatureError> {
        let (bytes, Trailer { version, key: of, signature }) =
            Trailer::behind(memory).ok_or(SignatureError::Unsigned)?;
        if of != key {
            return Err(SignatureError::OtherKey);
        }
        // never longer than memory: the trailer is there
        let message = memory.get(..bytes.len() + HEAD_LEN).ok_or(SignatureError::Unsigned)?;
        match PublicKey::new(*key).verify(message, &Signature::new(*signature)) {
            Ok(()) => {}
            Err(Error::WeakPublicKey | Error::InvalidPublicKey) => return Err(SignatureError::BadKey),
            Err(_) => return Err(SignatureError::Altered),
        }
        if version < oldest {
            return Err(SignatureError::TooOld { found: version, oldest });
        }
        Ok(SignedFile { bytes, version })
    }

    /// The model file, without its trailer.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Its version: what a device that runs it has to keep, so as to take no older one.
    pub fn version(&self) -> u32 {
        self.version
    }
}

/// Why a file is not to be loaded.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureError {
    /// No trailer stands where the file's header says that the file ends.
    Unsigned,
    /// The trailer names another key.
    OtherKey,
    /// The signature is not that of this file, version and key.
    Altered,
    /// The file is sound, and older than what is asked for.
    TooOld {
        /// its version
        found: u32,
        /// the lowest that is taken
        oldest: u32,
    },
    /// The caller's key is none: no point of the curve, or one of low order, for which anyone can sign.
    BadKey,
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SignatureError::Unsigned => {
                f.write_str("the model bears no signature, or is cut off; run elbow sign, and copy all of it")
            }
            SignatureError::OtherKey => {
                f.write_str("the model is signed by another key; ask whose it is, and do not load it")
            }
            SignatureError::Altered => f.write_str(
                "the model is not what was signed: bytes of it or of its signature were changed; copy it \
                 again",
            ),
            SignatureError::TooOld { found, oldest } => write!(
                f,
                "the model is signed as version {found}, and none below {oldest} is taken; sign it as a \
                 later one"
            ),
            SignatureError::BadKey => {
                f.write_str("the public key that was given is none; use the constant that elbow keygen wrote")
            }
        }
    }
}

/// As it is displayed: what `unwrap` prints on a board should say what to do.
impl fmt::Debug for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for SignatureError {}
