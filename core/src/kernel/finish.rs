//! What becomes of a sum: an output as it is, scaled, or made an integer for the next layer.

use super::{Sum, TILE, Tile, of_part};
use crate::shape::{Element, lanes};

/// From the sums of a layer to its outputs.
pub trait Finish<S>: Copy {
    /// An output.
    type To: Element;

    /// The same for the tiles from `first` on.
    fn skip(self, first: usize) -> Self;

    /// The outputs of the rows `part·N .. part·N + N` of tile `t`.
    fn finish<const L: usize, const N: usize>(
        self,
        t: usize,
        part: usize,
        sums: [[S; L]; N],
    ) -> [[Self::To; L]; N];

    /// The other way, of a tile: from a slope by the outputs to that by the sums.
    #[inline(always)]
    fn pull_back<const L: usize>(self, _t: usize, slope: Tile<L>) -> Tile<L> {
        slope
    }
}

/// `y = s`
#[derive(Clone, Copy, Debug)]
pub struct AsIs;

impl<S: Element> Finish<S> for AsIs {
    type To = S;

    #[inline(always)]
    fn skip(self, _first: usize) -> Self {
        self
    }

    #[inline(always)]
    fn finish<const L: usize, const N: usize>(self, _: usize, _: usize, sums: [[S; L]; N]) -> [[S; L]; N] {
        sums
    }
}

/// `y = scale[o]·s`, `[tiles][8]` scales.
#[derive(Clone, Copy, Debug)]
pub struct Scale<'a>(pub &'a [[f32; TILE]]);

impl<S: Sum> Finish<S> for Scale<'_> {
    type To = f32;

    #[inline(always)]
    fn skip(self, first: usize) -> Self {
        Scale(self.0.get(first..).unwrap_or(&[]))
    }

    #[inline(always)]
    fn finish<const L: usize, const N: usize>(
        self,
        t: usize,
        part: usize,
        sums: [[S; L]; N],
    ) -> [[f32; L]; N] {
        let scales = of_rows::<_, N>(self.0, t, part);
        lanes(|o| lanes(|l| scales[o] * sums[o][l].to_f32()))
    }

    #[inline(always)]
    fn pull_back<const L: usize>(self, t: usize, slope: Tile<L>) -> Tile<L> {
        let scales = self.0.get(t).copied().unwrap_or([0.0; TILE]);
        lanes(|o| lanes(|l| scales[o] * slope[o][l]))
    }
}

/// Nodes of the table of an activation function: 64 segments.
pub const NODES: usize = 65;

/// The next layer's input, by a piecewise linear activation function, in integers alone:
///
/// `t = clamp((s >> first_shift)·multiplier[o] >> second_shift, −2048, 2047) + 2048`, then on segment
/// `j = t >> 6`, at `r = t & 63` of its 64 steps,
/// `y = (64·nodes[j] + (nodes[j + 1] − nodes[j])·r) >> 14`.
///
/// **Shape.** `multiplier`: `[tiles][8]`; nodes in units of 1/256 of an output.
#[derive(Clone, Copy, Debug)]
pub struct Requantize<'a> {
    /// from a shifted sum to twelve bits
    pub multiplier: &'a [[i32; TILE]],
    /// before and after the multiplication, less than 32 each
    pub shifts: [u32; 2],
    /// the activation function
    pub nodes: &'a [u16; NODES],
}

impl Requantize<'_> {
    #[inline(always)]
    fn output(self, multiplier: i32, s: i32) -> u8 {
        let [first, second] = self.shifts;
        let t = s.wrapping_shr(first).wrapping_mul(multiplier).wrapping_shr(second);
        let t = (t.clamp(-2048, 2047) + 2048) as usize;
        let (j, r) = (t >> 6, (t & 63) as i32);
        let (from, to) = (i32::from(self.nodes[j]), i32::from(self.nodes[j + 1]));
        ((64 * from + (to - from) * r) >> 14) as u8
    }
}

impl Finish<i32> for Requantize<'_> {
    type To = u8;

    #[inline(always)]
    fn skip(self, first: usize) -> Self {
        Requantize { multiplier: self.multiplier.get(first..).unwrap_or(&[]), ..self }
    }

    #[inline(always)]
    fn finish<const L: usize, const N: usize>(
        self,
        t: usize,
        part: usize,
        sums: [[i32; L]; N],
    ) -> [[u8; L]; N] {
        let multipliers = of_rows::<_, N>(self.multiplier, t, part);
        lanes(|o| lanes(|l| self.output(multipliers[o], sums[o][l])))
    }
}

/// The numbers of the rows `part·N .. part·N + N` of tile `t`.
#[inline(always)]
fn of_rows<T: Element, const N: usize>(tiles: &[[T; TILE]], t: usize, part: usize) -> [T; N] {
    tiles.get(t).map_or([T::ZERO; N], |tile| of_part(part, tile))
}
