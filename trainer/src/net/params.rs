//! The parameters as the passes read them.

use std::ops::{Deref, Range};

use rayon::prelude::*;

use super::matmul::transpose;
use super::real::Real;

/// Inputs whose weights one thread transposes in one go.
const BAND: usize = 48;
/// Weights of a layer that are worth waking other threads for.
const SEVERAL_BANDS: usize = 1 << 14;

/// The place of one dense layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dense {
    /// numbers it reads
    pub inputs: usize,
    /// numbers it gives
    pub outputs: usize,
    /// where its first weight lies
    pub offset: usize,
}

impl Dense {
    /// Where the weights lie, `[output][input]`.
    pub fn weights(&self) -> Range<usize> {
        self.offset..self.offset + self.inputs * self.outputs
    }

    /// Where the biases lie, `[output]`.
    pub fn bias(&self) -> Range<usize> {
        let start = self.weights().end;
        start..start + self.outputs
    }
}

/// All parameters, row by row, and for layers of many rows their weights' transpose.
#[derive(Clone, Copy, Debug)]
pub struct Params<'a, T> {
    flat: &'a [T],
    transposed: &'a [T],
}

impl<'a, T> From<&'a [T]> for Params<'a, T> {
    fn from(flat: &'a [T]) -> Self {
        Params { flat, transposed: &[] }
    }
}

impl<T> Deref for Params<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.flat
    }
}

impl<'a, T> Params<'a, T> {
    /// The weights `[input][output]` of a layer that is about to read so many rows, where they are at hand.
    pub fn transposed(&self, dense: &Dense, rows: usize) -> Option<&'a [T]> {
        (!self.transposed.is_empty() && is_worth_transposing(dense, rows))
            .then(|| &self.transposed[dense.weights()])
    }
}

/// Whether vectors of outputs save more, at every row, than the transpose costs once: sums of products of few
/// inputs cost more to finish than to run.
fn is_worth_transposing(dense: &Dense, rows: usize) -> bool {
    dense.inputs <= 2 * rows
}

/// The weights' transposes, where their layers would have them.
#[derive(Debug, Default)]
pub struct Transposes<T>(Vec<T>);

impl<T: Real> Transposes<T> {
    /// Writes the transposes of `layers`, each with the most rows that one pass gives it.
    pub fn of<'a>(
        &'a mut self,
        flat: &'a [T],
        layers: impl Iterator<Item = (&'a Dense, usize)>,
    ) -> Params<'a, T> {
        self.0.resize(flat.len(), T::ZERO);
        for (dense, _) in layers.filter(|(dense, rows)| is_worth_transposing(dense, *rows)) {
            let (weights, to) = (&flat[dense.weights()], &mut self.0[dense.weights()]);
            if weights.len() < SEVERAL_BANDS {
                transpose(weights, dense.inputs, 0..dense.inputs, to);
                continue;
            }
            to.par_chunks_mut(BAND * dense.outputs).enumerate().for_each(|(b, to)| {
                let inputs = b * BAND..b * BAND + to.len() / dense.outputs;
                transpose(weights, dense.inputs, inputs, to);
            });
        }
        Params { flat, transposed: &self.0 }
    }
}
