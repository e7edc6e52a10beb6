//! Hidden layers one after the other.

use super::layout::Layer;
use super::real::Real;
use super::{activation, dense};

/// What the layers of a chain leave for the way back. Its buffers are reused from step to step.
#[derive(Debug, Default)]
pub struct Trace<T> {
    outputs: Vec<Vec<T>>,
    sums: Vec<Vec<T>>,
}

impl<T: Real> Trace<T> {
    /// What the last layer gave; the chain's own `input` where it has no layer.
    pub fn output<'a>(&'a self, input: &'a [T]) -> &'a [T] {
        self.outputs.last().map_or(input, Vec::as_slice)
    }

    /// Forgets all rows but these of `rows`, which must rise.
    pub fn keep(&mut self, kept: &[usize], rows: usize) {
        self.outputs.iter_mut().chain(&mut self.sums).for_each(|buffer| keep_rows(buffer, kept, rows));
    }
}

/// Moves the rows `kept`, which must rise, of a matrix of `rows` rows to its front, and forgets the others.
pub fn keep_rows<T: Copy>(matrix: &mut Vec<T>, kept: &[usize], rows: usize) {
    let width = matrix.len() / rows;
    for (to, &from) in kept.iter().enumerate().filter(|(to, from)| to != *from) {
        matrix.copy_within(from * width..(from + 1) * width, to * width);
    }
    matrix.truncate(kept.len() * width);
}

/// The derivative of the loss with respect to the numbers between two layers, as it travels back.
#[derive(Debug, Default)]
pub struct Slope<T> {
    /// with respect to what the layers ahead were given
    pub here: Vec<T>,
    spare: Vec<T>,
}

impl<T: Real> Slope<T> {
    /// Takes it one step back, to `len` numbers that `fill` computes from those here.
    pub fn step_back(&mut self, len: usize, fill: impl FnOnce(&[T], &mut [T])) {
        self.spare.resize(len, T::ZERO);
        fill(&self.here, &mut self.spare);
        std::mem::swap(&mut self.here, &mut self.spare);
    }
}

/// `h_l = f_l(W_l h_{l−1} + b_l)`, h_0 the input.
pub fn forward<T: Real>(layers: &[Layer], params: &[T], input: &[T], trace: &mut Trace<T>) {
    trace.outputs.resize_with(layers.len(), Vec::new);
    trace.sums.resize_with(layers.len(), Vec::new);
    for (l, Layer { dense, activation }) in layers.iter().enumerate() {
        let (before, after) = trace.outputs.split_at_mut(l);
        let x = before.last().map_or(input, Vec::as_slice);
        let y = &mut after[0];
        y.resize(x.len() / dense.inputs * dense.outputs, T::ZERO);
        dense::forward(dense, params, x, y);
        if activation::keeps_sum(*activation) {
            trace.sums[l].clone_from(y);
        }
        activation::forward(*activation, y);
    }
}

/// Adds the layers' gradient. `slope` is at `∂h_last` before and, if `to_input` asks for it, at `∂input` after.
pub fn backward<T: Real>(
    layers: &[Layer],
    params: &[T],
    input: &[T],
    trace: &Trace<T>,
    to_input: bool,
    slope: &mut Slope<T>,
    gradient: &mut [T],
) {
    for (l, Layer { dense, activation }) in layers.iter().enumerate().rev() {
        let x = if l == 0 { input } else { &trace.outputs[l - 1] };
        activation::backward(*activation, &trace.outputs[l], &trace.sums[l], &mut slope.here);
        dense::backward(dense, x, &slope.here, gradient);
        if l > 0 || to_input {
            slope.step_back(x.len(), |dy, dx| dense::backward_input(dense, params, dy, false, dx));
        }
    }
}
