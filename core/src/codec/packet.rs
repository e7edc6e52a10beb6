//! Packets: windows of integer samples, each packet decodable by itself.
//! `docs/packet-format.md` has the bytes.

use super::entropy_model::RawBits;
use super::header::{Coding, ENVELOPE_LEN, Fidelity, PacketError};
use super::predictor::Predictor;
use super::sample::Sample;
use core::num::NonZeroUsize;

/// Codes windows of `rows` rows by `channels` channels, row after row, with the help of a model or without.
///
/// A packet holds 1 to 255 windows that follow each other. Its encoder tries differences between rows
/// and, where there is a model, differences from the model's reconstruction, whose latents come
/// along; it takes what costs less for each channel, and the samples as they are where nothing gains.
/// What is sent is integers under laws of integers, all of them chosen by the encoder and named in
/// the packet: the decoder never infers a law from a float.
///
/// **Source.** The pipeline of predicting, quantising within a bound and coding is that of Di and Cappello
/// (2016), "Fast error-bounded lossy HPC data compression with SZ".
#[derive(Clone, Copy, Debug)]
pub struct Codec<P> {
    pub(super) predictor: P,
    pub(super) rows: NonZeroUsize,
    pub(super) channels: NonZeroUsize,
    /// rows · channels
    pub(super) frame: NonZeroUsize,
}

/// What the sender decides for a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// its number, to tell which packets were lost
    pub sequence: u16,
    /// how close the decoded samples must be
    pub fidelity: Fidelity,
}

/// What became of some windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Encoded {
    /// bytes of the packet
    pub len: usize,
    /// how its body is coded
    pub coding: Coding,
    /// information in the body, in bits: a score of the packet's windows, lower is more typical
    pub bits: u32,
}

/// Work space, cut from the caller's.
pub(super) struct Work<'a> {
    /// quantised samples of all windows
    pub(super) values: &'a mut [i32],
    /// codes of choices, one for each channel of each window
    pub(super) choices: &'a mut [i32],
    /// 1 for a channel whose base is 0, 0 for one whose base is the model's reconstruction
    pub(super) plain: &'a mut [i32],
    /// what each channel costs without a model
    pub(super) costs: &'a mut [i32],
    /// latents of each window
    pub(super) latents: &'a mut [i32],
    /// a window as the model predicts it
    pub(super) base: &'a mut [i32],
}

/// Whether a channel's base is 0, in a packet that is coded with a model.
pub(super) const BASE: RawBits = RawBits::new(1);
/// Samples in a window at most: costs then fit in 32 bits.
const MAX_FRAME: usize = 4096;
/// Windows in a packet at most.
pub(super) const MAX_WINDOWS: usize = 255;

/// Numbers that a codec works with: its integers, choices of channels and latents for each window, a window
/// as it is predicted, and two numbers for each channel.
pub const fn scratch_len(windows: usize, frame: usize, channels: usize, latents: usize) -> usize {
    windows * (frame + channels + latents) + frame + 2 * channels
}

/// Bytes of the largest packet: the samples as they are, and [`ENVELOPE_LEN`].
pub const fn max_packet_len<S: Sample>(windows: usize, frame: usize) -> usize {
    windows * frame * S::BYTES + ENVELOPE_LEN
}

impl<P: Predictor> Codec<P> {
    /// The codec of a shape of windows.
    ///
    /// # Errors
    /// [`PacketError::WrongShape`] where a window has no sample, more than
    /// 4,096, or another number than the model's.
    pub fn new(predictor: P, rows: usize, channels: usize) -> Result<Self, PacketError> {
        let sizes = || {
            let frame = rows.checked_mul(channels).filter(|frame| *frame <= MAX_FRAME)?;
            let fits = predictor.frame().is_none_or(|expected| expected == frame);
            Some((
                NonZeroUsize::new(rows)?,
                NonZeroUsize::new(channels)?,
                NonZeroUsize::new(frame).filter(|_| fits)?,
            ))
        };
        let (rows, channels, frame) = sizes().ok_or(PacketError::WrongShape)?;
        Ok(Codec { predictor, rows, channels, frame })
    }

    /// Samples in a window.
    pub fn frame(&self) -> usize {
        self.frame.get()
    }

    /// Numbers that [`encode`](Self::encode) and [`decode`](Self::decode) need to work with.
    pub fn scratch_len(&self, windows: usize) -> usize {
        scratch_len(windows, self.frame(), self.channels.get(), self.predictor.latents())
    }

    /// Bytes of the largest packet: the samples as they are, and [`ENVELOPE_LEN`].
    pub fn max_packet_len<S: Sample>(&self, windows: usize) -> usize {
        max_packet_len::<S>(windows, self.frame())
    }

    #[inline(never)]
    pub(super) fn cut<'a>(&self, scratch: &'a mut [i32], windows: usize) -> Result<Work<'a>, PacketError> {
        let needed = self.scratch_len(windows);
        let too_small = PacketError::BufferTooSmall { needed };
        let scratch = scratch.get_mut(..needed).ok_or(too_small)?;
        let (values, rest) = scratch.split_at_mut_checked(windows * self.frame()).ok_or(too_small)?;
        let (base, rest) = rest.split_at_mut_checked(self.frame()).ok_or(too_small)?;
        let (choices, rest) = rest.split_at_mut_checked(windows * self.channels.get()).ok_or(too_small)?;
        let (plain, rest) = rest.split_at_mut_checked(self.channels.get()).ok_or(too_small)?;
        let (costs, latents) = rest.split_at_mut_checked(self.channels.get()).ok_or(too_small)?;
        Ok(Work { values, choices, plain, costs, latents, base })
    }

    /// Where a window's latents lie.
    pub(super) fn latents_of(&self, window: usize) -> core::ops::Range<usize> {
        window * self.predictor.latents()..(window + 1) * self.predictor.latents()
    }

    /// Rows of a window among those of its packet.
    pub(super) fn rows_of(&self, window: usize) -> core::ops::Range<usize> {
        window * self.rows.get()..(window + 1) * self.rows.get()
    }
}
