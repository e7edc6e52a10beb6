//! Packets without an envelope, for links that have one.

use super::header::{Fidelity, Header, PacketError, flags, of_flags};
use super::packet::{Codec, Encoded};
use super::predictor::Predictor;
use super::sample::Sample;
use crate::format::NUMERIC_PROFILE;

/// Bytes before the body of a bare packet.
pub const BARE_LEN: usize = 2;

impl<P: Predictor> Codec<P> {
    /// As [`encode`](Self::encode), with two bytes around the body instead of fifteen:
    /// never more than two above the samples as they are.
    ///
    /// What it leaves out the link must have, or both ends agree on: the packet's length and order, a check
    /// of its bytes, the model, the numeric profile and the fidelity. Nothing checks the reconstruction.
    ///
    /// # Errors
    /// As there.
    pub fn encode_bare<S: Sample>(
        &self,
        samples: &[S],
        fidelity: Fidelity,
        scratch: &mut [i32],
        packet: &mut [u8],
    ) -> Result<Encoded, PacketError> {
        let windows = self.windows_of(samples)?;
        let needed = windows * self.frame() * S::BYTES + BARE_LEN;
        let too_small = PacketError::BufferTooSmall { needed };
        let (front, body) = packet
            .get_mut(..needed)
            .and_then(|packet| packet.split_first_chunk_mut::<BARE_LEN>())
            .ok_or(too_small)?;
        let coded = self.encode_body(samples, fidelity, scratch, body)?;
        *front = [flags(coded.coding, fidelity, S::BYTES), windows as u8];
        Ok(Encoded { len: coded.length + BARE_LEN, coding: coded.coding, bits: coded.bits })
    }

    /// Decodes a packet of [`encode_bare`](Self::encode_bare) with the fidelity that it was
    /// encoded with, and returns how many windows it has.
    ///
    /// # Errors
    /// As [`decode`](Self::decode). Damage may pass for other samples: the link must find it.
    pub fn decode_bare<S: Sample>(
        &self,
        packet: &[u8],
        fidelity: Fidelity,
        scratch: &mut [i32],
        samples: &mut [S],
    ) -> Result<usize, PacketError> {
        let (front, body) = packet.split_first_chunk::<BARE_LEN>().ok_or(PacketError::TooShort)?;
        let [flags, windows] = *front;
        let (coding, latents, sample_bytes) = of_flags(flags)?;
        if windows == 0 || latents != (fidelity == Fidelity::Latents) {
            return Err(PacketError::Malformed);
        }
        let header = Header {
            coding,
            fidelity,
            sample_bytes,
            numeric_profile: NUMERIC_PROFILE as u8,
            model: self.predictor.id(),
            sequence: 0,
            windows,
        };
        self.decode_body(&header, body, scratch, samples)?;
        Ok(windows.into())
    }
}
