//! The model file: header, fields, checksum. Specified byte by byte in `docs/model-format.md`.
//!
//! Everything is verified once, when a model is loaded; afterwards no byte of it can make the engine fail.

pub mod fields;
mod load_error;
#[cfg(feature = "metadata")]
mod metadata;
mod sections;

pub use crate::checksum::checksum;
pub use load_error::LoadError;
#[cfg(feature = "metadata")]
pub use metadata::{Metadata, is_control};
pub(crate) use sections::is_scale;
#[cfg(test)]
pub(crate) use sections::taken;
pub use sections::{Integer, Load, Sections};

use crate::fingerprint::Fingerprint;

#[cfg(target_endian = "big")]
compile_error!("Elbow borrows little-endian weights in place: big-endian targets are not supported");

/// First bytes of a model file. The high bit and the line ending show a file mangled as text.
pub const MAGIC: [u8; 8] = *b"\x89ELBOW\r\n";
/// Version of the layout of the file. Versions 1 and 2, which have a table of offsets in place of fields, are
/// read too.
pub const FORMAT_VERSION: u16 = 3;
/// Version of the arithmetic: equal profiles give equal bits.
pub const NUMERIC_PROFILE: u16 = 1;
/// Sections begin at multiples of this many bytes.
pub const ALIGNMENT: usize = 16;
/// Bytes of the header that every version has.
pub const HEADER_LEN: usize = 32;
/// Where the header has the hash of the shape.
const SHAPE_AT: usize = 12;
/// Where the header has the length of the file.
const LENGTH_AT: usize = 16;
/// Where the header of versions 1 and 2 has the length of the metadata.
const METADATA_LEN: usize = 20;
/// Where the header of version 3 has the offset of the calibration, or 0.
const CALIBRATION_AT: usize = 20;
/// Where it has the offset of the plan of packets, or 0.
const PACKET_PLAN_AT: usize = HEADER_LEN;
/// Where the fields of version 3 begin.
pub const FIELDS_AT: usize = HEADER_LEN + 4;
/// First word of the calibration: what the part is, and the version of its layout and of the rule that it is
/// calibrated for.
pub const CALIBRATION: u32 = 4;
/// That of a calibration that does not say which parameters it is of.
pub const CALIBRATION_OF_ANY: u32 = 3;
/// That of a calibration for the rule without the spread of log weights. Its statistic was never larger, so
/// its threshold still bounds the rate.
pub const CALIBRATION_WITHOUT_SPREAD: u32 = 1;
/// First word of the plan of packets.
pub const PACKET_PLAN: u32 = 2;
/// Bytes of the checksum at the end.
pub const CHECKSUM_LEN: usize = 4;

/// A verified file.
#[derive(Clone, Copy, Debug)]
pub struct ModelFile<'a> {
    /// hash of the model's shape
    pub fingerprint: u32,
    version: u16,
    /// all but the checksum
    body: &'a [u8],
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
        let (header, _) = rest.split_first_chunk::<{ HEADER_LEN - 8 }>().ok_or(short)?;
        let [v0, v1, p0, p1, words @ ..] = *header;
        let (version, profile) = (u16::from_le_bytes([v0, v1]), u16::from_le_bytes([p0, p1]));
        if !(1..=FORMAT_VERSION).contains(&version) {
            return Err(LoadError::UnsupportedVersion { found: version });
        }
        if profile != NUMERIC_PROFILE {
            return Err(LoadError::UnsupportedNumericProfile { found: profile });
        }
        let mut words = words.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word));
        let mut word = || words.next().unwrap_or(0);
        let fingerprint = word();
        let [stated, _, offset, length] = [word(), word(), word(), word()].map(|n| n as usize);
        if stated != found {
            return Err(LoadError::WrongLength { stated, found });
        }
        let (body, stored) = bytes.split_last_chunk::<CHECKSUM_LEN>().ok_or(short)?;
        if checksum(body) != u32::from_le_bytes(*stored) {
            return Err(LoadError::BadChecksum);
        }
        // in every version they are the last of the file
        match body.get(offset..).filter(|rest| rest.len() == length) {
            Some(parameters) if offset >= HEADER_LEN && offset.is_multiple_of(ALIGNMENT) => {
                Ok(ModelFile { fingerprint, version, body, parameters })
            }
            _ => Err(LoadError::Malformed),
        }
    }

    /// As [`parse`](Self::parse), of the file that `memory` begins with: a region of flash, say, that is
    /// larger than the file. How long that is the file says, and nothing beyond `memory` is believed.
    ///
    /// # Errors
    /// As there.
    pub fn parse_prefix(memory: &'a [u8]) -> Result<Self, LoadError> {
        Self::parse(prefix(memory))
    }

    /// The parameters, to be taken section by section.
    pub fn sections(&self) -> Sections<'a> {
        Sections::new(self.parameters)
    }

    /// The parameters' bytes.
    pub fn parameters(&self) -> &'a [u8] {
        self.parameters
    }

    /// The calibration, to be taken section by section; nothing where there is none. What stands behind it is
    /// not it.
    pub fn calibration(&self) -> Sections<'a> {
        if self.version < 3 { self.extras() } else { self.extra(CALIBRATION_AT) }
    }

    /// The plan of packets, to be taken section by section; nothing where there is none. Before version 3 the
    /// calibration, if any, stands before it.
    pub fn packet_plan(&self) -> Sections<'a> {
        if self.version < 3 { self.extras() } else { self.extra(PACKET_PLAN_AT) }
    }

    /// Of version 3: what begins where the header's word at this place says.
    fn extra(&self, word: usize) -> Sections<'a> {
        match self.word(word) {
            0 => Sections::new(&[]),
            offset => Sections::new(self.body.get(offset..).unwrap_or_default()),
        }
    }

    /// Of versions 1 and 2: what stands between metadata and parameters.
    fn extras(&self) -> Sections<'a> {
        let front = self.front();
        Sections::new(front.get(self.word(METADATA_LEN).next_multiple_of(ALIGNMENT)..).unwrap_or_default())
    }

    /// Between header and parameters.
    fn front(&self) -> &'a [u8] {
        self.body.get(HEADER_LEN..self.body.len() - self.parameters.len()).unwrap_or_default()
    }

    /// A word of the header.
    fn word(&self, at: usize) -> usize {
        let word = self.body.get(at..).and_then(|rest| rest.first_chunk());
        word.map_or(0, |word| u32::from_le_bytes(*word) as usize)
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

/// The bytes of the file that `memory` begins with; all of it where no file that fits is stated there, which
/// [`ModelFile::parse`] then refuses.
pub fn prefix(memory: &[u8]) -> &[u8] {
    stated_len(memory).and_then(|len| memory.get(..len)).unwrap_or(memory)
}

/// The length that the header states, where there are enough bytes for it to state one.
pub(crate) fn stated_len(memory: &[u8]) -> Option<usize> {
    let word = memory.get(LENGTH_AT..).and_then(|rest| rest.first_chunk());
    word.map(|word| u32::from_le_bytes(*word) as usize)
}

/// Whether the header states this hash of a shape: for a check while a program is compiled. Nothing else of
/// the file is looked at.
pub const fn is_of_shape(file: &[u8], fingerprint: u32) -> bool {
    match file.split_at_checked(SHAPE_AT) {
        Some((_, rest)) => match rest.first_chunk() {
            Some(word) => u32::from_le_bytes(*word) == fingerprint,
            None => false,
        },
        None => false,
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
///
/// With the type that is to read it, a file of another shape is refused by the compiler:
///
/// ```compile_fail,E0080
/// type Other<'a> = elbow::Ensemble<elbow::Vae<(elbow::Standardize<'a, 1>, elbow::PassThrough<1>,
///     elbow::GaussianHead<elbow::Dense<'a, 1, 1>, elbow::Dense<'a, 1, 1>>, elbow::PassThrough<1>,
///     elbow::Gaussian<'a, elbow::Dense<'a, 1, 1>>)>, 2>;
/// static MODEL: &[u8] = elbow::include_model!("../examples/thermometer.elbow", Other);
/// ```
#[macro_export]
macro_rules! include_model {
    ($path:expr, $model:ty $(,)?) => {{
        const ALIGNED: &$crate::format::Aligned<[u8]> = &$crate::format::Aligned(*include_bytes!($path));
        const {
            assert!(
                $crate::format::is_of_shape(
                    &ALIGNED.0,
                    <$model as $crate::fingerprint::Fingerprint>::FINGERPRINT
                ),
                "the model file has another shape than the type: use the .rs file written beside it"
            )
        }
        &ALIGNED.0
    }};
    ($path:expr $(,)?) => {{
        const ALIGNED: &$crate::format::Aligned<[u8]> = &$crate::format::Aligned(*include_bytes!($path));
        &ALIGNED.0
    }};
}
