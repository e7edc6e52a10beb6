//! The law of one number of a frame: the formula of a likelihood, and nothing else of it.

use crate::fingerprint::Part;
use crate::format::{LoadError, Sections};
use rand_core::Rng;

/// The law of one number x given `N` numbers of the network, its outputs for x: what tells one likelihood of
/// [`Independent`](super::Independent) numbers from another.
///
/// `log p(x|z) = finish(start + Σ_i part(x_i, outputs_i))`, i rising.
pub trait Law<const N: usize> {
    /// What the law knows of a feature beside the network's outputs, such as its scale.
    type Feature: Copy;

    /// That of each feature of a frame, in order.
    fn features(&self) -> impl Iterator<Item = Self::Feature>;

    /// Where the sum over `dims` features starts.
    fn start(&self, dims: usize) -> f32 {
        let _ = dims;
        0.0
    }

    /// What a number adds to the sum.
    fn part(&self, feature: Self::Feature, x: f32, outputs: [f32; N]) -> f32;

    /// `log p(x_i|z)`, up to a constant of the feature, from the number's part.
    #[inline(always)]
    fn term(&self, part: f32) -> f32 {
        part
    }

    /// `log p(x|z)`, in nats, from the sum.
    #[inline(always)]
    fn finish(&self, sum: f32) -> f32 {
        sum
    }

    /// The constant of a feature, in nats: what `finish` or `start` has of `log p(x_i|z)` beside the term. It
    /// is taken off again where a number is missing.
    fn constant(&self, feature: Self::Feature) -> f32;

    /// The slope of `log p(x|z)` by each of the outputs, where the law tells it.
    #[inline(always)]
    fn slope(&self, _feature: Self::Feature, _x: f32, _outputs: [f32; N]) -> Option<[f32; N]> {
        None
    }

    /// `E[x|z]`, or what stands for it.
    fn mean(&self, feature: Self::Feature, outputs: [f32; N]) -> f32;

    /// Draws x ~ p(·|z).
    fn draw<R: Rng + ?Sized>(&self, feature: Self::Feature, outputs: [f32; N], rng: &mut R) -> f32;
}

/// A law that a model file may hold.
pub trait ReadLaw<'a>: Sized {
    /// How the likelihood is told from others in a fingerprint.
    const PART: Part;

    /// Takes the law's sections for `dims` features, in the order that `docs/model-format.md` gives.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] where a number is none that the law can have; as [`Sections::floats`].
    fn read(sections: &mut Sections<'a>, dims: usize) -> Result<Self, LoadError>;
}
