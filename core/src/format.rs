//! The model file: header, metadata, parameters, checksum. Specified byte by byte in `docs/model-format.md`.
//!
//! Everything is verified once, when a model is loaded; afterwards no byte of it can make the engine fail.

mod load_error;
mod sections;

pub use crate::checksum::checksum;
pub use load_error::LoadError;
#[cfg(test)]
pub(crate) use sections::taken;
pub use sections::{Integer, Load, Sections};

use crate::architecture::Architecture;
use crate::fingerprint::Fingerprint;
use serde::{Deserialize, Serialize};

#[cfg(target_endian = "big")]
compile_error!("Elbow borrows little-endian weights in place: big-endian targets are not supported");

/// First bytes of a model file. The high bit and the line ending show a file mangled as text.
pub const MAGIC: [u8; 8] = *b"\x89ELBOW\r\n";
/// Version of the layout of the file: 1 where the weights are floats, 2 where the metadata says what they
/// are, and how many members.
pub const FORMAT_VERSION: u16 = 2;
/// Version of the arithmetic: equal profiles give equal bits.
pub const NUMERIC_PROFILE: u16 = 1;
/// Sections begin at multiples of this many bytes.
pub const ALIGNMENT: usize = 16;
/// Bytes before the metadata.
pub const HEADER_LEN: usize = 32;
/// First word of the calibration: what the part is, and the version of its layout and of the rule that it is
/// calibrated for.
pub const CALIBRATION: u32 = 3;
/// That of a calibration for the rule without the spread of log weights. Its statistic was never larger, so
/// its threshold still bounds the rate.
pub const CALIBRATION_WITHOUT_SPREAD: u32 = 1;
/// First word of the plan of packets.
pub const PACKET_PLAN: u32 = 2;
/// Bytes of the checksum at the end.
pub const CHECKSUM_LEN: usize = 4;

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
    /// nats per row on the rows held out while fitting, with the weights as fitted: rounding them leaves it
    /// as it was
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
    /// metadata, zeros to a multiple of [`ALIGNMENT`], then the extras, if any
    front: &'a [u8],
    metadata_len: usize,
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
        let [stated, metadata_len, offset, length] = [word(), word(), word(), word()].map(|n| n as usize);
        if stated != found {
            return Err(LoadError::WrongLength { stated, found });
        }
        let (body, stored) = bytes.split_last_chunk::<CHECKSUM_LEN>().ok_or(short)?;
        if checksum(body) != u32::from_le_bytes(*stored) {
            return Err(LoadError::BadChecksum);
        }
        let front = body.get(HEADER_LEN..offset).filter(|front| metadata_len <= front.len());
        let parameters = body.get(offset..).filter(|rest| rest.len() == length);
        match (front, parameters) {
            (Some(front), Some(parameters)) if offset.is_multiple_of(ALIGNMENT) => {
                Ok(ModelFile { fingerprint, version, front, metadata_len, parameters })
            }
            _ => Err(LoadError::Malformed),
        }
    }

    /// The metadata, decoded.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] where the bytes are not what this version writes.
    pub fn metadata(&self) -> Result<Metadata<'a>, LoadError> {
        self.described().map(|(metadata, _)| metadata)
    }

    /// How many models of the metadata's shape the file holds: more than one where it is an
    /// [`Ensemble`](crate::Ensemble).
    ///
    /// # Errors
    /// As [`metadata`](Self::metadata).
    pub fn members(&self) -> Result<u32, LoadError> {
        self.described().map(|(_, members)| members)
    }

    fn described(&self) -> Result<(Metadata<'a>, u32), LoadError> {
        let decode = || {
            let bytes = self.front.get(..self.metadata_len).unwrap_or_default();
            let (mut metadata, rest) = postcard::take_from_bytes::<Metadata<'_>>(bytes)?;
            if self.version == 1 {
                return Ok((metadata, 1));
            }
            let (weights, rest) = postcard::take_from_bytes(rest)?;
            metadata.architecture.weights = weights;
            Ok((metadata, if rest.is_empty() { 1 } else { postcard::from_bytes(rest)? }))
        };
        decode().map_err(|_: postcard::Error| LoadError::Malformed)
    }

    /// The parameters, to be taken section by section.
    pub fn sections(&self) -> Sections<'a> {
        Sections::new(self.parameters)
    }

    /// The parameters' bytes.
    pub fn parameters(&self) -> &'a [u8] {
        self.parameters
    }

    /// What a score does not need, to be taken section by section: the calibration, then the plan of packets.
    /// Nothing in a file that has neither.
    pub fn extras(&self) -> Sections<'a> {
        Sections::new(self.front.get(self.metadata_len.next_multiple_of(ALIGNMENT)..).unwrap_or_default())
    }

    /// The model itself, which must have the shape of the type.
    ///
    /// # Errors
    /// [`LoadError::WrongShape`], and what its parts find wrong with their parameters.
    #[inline]
    pub fn model<M: Load<'a> + Fingerprint>(&self) -> Result<M, LoadError> {
        if self.fingerprint != M::FINGERPRINT {
            return Err(LoadError::WrongShape { expected: M::FINGERPRINT, found: self.fingerprint });
        }
        let mut sections = self.sections();
        let model = M::load(&mut sections)?;
        sections.finish()?;
        Ok(model)
    }
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
