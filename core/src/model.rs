//! The model: a variational autoencoder put together from its parts.

mod parts;
mod sample;

pub(crate) use parts::{EncoderHidden, FrameShape, Hidden, LatentShape};
pub use parts::{Frame, FrameBuffer, Latent, Parts, PosteriorOf};
pub use sample::Sample;

use crate::features::{self, Features as _, FrameError};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, ModelFile, Sections};
use crate::latent::{HasPrior, Head, Posterior as _, copy_latent};
use crate::layer::Layer as _;
use crate::likelihood::Likelihood as _;
use crate::math;
use crate::shape::Shape;
use rand_core::Rng;

/// A variational autoencoder (Kingma and Welling 2014): a density of frames with a latent variable.
///
/// `p(x) = ∫ p(x|z) p(z) dz`, where `features` maps the raw frame, `decoder` and `likelihood` give p(x|z),
/// and `encoder` and `head` give the posterior q(z|x) that makes the integral tractable. Scoring is in
/// [`crate::score`].
///
/// The type is written by the trainer beside the model file (`NAME.rs`); neighbours that do not fit are a
/// type error.
#[derive(Clone, Copy, Debug)]
pub struct Vae<P: Parts> {
    pub(crate) features: P::Features,
    pub(crate) encoder: P::Encoder,
    pub(crate) head: P::Head,
    pub(crate) decoder: P::Decoder,
    pub(crate) likelihood: P::Likelihood,
}

impl<F, E, H, D, L> Vae<(F, E, H, D, L)>
where
    (F, E, H, D, L): Parts<Features = F, Encoder = E, Head = H, Decoder = D, Likelihood = L>,
{
    /// Puts a model together from parts that were loaded one by one.
    pub fn new(features: F, encoder: E, head: H, decoder: D, likelihood: L) -> Self {
        Vae { features, encoder, head, decoder, likelihood }
    }
}

impl<P: Parts> Vae<P> {
    /// Loads a model; its weights stay where `bytes` are.
    ///
    /// # Errors
    /// A [`LoadError`] of its own for everything that can be wrong with the bytes.
    ///
    /// # Cost
    /// Two passes over the bytes (checksum, finiteness), no memory.
    pub fn from_bytes<'a>(bytes: &'a [u8]) -> Result<Self, LoadError>
    where
        Self: Load<'a> + Fingerprint,
    {
        ModelFile::parse(bytes)?.model()
    }

    /// Numbers in a frame.
    pub fn dims(&self) -> usize {
        self.features.dims()
    }

    /// Numbers of a frame that are there.
    #[inline(always)]
    pub(crate) fn present(&self, frame: &[f32]) -> u32 {
        self.dims().saturating_sub(self.features.missing(frame).count) as u32
    }

    /// Coordinates of the latent.
    pub fn latent_dims(&self) -> usize {
        self.head.dims()
    }

    /// q(z|x): the posterior of the latent given a frame.
    ///
    /// # Errors
    /// [`FrameError`] for a frame that the model cannot take.
    pub fn encode(&self, frame: &Frame<P>) -> Result<PosteriorOf<P>, FrameError> {
        let (features, _) = self.extract(frame.as_ref())?;
        Ok(self.posterior(features.as_ref()))
    }

    /// `E[x|z]` in raw units.
    ///
    /// # Errors
    /// [`FrameError::WrongLength`] where the latent has the wrong length, [`FrameError::NonFinite`].
    pub fn decode(&self, z: &Latent<P>) -> Result<FrameBuffer<P>, FrameError> {
        self.mean(z.as_ref())
    }

    /// Draws a frame from the model: z ~ p(z), then x ~ p(x|z), in raw units. An autoencoder, which has no
    /// p(z), has no such draw.
    ///
    /// # Errors
    /// [`FrameError::Overflow`] where the decoder overflows on a draw of the prior.
    pub fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Result<FrameBuffer<P>, FrameError>
    where
        P::Head: HasPrior,
    {
        let mut z = LatentShape::<P>::buffer(self.latent_dims());
        self.head.sample_prior(rng, z.as_mut());
        let hidden = self.decode_hidden(z.as_ref())?;
        let mut frame = FrameShape::<P>::buffer(self.dims());
        self.likelihood.sample(hidden.as_ref(), rng, frame.as_mut());
        self.features.restore(frame.as_mut());
        if frame.as_ref().iter().all(|x| math::is_finite(*x)) { Ok(frame) } else { Err(FrameError::Overflow) }
    }

    /// `E[x|z]` at the most likely latent of a frame, in raw units.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    pub fn reconstruct(&self, frame: &Frame<P>) -> Result<FrameBuffer<P>, FrameError> {
        let posterior = self.encode(frame)?;
        self.mean(posterior.mode())
    }

    /// As [`decode`](Self::decode), whatever the latent's memory.
    pub(crate) fn mean(&self, z: &[f32]) -> Result<FrameBuffer<P>, FrameError> {
        let hidden = self.decode_hidden(z)?;
        let mut frame = FrameShape::<P>::buffer(self.dims());
        self.likelihood.mean(hidden.as_ref(), frame.as_mut());
        self.features.restore(frame.as_mut());
        Ok(frame)
    }

    /// The features, and the log Jacobian of the map to them.
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(crate) fn extract(&self, frame: &[f32]) -> Result<(FrameBuffer<P>, f32), FrameError> {
        features::extract(&self.features, frame)
    }

    /// A device calls it, for the encoder's memory to be free again when the decoder runs.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(crate) fn posterior(&self, features: &[f32]) -> PosteriorOf<P> {
        let (features, _) = features.as_chunks();
        self.head.posterior(self.encode_hidden::<1>(features).as_ref())
    }

    /// The posteriors of `N` frames, of their features.
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(crate) fn posteriors<const N: usize>(
        &self,
        features: &[[f32; N]],
    ) -> <P::Head as Head>::Posteriors<N> {
        self.head.posteriors(self.encode_hidden(features).as_ref())
    }

    #[inline(always)]
    fn encode_hidden<const N: usize>(&self, features: &[[f32; N]]) -> EncoderHidden<P, N> {
        let mut input = FrameShape::<P>::scratch(self.dims());
        self.features.encoder_input(features, input.as_mut());
        self.encoder.forward(input.as_ref())
    }

    pub(crate) fn decode_hidden(&self, z: &[f32]) -> Result<Hidden<P, 1>, FrameError> {
        let mut input = LatentShape::<P>::buffer(self.latent_dims());
        copy_latent(z, input.as_mut())?;
        Ok(self.decoder.forward(input.as_ref()))
    }
}

impl<'a, P> Load<'a> for Vae<P>
where
    P: Parts<Features: Load<'a>, Encoder: Load<'a>, Head: Load<'a>, Decoder: Load<'a>, Likelihood: Load<'a>>,
{
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        Ok(Vae {
            features: P::Features::load(sections)?,
            encoder: P::Encoder::load(sections)?,
            head: P::Head::load(sections)?,
            decoder: P::Decoder::load(sections)?,
            likelihood: P::Likelihood::load(sections)?,
        })
    }
}

impl<P> Fingerprint for Vae<P>
where
    P: Parts<
            Features: Fingerprint,
            Encoder: Fingerprint,
            Head: Fingerprint,
            Decoder: Fingerprint,
            Likelihood: Fingerprint,
        >,
{
    const FINGERPRINT: u32 = of(&[
        Part::Vae as u32,
        P::Features::FINGERPRINT,
        P::Encoder::FINGERPRINT,
        P::Head::FINGERPRINT,
        P::Decoder::FINGERPRINT,
        P::Likelihood::FINGERPRINT,
    ]);
}
