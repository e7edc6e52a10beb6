//! A pass over the inputs with its sums written out, for devices: optimised for size, LLVM leaves loops over
//! arrays as they are, and their sums in memory.

use super::block::Block;
use super::{Finish, TILE, Weight, of_part};
use crate::shape::{Element, each};

impl<X: Element, W: Weight<X>, F: Finish<W::Sum>, const L: usize> Block<'_, X, W, F, L> {
    /// As `sums`, for a device: in registers also where it is optimised for size.
    #[inline(always)]
    pub(super) fn written_out<const M: usize, const N: usize, const UNROLL: usize>(
        &self,
        part: usize,
        first: usize,
    ) -> [[W::Sum; M]; N] {
        let mut s = [[W::Sum::ZERO; M]; N];
        each(
            &mut s,
            &of_part(part, self.bias),
            #[inline(always)]
            |s, bias| {
                each(
                    s,
                    &[(); M],
                    #[inline(always)]
                    |s, ()| *s = *bias,
                );
            },
        );
        let (mut ws, last_ws) = self.weights.as_chunks::<UNROLL>();
        let (mut xs, last_xs) = self.x.as_chunks::<UNROLL>();
        while let ([w, rest_ws @ ..], [x, rest_xs @ ..]) = (ws, xs) {
            // two in a turn even where this loop stays one
            for ([w0, w1], [x0, x1]) in w.as_chunks().0.iter().zip(x.as_chunks().0) {
                add_written_out(&mut s, part, w0, first, x0);
                add_written_out(&mut s, part, w1, first, x1);
            }
            (ws, xs) = (rest_ws, rest_xs);
        }
        for (w, x) in last_ws.iter().zip(last_xs) {
            add_written_out(&mut s, part, w, first, x);
        }
        s
    }
}

/// `s[o][l] += w[part·N + o]·x[first + l]`
#[inline(always)]
fn add_written_out<X: Element, W: Weight<X>, const L: usize, const M: usize, const N: usize>(
    s: &mut [[W::Sum; M]; N],
    part: usize,
    w: &[W; TILE],
    first: usize,
    x: &[X; L],
) {
    let (w, x): (Option<&[W; N]>, _) =
        (w.as_chunks().0.get(part), x.get(first..).and_then(<[X]>::first_chunk::<M>));
    let (Some(w), Some(x)) = (w, x) else { return };
    each(
        s,
        w,
        #[inline(always)]
        |s, w| {
            each(
                s,
                x,
                #[inline(always)]
                |s, x| *s = w.add_product(*x, *s),
            );
        },
    );
}
