//! Layers: what turns one vector into another, one sample at a time or several side by side.

pub mod activation;
mod chain;
mod dense;
mod hand_on;
mod one_hot;
mod quantize;
mod rows;
mod sine_cosine;
pub mod weights;

pub use chain::PassThrough;
pub use dense::{DenseLayer, Projection, pull_back};
pub use hand_on::HandOn;
pub use one_hot::OneHot;
pub(crate) use one_hot::one_hot;
pub use quantize::Quantize;
pub use rows::Rows;
pub use sine_cosine::SineCosine;
pub(crate) use sine_cosine::{read_angles, sine_cosine};

use crate::shape::{Element, Shape};

/// A function from vectors of one size to vectors of another, applied to `L` samples side by side.
///
/// Sample `l` of element `i` is `x[i][l]`. The bits of a sample do not depend on `L` or on its neighbours.
pub trait Layer {
    /// Size of the input.
    type In: Shape;
    /// Size of the output.
    type Out: Shape;
    /// What it reads.
    type From: Element;
    /// What it gives.
    type To: Element;

    /// Number of outputs.
    fn outputs(&self) -> usize;

    /// The outputs for `L` samples. `x` has one element per input.
    fn forward<const L: usize>(&self, x: &[[Self::From; L]]) -> <Self::Out as Shape>::Buffer<[Self::To; L]>;

    /// The way back at x: from the slope of a number by each output to that by each input, `to = Jᵀ slope`, J
    /// the Jacobian there. `false` where a layer has no way back, as those of integers have none.
    fn pull_back<const L: usize>(
        &self,
        _x: &[[Self::From; L]],
        _slope: &[[f32; L]],
        _to: &mut [[f32; L]],
    ) -> bool {
        false
    }
}
