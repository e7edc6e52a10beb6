//! What can be wrong with a model file, with a file of frames, or between the two.

mod log;
#[cfg(feature = "std")]
pub(crate) mod packets;
#[cfg(feature = "std")]
mod work;

pub use log::LogError;
#[cfg(feature = "std")]
pub use packets::FileProblem;
#[cfg(feature = "std")]
pub use work::{Counted, Error, shown_rate};
