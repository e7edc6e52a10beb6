//! The bytes of a model file.

use elbow::architecture::WeightKind;
use elbow::ensemble::fingerprint;
use elbow::format::{ALIGNMENT, HEADER_LEN, MAGIC, Metadata, NUMERIC_PROFILE, checksum};
use elbow::kernel::TILE;

use crate::error::Error;

/// Header, metadata, calibration and plan of packets (if any), parameters of all `members` and checksum.
///
/// # Errors
/// [`Error::TooLarge`] where a length exceeds what the format can state.
pub fn assemble(
    metadata: &Metadata<'_>,
    members: u32,
    extras: &[u8],
    sections: &[u8],
) -> Result<Vec<u8>, Error> {
    let mut described = postcard::to_allocvec(metadata).map_err(|_| Error::TooLarge)?;
    // format 1 knows one model of floats, and what that is written in has not changed
    let (weights, mut version) = (metadata.architecture.weights, 1_u16);
    if weights != WeightKind::F32 || members > 1 {
        version = 2;
        described.extend(postcard::to_allocvec(&weights).map_err(|_| Error::TooLarge)?);
    }
    if members > 1 {
        described.extend(postcard::to_allocvec(&members).map_err(|_| Error::TooLarge)?);
    }
    let described_to = (HEADER_LEN + described.len()).next_multiple_of(ALIGNMENT);
    let offset = described_to + extras.len();
    let total = offset + sections.len() + size_of::<u32>();
    let mut bytes = Vec::with_capacity(total);
    bytes.extend(MAGIC);
    bytes.extend(version.to_le_bytes());
    bytes.extend(NUMERIC_PROFILE.to_le_bytes());
    bytes.extend(fingerprint(members, metadata.architecture.fingerprint()).to_le_bytes());
    for length in [total, described.len(), offset, sections.len()] {
        bytes.extend(u32::try_from(length).map_err(|_| Error::TooLarge)?.to_le_bytes());
    }
    bytes.extend(described);
    bytes.resize(described_to, 0);
    bytes.extend(extras);
    bytes.extend(sections);
    bytes.extend(checksum(&bytes).to_le_bytes());
    Ok(bytes)
}

/// Sections of little-endian numbers, each padded with zeros to [`ALIGNMENT`].
#[derive(Clone, Debug, Default)]
pub struct Sections(pub Vec<u8>);

impl Sections {
    /// Little-endian numbers of `N` bytes.
    pub fn numbers<const N: usize>(&mut self, numbers: impl IntoIterator<Item = [u8; N]>) {
        self.0.extend(numbers.into_iter().flatten());
        self.0.resize(self.0.len().next_multiple_of(ALIGNMENT), 0);
    }

    /// A section of floats.
    pub fn floats(&mut self, values: &[f32]) {
        self.numbers(values.iter().map(|value| value.to_le_bytes()));
    }

    /// A section of small integers.
    pub fn integers(&mut self, values: &[u16]) {
        self.numbers(values.iter().map(|value| value.to_le_bytes()));
    }
}

/// Row-major `[output][input]` to tiles `[output / 8][input][8]`, the last one padded with zeros.
pub fn tiled<T: Copy + Default>(weights: &[T], inputs: usize) -> Vec<T> {
    let mut tiled = Vec::with_capacity(weights.len() + TILE * inputs);
    for rows in weights.chunks(TILE * inputs) {
        for input in 0..inputs {
            let column = rows.iter().skip(input).step_by(inputs);
            tiled.extend(column.copied().chain(std::iter::repeat(T::default())).take(TILE));
        }
    }
    tiled
}

/// One number for each output, then zeros to the end of the last tile.
pub fn padded<T: Copy + Default>(values: &[T]) -> Vec<T> {
    let mut padded = values.to_vec();
    padded.resize(values.len().next_multiple_of(TILE), T::default());
    padded
}
