//! The point: z is a function of the row, and neither prior nor posterior has a say.

use super::{Posterior, Pull};
use crate::net::buffer::Buffer;
use crate::net::layout::Layer;
use crate::net::real::Real;
use crate::net::{activation, dense};

/// What is needed on the way back.
#[derive(Debug, Default)]
pub(super) struct Point<T> {
    sum: Buffer<T>,
    z: Buffer<T>,
}

/// `z = f(W h + b)`, the same for all samples of a row.
pub(super) fn forward<T: Real>(
    posterior: &Posterior<'_, T>,
    layer: &Layer,
    draws: &mut Point<T>,
    z: &mut [T],
) {
    let Posterior { params, hidden, samples, .. } = *posterior;
    let dim = layer.dense.outputs;
    draws.sum.resize(hidden.len() / layer.dense.inputs * dim);
    dense::forward(&layer.dense, params, hidden, &mut draws.sum);
    draws.z.copy(&draws.sum);
    activation::forward(layer.activation, &mut draws.z);
    for (copies, z) in z.chunks_exact_mut(dim * samples).zip(draws.z.chunks_exact(dim)) {
        copies.chunks_exact_mut(dim).for_each(|copy| copy.copy_from_slice(z));
    }
}

/// `∂sum = f′(sum) Σ_k ∂z_k` over the kept samples k of a row. No gradient goes around z, so the factors of that way and of the
/// way through z do not matter.
pub(super) fn backward<T: Real>(
    posterior: &Posterior<'_, T>,
    layer: &Layer,
    draws: &Point<T>,
    pulls: &[Pull<T>],
    d_z: &[T],
    d_sum: &mut Buffer<T>,
) {
    let dim = layer.dense.outputs;
    d_sum.resize(draws.z.len());
    d_sum.fill(T::ZERO);
    for (pull, d_z) in pulls.iter().zip(d_z.chunks_exact(dim)) {
        let at = pull.sample / posterior.samples * dim;
        d_sum[at..at + dim].iter_mut().zip(d_z).for_each(|(sum, d_z)| *sum += *d_z);
    }
    activation::backward(layer.activation, &draws.z, &draws.sum, d_sum);
}
