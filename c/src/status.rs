//! What a function says of its work.

use core::ffi::CStr;
use elbow::{FrameError, LoadError};

/// Defines the numbers, which `elbow.h` has too, and a text for each.
macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $text:literal;)*) => {
        /// `elbow_status`: 0, or why nothing was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(i32)]
        #[allow(missing_docs, reason = "each has a text that says what it is")]
        pub enum Status {
            $($(#[$doc])* $name = $number,)*
        }

        impl Status {
            /// The text of a number, of which C may pass any.
            pub fn text(number: i32) -> &'static CStr {
                match number {
                    $($number => $text,)*
                    _ => c"no status of this library",
                }
            }
        }
    };
}

statuses! {
    Ok = 0, c"no error";
    Null = 1, c"a pointer is null; pass the address of what is asked for";
    ArenaMisaligned = 2, c"the arena is not aligned; declare it as an array of uint64_t";
    ArenaTooShort = 3, c"the arena is too short; ask elbow_arena_size";
    NotAModel = 4, c"not an Elbow model: the first bytes are wrong; pass a .elbow file";
    OtherVersion = 5, c"the model is of another version of the format or of the arithmetic; export it again";
    WrongLength = 6, c"the model has another length than it states; copy the file again";
    Damaged = 7, c"the model is damaged: its checksum is wrong; copy the file again";
    Misaligned = 8, c"the model's bytes are not aligned; place them at a multiple of 16";
    Malformed = 9, c"the model's parts contradict each other; export the model again";
    Ensemble = 10, c"the file holds an ensemble, which this library does not read; fit without --ensemble";
    NotCalibrated = 11, c"the model has no alarm threshold; run elbow calibrate MODEL DATA";
    BadCalibration = 12, c"the calibration is not the model's, or asks too much; run elbow calibrate again";
    WrongFrame = 13, c"the frame, row or array has another length than the model's";
    NonFinite = 14, c"a number of the frame is NaN or infinite; drop the frame or repair the sensor";
    OutOfSupport = 15, c"a number of the frame is none that the model knows; round it, or look the code up";
    NoSamples = 16, c"a score needs at least one sample";
    Overflow = 17, c"the network overflowed on this frame; fit the model again with standardised data";
    NotAsked = 18, c"the arena has no room for this: name the use in elbow_arena_size and elbow_open";
    Overlap = 19, c"two arrays share memory, which is read and written at once; give each its own";
    Unsigned = 20, c"the model bears no signature, or is cut off; run elbow sign, and copy all of it";
    OtherKey = 21, c"the model is signed by another key; ask whose it is, and do not open it";
    Altered = 22, c"the model is not what was signed: bytes of it were changed; copy it again";
    TooOld = 23, c"the model is sound, and older than is taken; sign it as a later version";
    BadKey = 24, c"the public key is none; use the array that elbow keygen wrote";
    NoLatent = 25, c"the model is a mixture, which has no latent; fit a network";
}

impl From<LoadError> for Status {
    fn from(error: LoadError) -> Status {
        match error {
            LoadError::NotAModel => Status::NotAModel,
            LoadError::UnsupportedVersion { .. }
            | LoadError::UnsupportedNumericProfile { .. }
            | LoadError::UnknownField { .. } => Status::OtherVersion,
            LoadError::WrongLength { .. } => Status::WrongLength,
            LoadError::BadChecksum => Status::Damaged,
            LoadError::Misaligned => Status::Misaligned,
            LoadError::ScratchTooShort { .. } => Status::ArenaTooShort,
            LoadError::Ensemble { .. } => Status::Ensemble,
            LoadError::NotCalibrated => Status::NotCalibrated,
            LoadError::BadCalibration | LoadError::CalibrationOfOther | LoadError::TooManySamples { .. } => {
                Status::BadCalibration
            }
            _ => Status::Malformed,
        }
    }
}

impl From<FrameError> for Status {
    fn from(error: FrameError) -> Status {
        match error {
            FrameError::WrongLength { .. } => Status::WrongFrame,
            FrameError::NonFinite { .. } => Status::NonFinite,
            FrameError::OutOfSupport { .. } => Status::OutOfSupport,
            FrameError::NoSamples => Status::NoSamples,
            FrameError::NoLatent => Status::NoLatent,
            FrameError::NoMemory { .. } => Status::NotAsked,
            _ => Status::Overflow,
        }
    }
}
