//! The envelope of a log: what it takes to read it, and a check. `docs/bits-back.md` has the bytes.

use super::discrete::WholeParts;
use super::error::BitsBackError;
use super::frame::BitsBack;
use super::layout::{CHECKSUM_LEN, LOG_HEADER_LEN, LOG_MAGIC, LOG_VERSION};
use crate::codec::rans::{Rans, StreamError};
use crate::format::{NUMERIC_PROFILE, checksum};
use crate::model::{Frame, FrameShape};
use crate::shape::Shape;

/// What a log says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogHeader {
    /// the numeric profile of the sender
    pub numeric_profile: u8,
    /// K
    pub samples: u8,
    /// steps in which the posteriors were refined
    pub steps: u8,
    /// the model: [`model_id`](crate::codec::model_id)
    pub model: u32,
    /// frames in the log
    pub frames: u32,
}

impl LogHeader {
    /// Reads the header of a log whose checksum is right.
    ///
    /// # Errors
    /// [`BitsBackError::NotALog`], [`BitsBackError::UnsupportedVersion`], [`BitsBackError::Damaged`].
    pub fn read(log: &[u8]) -> Result<LogHeader, BitsBackError> {
        let (covered, stored) = log.split_last_chunk::<CHECKSUM_LEN>().ok_or(BitsBackError::NotALog)?;
        let header = covered.first_chunk::<LOG_HEADER_LEN>().ok_or(BitsBackError::NotALog)?;
        let [g0, g1, g2, g3, version, numeric_profile, samples, steps, rest @ ..] = *header;
        if [g0, g1, g2, g3] != LOG_MAGIC {
            return Err(BitsBackError::NotALog);
        }
        if version != LOG_VERSION {
            return Err(BitsBackError::UnsupportedVersion { found: version });
        }
        if checksum(covered) != u32::from_le_bytes(*stored) {
            return Err(BitsBackError::Damaged);
        }
        let [m0, m1, m2, m3, f0, f1, f2, f3] = rest;
        let (model, frames) = (u32::from_le_bytes([m0, m1, m2, m3]), u32::from_le_bytes([f0, f1, f2, f3]));
        Ok(LogHeader { numeric_profile, samples, steps, model, frames })
    }

    /// Puts header and checksum around the `stream` bytes that lie [`LOG_HEADER_LEN`] behind the buffer's
    /// first; returns the log's length.
    ///
    /// # Errors
    /// [`BitsBackError::BufferTooSmall`].
    pub fn seal(&self, stream: usize, buffer: &mut [u8]) -> Result<usize, BitsBackError> {
        let needed = stream.saturating_add(LOG_HEADER_LEN + CHECKSUM_LEN);
        let too_small = BitsBackError::BufferTooSmall { needed };
        let log = buffer.get_mut(..needed).ok_or(too_small)?;
        let (covered, place) = log.split_last_chunk_mut::<CHECKSUM_LEN>().ok_or(too_small)?;
        let header = covered.first_chunk_mut::<LOG_HEADER_LEN>().ok_or(too_small)?;
        let [g0, g1, g2, g3] = LOG_MAGIC;
        let ([m0, m1, m2, m3], [f0, f1, f2, f3]) = (self.model.to_le_bytes(), self.frames.to_le_bytes());
        let (profile, samples, steps) = (self.numeric_profile, self.samples, self.steps);
        *header = [g0, g1, g2, g3, LOG_VERSION, profile, samples, steps, m0, m1, m2, m3, f0, f1, f2, f3];
        *place = checksum(covered).to_le_bytes();
        Ok(needed)
    }
}

impl<P: WholeParts, const LANES: usize, const REFINES: bool> BitsBack<'_, P, LANES, REFINES> {
    /// Writes frames as a log and returns its length.
    ///
    /// # Errors
    /// As [`encode_frame`](Self::encode_frame), and [`BitsBackError::BufferTooSmall`].
    pub fn encode_log<'f>(
        &self,
        model: u32,
        frames: impl IntoIterator<Item = &'f Frame<P>>,
        buffer: &mut [u8],
    ) -> Result<usize, BitsBackError>
    where
        Frame<P>: 'f,
    {
        let mut rans = Rans::new(stream(buffer)?);
        let mut count = 0;
        for frame in frames {
            self.encode_frame(frame, &mut rans)?;
            count += 1;
        }
        let stream = rans.finish()?;
        let (numeric_profile, samples) = (NUMERIC_PROFILE as u8, self.samples());
        LogHeader { numeric_profile, samples, steps: self.steps(), model, frames: count }.seal(stream, buffer)
    }

    /// Reads the log that is the first `len` bytes of a buffer, the last frame first. The buffer must be as
    /// long as the encoder's was: what a frame gives back may take more bytes than the frame.
    ///
    /// # Errors
    /// [`BitsBackError`], naming what is wrong; frames handed over before were then not those of a log of
    /// this model. Of [`StreamError`] there is [`Full`](StreamError::Full) alone: a longer buffer may do.
    pub fn decode_log(
        &self,
        model: u32,
        buffer: &mut [u8],
        len: usize,
        mut visit: impl FnMut(&[f32]),
    ) -> Result<(), BitsBackError> {
        let header = LogHeader::read(buffer.get(..len).ok_or(BitsBackError::NotALog)?)?;
        if header.model != model {
            return Err(BitsBackError::WrongModel { expected: model, found: header.model });
        }
        if u16::from(header.numeric_profile) != NUMERIC_PROFILE {
            return Err(BitsBackError::UnsupportedNumericProfile { found: header.numeric_profile });
        }
        if header.samples != self.samples() {
            return Err(BitsBackError::WrongSamples);
        }
        if header.steps != self.steps() {
            return Err(BitsBackError::WrongSteps { found: header.steps });
        }
        let stream = stream(buffer)?;
        let mut rans = Rans::open_first(stream, len - LOG_HEADER_LEN - CHECKSUM_LEN).map_err(of_log)?;
        let mut frame = FrameShape::<P>::buffer(self.dims());
        for _ in 0..header.frames {
            self.decode_frame(&mut rans, frame.as_mut()).map_err(of_log)?;
            visit(frame.as_ref());
        }
        if rans.is_empty() { Ok(()) } else { Err(BitsBackError::Mismatch) }
    }
}

/// What an error within the stream says of the log.
fn of_log(error: impl Into<BitsBackError>) -> BitsBackError {
    match error.into() {
        BitsBackError::Stream(error) if error != StreamError::Full => BitsBackError::Mismatch,
        other => other,
    }
}

/// Where the stream lies.
fn stream(buffer: &mut [u8]) -> Result<&mut [u8], BitsBackError> {
    let needed = LOG_HEADER_LEN + CHECKSUM_LEN;
    buffer.get_mut(LOG_HEADER_LEN..).ok_or(BitsBackError::BufferTooSmall { needed })
}
