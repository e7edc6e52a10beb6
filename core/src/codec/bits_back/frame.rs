//! A frame on the stack and back.

use super::buckets::{Even, PRIOR, SLOT, center, laws};
use super::choice::MAX_SAMPLES;
use super::cumulative::PRECISION;
use super::discrete::{DiscreteLikelihood as _, WholeParts};
use super::error::BitsBackError;
use crate::codec::entropy_model::EntropyModel;
use crate::codec::rans::{Rans, StreamError};
use crate::codec::table::Table;
use crate::features::FrameError;
use crate::layer::Layer as _;
use crate::model::{Frame, Hidden, LatentShape, Parts, PosteriorOf, Vae};
use crate::shape::Shape as _;
use core::fmt;

/// Samples that go through the decoder side by side on a device. No bit depends on it.
const DEVICE_LANES: usize = 4;

/// How a frame was coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameCoding {
    /// latent and frame: the first frames of a log, which find too little on the stack
    Direct = 0,
    /// the latent's choice bought back bits of the frames below
    BitsBack = 1,
}

/// Of a log's frames all but the first are of the second kind: they pay 0.00004 bit for saying so.
const CODING: Table<'static, PRECISION> = Table::new_unchecked(&[0, 1, 1 << PRECISION]);

/// Bits-back coding of frames of whole numbers with a variational autoencoder: Gaussian posterior, discrete
/// likelihood.
///
/// The latent is not sent but chosen by bits that are on the stack already, which the decoder gets back. With
/// K = 1 sample a frame takes `−log₂ p(x|z) − log₂ p(z) + log₂ q(z|x)` bits, the negative ELBO on average.
/// With K samples, all of them functions of the same bits, it takes `−log₂ (1/K) Σ_k w_k`, the bound of the
/// importance-weighted score.
///
/// ```text
/// encode   u_j ← pop 15 raw bits, for each coordinate j
///          z_k: bucket of slot (u_j + s_kj) mod 2^15 under q(z_j|x)
///          k ← pop under w_k/Σw,  w_k = p(x|z_k) p(z_k)/q(z_k|x)
///          push where in its bucket the slot of z_k lies;  push x under p(x|z_k)
///          push z_k under p(z);  push k, uniform
/// ```
///
/// The decoder does all that backwards. The shifts s are Richtmyer's sequence, so that the K samples are a
/// randomly shifted lattice.
///
/// **Numerics.** Laws are integers made of floats which both ends compute; with equal numeric profiles they
/// are the same.
///
/// **Cost.** At either end K + 1 passes of the network's decoder for a frame, 1 for K = 1, and one of its
/// encoder; a binary search of 8 steps for each latent and sample.
///
/// **Source.** K = 1: Townsend, Bird and Barber (2019), "Practical lossless compression with latent variables
/// using bits back coding", buckets of equal prior mass included. K > 1: Ruan et al. (2021), "Improving
/// lossless compression rates via Monte Carlo bits-back coding", coupled importance sampling. Even numbers
/// and lattice shifts are ours.
///
/// With `REFINES` both ends refine q(z|x) for each frame ([`Vae::refined`]): fewer bits, and as many passes
/// of the decoder more as the steps need. Without it firmware holds no code for that.
#[derive(Clone, Copy)]
pub struct BitsBack<'m, P: Parts, const LANES: usize = DEVICE_LANES, const REFINES: bool = false> {
    pub(super) model: &'m Vae<P>,
    pub(super) samples: u8,
    pub(super) steps: u8,
}

impl<P: Parts, const LANES: usize, const REFINES: bool> fmt::Debug for BitsBack<'_, P, LANES, REFINES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BitsBack").field("samples", &self.samples).finish_non_exhaustive()
    }
}

impl<'m, P: WholeParts, const LANES: usize> BitsBack<'m, P, LANES, false> {
    /// The codec of a model with K = `samples`, 1 to [`MAX_SAMPLES`].
    ///
    /// # Errors
    /// [`BitsBackError::WrongSamples`]; [`BitsBackError::Continuous`] for numbers beside categories.
    pub fn new(model: &'m Vae<P>, samples: u8) -> Result<Self, BitsBackError> {
        Self::of(model, samples, 0)
    }
}

impl<'m, P: WholeParts, const LANES: usize> BitsBack<'m, P, LANES, true> {
    /// As [`new`](BitsBack::new), the posterior of each frame refined in so many steps; 0 of them are none.
    ///
    /// # Errors
    /// As there. A model whose posterior cannot be refined refuses its first frame.
    pub fn refining(model: &'m Vae<P>, samples: u8, steps: u8) -> Result<Self, BitsBackError> {
        Self::of(model, samples, steps)
    }
}

impl<'m, P: WholeParts, const LANES: usize, const REFINES: bool> BitsBack<'m, P, LANES, REFINES> {
    fn of(model: &'m Vae<P>, samples: u8, steps: u8) -> Result<Self, BitsBackError> {
        if samples == 0 || usize::from(samples) > MAX_SAMPLES {
            return Err(BitsBackError::WrongSamples);
        }
        match model.likelihood.continuous() {
            Some(index) => Err(BitsBackError::Continuous { index }),
            None => Ok(BitsBack { model, samples, steps }),
        }
    }

    fn posterior(&self, features: &[f32]) -> Result<PosteriorOf<P>, BitsBackError> {
        if !REFINES || self.steps == 0 {
            return Ok(self.model.posterior(features));
        }
        let refined = self.model.refined_posterior::<LANES>(features, self.steps.into());
        Ok(refined.ok_or(FrameError::NotRefinable)?)
    }

    /// Steps in which the posterior of a frame is refined.
    pub fn steps(&self) -> u8 {
        self.steps
    }

    /// K.
    pub fn samples(&self) -> u8 {
        self.samples
    }

    /// Numbers in a frame.
    pub fn dims(&self) -> usize {
        self.model.dims()
    }

    /// Room that the stack must have for a frame, in bytes: two for each symbol, and four for the end of the
    /// stream. On average a frame takes far less.
    pub fn max_frame_len(&self) -> usize {
        2 * (self.model.likelihood.symbols() * self.dims() + 2 * self.model.latent_dims() + 4)
    }

    /// Bits on the stack from which a frame finds enough there.
    fn initial_bits(&self) -> u32 {
        (PRECISION + 1) * (self.model.latent_dims() as u32 + 2)
    }

    /// Puts a frame on the stack.
    ///
    /// # Errors
    /// [`BitsBackError::Frame`] for a frame that the model cannot take, [`StreamError::Full`] where there is
    /// less room than [`max_frame_len`](Self::max_frame_len); the stack is as before.
    pub fn encode_frame<B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        frame: &Frame<P>,
        rans: &mut Rans<B>,
    ) -> Result<FrameCoding, BitsBackError> {
        if rans.room() < self.max_frame_len() {
            return Err(StreamError::Full.into());
        }
        let (features, _) = self.model.extract(frame.as_ref())?;
        if let Some(index) = self.model.likelihood.without_code(frame.as_ref()) {
            return Err(FrameError::OutOfSupport { index }.into());
        }
        let posterior = self.posterior(features.as_ref())?;
        let mut buckets = LatentShape::<P>::buffer(self.model.latent_dims());
        if rans.bits() < self.initial_bits() {
            buckets.as_mut().iter_mut().zip(laws(posterior.q())).for_each(|(b, law)| *b = law.mode());
            self.push_frame(buckets.as_ref(), frame.as_ref(), rans)?;
            rans.push(FrameCoding::Direct as u16, &CODING)?;
            return Ok(FrameCoding::Direct);
        }
        let choice = self.pop_latent(features.as_ref(), &posterior, buckets.as_mut(), rans)?;
        self.push_frame(buckets.as_ref(), frame.as_ref(), rans)?;
        if let Some(any) = Even::new(self.samples.into()) {
            rans.push(choice, &any)?;
        }
        rans.push(FrameCoding::BitsBack as u16, &CODING)?;
        Ok(FrameCoding::BitsBack)
    }

    /// Takes the frame that was put on the stack last.
    ///
    /// # Errors
    /// [`BitsBackError::Stream`] or [`BitsBackError::Mismatch`] where the stack is no log of this model, or
    /// its buffer smaller than the encoder's was: then nothing more can be had from it.
    /// [`FrameError::WrongLength`] where `frame` has another length than the model's.
    pub fn decode_frame<B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        rans: &mut Rans<B>,
        frame: &mut [f32],
    ) -> Result<FrameCoding, BitsBackError> {
        let (expected, found) = (self.dims(), frame.len());
        if found != expected {
            return Err(FrameError::WrongLength { expected, found }.into());
        }
        let bits_back = rans.pop(&CODING)? == FrameCoding::BitsBack as u16;
        let choice = match Even::new(self.samples.into()) {
            Some(any) if bits_back => rans.pop(&any)?,
            _ => 0,
        };
        let mut buckets = LatentShape::<P>::buffer(self.model.latent_dims());
        self.pop_frame(buckets.as_mut(), frame, rans)?;
        let Ok((features, _)) = self.model.extract(frame) else { return Err(BitsBackError::Mismatch) };
        if bits_back {
            let posterior = self.posterior(features.as_ref())?;
            self.push_latent(choice, features.as_ref(), &posterior, buckets.as_mut(), rans)?;
        }
        Ok(if bits_back { FrameCoding::BitsBack } else { FrameCoding::Direct })
    }

    /// Chooses a latent by bits of the stack: returns which sample it is, its buckets in `latent`.
    fn pop_latent<B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        features: &[f32],
        posterior: &PosteriorOf<P>,
        latent: &mut [u16],
        rans: &mut Rans<B>,
    ) -> Result<u16, StreamError> {
        for u in &mut *latent {
            *u = rans.pop(&SLOT)?;
        }
        let choice = match self.law_of_samples(features, posterior, latent) {
            Some(law) => rans.pop(&law.table()?)?,
            None => 0,
        };
        self.shift(choice, latent, u16::wrapping_add);
        for (slot, law) in latent.iter_mut().zip(laws(posterior.q())).rev() {
            let (bucket, interval) = law.symbol(*slot);
            if let Some(places) = Even::new(interval.mass) {
                rans.push(*slot - interval.start, &places)?;
            }
            *slot = bucket;
        }
        Ok(choice)
    }

    /// The inverse of [`pop_latent`](Self::pop_latent).
    fn push_latent<B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        choice: u16,
        features: &[f32],
        posterior: &PosteriorOf<P>,
        latent: &mut [u16],
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        for (bucket, law) in latent.iter_mut().zip(laws(posterior.q())) {
            let interval = law.interval(*bucket).ok_or(StreamError::Impossible)?;
            let place = match Even::new(interval.mass) {
                Some(places) => rans.pop(&places)?,
                None => 0,
            };
            *bucket = interval.start + place;
        }
        self.shift(choice, latent, u16::wrapping_sub);
        if let Some(law) = self.law_of_samples(features, posterior, latent) {
            rans.push(choice, &law.table()?)?;
        }
        latent.iter().rev().try_for_each(|u| rans.push(*u, &SLOT))
    }

    fn push_frame<B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        buckets: &[u16],
        frame: &[f32],
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        let hidden = self.decode_hidden(buckets);
        self.model.likelihood.push(&self.model.features, hidden.as_ref(), frame, rans)?;
        buckets.iter().rev().try_for_each(|bucket| rans.push(*bucket, &PRIOR))
    }

    fn pop_frame<B: AsRef<[u8]>>(
        &self,
        buckets: &mut [u16],
        frame: &mut [f32],
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        for bucket in &mut *buckets {
            *bucket = rans.pop(&PRIOR)?;
        }
        let hidden = self.decode_hidden(buckets);
        self.model.likelihood.pop(&self.model.features, hidden.as_ref(), frame, rans)
    }

    fn decode_hidden(&self, buckets: &[u16]) -> Hidden<P, 1> {
        let mut z = LatentShape::<P>::scratch(self.model.latent_dims());
        z.as_mut().iter_mut().zip(buckets).for_each(|(z, bucket)| *z = [center(*bucket)]);
        self.model.decoder.forward(z.as_ref())
    }
}
