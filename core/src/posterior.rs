//! Posteriors q(z|x): what the encoder's last layers make of a hidden vector. The prior they are measured
//! against is another part, see [`prior`](crate::prior).

mod concentration;
mod frames;
mod gaussian;
mod point;
mod von_mises_fisher;

pub use concentration::{
    ConcentrationHead, DirectionLaw, FixedConcentration, LearnedConcentration, Tabled, TabledConcentration,
};
pub use frames::OneByOne;
pub use gaussian::{GaussianFrames, LOG_SCALE_MAX, LOG_SCALE_MIN, ToGaussian};
pub use point::{Point, ToPoint};
pub use von_mises_fisher::{ToVonMisesFisher, VonMisesFisherPosterior};
pub(crate) use {concentration::learned, gaussian::bounded, von_mises_fisher::normalize};

use crate::layer::Layer;
use crate::noise::LowDiscrepancy;
use crate::shape::{Element, Shape};
use core::fmt::Debug;
use rand_core::Rng;

/// A family of distributions of z: q(z|x) of one frame, and of several side by side.
pub trait Family: Debug {
    /// q(z|x) of `L` frames, each with the default noise.
    type Frames<const L: usize>: Debug;

    /// The most likely z.
    fn mode(&self) -> &[f32];

    /// Draws z, `L` at a time, with the standard normal noise that each is a function of. `false` of a family
    /// that has no such way.
    fn draw_with_noise<const L: usize, R: Rng + ?Sized>(
        &self,
        _rng: &mut R,
        _noise: &mut [[f32; L]],
        _z: &mut [[f32; L]],
    ) -> bool {
        false
    }

    /// A step up: [`Posterior::step`](crate::latent::Posterior::step), the prior's slopes being added.
    fn step(&mut self, _rate: f32, _slope: &[f32], _slope_noise: &[f32]) -> bool {
        false
    }
}

/// The layers of a posterior: from a hidden vector to q(z|x).
pub trait ToPosterior {
    /// Size of the hidden vector.
    type In: Shape;
    /// What the hidden vector is made of.
    type From: Element;
    /// Size of the latent.
    type Latent: Shape;
    /// What they give.
    type Family: Family;

    /// Number of latent coordinates.
    fn dims(&self) -> usize;
    /// q(z|x) for one hidden vector.
    fn posterior(&self, hidden: &[[Self::From; 1]]) -> Self::Family;
    /// q(z|x) for the hidden vectors of `L` frames.
    fn frames<const L: usize>(&self, hidden: &[[Self::From; L]]) -> <Self::Family as Family>::Frames<L>;
    /// Words of noise that a sample takes.
    fn words(&self) -> usize;
    /// A fresh copy of the default noise: always the same words.
    fn noise(&self) -> LowDiscrepancy {
        LowDiscrepancy::new(self.words())
    }
}

/// Layers `N` before those of a posterior.
impl<N: Layer, Q: ToPosterior<In = N::Out, From = N::To>> ToPosterior for (N, Q) {
    type In = N::In;
    type From = N::From;
    type Latent = Q::Latent;
    type Family = Q::Family;

    fn dims(&self) -> usize {
        self.1.dims()
    }

    fn posterior(&self, hidden: &[[N::From; 1]]) -> Q::Family {
        self.1.posterior(self.0.forward(hidden).as_ref())
    }

    fn frames<const L: usize>(&self, hidden: &[[N::From; L]]) -> <Q::Family as Family>::Frames<L> {
        self.1.frames(self.0.forward(hidden).as_ref())
    }

    fn words(&self) -> usize {
        self.1.words()
    }
}

/// The part of a shape's hash that the layers of a posterior are.
pub trait Words {
    /// The hashes of the layers, in the order of the file.
    const WORDS: &'static [u32];
}

/// The outputs of a layer, one after another.
fn copy(from: &[[f32; 1]], to: &mut [f32]) {
    to.iter_mut().zip(from.as_flattened()).for_each(|(to, from)| *to = *from);
}
