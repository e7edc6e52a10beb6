//! The envelope of a packet: header, checks, and what can be wrong with
//! them. `docs/packet-format.md` has the bytes.

use super::check::check;
use crate::format::NUMERIC_PROFILE;
use core::fmt;

/// Version of the layout of a packet and of everything that its body means.
pub const PACKET_VERSION: u8 = 1;
/// Bytes before the body.
pub const HEADER_LEN: usize = 11;
/// Bytes around the body: the header, the check of the reconstruction, the check of the packet.
pub const ENVELOPE_LEN: usize = HEADER_LEN + 4;

/// Why windows were not coded, or a packet not decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum PacketError {
    /// Rows or channels are none, or not those of the model.
    WrongShape,
    /// The resolutions are not one positive number for each channel, or the
    /// latents' scales are too many or out of range.
    BadResolution,
    /// The samples are not 1 to 255 whole windows.
    WrongLength,
    /// A buffer of the caller's is too small.
    BufferTooSmall {
        /// its smallest length, in its own elements
        needed: usize,
    },
    /// Only a model can do what was asked.
    NeedsModel,
    /// Fewer bytes than the smallest packet.
    TooShort,
    /// Written by another version of the format.
    UnsupportedVersion {
        /// the version in the packet
        found: u8,
    },
    /// A byte was changed on the way.
    Damaged,
    /// Made with another model.
    WrongModel {
        /// the receiver's
        expected: u32,
        /// the packet's
        found: u32,
    },
    /// Made with other arithmetic.
    UnsupportedNumericProfile {
        /// the profile in the packet
        found: u8,
    },
    /// The samples are of another type than those asked for.
    WrongSample,
    /// The body is not what any encoder writes.
    Malformed,
    /// What was decoded is not what was encoded: the two ends have other models or compute other bits.
    Mismatch,
}

impl fmt::Display for PacketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PacketError::WrongShape => {
                "rows × channels is not the model's frame; use the window the model was fitted on"
            }
            PacketError::BadResolution => {
                "a resolution is not positive, or they are not one for each channel; \
                 pass the unit of each channel's integers"
            }
            PacketError::WrongLength => "the samples are not 1 to 255 whole windows; pass whole windows",
            PacketError::BufferTooSmall { needed } => {
                return write!(f, "a buffer is too small; give it {needed} elements");
            }
            PacketError::NeedsModel => "there is no model for it; give the codec the model of the sender",
            PacketError::TooShort => "too few bytes for a packet; pass a packet whole",
            PacketError::UnsupportedVersion { found } => {
                return write!(
                    f,
                    "packet format {found}, but this build reads {PACKET_VERSION}; update the older end"
                );
            }
            PacketError::Damaged => "the packet was damaged on the way; ask for it again",
            PacketError::WrongModel { expected, found } => {
                return write!(
                    f,
                    "the packet is of model {found:08x}, here is {expected:08x}; \
                 choose the codec by the packet's model"
                );
            }
            PacketError::UnsupportedNumericProfile { found } => {
                return write!(
                    f,
                    "numeric profile {found}, but this build computes {NUMERIC_PROFILE}; update the older end"
                );
            }
            PacketError::WrongSample => {
                "the packet's samples have another width; decode to the type its header names"
            }
            PacketError::Malformed => "the packet's body contradicts its header; update the sender",
            PacketError::Mismatch => {
                "the decoded samples fail the sender's check; \
                 give both ends the same model and run elbow::self_test"
            }
        })
    }
}

impl core::error::Error for PacketError {}

/// How a packet's body is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Coding {
    /// the samples as they are
    Raw = 0,
    /// differences in Rice codes
    Rice = 1,
    /// differences under integer laws
    Differences = 2,
    /// differences from a model's reconstruction, whose latents come with them
    Model = 3,
}

/// How close the decoded samples are to those encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fidelity {
    /// none is further away than this, in units of the samples; 0 is lossless
    Within(u16),
    /// what the model makes of its latents, however far away: the fewest bits
    Latents,
}

/// What a packet says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// how the body is coded
    pub coding: Coding,
    /// how close it is
    pub fidelity: Fidelity,
    /// bytes of a sample: 2 or 4
    pub sample_bytes: usize,
    /// the numeric profile of the sender
    pub numeric_profile: u8,
    /// the model, or the layout where there is none
    pub model: u32,
    /// the sender's count of packets
    pub sequence: u16,
    /// windows in the packet
    pub windows: u8,
}

impl Header {
    /// Reads the header of a packet whose check is right: enough to choose codec and buffers by.
    ///
    /// # Errors
    /// [`PacketError::TooShort`], [`PacketError::UnsupportedVersion`],
    /// [`PacketError::Damaged`], [`PacketError::Malformed`].
    pub fn read(packet: &[u8]) -> Result<Header, PacketError> {
        Header::split(packet).map(|(header, ..)| header)
    }

    /// Header, body and the check of the reconstruction.
    #[inline(never)]
    pub(super) fn split(packet: &[u8]) -> Result<(Header, &[u8], u16), PacketError> {
        let (covered, stored) = packet.split_last_chunk::<2>().ok_or(PacketError::TooShort)?;
        let (front, reconstruction) = covered.split_last_chunk::<2>().ok_or(PacketError::TooShort)?;
        let (header, body) = front.split_first_chunk::<HEADER_LEN>().ok_or(PacketError::TooShort)?;
        let [flags, numeric_profile, m0, m1, m2, m3, s0, s1, windows, e0, e1] = *header;
        let (coding, latents, sample_bytes) = of_flags(flags)?;
        if check(covered) != u16::from_le_bytes(*stored) {
            return Err(PacketError::Damaged);
        }
        let bound = u16::from_le_bytes([e0, e1]);
        let header = Header {
            coding,
            fidelity: if latents { Fidelity::Latents } else { Fidelity::Within(bound) },
            sample_bytes,
            numeric_profile,
            model: u32::from_le_bytes([m0, m1, m2, m3]),
            sequence: u16::from_le_bytes([s0, s1]),
            windows,
        };
        let contradicts = windows == 0 || header.fidelity == Fidelity::Latents && bound != 0;
        if contradicts {
            Err(PacketError::Malformed)
        } else {
            Ok((header, body, u16::from_le_bytes(*reconstruction)))
        }
    }

    /// Puts header and checks around a body of `body` bytes that lies in its
    /// place; returns the packet's length.
    #[inline(never)]
    pub(super) fn seal(
        &self,
        body: usize,
        reconstruction: u16,
        packet: &mut [u8],
    ) -> Result<usize, PacketError> {
        let length = body + ENVELOPE_LEN;
        let needed = PacketError::BufferTooSmall { needed: length };
        let packet = packet.get_mut(..length).ok_or(needed)?;
        let (covered, last) = packet.split_last_chunk_mut::<2>().ok_or(needed)?;
        let (front, place) = covered.split_last_chunk_mut::<2>().ok_or(needed)?;
        let header = front.first_chunk_mut::<HEADER_LEN>().ok_or(needed)?;
        let bound = if let Fidelity::Within(bound) = self.fidelity { bound } else { 0 };
        let flags = flags(self.coding, self.fidelity, self.sample_bytes);
        let ([m0, m1, m2, m3], [s0, s1]) = (self.model.to_le_bytes(), self.sequence.to_le_bytes());
        let [e0, e1] = bound.to_le_bytes();
        *header = [flags, self.numeric_profile, m0, m1, m2, m3, s0, s1, self.windows, e0, e1];
        *place = reconstruction.to_le_bytes();
        *last = check(covered).to_le_bytes();
        Ok(length)
    }
}

/// The first byte: coding, width of the samples, whether only latents are there, version.
pub(super) fn flags(coding: Coding, fidelity: Fidelity, sample_bytes: usize) -> u8 {
    let wide = if sample_bytes == 4 { 4 } else { 0 };
    let latents = if fidelity == Fidelity::Latents { 8 } else { 0 };
    PACKET_VERSION << 4 | latents | wide | coding as u8
}

/// What [`flags`] says: the coding, whether only latents are there, bytes of a sample.
pub(super) fn of_flags(flags: u8) -> Result<(Coding, bool, usize), PacketError> {
    if flags >> 4 != PACKET_VERSION {
        return Err(PacketError::UnsupportedVersion { found: flags >> 4 });
    }
    let coding = match flags & 3 {
        0 => Coding::Raw,
        1 => Coding::Rice,
        2 => Coding::Differences,
        _ => Coding::Model,
    };
    Ok((coding, flags & 8 != 0, if flags & 4 == 0 { 2 } else { 4 }))
}

/// The id of a model file: the CRC-32 that ends it. 0 of fewer than four bytes.
pub fn model_id(file: &[u8]) -> u32 {
    file.last_chunk().map_or(0, |checksum| u32::from_le_bytes(*checksum))
}
