//! Inputs handed on beside the outputs of layers.

use super::Layer;
use crate::shape::Shape;
use core::marker::PhantomData;

/// The outputs of the layers `E`, and behind them their last `given` inputs as they are: `[E(x) ‖ x_given]`,
/// of the size `O`.
#[derive(Clone, Copy, Debug)]
pub struct HandOn<E, O> {
    layers: E,
    given: usize,
    shape: PhantomData<O>,
}

impl<E: Layer<From = f32, To = f32>, O: Shape> HandOn<E, O> {
    /// Layers beside which the last `given` inputs go on.
    ///
    /// # Panics
    /// If `O` is another size than that of both together.
    pub fn new(layers: E, given: usize) -> Self {
        let outputs = layers.outputs() + given;
        assert!(O::resolve(outputs) == outputs, "the layers' outputs and what is given are {outputs}");
        HandOn { layers, given, shape: PhantomData }
    }
}

impl<E: Layer<From = f32, To = f32>, O: Shape> Layer for HandOn<E, O> {
    type In = E::In;
    type Out = O;
    type From = f32;
    type To = f32;

    fn outputs(&self) -> usize {
        self.layers.outputs() + self.given
    }

    fn forward<const L: usize>(&self, x: &[[f32; L]]) -> O::Buffer<[f32; L]> {
        let mut y = O::buffer(self.outputs());
        let h = self.layers.forward(x);
        let given = x.iter().skip(x.len().saturating_sub(self.given));
        y.as_mut().iter_mut().zip(h.as_ref().iter().chain(given)).for_each(|(y, from)| *y = *from);
        y
    }
}
