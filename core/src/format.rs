//! The model file: header, metadata, parameters, checksum. Specified byte by byte in `docs/model-format.md`.
//!
//! Everything is verified once, when a model is loaded; afterwards no byte of it can make the engine fail.

use crate::architecture::Architecture;
pub use crate::checksum::checksum;
use crate::kernel::TILE;
use crate::math;
use core::fmt;
use serde::{Deserialize, Serialize};

#[cfg(target_endian = "big")]
compile_error!("Elbow borrows little-endian weights in place: big-endian targets are not supported");

/// First bytes of a model file. The high bit and the line ending show a file mangled as text.
pub const MAGIC: [u8; 8] = *b"\x89ELBOW\r\n";
/// Version of the layout of the file: 1 where the weights are floats, 2 where the metadata says what they are.
pub const FORMAT_VERSION: u16 = 2;
/// Version of the arithmetic: equal profiles give equal bits.
pub const NUMERIC_PROFILE: u16 = 1;
/// Sections begin at multiples of this many bytes.
pub const ALIGNMENT: usize = 16;
/// Bytes before the metadata.
pub const HEADER_LEN: usize = 32;
/// Bytes of the checksum at the end.
pub const CHECKSUM_LEN: usize = 4;

/// Why a model was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadError {
    /// The first eight bytes are not [`MAGIC`].
    NotAModel,
    /// Written in another version of the format.
    UnsupportedVersion {
        /// the version in the file
        found: u16,
    },
    /// Written for other arithmetic: this build would give other scores.
    UnsupportedNumericProfile {
        /// the profile in the file
        found: u16,
    },
    /// The file is not as long as its header says.
    WrongLength {
        /// the length that the header states, or that a header needs
        stated: usize,
        /// the bytes there are
        found: usize,
    },
    /// A byte was changed.
    BadChecksum,
    /// The file holds a model of another shape than the type that loads it.
    WrongShape {
        /// fingerprint of the type
        expected: u32,
        /// fingerprint in the file
        found: u32,
    },
    /// The bytes do not begin at a multiple of [`ALIGNMENT`] in memory.
    Misaligned,
    /// The lengths inside the file contradict each other.
    Malformed,
    /// A parameter is NaN or infinite.
    NonFinite,
    /// A concentration, the dimension of a sphere or a sampling table is impossible.
    BadConcentration,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::NotAModel => {
                f.write_str("not an Elbow model: the first bytes are wrong; pass a .elbow file")
            }
            LoadError::UnsupportedVersion { found } => {
                write!(
                    f,
                    "model format {found}, but this build reads 1 to {FORMAT_VERSION}; export the model again"
                )
            }
            LoadError::UnsupportedNumericProfile { found } => {
                write!(
                    f,
                    "numeric profile {found}, but this build computes {NUMERIC_PROFILE}; export the model again"
                )
            }
            LoadError::WrongLength { stated, found } => {
                write!(f, "the model has {found} bytes where {stated} are stated; copy the file again")
            }
            LoadError::BadChecksum => {
                f.write_str("the model is damaged: its checksum is wrong; copy the file again")
            }
            LoadError::WrongShape { expected, found } => write!(
                f,
                "the model has shape {found:08x}, the type has {expected:08x}; use the .rs file written beside the model"
            ),
            LoadError::Misaligned => {
                f.write_str("the model's bytes are not aligned; embed it with elbow::include_model!")
            }
            LoadError::Malformed => {
                f.write_str("the model's lengths contradict each other; export the model again")
            }
            LoadError::BadConcentration => f.write_str(
                "the model's sphere has fewer than 2 dimensions, its concentration is not from 0 to 10,000, or its table is not a distribution; fit and export it again",
            ),
            LoadError::NonFinite => {
                f.write_str("the model holds a parameter that is NaN or infinite; fit and export it again")
            }
        }
    }
}

impl core::error::Error for LoadError {}

/// What a file says of itself beside its parameters. The device does not need it; tools do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metadata<'a> {
    /// the model's name
    pub name: &'a str,
    /// its shape
    pub architecture: Architecture,
    /// names of the columns of a row, separated by newlines; a frame is `window` rows
    pub columns: &'a str,
    /// rows joined to one frame
    pub window: u32,
    /// rows from one frame to the next
    pub hop: u32,
    /// the objective it was fitted to, as on the command line
    pub objective: &'a str,
    /// rows it was fitted on
    pub rows: u64,
    /// seed of everything random in the fit
    pub seed: u64,
    /// nats per row on the rows held out while fitting, with the weights as fitted: rounding them leaves it as it was
    pub valid_nats: f32,
    /// version of the program that wrote the file
    pub version: &'a str,
}

/// A verified file, cut into its parts.
#[derive(Clone, Copy, Debug)]
pub struct ModelFile<'a> {
    /// hash of the model's shape
    pub fingerprint: u32,
    version: u16,
    metadata: &'a [u8],
    parameters: &'a [u8],
}

impl<'a> ModelFile<'a> {
    /// Verifies magic, versions, lengths and checksum.
    ///
    /// # Errors
    /// One [`LoadError`] for each way in which the bytes are not a model file.
    ///
    /// # Cost
    /// one pass over the bytes for the checksum.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, LoadError> {
        let found = bytes.len();
        let short = LoadError::WrongLength { stated: HEADER_LEN + CHECKSUM_LEN, found };
        let (magic, rest) = bytes.split_first_chunk::<8>().ok_or(short)?;
        if *magic != MAGIC {
            return Err(LoadError::NotAModel);
        }
        let (fields, _) = rest.split_first_chunk::<{ HEADER_LEN - 8 }>().ok_or(short)?;
        let [v0, v1, p0, p1, fields @ ..] = *fields;
        let (version, profile) = (u16::from_le_bytes([v0, v1]), u16::from_le_bytes([p0, p1]));
        if !(1..=FORMAT_VERSION).contains(&version) {
            return Err(LoadError::UnsupportedVersion { found: version });
        }
        if profile != NUMERIC_PROFILE {
            return Err(LoadError::UnsupportedNumericProfile { found: profile });
        }
        let mut words = fields.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word));
        let mut word = || words.next().unwrap_or(0);
        let fingerprint = word();
        let [stated, metadata, offset, length] = [word(), word(), word(), word()].map(|n| n as usize);
        if stated != found {
            return Err(LoadError::WrongLength { stated, found });
        }
        let (body, stored) = bytes.split_last_chunk::<CHECKSUM_LEN>().ok_or(short)?;
        if checksum(body) != u32::from_le_bytes(*stored) {
            return Err(LoadError::BadChecksum);
        }
        let metadata = body.get(HEADER_LEN..).and_then(|rest| rest.get(..metadata));
        let parameters = body.get(offset..).filter(|rest| rest.len() == length);
        match (metadata, parameters) {
            (Some(metadata), Some(parameters)) if offset.is_multiple_of(ALIGNMENT) => {
                Ok(ModelFile { fingerprint, version, metadata, parameters })
            }
            _ => Err(LoadError::Malformed),
        }
    }

    /// The metadata, decoded.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] where the bytes are not what this version writes.
    pub fn metadata(&self) -> Result<Metadata<'a>, LoadError> {
        let decode = || {
            let (mut metadata, rest) = postcard::take_from_bytes::<Metadata<'_>>(self.metadata)?;
            if self.version > 1 {
                metadata.architecture.weights = postcard::from_bytes(rest)?;
            }
            Ok(metadata)
        };
        decode().map_err(|_: postcard::Error| LoadError::Malformed)
    }

    /// The parameters, to be taken section by section.
    pub fn sections(&self) -> Sections<'a> {
        Sections { rest: self.parameters }
    }

    /// Bytes of parameters.
    pub fn parameter_bytes(&self) -> usize {
        self.parameters.len()
    }
}

/// The parameters of a model file in the order of the model's parts.
#[derive(Clone, Debug)]
pub struct Sections<'a> {
    rest: &'a [u8],
}

impl<'a> Sections<'a> {
    /// The next section, of `n` numbers that must be finite, borrowed in place.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] past the end, [`LoadError::Misaligned`], [`LoadError::NonFinite`].
    #[cfg_attr(target_os = "none", inline(never))]
    pub fn floats(&mut self, n: usize) -> Result<&'a [f32], LoadError> {
        let floats: &[f32] = self.numbers(n)?;
        if floats.iter().all(|value| math::is_finite(*value)) {
            Ok(floats)
        } else {
            Err(LoadError::NonFinite)
        }
    }

    /// The next section, of `n` integers, borrowed in place.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] past the end, [`LoadError::Misaligned`].
    pub fn integers<T: Integer>(&mut self, n: usize) -> Result<&'a [T], LoadError> {
        self.numbers(n)
    }

    fn numbers<T: bytemuck::AnyBitPattern>(&mut self, n: usize) -> Result<&'a [T], LoadError> {
        let bytes = n.checked_mul(size_of::<T>()).ok_or(LoadError::Malformed)?;
        let section = self.rest.get(..bytes).ok_or(LoadError::Malformed)?;
        self.rest = self.rest.get(bytes.next_multiple_of(ALIGNMENT)..).ok_or(LoadError::Malformed)?;
        bytemuck::try_cast_slice(section).map_err(|_| LoadError::Misaligned)
    }

    /// The next section, of `n` tile rows of eight numbers.
    ///
    /// # Errors
    /// As [`Sections::floats`].
    pub fn tiles(&mut self, n: usize) -> Result<&'a [[f32; TILE]], LoadError> {
        Ok(self.floats(n.checked_mul(TILE).ok_or(LoadError::Malformed)?)?.as_chunks().0)
    }

    /// The next section, of `n` tile rows of eight integers.
    ///
    /// # Errors
    /// As [`Sections::integers`].
    pub fn integer_tiles<T: Integer>(&mut self, n: usize) -> Result<&'a [[T; TILE]], LoadError> {
        Ok(self.integers(n.checked_mul(TILE).ok_or(LoadError::Malformed)?)?.as_chunks().0)
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] where sections are left over.
    pub fn finish(self) -> Result<(), LoadError> {
        if self.rest.is_empty() { Ok(()) } else { Err(LoadError::Malformed) }
    }
}

/// An integer that a section may hold: every pattern of bits is one.
pub trait Integer: bytemuck::AnyBitPattern {}

impl Integer for i8 {}
impl Integer for u16 {}
impl Integer for i32 {}

/// A part of a model that takes its parameters from a file.
pub trait Load<'a>: Sized {
    /// Takes the part's sections, in the order that `docs/model-format.md` gives.
    ///
    /// # Errors
    /// As [`Sections::floats`].
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError>;
}

/// Bytes placed at a multiple of [`ALIGNMENT`]; made by [`include_model!`](crate::include_model).
#[derive(Debug)]
#[repr(C, align(16))]
pub struct Aligned<B: ?Sized>(pub B);

/// Embeds a model file in the program, aligned so that its weights can be used in place.
///
/// ```
/// static MODEL: &[u8] = elbow::include_model!("../examples/thermometer.elbow");
/// assert!(elbow::format::ModelFile::parse(MODEL).is_ok());
/// ```
#[macro_export]
macro_rules! include_model {
    ($path:expr $(,)?) => {{
        const ALIGNED: &$crate::format::Aligned<[u8]> = &$crate::format::Aligned(*include_bytes!($path));
        &ALIGNED.0
    }};
}
