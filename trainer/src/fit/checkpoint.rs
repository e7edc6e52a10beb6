//! A run's state as bytes: magic, version, postcard, CRC-32.

use std::borrow::Cow;

use crc32fast::hash as checksum;
use elbow::format::CHECKSUM_LEN;
use serde::{Deserialize, Serialize};

use super::State;
use crate::error::CheckpointError;

/// The first bytes of a checkpoint.
const MAGIC: &[u8; 8] = b"ElbowRun";
/// Rises with every change of what a checkpoint holds.
const VERSION: u32 = 3;
const HEADER_LEN: usize = MAGIC.len() + size_of::<u32>();

/// What a run can go on from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint<'a> {
    /// how the run was begun, as TOML
    pub settings: Cow<'a, str>,
    /// what it was begun with
    pub rows: Fingerprint,
    /// where it stands
    pub state: Cow<'a, State>,
}

/// What tells one set of rows from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    rows: u64,
    dims: u64,
    values: u32,
    columns: u32,
}

impl Fingerprint {
    /// Of `values` in frames of `dims` numbers, and of the columns' names, as a model file has them.
    pub fn new(values: &[f32], dims: usize, columns: &str) -> Fingerprint {
        let rows = (values.len() / dims) as u64;
        let [values, columns] = [bytemuck::cast_slice(values), columns.as_bytes()].map(checksum);
        Fingerprint { rows, dims: dims as u64, values, columns }
    }
}

impl Checkpoint<'_> {
    /// As bytes.
    ///
    /// # Errors
    /// What postcard says: it has no reason to say anything.
    pub fn encode(&self) -> Result<Vec<u8>, postcard::Error> {
        let header = [&MAGIC[..], &VERSION.to_le_bytes()].concat();
        let mut bytes = postcard::to_extend(self, header)?;
        bytes.extend(checksum(&bytes).to_le_bytes());
        Ok(bytes)
    }

    /// From bytes.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn decode(bytes: &[u8]) -> Result<Checkpoint<'static>, CheckpointError> {
        if !bytes.starts_with(MAGIC) {
            return Err(CheckpointError::NotACheckpoint);
        }
        let (bytes, crc) = bytes.split_last_chunk::<CHECKSUM_LEN>().ok_or(CheckpointError::Damaged)?;
        let (header, body) = bytes.split_at_checked(HEADER_LEN).ok_or(CheckpointError::Damaged)?;
        let version = header.last_chunk().map_or(0, |version| u32::from_le_bytes(*version));
        if version != VERSION {
            return Err(CheckpointError::Version { found: version, read: VERSION });
        }
        if checksum(bytes) != u32::from_le_bytes(*crc) {
            return Err(CheckpointError::Damaged);
        }
        match postcard::take_from_bytes(body) {
            Ok((checkpoint, [])) => Ok(checkpoint),
            _ => Err(CheckpointError::Damaged),
        }
    }
}
