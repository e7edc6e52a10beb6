//! The parts of a model, and that neighbours fit.

use crate::features::{self, Features};
use crate::latent::Head;
use crate::layer::Layer;
use crate::likelihood::Likelihood;
use crate::shape::Shape;

/// The five parts of a [`Vae`](super::Vae): what a tuple of them is where each fits the one before it.
///
/// Code that is generic over a model has this one bound:
///
/// ```
/// use elbow::model::Frame;
/// use elbow::{FrameError, Parts, Vae};
///
/// struct Node<P: Parts> {
///     model: Vae<P>,
///     seen: u32,
/// }
///
/// impl<P: Parts> Node<P> {
///     fn step(&mut self, frame: &Frame<P>) -> Result<f32, FrameError> {
///         self.seen += 1;
///         Ok(self.model.log_density(frame, 16)?.log_density.0)
///     }
/// }
/// ```
pub trait Parts {
    /// Raw frame to features.
    type Features: Features;
    /// Features to a hidden vector.
    type Encoder: Layer<In = <Self::Features as Features>::Shape, From = f32>;
    /// Hidden vector to q(z|x), with its prior.
    type Head: Head<In = <Self::Encoder as Layer>::Out, From = <Self::Encoder as Layer>::To>;
    /// Latent to a hidden vector.
    type Decoder: Layer<In = LatentShape<Self>, From = f32>;
    /// Hidden vector to p(x|z).
    type Likelihood: Likelihood<
            In = <Self::Decoder as Layer>::Out,
            From = <Self::Decoder as Layer>::To,
            Out = <Self::Features as Features>::Shape,
        >;
}

impl<F, E, H, D, L> Parts for (F, E, H, D, L)
where
    F: Features,
    E: Layer<In = F::Shape, From = f32>,
    H: Head<In = E::Out, From = E::To>,
    D: Layer<In = H::Latent, From = f32>,
    L: Likelihood<In = D::Out, From = D::To, Out = F::Shape>,
{
    type Features = F;
    type Encoder = E;
    type Head = H;
    type Decoder = D;
    type Likelihood = L;
}

/// A raw frame, as a caller hands it over: `[f32; X]` where the size is in the type.
pub type Frame<P> = features::Frame<<P as Parts>::Features>;
/// Memory for a frame.
pub type FrameBuffer<P> = features::FrameBuffer<<P as Parts>::Features>;
/// A latent, as a caller hands it over.
pub type Latent<P> = <LatentShape<P> as Shape>::Slice;
/// q(z|x) of one frame.
pub type PosteriorOf<P> = <<P as Parts>::Head as Head>::Posterior;

/// Size of a frame.
pub(crate) type FrameShape<P> = <<P as Parts>::Features as Features>::Shape;
/// Size of a latent.
pub(crate) type LatentShape<P> = <<P as Parts>::Head as Head>::Latent;
/// The encoder's last hidden vectors of `N` frames.
pub(crate) type EncoderHidden<P, const N: usize> =
    <<<P as Parts>::Encoder as Layer>::Out as Shape>::Buffer<[<<P as Parts>::Encoder as Layer>::To; N]>;
/// The decoder's last hidden vectors of `N` samples.
pub(crate) type Hidden<P, const N: usize> =
    <<<P as Parts>::Decoder as Layer>::Out as Shape>::Buffer<[<<P as Parts>::Decoder as Layer>::To; N]>;
