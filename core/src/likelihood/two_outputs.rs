//! What the likelihoods with two numbers for each feature share: two dense layers side by side, tile by tile.

use crate::kernel::TILE;
use crate::layer::Projection;
use crate::shape::Lanes;

/// `start + Σ_i term(i, x_i, first_i, second_i)` of each lane, features rising; `see` is shown the terms.
#[inline(always)]
pub(super) fn sum_terms<P, Q, X, const L: usize>(
    (first, second): (&P, &Q),
    hidden: &[[P::From; L]],
    features: &[X],
    start: f32,
    term: impl Fn(usize, f32, f32, f32) -> f32,
    mut see: impl FnMut(f32),
) -> [f32; L]
where
    P: Projection,
    Q: Projection<From = P::From>,
    X: Lanes<L>,
{
    let mut log_prob = [start; L];
    for (t, features) in features.chunks(TILE).enumerate() {
        let (firsts, seconds) = (first.tile(t, hidden), second.tile(t, hidden));
        for (j, ((firsts, seconds), x)) in firsts.iter().zip(&seconds).zip(features).enumerate() {
            let x = x.lanes();
            for l in 0..L {
                let term = term(t * TILE + j, x[l], firsts[l], seconds[l]);
                log_prob[l] += term;
                see(term);
            }
        }
    }
    log_prob
}

/// `features[i] = value(first_i, second_i)`, features rising.
pub(super) fn fill<P: Projection, Q: Projection<From = P::From>>(
    (first, second): (&P, &Q),
    hidden: &[[P::From; 1]],
    features: &mut [f32],
    mut value: impl FnMut(f32, f32) -> f32,
) {
    for (t, features) in features.chunks_mut(TILE).enumerate() {
        let outputs = first.tile(t, hidden).into_iter().zip(second.tile(t, hidden));
        for (feature, ([first], [second])) in features.iter_mut().zip(outputs) {
            *feature = value(first, second);
        }
    }
}
