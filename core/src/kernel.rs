//! The arithmetic of a dense layer, in one place: every weight type and every batch form lives here.
//!
//! Weights are *tile-major*: outputs are taken eight at a time, and for each tile the weights lie as
//! `[input][8 outputs]`, so one pass over memory feeds eight sums that live in registers. The last tile is padded
//! with zeros. A sum is always formed in the same order, whatever the tile or the number of samples side by side:
//!
//! `s = b; for i in 0..n { s = s + w[i]·x[i] }`, each operation rounded to nearest (numeric profile 1).
//!
//! Speed comes from doing several *outputs* and several *samples* (lanes) at once, which leaves each sum alone.
//!
//! `cfg_attr(target_os = "none", inline(never))`, here and in other modules, marks what a device shall hold one copy of: else
//! there would be one for each layer, or for each turn of a short loop. A host inlines it.

use core::slice::{from_mut, from_ref};

/// Outputs per tile.
pub const TILE: usize = 8;

/// Outputs per pass when several samples go side by side: 4 outputs × 4 samples fill the registers of a Cortex-M4F.
const HALF: usize = TILE / 2;

/// From this many samples on, all outputs of a tile go in one pass: eight sums of 16 samples are a quarter of AVX-512's
/// registers, and enough to hide the time that an addition takes.
const MANY: usize = 16;

/// Eight outputs of `L` samples.
pub type Tile<const L: usize> = [[f32; L]; TILE];

/// How many tiles `outputs` take.
pub const fn tiles(outputs: usize) -> usize {
    outputs.div_ceil(TILE)
}

/// `y[o][l] = bias[o] + Σ_i weights[o][i]·x[i][l]`, inputs rising, for as many tiles as `y` has.
///
/// **Shape.** `weights`: `[tiles][inputs][8]`, `bias`: `[tiles][8]`, `x`: `[inputs][L]`, `y`: `[tiles][8][L]`.
///
/// **Cost.** inputs · 8 · L multiply-adds a tile; each weight is read once for all `L` samples.
#[cfg_attr(target_os = "none", inline(never))]
#[cfg_attr(not(target_os = "none"), inline(always))]
pub fn dense<const L: usize>(
    weights: &[[f32; TILE]],
    bias: &[[f32; TILE]],
    x: &[[f32; L]],
    y: &mut [Tile<L>],
) {
    for (t, (bias, y)) in bias.iter().zip(y).enumerate() {
        let Some(weights) = of_tile(t, weights, x.len()) else { return };
        if L == 1 {
            y.copy_from_slice(&rows::<L, TILE, 4>(0, weights, bias, x));
        } else if L < MANY {
            for (part, y) in y.as_chunks_mut().0.iter_mut().enumerate() {
                *y = rows::<L, HALF, 2>(part, weights, bias, x);
            }
        } else {
            let [lower, upper] = both_halves(weights, bias, x);
            y[..HALF].copy_from_slice(&lower);
            y[HALF..].copy_from_slice(&upper);
        }
    }
}

/// As [`dense`], but hands each of the `outputs` over instead of storing it, and then some padding.
#[inline(always)]
pub fn for_each_row<const L: usize>(
    weights: &[[f32; TILE]],
    bias: &[[f32; TILE]],
    x: &[[f32; L]],
    outputs: usize,
    mut visit: impl FnMut([f32; L]),
) {
    for (t, bias) in bias.iter().enumerate() {
        let Some(weights) = of_tile(t, weights, x.len()) else { return };
        let left = outputs.saturating_sub(t * TILE);
        if L == 1 {
            for row in rows::<L, TILE, 4>(0, weights, bias, x) {
                visit(row);
            }
        } else if L < MANY || left <= HALF {
            for part in 0..left.div_ceil(HALF).min(TILE / HALF) {
                for row in rows::<L, HALF, 2>(part, weights, bias, x) {
                    visit(row);
                }
            }
        } else {
            for row in both_halves(weights, bias, x).as_flattened() {
                visit(*row);
            }
        }
    }
}

/// One tile: `s[o][l] = bias[o] + Σ_i weights[i][o]·x[i][l]`.
///
/// **Shape.** `weights`: `[inputs][8]`, `x`: `[inputs][L]`.
#[inline(always)]
pub fn tile<const L: usize>(weights: &[[f32; TILE]], bias: &[f32; TILE], x: &[[f32; L]]) -> Tile<L> {
    let mut y = [[0.0; L]; TILE];
    dense(weights, from_ref(bias), x, from_mut(&mut y));
    y
}

/// The weights of a tile, if they are there.
#[inline(always)]
fn of_tile(t: usize, weights: &[[f32; TILE]], inputs: usize) -> Option<&[[f32; TILE]]> {
    weights.get(t * inputs..(t + 1) * inputs)
}

/// The rows `part·N .. part·N + N` of a tile, `UNROLL` inputs in each turn of the loop.
#[inline(always)]
fn rows<const L: usize, const N: usize, const UNROLL: usize>(
    part: usize,
    weights: &[[f32; TILE]],
    bias: &[f32; TILE],
    x: &[[f32; L]],
) -> [[f32; L]; N] {
    let mut s = of_part::<N>(part, bias).map(|bias| [bias; L]);
    let ((mut ws, last_ws), (mut xs, last_xs)) = (weights.as_chunks::<UNROLL>(), x.as_chunks::<UNROLL>());
    // by slice patterns, not `zip`: LLVM then counts down, which takes an instruction less in each turn on Thumb
    while let ([w, rest_ws @ ..], [x, rest_xs @ ..]) = (ws, xs) {
        for (w, x) in w.iter().zip(x) {
            add(&mut s, of_part(part, w), x);
        }
        (ws, xs) = (rest_ws, rest_xs);
    }
    for (w, x) in last_ws.iter().zip(last_xs) {
        add(&mut s, of_part(part, w), x);
    }
    s
}

/// The two halves of a tile in one pass over the inputs. They are two variables because the compiler does not keep one of
/// 8 · 16 numbers in registers.
#[inline(always)]
fn both_halves<const L: usize>(
    weights: &[[f32; TILE]],
    bias: &[f32; TILE],
    x: &[[f32; L]],
) -> [[[f32; L]; HALF]; 2] {
    let mut lower = of_part::<HALF>(0, bias).map(|bias| [bias; L]);
    let mut upper = of_part::<HALF>(1, bias).map(|bias| [bias; L]);
    for (w, x) in weights.iter().zip(x) {
        add(&mut lower, of_part(0, w), x);
        add(&mut upper, of_part(1, w), x);
    }
    [lower, upper]
}

/// `s[o][l] += w[o]·x[l]`
#[inline(always)]
fn add<const L: usize, const N: usize>(s: &mut [[f32; L]; N], w: [f32; N], x: &[f32; L]) {
    for (s, w) in s.iter_mut().zip(w) {
        for (s, x) in s.iter_mut().zip(x) {
            *s += w * x;
        }
    }
}

/// The numbers `part·N .. part·N + N` of a tile.
#[inline(always)]
fn of_part<const N: usize>(part: usize, tile: &[f32; TILE]) -> [f32; N] {
    tile.as_chunks().0.get(part).copied().unwrap_or([0.0; N])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The order that the number rules demand, written as plainly as possible.
    fn row_dot(weights: &[[f32; TILE]], bias: &[f32; TILE], x: &[[f32; 1]], o: usize) -> f32 {
        let mut s = bias[o];
        for i in 0..x.len() {
            s += weights[i][o] * x[i][0];
        }
        s
    }

    fn pseudo(i: usize) -> f32 {
        ((i as u32).wrapping_mul(2_654_435_761) >> 8) as f32 / 8_388_608.0 - 1.0
    }

    #[test]
    fn every_batch_form_gives_the_bits_of_a_plain_loop() {
        let mut weights = [[0.0; TILE]; 37];
        for (i, row) in weights.iter_mut().enumerate() {
            for (o, w) in row.iter_mut().enumerate() {
                *w = pseudo(i * TILE + o + 1);
            }
        }
        let bias = core::array::from_fn(|o| pseudo(1000 + o));
        let mut four = [[0.0; 4]; 37];
        let mut sixteen = [[0.0; 16]; 37];
        for i in 0..37 {
            sixteen[i] = core::array::from_fn(|l| pseudo(7 * i + 31 * l + 5000));
            four[i].copy_from_slice(&sixteen[i][..4]);
        }
        let (by_four, by_sixteen) = (tile(&weights, &bias, &four), tile(&weights, &bias, &sixteen));
        for l in 0..16 {
            let mut one = [[0.0; 1]; 37];
            one.iter_mut().zip(&sixteen).for_each(|(one, x)| one[0] = x[l]);
            let by_one = tile(&weights, &bias, &one);
            for o in 0..TILE {
                let expected = row_dot(&weights, &bias, &one, o).to_bits();
                assert_eq!(by_one[o][0].to_bits(), expected);
                assert_eq!(by_sixteen[o][l].to_bits(), expected);
                if l < 4 {
                    assert_eq!(by_four[o][l].to_bits(), expected);
                }
            }
        }
    }
}
