//! Decoding a packet: every count is checked before it is used, and what
//! comes out against the sender's check.

use super::bits::BitReader;
use super::check::Check;
use super::choice::Choice;
use super::header::{Coding, Fidelity, Header, PacketError};
use super::packet::{BASE, Codec, Work};
use super::predictor::Predictor;
use super::rans::{Rans, StreamError};
use super::rice_body;
use super::sample::{Quantizer, Sample};
use super::series;
use crate::format::NUMERIC_PROFILE;

/// What a stream that ends early or breaks a rule means here.
impl From<StreamError> for PacketError {
    fn from(_: StreamError) -> Self {
        PacketError::Malformed
    }
}

/// What a body is read from.
enum Source<'a> {
    Bits(BitReader<'a>),
    Stack(Rans<&'a [u8]>),
}

impl<P: Predictor> Codec<P> {
    /// Decodes a packet into the first samples of `samples`: as many windows as the returned header says.
    ///
    /// `scratch` has [`scratch_len`](Self::scratch_len) numbers. No bytes make
    /// it panic, or work longer than its windows take.
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
        let decoded = self.decode_body(&header, body, scratch, samples)?;
        let mut check = Check::new();
        decoded.iter().for_each(|sample| check.update(sample.to_bytes().as_ref()));
        if check.finish() == expected { Ok(header) } else { Err(PacketError::Mismatch) }
    }

    /// Decodes a body into the first of the samples, and returns those.
    pub(super) fn decode_body<'s, S: Sample>(
        &self,
        header: &Header,
        body: &[u8],
        scratch: &mut [i32],
        samples: &'s mut [S],
    ) -> Result<&'s [S], PacketError> {
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
            _ => self.read_body(header, body, self.cut(scratch, windows)?, samples)?,
        }
        Ok(samples)
    }

    #[inline(never)]
    fn read_body<S: Sample>(
        &self,
        header: &Header,
        body: &[u8],
        mut work: Work<'_>,
        samples: &mut [S],
    ) -> Result<(), PacketError> {
        let has_model = header.coding == Coding::Model;
        if has_model && header.numeric_profile != NUMERIC_PROFILE as u8 {
            return Err(PacketError::UnsupportedNumericProfile { found: header.numeric_profile });
        }
        let quantizer = match header.fidelity {
            Fidelity::Within(bound) => Some(Quantizer::new(bound)),
            Fidelity::Latents if has_model => None,
            Fidelity::Latents => return Err(PacketError::Malformed),
        };
        let mut source = match header.coding {
            Coding::Rice => Source::Bits(BitReader::new(body)),
            _ => Source::Stack(Rans::open(body)?),
        };
        work.plain.fill(i32::from(!has_model));
        for (window, samples) in samples.chunks_exact_mut(self.frame()).enumerate() {
            if let (true, Source::Stack(rans)) = (has_model, &mut source) {
                self.pop_latents(window, &mut work, rans)?;
            }
            for channel in 0..if quantizer.is_some() { self.channels.get() } else { 0 } {
                match &mut source {
                    Source::Bits(bits) => {
                        let rows = self.rows_of(window);
                        rice_body::read(work.values, (self.channels, true), rows, channel, bits)?;
                    }
                    Source::Stack(rans) => self.pop(has_model, window, channel, &mut work, rans)?,
                }
            }
            let values = work.values.get(window * self.frame()..).unwrap_or_default();
            if let (true, true, Some(quantizer)) = (has_model, self.predictor.is_sequential(), quantizer) {
                let restored = self.restore_in_order(values, work.plain, quantizer, samples);
                restored.ok_or(PacketError::NeedsModel)?;
                continue;
            }
            let bases = work.base.iter().zip(work.plain.iter().cycle());
            for ((sample, (base, plain)), value) in samples.iter_mut().zip(bases).zip(values) {
                let base = S::from_i32(if *plain == 1 { 0 } else { *base });
                *sample = quantizer.map_or(base, |quantizer| quantizer.restore(*value, base.to_i32()));
            }
        }
        let is_empty = match &source {
            Source::Bits(bits) => bits.is_empty(),
            Source::Stack(rans) => rans.is_empty(),
        };
        if is_empty { Ok(()) } else { Err(PacketError::Malformed) }
    }

    /// The latents of a window, and the window as the model predicts it.
    fn pop_latents(
        &self,
        window: usize,
        work: &mut Work<'_>,
        rans: &mut Rans<&[u8]>,
    ) -> Result<(), PacketError> {
        let latents = work.latents.get_mut(self.latents_of(window)).unwrap_or_default();
        for (latent, k) in latents.iter_mut().enumerate() {
            *k = self.predictor.prior(latent).pop(rans)?;
        }
        if self.predictor.is_sequential() {
            return Ok(());
        }
        self.predictor.decode(latents, work.base).ok_or(PacketError::NeedsModel)
    }

    /// A channel of a window: what its base is, in the first window; its choice; its numbers.
    fn pop(
        &self,
        has_model: bool,
        window: usize,
        channel: usize,
        work: &mut Work<'_>,
        rans: &mut Rans<&[u8]>,
    ) -> Result<(), StreamError> {
        if has_model
            && window == 0
            && rans.pop(&BASE)? == 1
            && let Some(plain) = work.plain.get_mut(channel)
        {
            *plain = 1;
        }
        let at = window * self.channels.get() + channel;
        let before = at.checked_sub(self.channels.get()).and_then(|at| work.choices.get(at));
        let choice = Choice::pop(before.map(|code| Choice::from_code(*code as u16)), rans)?;
        if let Some(place) = work.choices.get_mut(at) {
            *place = i32::from(choice.code());
        }
        let layout = (self.channels, work.plain.get(channel) == Some(&1));
        series::pop(work.values, layout, self.rows_of(window), channel, choice, rans)
    }
}
