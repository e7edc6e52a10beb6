//! Where the parts of a log lie.

/// First bytes of a log.
pub const LOG_MAGIC: [u8; 4] = *b"ELOG";
/// Version of the layout of a log and of everything that its stream means.
pub const LOG_VERSION: u8 = 1;
/// Bytes before the stream.
pub const LOG_HEADER_LEN: usize = 16;
/// Bytes of the checksum behind it.
pub(super) const CHECKSUM_LEN: usize = 4;
