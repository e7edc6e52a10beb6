//! What can be wrong with a model file, with a file of frames, or between the two.

#[cfg(feature = "std")]
pub(crate) mod data;
mod log;
#[cfg(feature = "std")]
pub(crate) mod packets;
#[cfg(feature = "std")]
mod work;

#[cfg(feature = "std")]
pub(crate) use data::DataError;
pub use log::LogError;
#[cfg(feature = "std")]
pub use packets::FileProblem;
#[cfg(feature = "std")]
pub use work::Error;
