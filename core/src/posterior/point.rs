//! One latent for a frame, without a distribution: with it the model is a plain autoencoder.

use super::{Family, OneByOne, ToPosterior, Words, copy};
use crate::fingerprint::Fingerprint;
use crate::format::{Load, LoadError, Sections};
use crate::layer::Projection;
use crate::shape::Shape;

/// All of q(z|x) at one z. It has no density.
#[derive(Clone, Debug)]
pub struct Point<S: Shape>(S::Buffer<f32>);

impl<S: Shape> Family for Point<S> {
    type Frames<const L: usize> = OneByOne<Self, S, L>;

    #[inline]
    fn mode(&self) -> &[f32] {
        self.0.as_ref()
    }
}

/// `z = f(h)`, a dense layer with any activation.
#[derive(Clone, Copy, Debug)]
pub struct ToPoint<P>(P);

impl<P: Projection> ToPoint<P> {
    /// Takes the layer that gives z.
    pub fn new(layer: P) -> Self {
        ToPoint(layer)
    }
}

impl<P: Projection> ToPosterior for ToPoint<P> {
    type In = P::In;
    type From = P::From;
    type Latent = P::Out;
    type Family = Point<P::Out>;

    #[inline(always)]
    fn dims(&self) -> usize {
        self.0.outputs()
    }

    fn posterior(&self, hidden: &[[P::From; 1]]) -> Point<P::Out> {
        let mut z = <P::Out as Shape>::buffer(self.dims());
        copy(self.0.forward(hidden).as_ref(), z.as_mut());
        Point(z)
    }

    fn frames<const L: usize>(&self, hidden: &[[P::From; L]]) -> OneByOne<Point<P::Out>, P::Out, L> {
        OneByOne::new::<P::In, _>(hidden, self.dims(), |h| self.posterior(h), || self.noise())
    }

    #[inline(always)]
    fn words(&self) -> usize {
        self.dims()
    }
}

impl<'a, P: Load<'a>> Load<'a> for ToPoint<P> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        Ok(ToPoint(P::load(sections)?))
    }
}

impl<P: Fingerprint> Words for ToPoint<P> {
    const WORDS: &'static [u32] = &[P::FINGERPRINT];
}
