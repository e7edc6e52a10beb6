//! What can be wrong with a file of packets.

use std::path::PathBuf;

use elbow::codec::PacketError;

/// Version of what stands around the packets.
pub(crate) const VERSION: u16 = 3;
/// The first of them that this build reads; it has packets alone.
pub(crate) const FIRST_VERSION: u16 = 2;

/// What is wrong with a file of packets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the sentences say what the fields are")]
#[non_exhaustive]
pub enum FileProblem {
    #[error("is no file of packets; pass what elbow compress wrote")]
    NotPackets,
    #[error(
        "is a file of packets of version {found}, but this build reads {FIRST_VERSION} and {VERSION}; update \
         the older end"
    )]
    Version { found: u16 },
    #[error("its beginning is damaged, and nothing in it can be read without; copy it again")]
    DamagedHead,
    #[error(
        "is of model {found:08x}, and {} is {expected:08x}; pass the model it was compressed with",
        model.display()
    )]
    WrongModel { model: PathBuf, expected: u32, found: u32 },
    #[error(
        "what stands behind its packets is damaged or cut off: other columns and cells that stand by \
         themselves; copy the file again, or read the rest with --keep-going"
    )]
    NoSide,
    #[error("{what}; copy the file again, or read the rest with --keep-going")]
    Damaged { what: String },
    #[error("{what}; the other {rows} rows were written")]
    Incomplete { what: String, rows: u64 },
    #[error(
        "is no file of packets, and the model has no plan to read a single packet by; pass what elbow \
         compress wrote, or the model that the device has"
    )]
    NoPlan,
    #[error("{0}")]
    Packet(#[from] PacketError),
}
