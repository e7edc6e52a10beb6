//! Bits-back coding: logs of many frames of integers, at the rate of the model's own bound.

mod bit;
mod buckets;
mod categories;
mod choice;
mod counts;
mod cumulative;
mod discrete;
mod error;
mod events;
mod frame;
mod integers;
mod layout;
mod log;
mod samples;
mod shares;

pub use buckets::BUCKET_BITS;
pub use choice::MAX_SAMPLES;
pub use discrete::{DiscreteLaw, DiscreteLikelihood, WholeParts};
pub use error::BitsBackError;
pub use frame::{BitsBack, FrameCoding};
pub use layout::{LOG_HEADER_LEN, LOG_MAGIC, LOG_VERSION};
pub use log::LogHeader;
