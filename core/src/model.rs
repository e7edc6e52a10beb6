//! The model: a variational autoencoder put together from its parts.

use crate::features::{self, Features, FrameError};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, ModelFile, Sections};
use crate::latent::{Head, Posterior, Prior};
use crate::layer::Layer;
use crate::likelihood::Likelihood;
use crate::math;
use crate::shape::Shape;
use rand_core::Rng;

/// A variational autoencoder (Kingma and Welling 2014): a density of frames with a latent variable.
///
/// `p(x) = ∫ p(x|z) p(z) dz`, where `features` maps the raw frame, `decoder` and `likelihood` give p(x|z), and `encoder`
/// and `head` give the posterior q(z|x) that makes the integral tractable. Scoring is in [`crate::score`].
///
/// The type is written by the trainer beside the model file (`NAME.rs`); neighbours that do not fit are a type error.
#[derive(Clone, Copy, Debug)]
pub struct Vae<F, E, H, D, L> {
    pub(crate) features: F,
    pub(crate) encoder: E,
    pub(crate) head: H,
    pub(crate) decoder: D,
    pub(crate) likelihood: L,
}

/// A raw frame, as a caller hands it over: `[f32; X]` where the size is in the type.
pub type Frame<F> = <<F as Features>::Shape as Shape>::Slice;
/// Memory for a frame.
pub type FrameBuffer<F> = <<F as Features>::Shape as Shape>::Buffer<f32>;
/// A latent, as a caller hands it over.
pub type Latent<H> = <<H as Head>::Latent as Shape>::Slice;

impl<F, E, H, D, L> Vae<F, E, H, D, L>
where
    F: Features,
    E: Layer<In = F::Shape, From = f32>,
    H: Head<In = E::Out, From = E::To>,
    D: Layer<In = H::Latent, From = f32>,
    L: Likelihood<In = D::Out, From = D::To, Out = F::Shape>,
{
    /// Puts a model together from parts that were loaded one by one.
    pub fn new(features: F, encoder: E, head: H, decoder: D, likelihood: L) -> Self {
        Vae { features, encoder, head, decoder, likelihood }
    }

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

    /// Coordinates of the latent.
    pub fn latent_dims(&self) -> usize {
        self.head.dims()
    }

    /// q(z|x): the posterior of the latent given a frame.
    ///
    /// # Errors
    /// [`FrameError`] for a frame that the model cannot take.
    pub fn encode(&self, frame: &Frame<F>) -> Result<H::Posterior, FrameError> {
        let (features, _) = self.extract(frame.as_ref())?;
        Ok(self.posterior(features.as_ref()))
    }

    /// `E[x|z]` in raw units.
    ///
    /// # Errors
    /// [`FrameError::WrongLength`] where the latent has the wrong length, [`FrameError::NonFinite`].
    pub fn decode(&self, z: &Latent<H>) -> Result<FrameBuffer<F>, FrameError> {
        self.mean(z.as_ref())
    }

    /// Draws a frame from the model: z ~ p(z), then x ~ p(x|z), in raw units. An autoencoder, which has no p(z), has no such draw.
    ///
    /// # Errors
    /// [`FrameError::Overflow`] where the decoder overflows on a draw of the prior.
    pub fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Result<FrameBuffer<F>, FrameError>
    where
        H: Prior,
    {
        let mut z = H::Latent::buffer(self.latent_dims());
        self.head.sample_prior(rng, z.as_mut());
        let hidden = self.decode_hidden(z.as_ref())?;
        let mut frame = F::Shape::buffer(self.dims());
        self.likelihood.sample(hidden.as_ref(), rng, frame.as_mut());
        self.features.restore(frame.as_mut());
        if frame.as_ref().iter().all(|x| math::is_finite(*x)) { Ok(frame) } else { Err(FrameError::Overflow) }
    }

    /// `E[x|z]` at the most likely latent of a frame, in raw units.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    pub fn reconstruct(&self, frame: &Frame<F>) -> Result<FrameBuffer<F>, FrameError> {
        let posterior = self.encode(frame)?;
        self.mean(posterior.mode())
    }

    /// As [`decode`](Self::decode), whatever the latent's memory.
    pub(crate) fn mean(&self, z: &[f32]) -> Result<FrameBuffer<F>, FrameError> {
        let hidden = self.decode_hidden(z)?;
        let mut frame = F::Shape::buffer(self.dims());
        self.likelihood.mean(hidden.as_ref(), frame.as_mut());
        self.features.restore(frame.as_mut());
        Ok(frame)
    }

    /// The features, and the log Jacobian of the map to them.
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(crate) fn extract(&self, frame: &[f32]) -> Result<(FrameBuffer<F>, f32), FrameError> {
        features::extract(&self.features, frame)
    }

    /// A device calls it, for the encoder's memory to be free again when the decoder runs.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(crate) fn posterior(&self, features: &[f32]) -> H::Posterior {
        let (features, _) = features.as_chunks();
        self.head.posterior(self.encode_hidden::<1>(features).as_ref())
    }

    /// The posteriors of `N` frames, of their features.
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(crate) fn posteriors<const N: usize>(&self, features: &[[f32; N]]) -> H::Posteriors<N> {
        self.head.posteriors(self.encode_hidden(features).as_ref())
    }

    #[inline(always)]
    fn encode_hidden<const N: usize>(&self, features: &[[f32; N]]) -> <E::Out as Shape>::Buffer<[E::To; N]> {
        let mut input = F::Shape::scratch(self.dims());
        self.features.encoder_input(features, input.as_mut());
        self.encoder.forward(input.as_ref())
    }

    fn decode_hidden(&self, z: &[f32]) -> Result<<D::Out as Shape>::Buffer<[D::To; 1]>, FrameError> {
        let expected = self.latent_dims();
        if z.len() != expected {
            return Err(FrameError::WrongLength { expected, found: z.len() });
        }
        let mut input = H::Latent::buffer(expected);
        for (index, (input, z)) in input.as_mut().iter_mut().zip(z).enumerate() {
            if !math::is_finite(*z) {
                return Err(FrameError::NonFinite { index });
            }
            *input = [*z];
        }
        Ok(self.decoder.forward(input.as_ref()))
    }
}

impl<'a, F: Load<'a>, E: Load<'a>, H: Load<'a>, D: Load<'a>, L: Load<'a>> Load<'a> for Vae<F, E, H, D, L> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        Ok(Vae {
            features: F::load(sections)?,
            encoder: E::load(sections)?,
            head: H::load(sections)?,
            decoder: D::load(sections)?,
            likelihood: L::load(sections)?,
        })
    }
}

impl<F: Fingerprint, E: Fingerprint, H: Fingerprint, D: Fingerprint, L: Fingerprint> Fingerprint
    for Vae<F, E, H, D, L>
{
    const FINGERPRINT: u32 = of(&[
        Part::Vae as u32,
        F::FINGERPRINT,
        E::FINGERPRINT,
        H::FINGERPRINT,
        D::FINGERPRINT,
        L::FINGERPRINT,
    ]);
}
