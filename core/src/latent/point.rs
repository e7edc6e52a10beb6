//! The point head: one latent for a frame, without a distribution. With it the model is a plain autoencoder.

use super::frames::{OneByOne, one_by_one};
use super::{Head, Posterior};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections};
use crate::layer::Projection;
use crate::noise::LowDiscrepancy;
use crate::shape::Shape;
use rand_core::Rng;

/// All of q(z|x) at one z. It has no density, so the terms of prior and posterior are left out of a score.
#[derive(Clone, Debug)]
pub struct Point<S: Shape>(S::Buffer<f32>);

impl<S: Shape> Posterior for Point<S> {
    #[inline]
    fn sample_log_ratio<R: Rng + ?Sized>(&self, _rng: &mut R, z: &mut [f32]) -> f32 {
        z.copy_from_slice(self.mode());
        0.0
    }

    fn log_ratio(&self, _z: &[f32]) -> f32 {
        0.0
    }

    fn kl(&self) -> f32 {
        0.0
    }

    fn mode(&self) -> &[f32] {
        self.0.as_ref()
    }
}

/// A latent that is a function of the frame: `z = f(h)`, a dense layer with any activation. There is no
/// prior.
///
/// The score is then `log p(x|z(x))`, the reconstruction's log likelihood. It is **not** a density of x:
/// nothing says how likely z is, and `exp` of it does not integrate to 1. It ranks frames as an autoencoder's
/// squared error does, and all K samples are the same, so that K = 1 says everything. With the likelihood
/// [`Gaussian`](crate::Gaussian), the mean squared error of D standardised features with scale σ in common is
/// `−σ² (2 log p(x|z)/D + log 2πσ²)`.
#[derive(Clone, Copy, Debug)]
pub struct PointHead<P>(P);

impl<P: Projection> PointHead<P> {
    /// Takes the layer that gives z.
    pub fn new(layer: P) -> Self {
        PointHead(layer)
    }
}

impl<P: Projection> Head for PointHead<P> {
    type In = P::In;
    type From = P::From;
    type Latent = P::Out;
    type Posterior = Point<P::Out>;
    type Noise = LowDiscrepancy;
    type Posteriors<const L: usize> = OneByOne<Point<P::Out>, LowDiscrepancy, P::Out, L>;

    #[inline(always)]
    fn dims(&self) -> usize {
        self.0.outputs()
    }

    fn posterior(&self, hidden: &[[P::From; 1]]) -> Point<P::Out> {
        let mut z = <P::Out as Shape>::buffer(self.dims());
        super::copy(self.0.forward(hidden).as_ref(), z.as_mut());
        Point(z)
    }

    fn posteriors<const L: usize>(&self, hidden: &[[P::From; L]]) -> Self::Posteriors<L> {
        one_by_one(self, hidden)
    }

    fn noise(&self) -> LowDiscrepancy {
        LowDiscrepancy::new(self.dims())
    }
}

impl<'a, P: Load<'a>> Load<'a> for PointHead<P> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        Ok(PointHead(P::load(sections)?))
    }
}

impl<P: Fingerprint> Fingerprint for PointHead<P> {
    const FINGERPRINT: u32 = of(&[Part::PointHead as u32, P::FINGERPRINT]);
}
