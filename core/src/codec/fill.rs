//! A planned packet's body: on the stack from the last number to the
//! first, or in Rice codes where those are shorter.

use super::bits::BitWriter;
use super::check::Check;
use super::choice::Choice;
use super::header::{Coding, Fidelity};
use super::packet::{BASE, Codec, Work};
use super::predictor::Predictor;
use super::rans::{Rans, StreamError};
use super::rice_body;
use super::sample::Sample;
use super::series::Series;

/// Bodies of more bytes are not tried in Rice codes, which are worse by
/// some percent and better by a few bytes.
const RICE_BELOW: usize = 64;

impl<P: Predictor> Codec<P> {
    /// Codes what was planned: coding, bytes of the body, bits of information.
    #[inline(never)]
    pub(super) fn fill(
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

    /// Puts a channel of a window on the stack, below it its choice, below
    /// that in the first window what its base is.
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
pub(super) fn copy<S: Sample>(samples: &[S], body: &mut [u8]) -> u16 {
    let mut check = Check::new();
    for (place, sample) in body.chunks_exact_mut(S::BYTES).zip(samples) {
        place.copy_from_slice(sample.to_bytes().as_ref());
        check.update(place);
    }
    check.finish()
}
