//! The point: z is a function of the row, and neither prior nor posterior has a say.

use elbow::architecture::Activation;

use super::{Heads, Posterior, Slopes};
use crate::net::activation;
use crate::net::buffer::Buffer;
use crate::net::real::Real;

/// The head gives the latent before its activation.
#[derive(Debug)]
pub(super) struct Point<T> {
    dim: usize,
    activation: Activation,
    /// `[row][coordinate]`
    z: Buffer<T>,
}

impl<T: Real> Point<T> {
    pub(super) fn new(dim: u32, activation: Activation) -> Self {
        Point { dim: dim as usize, activation, z: Buffer::default() }
    }
}

impl<T: Real> Posterior<T> for Point<T> {
    fn dim(&self) -> usize {
        self.dim
    }

    fn heads(&self) -> Vec<usize> {
        vec![self.dim]
    }

    fn noise_len(&self) -> usize {
        0
    }

    fn activation(&self) -> Activation {
        self.activation
    }

    /// `z = f(W h + b)`, the same for all samples of a row.
    fn draw(&mut self, heads: &Heads<'_, T>, z: &mut [T]) {
        self.z.copy(&heads.outputs[0]);
        activation::forward(self.activation, &mut self.z);
        for (copies, z) in z.chunks_exact_mut(self.dim * heads.samples).zip(self.z.chunks_exact(self.dim)) {
            copies.chunks_exact_mut(self.dim).for_each(|copy| copy.copy_from_slice(z));
        }
    }

    fn add_log_ratio(&self, _: &Heads<'_, T>, _: &[T], _: &mut [f64]) {}

    fn add_surprise(&self, _: &Heads<'_, T>, _: &mut [f64]) {}

    fn divergence(&self, _: &Heads<'_, T>, _: usize) -> f64 {
        0.0
    }

    fn unit_divergences(&self, _: &Heads<'_, T>, _: &mut Vec<f64>) {}

    /// `∂sum = f′(sum) Σ_k ∂z_k` over the kept samples k of a row. No gradient goes around z, so the factors
    /// of that way and of the way through z do not matter.
    fn backward(&mut self, heads: &Heads<'_, T>, slopes: &Slopes<'_, T>, d_outputs: &mut [Buffer<T>]) {
        let d_sum = &mut d_outputs[0];
        d_sum.resize(self.z.len());
        d_sum.fill(T::ZERO);
        for (pull, d_z) in slopes.pulls.iter().zip(slopes.d_z.chunks_exact(self.dim)) {
            let at = pull.sample / heads.samples * self.dim;
            d_sum[at..at + self.dim].iter_mut().zip(d_z).for_each(|(sum, d_z)| *sum += *d_z);
        }
        activation::backward(self.activation, &self.z, &heads.outputs[0], d_sum);
    }
}
