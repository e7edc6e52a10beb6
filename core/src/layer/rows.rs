//! Outputs one by one.

use super::{Layer, Projection};
use crate::shape::{Element, Shape};

/// A layer whose outputs are handed over one by one: what a likelihood that reads one layer asks of it.
pub trait Rows {
    /// Size of the input.
    type In: Shape;
    /// What it reads.
    type From: Element;

    /// Number of outputs.
    fn outputs(&self) -> usize;

    /// Hands over the outputs one by one, then some padding.
    fn for_each_row<const L: usize>(&self, x: &[[Self::From; L]], visit: impl FnMut([f32; L]));
}

impl<P: Projection> Rows for P {
    type In = P::In;
    type From = P::From;

    #[inline(always)]
    fn outputs(&self) -> usize {
        Layer::outputs(self)
    }

    #[inline(always)]
    fn for_each_row<const L: usize>(&self, x: &[[P::From; L]], visit: impl FnMut([f32; L])) {
        Projection::for_each_row(self, x, visit);
    }
}
