//! A codec of packets with its buffers.

use elbow::codec::{Codec, Encoded, Fidelity, Header, PacketError, Predictor, Sample, Settings};

/// A codec of a random shape, with its buffers.
#[derive(Debug)]
pub struct Bench<P> {
    /// the codec
    pub codec: Codec<P>,
    /// what it needs to work
    pub scratch: Vec<i32>,
    /// what it writes to
    pub packet: Vec<u8>,
}

impl<P: Predictor> Bench<P> {
    /// A codec of windows of so many rows and channels, for up to nine windows.
    ///
    /// # Panics
    /// They are not the predictor's.
    pub fn new(predictor: P, rows: usize, channels: usize) -> Self {
        let codec = Codec::new(predictor, rows, channels).unwrap();
        // buffers that hold something: nothing may depend on it
        Bench { codec, scratch: vec![-7; codec_scratch(rows, channels)], packet: vec![0xA5; 8 * 4096] }
    }

    /// Encodes into `packet`.
    ///
    /// # Panics
    /// It is refused.
    pub fn encode<S: Sample>(&mut self, samples: &[S], sequence: u16, fidelity: Fidelity) -> Encoded {
        let settings = Settings { sequence, fidelity };
        self.codec.encode(samples, settings, &mut self.scratch, &mut self.packet).unwrap()
    }

    /// Decodes so many samples.
    ///
    /// # Errors
    /// As [`Codec::decode`].
    pub fn decode<S: Sample>(
        &mut self,
        packet: &[u8],
        samples: usize,
    ) -> Result<(Header, Vec<S>), PacketError> {
        let mut decoded = vec![S::default(); samples];
        let header = self.codec.decode(packet, &mut self.scratch, &mut decoded)?;
        Ok((header, decoded))
    }
}

fn codec_scratch(rows: usize, channels: usize) -> usize {
    9 * (rows * channels + channels + 2) + rows * channels + 2 * channels
}
