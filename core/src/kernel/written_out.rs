//! A pass over the inputs with its sums written out, for devices: optimised for size, LLVM leaves loops over
//! arrays as they are, and their sums in memory. `build.rs` says where.

use super::block::Block;
use super::{Finish, TILE, Weight, of_part};
use crate::shape::Element;

impl<X: Element, W: Weight<X>, F: Finish<W::Sum>, const L: usize> Block<'_, X, W, F, L> {
    /// The sums of the rows `part·N .. part·N + N`, for `M` samples from `first` on, `UNROLL` inputs in each
    /// turn of the loop.
    #[inline(always)]
    pub(super) fn sums<const M: usize, const N: usize, const UNROLL: usize>(
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
        // one sample of floats waits for its loads, however often the loop turns
        if M == 1 && W::SIDE_BY_SIDE {
            for (w, x) in self.weights.iter().zip(self.x) {
                add(&mut s, part, w, first, x);
            }
            return s;
        }
        let (mut ws, last_ws) = self.weights.as_chunks::<UNROLL>();
        let (mut xs, last_xs) = self.x.as_chunks::<UNROLL>();
        while let ([w, rest_ws @ ..], [x, rest_xs @ ..]) = (ws, xs) {
            // two in a turn even where this loop stays one
            for ([w0, w1], [x0, x1]) in w.as_chunks().0.iter().zip(x.as_chunks().0) {
                add(&mut s, part, w0, first, x0);
                add(&mut s, part, w1, first, x1);
            }
            (ws, xs) = (rest_ws, rest_xs);
        }
        for (w, x) in last_ws.iter().zip(last_xs) {
            add(&mut s, part, w, first, x);
        }
        s
    }
}

/// `s[o][l] += w[part·N + o]·x[first + l]`
#[inline(always)]
fn add<X: Element, W: Weight<X>, const L: usize, const M: usize, const N: usize>(
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

/// `f(a[i], b[i])`, i rising.
#[inline(always)]
fn each<A, B, const N: usize>(a: &mut [A; N], b: &[B; N], mut f: impl FnMut(&mut A, &B)) {
    match (&mut a[..], &b[..]) {
        ([a0, a1, a2, a3], [b0, b1, b2, b3]) => {
            f(a0, b0);
            f(a1, b1);
            f(a2, b2);
            f(a3, b3);
        }
        ([a0, a1, a2, a3, a4, a5, a6, a7], [b0, b1, b2, b3, b4, b5, b6, b7]) => {
            f(a0, b0);
            f(a1, b1);
            f(a2, b2);
            f(a3, b3);
            f(a4, b4);
            f(a5, b5);
            f(a6, b6);
            f(a7, b7);
        }
        (a, b) => a.iter_mut().zip(b).for_each(|(a, b)| f(a, b)),
    }
}
