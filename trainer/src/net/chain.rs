//! Hidden layers one after the other.

use elbow::architecture::Activation;

use super::buffer::Buffer;
use super::dense::Dense;
use super::params::Params;
use super::real::Real;
use super::{activation, dense};

/// A hidden layer: a dense layer and what is applied to its outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// the affine part
    pub dense: Dense,
    /// applied to every output
    pub activation: Activation,
}

/// What the layers of a chain leave for the way back. Its buffers are reused from step to step.
#[derive(Debug, Default)]
pub struct Trace<T> {
    outputs: Vec<Buffer<T>>,
    sums: Vec<Buffer<T>>,
}

impl<T: Real> Trace<T> {
    /// What the last layer gave; the chain's own `input` where it has no layer.
    pub fn output<'a>(&'a self, input: &'a [T]) -> &'a [T] {
        self.outputs.last().map_or(input, |output| output)
    }

    /// What the l-th layer read.
    pub fn input_of<'a>(&'a self, l: usize, input: &'a [T]) -> &'a [T] {
        l.checked_sub(1).map_or(input, |before| &self.outputs[before])
    }

    /// Forgets all rows but these of `rows`, which must rise.
    pub fn keep(&mut self, kept: &[usize], rows: usize) {
        self.outputs.iter_mut().chain(&mut self.sums).for_each(|buffer| buffer.keep_rows(kept, rows));
    }
}

/// The derivatives of the loss with respect to the layers' sums.
#[derive(Debug, Default)]
pub struct Slopes<T>(Vec<Buffer<T>>);

impl<T: Real> Slopes<T> {
    /// Where the derivative in the chain's output belongs; `None` where it has no layer.
    pub fn of_output(&mut self, layers: &[Layer]) -> Option<&mut Buffer<T>> {
        self.0.resize_with(layers.len(), Buffer::default);
        self.0.last_mut()
    }

    /// With respect to the l-th layer's sums, after [`backward`].
    pub fn of_layer(&self, l: usize) -> &[T] {
        &self.0[l]
    }
}

/// `h_l = f_l(W_l h_{l−1} + b_l)`, h_0 the input.
pub fn forward<T: Real>(layers: &[Layer], params: Params<'_, T>, input: &[T], trace: &mut Trace<T>) {
    trace.outputs.resize_with(layers.len(), Buffer::default);
    trace.sums.resize_with(layers.len(), Buffer::default);
    for (l, Layer { dense, activation }) in layers.iter().enumerate() {
        let (before, after) = trace.outputs.split_at_mut(l);
        let x = before.last().map_or(input, |output| output);
        let y = &mut after[0];
        y.resize(x.len() / dense.inputs * dense.outputs);
        dense::forward(dense, params, x, y);
        if activation::keeps_sum(*activation) {
            trace.sums[l].copy(y);
        }
        activation::forward(*activation, y);
    }
}

/// Takes the derivative in the output back through the layers and, if it is asked for, to the input.
pub fn backward<T: Real>(
    layers: &[Layer],
    params: Params<'_, T>,
    trace: &Trace<T>,
    slopes: &mut Slopes<T>,
    mut d_input: Option<&mut Buffer<T>>,
) {
    for (l, Layer { dense, activation }) in layers.iter().enumerate().rev() {
        let (before, here) = slopes.0.split_at_mut(l);
        let slope = &mut here[0];
        activation::backward(*activation, &trace.outputs[l], &trace.sums[l], slope);
        if let Some(dx) = before.last_mut().or_else(|| d_input.take()) {
            dx.resize(slope.len() / dense.outputs * dense.inputs);
            dense::backward_input(dense, params, slope, false, dx);
        }
    }
}
