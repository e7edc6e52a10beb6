//! Why a frame has no score.

use core::fmt;

/// Why a frame has no score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum FrameError {
    /// The frame has another length than the model's features.
    WrongLength {
        /// the model's features
        expected: usize,
        /// the frame's numbers
        found: usize,
    },
    /// A number of the frame is NaN or infinite.
    NonFinite {
        /// which one, counted from 0
        index: usize,
    },
    /// A number of the frame is impossible under the likelihood.
    OutOfSupport {
        /// which one, counted from 0
        index: usize,
    },
    /// Of a frame with gaps no number is there.
    NothingPresent,
    /// More numbers are missing than the caller has memory for.
    TooManyMissing {
        /// most that may be
        allowed: usize,
        /// how many are
        found: usize,
    },
    /// A bit set of missing numbers is for frames of another length.
    WrongMask {
        /// its words for the model's features
        expected: usize,
        /// the words that it has
        found: usize,
    },
    /// No sample was asked for.
    NoSamples,
    /// An ensemble has no such member, or none at all.
    NoMember,
    /// The scratch of a [`Bounded`](crate::Bounded) model is too short for what was asked, or in use.
    NoMemory {
        /// numbers that it needs
        needed: usize,
        /// numbers there are
        found: usize,
    },
    /// The model is a mixture, which has no latent.
    NoLatent,
    /// The model has no way back from a frame to its latent.
    NotRefinable,
    /// The network overflowed: its parameters are finite, but too large for this frame.
    Overflow,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FrameError::WrongLength { expected, found } => {
                write!(
                    f,
                    "the frame has {found} numbers, the model takes {expected}; pass frames of that length"
                )
            }
            FrameError::NonFinite { index } => {
                write!(
                    f,
                    "number {index} of the frame is NaN or infinite; drop the frame or repair the sensor"
                )
            }
            FrameError::OutOfSupport { index } => {
                write!(
                    f,
                    "number {index} of the frame is none that the model knows: it takes bits, counts, \
                     integers or the codes of a category; round or binarise the frame, or look the code up"
                )
            }
            FrameError::NothingPresent => {
                f.write_str("every number of the frame is missing; leave the frame out")
            }
            FrameError::TooManyMissing { allowed, found } => {
                write!(
                    f,
                    "{found} numbers of the frame are missing, and there is memory for {allowed}; give more, \
                     or leave the frame out"
                )
            }
            FrameError::WrongMask { expected, found } => {
                write!(
                    f,
                    "the set of missing numbers has {found} words, a frame of the model {expected}; give one \
                     bit for each number, 32 in a word"
                )
            }
            FrameError::NoSamples => f.write_str("a score needs at least one sample; ask for K ≥ 1"),
            FrameError::NoMember => {
                f.write_str("the ensemble has no such member; it needs one model or more, counted from 0")
            }
            FrameError::NoMemory { needed, found } => write!(
                f,
                "this takes {needed} numbers of scratch, and {found} are there; lend the model more, and ask \
                 it for nothing while it scores"
            ),
            FrameError::NoLatent => {
                f.write_str("the model is a mixture, which has no latent; ask for the frame's reconstruction")
            }
            FrameError::NotRefinable => f.write_str(
                "the posterior cannot be refined; that takes a latent gaussian:D with --prior normal, a \
                 likelihood bernoulli, gaussian or student-t, and weights f32 or int8",
            ),
            FrameError::Overflow => f.write_str(
                "the network overflowed on this frame; fit the model again with standardised data",
            ),
        }
    }
}

impl core::error::Error for FrameError {}
