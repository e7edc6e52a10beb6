//! Why bytes are no model.

use super::{FORMAT_VERSION, NUMERIC_PROFILE};
use core::fmt;

/// Why a model was refused.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum LoadError {
    /// The first eight bytes are not [`MAGIC`](super::MAGIC).
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
    /// The bytes do not begin at a multiple of [`ALIGNMENT`](super::ALIGNMENT) in memory.
    Misaligned,
    /// The lengths inside the file contradict each other, or what stands there is no distribution.
    Malformed,
    /// The file has a field that this build does not know and may not skip.
    UnknownField {
        /// the field's key
        key: u32,
    },
    /// A name or another text of the file holds a character that does something on a terminal.
    ControlCharacter,
    /// A parameter is NaN or infinite.
    NonFinite,
    /// A concentration, the dimension of a sphere or a sampling table is impossible.
    BadConcentration,
    /// The file holds no calibration, which a decision needs.
    NotCalibrated,
    /// The calibration was written by another version, or contradicts itself.
    BadCalibration,
    /// The calibration was made with other parameters than the file's.
    CalibrationOfOther,
    /// A verdict would take more samples than the caller allows.
    TooManySamples {
        /// what the calibration asks for
        found: u32,
        /// what is allowed
        allowed: u32,
    },
    /// The scratch that a [`Bounded`](crate::Bounded) model was given is too short for it.
    ScratchTooShort {
        /// numbers that it needs
        needed: usize,
        /// numbers there are
        found: usize,
    },
    /// The file holds an ensemble, which a [`Bounded`](crate::Bounded) model has no room for, or one of more
    /// members than a [`BoundedEnsemble`](crate::BoundedEnsemble) has.
    Ensemble {
        /// its members
        members: u32,
    },
    /// The file holds no plan of packets.
    NoPacketPlan,
    /// The plan of packets contradicts itself, or is of another model.
    BadPacketPlan,
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
                    "numeric profile {found}, but this build computes {NUMERIC_PROFILE}; \
                     export the model again"
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
                "the model has shape {found:08x}, the type has {expected:08x}; \
                 use the .rs file written beside the model"
            ),
            LoadError::Misaligned => {
                f.write_str("the model's bytes are not aligned; embed it with elbow::include_model!")
            }
            LoadError::Malformed => {
                f.write_str("the model's parts contradict each other; export the model again")
            }
            LoadError::UnknownField { key } => write!(
                f,
                "the model needs what this build does not know (field {key}); use the version that wrote it"
            ),
            LoadError::ControlCharacter => f.write_str(
                "a name in the model holds a control character; do not trust the file, or fit it again \
                 under another name",
            ),
            LoadError::BadConcentration => f.write_str(
                "the model's sphere has fewer than 2 dimensions, its concentration is not from 0 to 10,000, \
                 or its table is not a distribution; fit and export it again",
            ),
            LoadError::NotCalibrated => {
                f.write_str("the model has no alarm threshold; run elbow calibrate MODEL DATA")
            }
            LoadError::BadCalibration => f.write_str(
                "the model's calibration contradicts itself or is for another version's rule; \
                 run elbow calibrate MODEL DATA again, with this version",
            ),
            LoadError::CalibrationOfOther => f.write_str(
                "the model's calibration was made with other parameters; \
                 run elbow calibrate MODEL DATA again",
            ),
            LoadError::TooManySamples { found, allowed } => write!(
                f,
                "a verdict of the model takes {found} samples, and {allowed} are allowed; \
                 run elbow calibrate MODEL DATA with fewer --samples"
            ),
            LoadError::ScratchTooShort { needed, found } => {
                write!(f, "the model takes {needed} numbers of scratch, and {found} are there; lend it more")
            }
            LoadError::Ensemble { members } => write!(
                f,
                "the file holds an ensemble of {members}; load it by the type in the .rs file beside it, or \
                 fit without --ensemble"
            ),
            LoadError::NoPacketPlan => {
                f.write_str("the model has no plan of packets; run elbow calibrate MODEL DATA --packets")
            }
            LoadError::BadPacketPlan => f.write_str(
                "the model's plan of packets contradicts itself; run elbow calibrate MODEL DATA --packets \
                 again",
            ),
            LoadError::NonFinite => {
                f.write_str("the model holds a parameter that is NaN or infinite; fit and export it again")
            }
        }
    }
}

/// As it is displayed: what `unwrap` prints on a board should say what to do.
impl fmt::Debug for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for LoadError {}
