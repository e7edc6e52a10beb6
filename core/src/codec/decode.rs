//! Decoding a packet: every count is checked before it is used, and what comes out against the sender's check.

use super::bits::BitReader;
use super::check::Check;
use super::header::{Coding, Fidelity, Header, PacketError};
use super::packet::{BASE, Codec, Work};
use super::predictor::Predictor;
use super::rans::{Rans, StreamError};
use super::rice_body;
use super::sample::{Quantizer, Sample};
use super::series::{self, Choice};
use crate::format::NUMERIC_PROFILE;

/// What a stream that ends early or breaks a rule means here.
impl From<StreamError> for PacketError {
    fn from(_: StreamError) -> Self {
        PacketError::Malformed
    }
}

impl<P: Predictor> Codec<P> {
    /// Decodes a packet into the first samples of `samples`: as many windows as the returned header says.
    ///
    /// `scratch` has [`scratch_len`](Self::scratch_len) numbers. No bytes make it panic, or work longer than its windows take.
    ///
    /// # Errors
    /// [`PacketError`], naming what is wrong; `samples` then hold nothing to rely on.
    pub fn decode<S: Sample>(
        &self,
        packet: &[u8],
        scratch: &mut [i32],
        samples: &mut [S],
    ) -> Result<Header, PacketError> {
        let (header, body, expected) = Header::split(packet)?;
        if header.model != self.predictor.id() {
            return Err(PacketError::WrongModel { expected: self.predictor.id(), found: header.model });
        }
        if header.sample_bytes != S::BYTES {
            return Err(PacketError::WrongSample);
        }
        let windows = usize::from(header.windows);
        let needed = windows * self.frame();
        let samples = samples.get_mut(..needed).ok_or(PacketError::BufferTooSmall { needed })?;
        match header.coding {
            Coding::Raw if body.len() == needed * S::BYTES => {
                for (sample, bytes) in samples.iter_mut().zip(body.chunks_exact(S::BYTES)) {
                    *sample = S::from_bytes(bytes);
                }
            }
            Coding::Raw => return Err(PacketError::Malformed),
            Coding::Rice => self.read_rice(&header, body, self.cut(scratch, windows)?, samples)?,
            Coding::Differences | Coding::Model => {
                self.pop_all(&header, body, self.cut(scratch, windows)?, samples)?;
            }
        }
        let mut check = Check::new();
        samples.iter().for_each(|sample| check.update(sample.to_bytes().as_ref()));
        if check.finish() == expected { Ok(header) } else { Err(PacketError::Mismatch) }
    }

    #[inline(never)]
    fn read_rice<S: Sample>(
        &self,
        header: &Header,
        body: &[u8],
        work: Work<'_>,
        samples: &mut [S],
    ) -> Result<(), PacketError> {
        let Fidelity::Within(bound) = header.fidelity else { return Err(PacketError::Malformed) };
        let (quantizer, mut bits) = (Quantizer::new(bound), BitReader::new(body));
        for window in 0..usize::from(header.windows) {
            for channel in 0..self.channels.get() {
                let rows = self.rows_of(window);
                rice_body::read(work.values, (self.channels, true), rows, channel, &mut bits)?;
            }
        }
        for (sample, value) in samples.iter_mut().zip(&*work.values) {
            *sample = quantizer.restore(*value, 0);
        }
        if bits.is_empty() { Ok(()) } else { Err(PacketError::Malformed) }
    }

    #[inline(never)]
    fn pop_all<S: Sample>(
        &self,
        header: &Header,
        body: &[u8],
        work: Work<'_>,
        samples: &mut [S],
    ) -> Result<(), PacketError> {
        let Work { values, choices, plain, latents, base, .. } = work;
        let has_model = header.coding == Coding::Model;
        if has_model && header.numeric_profile != NUMERIC_PROFILE as u8 {
            return Err(PacketError::UnsupportedNumericProfile { found: header.numeric_profile });
        }
        let quantizer = match header.fidelity {
            Fidelity::Within(bound) => Some(Quantizer::new(bound)),
            Fidelity::Latents if has_model => None,
            Fidelity::Latents => return Err(PacketError::Malformed),
        };
        let mut rans = Rans::open(body)?;
        plain.fill(i32::from(!has_model));
        for (window, samples) in samples.chunks_exact_mut(self.frame()).enumerate() {
            if has_model {
                let latents = latents.get_mut(self.latents_of(window)).unwrap_or_default();
                for (latent, k) in latents.iter_mut().enumerate() {
                    *k = self.predictor.prior(latent).pop(&mut rans)?;
                }
                self.predictor.decode(latents, base).ok_or(PacketError::NeedsModel)?;
            }
            for channel in 0..if quantizer.is_some() { self.channels.get() } else { 0 } {
                if has_model
                    && window == 0
                    && rans.pop(&BASE)? == 1
                    && let Some(plain) = plain.get_mut(channel)
                {
                    *plain = 1;
                }
                let at = window * self.channels.get() + channel;
                let before = at.checked_sub(self.channels.get()).and_then(|at| choices.get(at));
                let choice = Choice::pop(before.map(|code| Choice::from_code(*code as u16)), &mut rans)?;
                if let Some(place) = choices.get_mut(at) {
                    *place = i32::from(choice.code());
                }
                let layout = (self.channels, plain.get(channel) == Some(&1));
                series::pop(values, layout, self.rows_of(window), channel, choice, &mut rans)?;
            }
            let values = values.get(window * self.frame()..).unwrap_or_default();
            let bases = base.iter().zip(plain.iter().cycle());
            for ((sample, (base, plain)), value) in samples.iter_mut().zip(bases).zip(values) {
                let base = S::from_i32(if *plain == 1 { 0 } else { *base });
                *sample = quantizer.map_or(base, |quantizer| quantizer.restore(*value, base.to_i32()));
            }
        }
        if rans.is_empty() { Ok(()) } else { Err(PacketError::Malformed) }
    }
}
