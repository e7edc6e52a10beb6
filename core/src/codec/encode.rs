//! Encoding a packet: plan in both ways, push the cheaper one, fall back to the samples as they are.

use super::check::Check;
use super::fill::copy;
use super::header::{Coding, ENVELOPE_LEN, Fidelity, HEADER_LEN, Header, PacketError};
use super::law_tables::COST_UNITS;
use super::packet::{Codec, Encoded, MAX_WINDOWS, Settings, Work};
use super::predictor::Predictor;
use super::sample::{Quantizer, Sample};
use super::series::Series;
use crate::format::NUMERIC_PROFILE;

/// How to code a packet, and the check of what it decodes to.
struct Plan {
    coding: Coding,
    check: u16,
}

/// What windows became.
pub(super) struct Body {
    pub(super) coding: Coding,
    /// bytes
    pub(super) length: usize,
    /// information
    pub(super) bits: u32,
    /// of what it decodes to
    check: u16,
}

impl<P: Predictor> Codec<P> {
    /// Codes 1 to 255 windows into a packet.
    ///
    /// `scratch` has [`scratch_len`](Self::scratch_len) numbers, `packet`
    /// [`max_packet_len`](Self::max_packet_len) bytes. The body is never longer than the samples.
    ///
    /// # Errors
    /// [`PacketError::WrongLength`], [`PacketError::BufferTooSmall`]; [`PacketError::NeedsModel`] where the
    /// fidelity is [`Fidelity::Latents`] and there is no model, or it takes a window for impossible.
    ///
    /// # Cost
    /// a pass of the model's encoder and decoder for each window, and some hundred
    /// instructions for each sample. Memory: what is passed.
    pub fn encode<S: Sample>(
        &self,
        samples: &[S],
        settings: Settings,
        scratch: &mut [i32],
        packet: &mut [u8],
    ) -> Result<Encoded, PacketError> {
        let windows = self.windows_of(samples)?;
        let needed = self.max_packet_len::<S>(windows);
        let body = packet.get_mut(HEADER_LEN..needed).ok_or(PacketError::BufferTooSmall { needed })?;
        let body = body.get_mut(..needed - ENVELOPE_LEN).ok_or(PacketError::BufferTooSmall { needed })?;
        let Body { coding, length, bits, check } =
            self.encode_body(samples, settings.fidelity, scratch, body)?;
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

    /// How many windows these are: 1 to 255, all of them whole.
    pub(super) fn windows_of<S>(&self, samples: &[S]) -> Result<usize, PacketError> {
        let windows = samples.len() / self.frame;
        let whole = (1..=MAX_WINDOWS).contains(&windows) && samples.len() == windows * self.frame();
        if whole { Ok(windows) } else { Err(PacketError::WrongLength) }
    }

    /// Codes whole windows into a body, which has room for the samples as they are.
    pub(super) fn encode_body<S: Sample>(
        &self,
        samples: &[S],
        fidelity: Fidelity,
        scratch: &mut [i32],
        body: &mut [u8],
    ) -> Result<Body, PacketError> {
        let mut work = self.cut(scratch, samples.len() / self.frame)?;
        let plan = self.plan(samples, fidelity, &mut work)?;
        Ok(match self.fill(plan.coding, fidelity, &work, body) {
            Ok((coding, length, bits)) if length < body.len() => {
                Body { coding, length, bits, check: plan.check }
            }
            _ => Body {
                coding: Coding::Raw,
                length: body.len(),
                bits: 8 * body.len() as u32,
                check: copy(samples, body),
            },
        })
    }

    /// Leaves the values, choices and latents of the cheaper coding in the
    /// work space, and says which channels are plain.
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
        let has_model = self.predictor.latents() > 0 || self.predictor.is_sequential();
        let mut differences = 0_u32;
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
        if holds(work.plain, 1) {
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
    /// A plain channel's base is 0, any other's the model's reconstruction;
    /// without a quantiser that is all there is.
    #[inline(never)]
    fn quantize<S: Sample>(
        &self,
        samples: &[S],
        quantizer: Option<Quantizer>,
        work: &mut Work<'_>,
    ) -> Option<u16> {
        let needs_model = holds(work.plain, 0);
        if needs_model && self.predictor.is_sequential() {
            return self.quantize_in_order(samples, quantizer?, work);
        }
        let mut check = Check::new();
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
}

/// Whether any is this.
#[expect(clippy::manual_contains, reason = "`contains` looks at sixteen at once, in 80 bytes of flash more")]
#[inline(never)]
fn holds(plain: &[i32], this: i32) -> bool {
    plain.iter().any(|one| *one == this)
}
