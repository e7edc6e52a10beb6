//! Files of frames as files of packets, and back: `elbow::codec` on rows that come one after another.
//!
//! Frames of whole numbers may also become one log by bits-back coding.
//!
//! Layout and steps are those of the model's plan, where its file has one ([`plan_packets`]).
//!
//! A file of packets says at its beginning how the numbers were written and what the codec
//! needs beside the model; then packets follow, each with its length before it, and at the
//! end the number of rows (`docs/packet-format.md`).

mod calibrate;
mod cells;
mod file;
mod framing;
mod log;
mod options;
mod pack;
mod plan;
mod predictor;
mod receive;
mod rows;
mod side;
mod stamp;
mod summary;
mod table;
mod unit;
mod unpack;
mod unpack_one;
mod write;

pub use crate::error::FileProblem;
pub use calibrate::{Plan, Trial};
pub use framing::Framing;
pub use log::{LogSummary, compress_log, decompress_log};
pub use options::{DEFAULT_WINDOWS_PER_PACKET, Fidelity, Options};
pub use pack::compress;
pub use plan::plan_packets;
pub use predictor::HostPredictor;
pub use receive::{Gap, Received, receive};
pub use rows::load_options;
pub use summary::{Coded, Summary};
pub use unit::Unit;
pub use unpack::{Unpacked, decompress};
pub use unpack_one::unpack_one;
