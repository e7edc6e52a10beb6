//! Features of whole numbers, and where among the features those lie.

use super::{Binary, Categories, Counts, Features, Integers};
use crate::shape::Shape;

/// Features of frames that hold whole numbers: bits, counts, codes or any others.
pub trait WholeNumbers: Features {
    /// `(loc, 1/scale)` of the number `index`: the feature of n is `(n − loc)/scale`. Unless it says
    /// otherwise that is n.
    fn grid(&self, index: usize) -> (f32, f32) {
        let _ = index;
        (0.0, 1.0)
    }
}

impl<S: Shape> WholeNumbers for Binary<S> {}

impl<S: Shape> WholeNumbers for Counts<S> {}

/// Of categories alone; what stands beside them is whatever `F` makes of it.
impl<F: Features> WholeNumbers for Categories<'_, F> {}

impl<S: Shape> WholeNumbers for Integers<'_, S> {
    fn grid(&self, index: usize) -> (f32, f32) {
        self.linear.constants(index)
    }
}
