//! Encoding a packet: plan in both ways, push the cheaper one, fall back to the samples as they are.

use super::bits::BitWriter;
use super::check::Check;
use super::choice::Choice;
use super::header::{Coding, ENVELOPE_LEN, Fidelity, HEADER_LEN, Header, PacketError};
use super::law_tables::COST_UNITS;
use super::packet::{BASE, Codec, Encoded, MAX_WINDOWS, Settings, Work};
use super::predictor::Predictor;
use super::rans::{Rans, StreamError};
use super::rice_body;
use super::sample::{Quantizer, Sample};
use super::series::Series;
use crate::format::NUMERIC_PROFILE;

/// Bodies of more bytes are not tried in Rice codes, which are worse by some percent and better by a few bytes.
const RICE_BELOW: usize = 64;

/// How to code a packet, and the check of what it decodes to.
struct Plan {
    coding: Coding,
    check: u16,
}

impl<P: Predictor> Codec<P> {
    /// Codes 1 to 255 windows into a packet.
    ///
    /// `scratch` has [`scratch_len`](Self::scratch_len) numbers, `packet` [`max_packet_len`](Self::max_packet_len) bytes. The body
    /// is never longer than the samples.
    ///
    /// # Errors
    /// [`PacketError::WrongLength`], [`PacketError::BufferTooSmall`]; [`PacketError::NeedsModel`] where the fidelity is
    /// [`Fidelity::Latents`] and there is no model, or it takes a window for impossible.
    ///
    /// # Cost
    /// a pass of the model's encoder and decoder for each window, and some hundred instructions for each sample. Memory: what
    /// is passed.
    pub fn encode<S: Sample>(
        &self,
        samples: &[S],
        settings: Settings,
        scratch: &mut [i32],
        packet: &mut [u8],
    ) -> Result<Encoded, PacketError> {
        let windows = samples.len() / self.frame;
        if !(1..=MAX_WINDOWS).contains(&windows) || samples.len() != windows * self.frame() {
            return Err(PacketError::WrongLength);
        }
        let mut work = self.cut(scratch, windows)?;
        let needed = self.max_packet_len::<S>(windows);
        let body = packet.get_mut(HEADER_LEN..needed).ok_or(PacketError::BufferTooSmall { needed })?;
        let body = body.get_mut(..needed - ENVELOPE_LEN).ok_or(PacketError::BufferTooSmall { needed })?;

        let plan = self.plan(samples, settings.fidelity, &mut work)?;
        let filled = self.fill(plan.coding, settings.fidelity, &work, body);
        let (coding, length, bits, check) = match filled {
            Ok((coding, length, bits)) if length < body.len() => (coding, length, bits, plan.check),
            _ => (Coding::Raw, body.len(), 8 * body.len() as u32, copy(samples, body)),
        };
        let header = Header {
            coding,
            fidelity: settings.fidelity,
            sample_bytes: S::BYTES,
            numeric_profile: NUMERIC_PROFILE as u8,
            model: self.predictor.id(),
            sequence: settings.sequence,
            windows: windows as u8,
        };
        Ok(Encoded { len: header.seal(length, check, packet)?, coding, bits })
    }

    /// Leaves the values, choices and latents of the cheaper coding in the work space, and says which channels are plain.
    #[inline(never)]
    fn plan<S: Sample>(
        &self,
        samples: &[S],
        fidelity: Fidelity,
        work: &mut Work<'_>,
    ) -> Result<Plan, PacketError> {
        let Fidelity::Within(bound) = fidelity else {
            work.plain.fill(0);
            let check = self.find_latents(samples, work).and_then(|_| self.quantize(samples, None, work));
            return check.map(|check| Plan { coding: Coding::Model, check }).ok_or(PacketError::NeedsModel);
        };
        let quantizer = Some(Quantizer::new(bound));
        let (mut differences, has_model) = (0_u32, self.predictor.latents() > 0);
        work.plain.fill(1);
        let mut check = self.quantize(samples, quantizer, work).ok_or(PacketError::NeedsModel)?;
        for channel in 0..self.channels.get() {
            let cost = self.choose(channel, work);
            if let Some(place) = work.costs.get_mut(channel) {
                *place = cost as i32;
            }
            differences = differences.saturating_add(cost);
        }
        if !has_model {
            return Ok(Plan { coding: Coding::Differences, check });
        }
        let coding = match self.plan_model(samples, quantizer, work) {
            Some((cost, with_model)) if cost < differences => {
                check = with_model;
                Coding::Model
            }
            _ => {
                work.plain.fill(1);
                Coding::Differences
            }
        };
        // the model has overwritten the values of all channels
        if work.plain.iter().any(|plain| *plain == 1) {
            check = self.quantize(samples, quantizer, work).ok_or(PacketError::NeedsModel)?;
            for channel in 0..self.channels.get() {
                self.choose(channel, work);
            }
        }
        Ok(Plan { coding, check })
    }

    /// What the packet costs with the model, and the check if no channel is plain.
    #[inline(never)]
    fn plan_model<S: Sample>(
        &self,
        samples: &[S],
        quantizer: Option<Quantizer>,
        work: &mut Work<'_>,
    ) -> Option<(u32, u16)> {
        work.plain.fill(0);
        let mut cost = self.find_latents(samples, work)?;
        let check = self.quantize(samples, quantizer, work)?;
        for channel in 0..self.channels.get() {
            let (with, without) = (self.choose(channel, work), *work.costs.get(channel)? as u32);
            *work.plain.get_mut(channel)? = i32::from(without <= with);
            cost = cost.saturating_add(with.min(without)).saturating_add(COST_UNITS);
        }
        Some((cost, check))
    }

    /// The latents of every window, and what they cost.
    #[inline(never)]
    fn find_latents<S: Sample>(&self, samples: &[S], work: &mut Work<'_>) -> Option<u32> {
        let mut cost = 0_u32;
        for (window, samples) in samples.chunks_exact(self.frame()).enumerate() {
            let latents = work.latents.get_mut(self.latents_of(window))?;
            work.base.iter_mut().zip(samples).for_each(|(base, sample)| *base = sample.to_i32());
            self.predictor.encode(work.base, latents)?;
            for (latent, k) in latents.iter().enumerate() {
                cost = cost.saturating_add(self.predictor.prior(latent).cost(*k));
            }
        }
        Some(cost)
    }

    /// The samples as differences from their bases, and the check of what they will be decoded to.
    ///
    /// A plain channel's base is 0, any other's the model's reconstruction; without a quantiser that is all there is.
    #[inline(never)]
    fn quantize<S: Sample>(
        &self,
        samples: &[S],
        quantizer: Option<Quantizer>,
        work: &mut Work<'_>,
    ) -> Option<u16> {
        let mut check = Check::new();
        let needs_model = work.plain.iter().any(|plain| *plain == 0);
        let places = work.values.chunks_exact_mut(self.frame());
        for (window, (samples, values)) in samples.chunks_exact(self.frame()).zip(places).enumerate() {
            if needs_model {
                self.predictor.decode(work.latents.get(self.latents_of(window))?, work.base)?;
            }
            let bases = work.base.iter().zip(work.plain.iter().cycle());
            for ((value, sample), (base, plain)) in values.iter_mut().zip(samples).zip(bases) {
                let base = S::from_i32(if *plain == 1 { 0 } else { *base });
                let reconstruction = quantizer.map_or(base, |quantizer| {
                    *value = quantizer.quantize(sample.to_i32(), base.to_i32());
                    quantizer.restore::<S>(*value, base.to_i32())
                });
                check.update(reconstruction.to_bytes().as_ref());
            }
        }
        Some(check.finish())
    }

    /// Chooses orders and laws of a channel, and returns what it costs.
    fn choose(&self, channel: usize, work: &mut Work<'_>) -> u32 {
        let series = Series::new(work.values, self.channels, work.plain.get(channel) == Some(&1));
        series.choose(self.rows, channel, work.choices)
    }

    /// Codes what was planned: coding, bytes of the body, bits of information.
    #[inline(never)]
    fn fill(
        &self,
        coding: Coding,
        fidelity: Fidelity,
        work: &Work<'_>,
        body: &mut [u8],
    ) -> Result<(Coding, usize, u32), StreamError> {
        let mut rans = Rans::new(&mut *body);
        let windows = work.values.len() / self.frame;
        for window in (0..windows).rev() {
            if fidelity != Fidelity::Latents {
                for channel in (0..self.channels.get()).rev() {
                    self.push(coding, window, channel, work, &mut rans)?;
                }
            }
            if coding == Coding::Model {
                let latents = work.latents.get(self.latents_of(window)).unwrap_or_default();
                for (latent, k) in latents.iter().enumerate().rev() {
                    self.predictor.prior(latent).push(*k, &mut rans)?;
                }
            }
        }
        let bits = rans.bits();
        let length = rans.finish()?;
        if coding == Coding::Differences && length <= RICE_BELOW {
            let mut shorter = [0; RICE_BELOW];
            // a byte less than there is now, or it is no gain
            let mut writer = BitWriter::new(shorter.get_mut(..length - 1).unwrap_or_default());
            if self.write_rice(work, &mut writer).is_ok() {
                let (bits, length) = (writer.bits() as u32, writer.finish());
                body.iter_mut().zip(shorter).take(length).for_each(|(place, byte)| *place = byte);
                return Ok((Coding::Rice, length, bits));
            }
        }
        Ok((coding, length, bits))
    }

    /// Writes what was planned without a model in Rice codes.
    #[inline(never)]
    fn write_rice(&self, work: &Work<'_>, bits: &mut BitWriter<'_>) -> Result<(), StreamError> {
        let series = Series::new(work.values, self.channels, true);
        for (at, code) in work.choices.iter().enumerate() {
            let (window, channel) = (at / self.channels, at % self.channels);
            let choice = Choice::from_code(*code as u16);
            rice_body::write(series, self.rows_of(window), channel, choice, bits)?;
        }
        Ok(())
    }

    /// Puts a channel of a window on the stack, below it its choice, below that in the first window what its base is.
    #[inline(never)]
    fn push(
        &self,
        coding: Coding,
        window: usize,
        channel: usize,
        work: &Work<'_>,
        rans: &mut Rans<&mut [u8]>,
    ) -> Result<(), StreamError> {
        let choice = |window: usize| {
            let code = work.choices.get(window * self.channels.get() + channel);
            code.map(|code| Choice::from_code(*code as u16))
        };
        let before = window.checked_sub(1).and_then(choice);
        let choice = choice(window).ok_or(StreamError::Impossible)?;
        let plain = work.plain.get(channel) == Some(&1);
        Series::new(work.values, self.channels, plain).push(self.rows_of(window), channel, choice, rans)?;
        choice.push(before, rans)?;
        if coding == Coding::Model && window == 0 { rans.push(u16::from(plain), &BASE) } else { Ok(()) }
    }
}

/// The samples as they are, and their check.
#[inline(never)]
fn copy<S: Sample>(samples: &[S], body: &mut [u8]) -> u16 {
    let mut check = Check::new();
    for (place, sample) in body.chunks_exact_mut(S::BYTES).zip(samples) {
        place.copy_from_slice(sample.to_bytes().as_ref());
        check.update(place);
    }
    check.finish()
}
