//! Encoding a packet: plan in both ways, push the cheaper one, fall back to the samples as they are.

use super::bits::BitWriter;
use super::header::{Coding, ENVELOPE_LEN, Fidelity, HEADER_LEN, Header, PacketError, reconstruction_check};
use super::integer_law::cost_any;
use super::packet::{Codec, Encoded, MAX_WINDOWS, Settings, Work};
use super::predictor::Predictor;
use super::rans::{Rans, StreamError};
use super::rice_body;
use super::sample::{Quantizer, Sample};
use super::series::{Choice, Series};
use crate::format::NUMERIC_PROFILE;

/// How to code a packet, what that costs about, and the check of what it decodes to.
struct Plan {
    coding: Coding,
    cost: u32,
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
        let windows = samples.len() / self.frame();
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

    /// Leaves the values, choices and latents of the cheaper coding in the work space.
    fn plan<S: Sample>(
        &self,
        samples: &[S],
        fidelity: Fidelity,
        work: &mut Work<'_>,
    ) -> Result<Plan, PacketError> {
        let Fidelity::Within(bound) = fidelity else {
            return self.plan_model(samples, None, work).ok_or(PacketError::NeedsModel);
        };
        let quantizer = Quantizer::new(bound);
        let differences = self.plan_differences(samples, quantizer, work);
        if self.predictor.latents() == 0 {
            return Ok(differences);
        }
        match self.plan_model(samples, Some(quantizer), work) {
            Some(model) if model.cost <= differences.cost => Ok(model),
            // the model has overwritten the values
            _ => Ok(self.plan_differences(samples, quantizer, work)),
        }
    }

    fn plan_differences<S: Sample>(&self, samples: &[S], quantizer: Quantizer, work: &mut Work<'_>) -> Plan {
        let mut check = reconstruction_check();
        for (value, sample) in work.values.iter_mut().zip(samples) {
            *value = quantizer.quantize(sample.to_i32(), 0);
            check.update(quantizer.restore::<S>(*value, 0).to_bytes().as_ref());
        }
        let first_row = work.values.iter().take(self.channels);
        let first_row = first_row.map(|value| cost_any(*value)).sum::<u32>();
        let series = Series { values: work.values, channels: self.channels, skip: 1 };
        let cost = series.choose(self.rows, work.choices).saturating_add(first_row);
        Plan { coding: Coding::Differences, cost, check: check.finalize() }
    }

    /// Without a quantiser the reconstruction is the model's, and nothing but the latents is coded.
    fn plan_model<S: Sample>(
        &self,
        samples: &[S],
        quantizer: Option<Quantizer>,
        work: &mut Work<'_>,
    ) -> Option<Plan> {
        let mut check = reconstruction_check();
        let mut cost = 0_u32;
        let places = work.values.chunks_exact_mut(self.frame());
        for (window, (samples, values)) in samples.chunks_exact(self.frame()).zip(places).enumerate() {
            let latents = work.latents.get_mut(self.latents_of(window))?;
            work.base.iter_mut().zip(samples).for_each(|(base, sample)| *base = sample.to_i32());
            self.predictor.encode(work.base, latents)?;
            self.predictor.decode(latents, work.base)?;
            for (latent, k) in latents.iter().enumerate() {
                cost = cost.saturating_add(self.predictor.prior(latent).cost(*k));
            }
            for ((value, sample), base) in values.iter_mut().zip(samples).zip(&*work.base) {
                let base = S::from_i32(*base);
                let reconstruction = quantizer.map_or(base, |quantizer| {
                    *value = quantizer.quantize(sample.to_i32(), base.to_i32());
                    quantizer.restore::<S>(*value, base.to_i32())
                });
                check.update(reconstruction.to_bytes().as_ref());
            }
        }
        if quantizer.is_some() {
            let series = Series { values: work.values, channels: self.channels, skip: 0 };
            cost = cost.saturating_add(series.choose(self.rows, work.choices));
        }
        Some(Plan { coding: Coding::Model, cost, check: check.finalize() })
    }

    /// Codes what was planned: coding, bytes of the body, bits of information.
    fn fill(
        &self,
        coding: Coding,
        fidelity: Fidelity,
        work: &Work<'_>,
        body: &mut [u8],
    ) -> Result<(Coding, usize, u32), StreamError> {
        let skip = usize::from(coding == Coding::Differences);
        let series = Series { values: work.values, channels: self.channels, skip };
        let mut rans = Rans::new(&mut *body);
        let windows = work.values.len() / self.frame();
        let residuals = fidelity != Fidelity::Latents;
        for window in (0..windows).rev() {
            for channel in (0..if residuals { self.channels } else { 0 }).rev() {
                let code = |window: usize| work.choices.get(window * self.channels + channel);
                let choice = |window| code(window).map(|code| Choice::from_code(*code as u16));
                let before = window.checked_sub(1).and_then(choice);
                let choice = choice(window).ok_or(StreamError::Impossible)?;
                series.push(self.rows_of(window), channel, choice, &mut rans)?;
                choice.push(before, &mut rans)?;
            }
            let latents = work.latents.get(self.latents_of(window)).unwrap_or_default();
            if coding == Coding::Model {
                for (latent, k) in latents.iter().enumerate().rev() {
                    self.predictor.prior(latent).push(*k, &mut rans)?;
                }
            }
        }
        let bits = rans.bits();
        let length = rans.finish()?;
        if coding == Coding::Differences {
            let rice = rice_body::bits(series, self.rows, work.choices);
            if rice.div_ceil(8) < length as u64 {
                let mut writer = BitWriter::new(body);
                rice_body::write(series, self.rows, work.choices, &mut writer)?;
                return Ok((Coding::Rice, writer.finish(), rice as u32));
            }
        }
        Ok((coding, length, bits))
    }
}

/// The samples as they are, and their check.
fn copy<S: Sample>(samples: &[S], body: &mut [u8]) -> u16 {
    let mut check = reconstruction_check();
    for (place, sample) in body.chunks_exact_mut(S::BYTES).zip(samples) {
        place.copy_from_slice(sample.to_bytes().as_ref());
        check.update(place);
    }
    check.finalize()
}
