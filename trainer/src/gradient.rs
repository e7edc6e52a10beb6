//! The parameters' gradient, from what the ways back through the shards of a batch left in their workspaces.
//!
//! It is computed slab by slab, each the sum over the shards in their order: nothing is added up afterwards,
//! and who computes which slab changes no bit.

use std::ops::Range;

use crate::bound::{Batch, Workspace, bound_and_slopes};
use crate::layout::Layout;
use crate::net::dense::{self, Dense};
use crate::net::real::Real;
use crate::net::simd::{add_rows, zip};
use crate::objective::Objective;

/// Weights in a slab, about: enough to be worth handing to a thread.
const SLAB: usize = 1 << 14;
/// Outputs of a layer in a slab, at least: fewer would leave the matrix product's registers empty.
const LEAST_OUTPUTS: usize = 32;

/// A stretch of the gradient that one thread computes in one go.
#[derive(Clone, Debug)]
pub struct Slab {
    place: Range<usize>,
    part: Part,
}

/// What lies there; `layer` counts as [`Layout::dense`] does.
#[derive(Clone, Debug)]
enum Part {
    /// `∂W = ∂yᵀ x` of some outputs
    Weights { layer: usize, dense: Dense, outputs: Range<usize> },
    /// `∂b = Σ_r ∂y[r]`
    Bias { layer: usize },
    /// what a likelihood learns once for each feature
    Learned,
    /// what a prior learns
    Prior,
}

/// The slabs of a layout, in order and without gaps.
pub fn slabs(layout: &Layout) -> Vec<Slab> {
    let mut slabs = Vec::new();
    for (layer, dense) in layout.dense().enumerate() {
        let count = (dense.inputs * dense.outputs / SLAB).min(dense.outputs / LEAST_OUTPUTS).max(1);
        for s in 0..count {
            let outputs = s * dense.outputs / count..(s + 1) * dense.outputs / count;
            let place =
                dense.offset + outputs.start * dense.inputs..dense.offset + outputs.end * dense.inputs;
            slabs.push(Slab { place, part: Part::Weights { layer, dense: dense.clone(), outputs } });
        }
        slabs.push(Slab { place: dense.bias(), part: Part::Bias { layer } });
    }
    slabs.push(Slab { place: layout.learned.clone(), part: Part::Learned });
    slabs.push(Slab { place: layout.prior.clone(), part: Part::Prior });
    slabs.retain(|slab| !slab.place.is_empty());
    slabs.sort_by_key(|slab| slab.place.start);
    slabs
}

/// Writes the gradient: of each shard what its encoder saw and its workspace after
/// [`bound_and_slopes`].
pub fn write<'a, T: Real, S>(slabs: &[Slab], shards: &'a [S], see: See<'a, S, T>, gradient: &mut [T]) {
    let start = slabs.first().map_or(0, |slab| slab.place.start);
    for Slab { place, part } in slabs {
        part.write(shards.iter().map(see), &mut gradient[place.start - start..place.end - start]);
    }
}

/// As [`write`](fn@write), on all threads.
pub fn write_parallel<'a, T: Real, S: Sync>(
    slabs: &[Slab],
    shards: &'a [S],
    see: See<'a, S, T>,
    gradient: &mut [T],
) {
    if slabs.len() < 2 {
        return write(slabs, shards, see, gradient);
    }
    let (first, second) = slabs.split_at(slabs.len() / 2);
    let (left, right) = gradient.split_at_mut(second[0].place.start - first[0].place.start);
    rayon::join(|| write_parallel(first, shards, see, left), || write_parallel(second, shards, see, right));
}

/// What the encoder of a shard saw, and its workspace.
pub type See<'a, S, T> = fn(&'a S) -> (&'a [T], &'a Workspace<T>);

/// As [`bound_and_slopes`], with the gradient at once.
///
/// # Panics
/// If the slices' lengths do not fit the layout.
pub fn bound_and_gradient<T: Real>(
    layout: &Layout,
    params: &[T],
    batch: &Batch<'_, T>,
    objective: Objective,
    gradient: &mut [T],
    workspace: &mut Workspace<T>,
) -> f64 {
    assert_eq!(gradient.len(), layout.len, "the gradient's length");
    let bound = bound_and_slopes(layout, params.into(), batch, objective, workspace);
    write(&slabs(layout), &[(batch.input, &*workspace)], |shard| *shard, gradient);
    bound
}

impl Part {
    fn write<'a, T: Real>(
        &self,
        shards: impl Iterator<Item = (&'a [T], &'a Workspace<T>)>,
        gradient: &mut [T],
    ) {
        if !matches!(self, Part::Weights { .. }) {
            gradient.fill(T::ZERO);
        }
        for (s, (input, workspace)) in shards.enumerate() {
            match self {
                Part::Weights { layer, dense, outputs } => {
                    let (x, dy) = workspace.operands(*layer, input);
                    dense::backward_weights(dense, outputs.clone(), x, dy, s > 0, gradient);
                }
                Part::Bias { layer } => add_rows(workspace.operands(*layer, input).1, gradient),
                Part::Learned => zip(gradient, workspace.d_learned(), |a, b| a + b),
                Part::Prior => zip(gradient, workspace.d_prior(), |a, b| a + b),
            }
        }
    }
}
