//! The layers under a likelihood: `N` numbers for each feature, had tile by tile.

use crate::kernel::{ARMV6M, TILE, Tile, tiles};
use crate::layer::Projection;
use crate::shape::{Element, Shape, lanes};

/// The layers under a likelihood, `N` of them side by side: each gives one number for every feature.
pub trait Outputs<const N: usize> {
    /// Size of the hidden vector.
    type In: Shape;
    /// What the hidden vector is made of.
    type From: Element;
    /// Size of the features.
    type Out: Shape;

    /// Number of features.
    fn features(&self) -> usize;

    /// The outputs for the features `8t .. 8t + 8`; those past the last feature are meaningless.
    fn tile(&self, t: usize, hidden: &[[Self::From; 1]]) -> [[f32; N]; TILE];

    /// Hands over the outputs of each of `dims` features, of `L` samples, then some padding.
    fn for_each<const L: usize>(
        &self,
        hidden: &[[Self::From; L]],
        dims: usize,
        visit: impl FnMut([&[f32; L]; N]),
    );

    /// The way back: `slope` gives those of a number by the outputs for feature i, `to` takes those by the
    /// hidden vector. `false` where there is no way back.
    fn pull_back<const L: usize>(
        &self,
        _hidden: &[[Self::From; L]],
        _dims: usize,
        _slope: impl FnMut([&[f32; L]; N]) -> Option<[[f32; L]; N]>,
        _to: &mut [[f32; L]],
    ) -> bool {
        false
    }
}

/// Slopes by the outputs of a tile, of which `left` are outputs.
#[inline(always)]
fn slopes<const L: usize, const N: usize>(
    left: usize,
    tiles: [&Tile<L>; N],
    mut slope: impl FnMut([&[f32; L]; N]) -> Option<[[f32; L]; N]>,
) -> Option<[Tile<L>; N]> {
    let mut slopes = [[[0.0; L]; TILE]; N];
    for j in 0..left.min(TILE) {
        let of_outputs = slope(core::array::from_fn(|n| &tiles[n][j]))?;
        for (slopes, of_output) in slopes.iter_mut().zip(of_outputs) {
            slopes[j] = of_output;
        }
    }
    Some(slopes)
}

/// One layer.
impl<P: Projection> Outputs<1> for (P,) {
    type In = P::In;
    type From = P::From;
    type Out = P::Out;

    #[inline(always)]
    fn features(&self) -> usize {
        self.0.outputs()
    }

    #[inline(always)]
    fn tile(&self, t: usize, hidden: &[[P::From; 1]]) -> [[f32; 1]; TILE] {
        self.0.tile(t, hidden)
    }

    #[inline(always)]
    fn for_each<const L: usize>(
        &self,
        hidden: &[[P::From; L]],
        dims: usize,
        mut visit: impl FnMut([&[f32; L]; 1]),
    ) {
        // without an FPU the products are long: one copy of them for one sample
        if L == 1 && ARMV6M {
            for t in 0..tiles(dims) {
                self.0.tile(t, hidden).iter().take(dims - t * TILE).for_each(|row| visit([row]));
            }
            return;
        }
        self.0.for_each_row(
            hidden,
            #[inline(always)]
            |row| visit([&row]),
        );
    }

    fn pull_back<const L: usize>(
        &self,
        hidden: &[[P::From; L]],
        dims: usize,
        mut slope: impl FnMut([&[f32; L]; 1]) -> Option<[[f32; L]; 1]>,
        to: &mut [[f32; L]],
    ) -> bool {
        to.fill([0.0; L]);
        (0..tiles(dims)).all(|t| {
            let tile = self.0.tile(t, hidden);
            let slopes = slopes(dims - t * TILE, [&tile], &mut slope);
            slopes.is_some_and(|[slope]| self.0.add_transposed(t, slope, to))
        })
    }
}

/// Two layers side by side.
impl<P: Projection, Q: Projection<In = P::In, Out = P::Out, From = P::From>> Outputs<2> for (P, Q) {
    type In = P::In;
    type From = P::From;
    type Out = P::Out;

    #[inline(always)]
    fn features(&self) -> usize {
        self.0.outputs()
    }

    #[inline(always)]
    fn tile(&self, t: usize, hidden: &[[P::From; 1]]) -> [[f32; 2]; TILE] {
        let (first, second) = (self.0.tile(t, hidden), self.1.tile(t, hidden));
        lanes(|j| [first[j][0], second[j][0]])
    }

    #[inline(always)]
    fn for_each<const L: usize>(
        &self,
        hidden: &[[P::From; L]],
        dims: usize,
        mut visit: impl FnMut([&[f32; L]; 2]),
    ) {
        for t in 0..tiles(dims) {
            let (first, second) = (self.0.tile(t, hidden), self.1.tile(t, hidden));
            for (first, second) in first.iter().zip(&second).take(dims - t * TILE) {
                visit([first, second]);
            }
        }
    }

    fn pull_back<const L: usize>(
        &self,
        hidden: &[[P::From; L]],
        dims: usize,
        mut slope: impl FnMut([&[f32; L]; 2]) -> Option<[[f32; L]; 2]>,
        to: &mut [[f32; L]],
    ) -> bool {
        to.fill([0.0; L]);
        (0..tiles(dims)).all(|t| {
            let (first, second) = (self.0.tile(t, hidden), self.1.tile(t, hidden));
            let slopes = slopes(dims - t * TILE, [&first, &second], &mut slope);
            slopes.is_some_and(|[of_first, of_second]| {
                self.0.add_transposed(t, of_first, to) && self.1.add_transposed(t, of_second, to)
            })
        })
    }
}
