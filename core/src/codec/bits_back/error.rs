//! What can be wrong with a log, or with what is to be put on it.

use super::choice::MAX_SAMPLES;
use super::layout::LOG_VERSION;
use crate::codec::rans::StreamError;
use crate::features::FrameError;
use crate::format::NUMERIC_PROFILE;
use core::fmt;

/// Why a frame was not coded, or a log not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum BitsBackError {
    /// K is not from 1 to [`MAX_SAMPLES`], or not that of the log.
    WrongSamples,
    /// The log's posteriors were refined in another number of steps.
    WrongSteps {
        /// the steps in the log
        found: u8,
    },
    /// A number of a frame has a density under the model, and no probabilities.
    Continuous {
        /// which one, counted from 0
        index: usize,
    },
    /// The model cannot take the frame.
    Frame(FrameError),
    /// The stack has no room, or is no log of this model.
    Stream(StreamError),
    /// The caller's buffer is too small.
    BufferTooSmall {
        /// its smallest length, in bytes
        needed: usize,
    },
    /// The bytes do not begin or end as a log does.
    NotALog,
    /// Written in another version of the format.
    UnsupportedVersion {
        /// the version in the log
        found: u8,
    },
    /// A byte was changed.
    Damaged,
    /// Made with another model.
    WrongModel {
        /// the receiver's
        expected: u32,
        /// the log's
        found: u32,
    },
    /// Made with other arithmetic.
    UnsupportedNumericProfile {
        /// the profile in the log
        found: u8,
    },
    /// What comes out is no frame of the model, or not nothing is left after the last one: the two ends have
    /// other models or compute other bits.
    Mismatch,
}

impl fmt::Display for BitsBackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BitsBackError::WrongSamples => {
                return write!(
                    f,
                    "K is not from 1 to {MAX_SAMPLES}, or not the log's; take it from the log's header"
                );
            }
            BitsBackError::WrongSteps { found } => {
                return write!(
                    f,
                    "the log's posteriors were refined in {found} steps; read it with BitsBack::refining and \
                     as many"
                );
            }
            BitsBackError::Continuous { index } => {
                return write!(
                    f,
                    "number {index} of a frame has a density and no probabilities; \
                     fit a model of the categories alone"
                );
            }
            BitsBackError::Frame(error) => return error.fmt(f),
            BitsBackError::Stream(error) => return error.fmt(f),
            BitsBackError::BufferTooSmall { needed } => {
                return write!(f, "the buffer is too small; give it {needed} bytes or more");
            }
            BitsBackError::NotALog => "the bytes are not a log; pass all that was written",
            BitsBackError::UnsupportedVersion { found } => {
                return write!(
                    f,
                    "log format {found}, but this build reads {LOG_VERSION}; update the older end"
                );
            }
            BitsBackError::Damaged => "the log was damaged: its checksum is wrong; copy it again",
            BitsBackError::WrongModel { expected, found } => {
                return write!(
                    f,
                    "the log is of model {found:08x}, here is {expected:08x}; \
                     choose the model by the log's header"
                );
            }
            BitsBackError::UnsupportedNumericProfile { found } => {
                return write!(
                    f,
                    "numeric profile {found}, but this build computes {NUMERIC_PROFILE}; update the older end"
                );
            }
            BitsBackError::Mismatch => {
                "the log does not end where its frames do, or one of them is none of the model's; \
                 give both ends the same model and run elbow::self_test"
            }
        })
    }
}

impl core::error::Error for BitsBackError {}

impl From<FrameError> for BitsBackError {
    fn from(error: FrameError) -> Self {
        BitsBackError::Frame(error)
    }
}

impl From<StreamError> for BitsBackError {
    fn from(error: StreamError) -> Self {
        BitsBackError::Stream(error)
    }
}
