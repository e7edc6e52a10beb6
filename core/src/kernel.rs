//! The arithmetic of a dense layer, in one place: every weight type and every batch form lives here.
//!
//! Weights are *tile-major*: outputs are taken eight at a time, and for each tile the weights lie as
//! `[input][8 outputs]`, so one pass over memory feeds eight sums that live in registers. The last tile is padded
//! with zeros. A sum is always formed in the same order, whatever the tile or the number of samples side by side:
//!
//! `s = b; for i in 0..n { s = s + w[i]·x[i] }`, each operation rounded to nearest (numeric profile 1).
//!
//! Speed comes from doing several *outputs* and several *samples* (lanes) at once, which leaves each sum alone.

/// Outputs per tile.
pub const TILE: usize = 8;

/// Outputs per pass when several samples go side by side: 4 outputs × 4 samples fill the registers of a Cortex-M4F.
const HALF: usize = TILE / 2;

/// Eight outputs of `L` samples.
pub type Tile<const L: usize> = [[f32; L]; TILE];

/// How many tiles `outputs` take.
pub const fn tiles(outputs: usize) -> usize {
    outputs.div_ceil(TILE)
}

/// `s[o][l] = bias[o] + Σ_i weights[i][o]·x[i][l]`, inputs rising.
///
/// **Shape.** `weights`: `[inputs][8]`, `x`: `[inputs][L]`.
///
/// **Cost.** inputs · 8 · L multiply-adds; each weight is read once for all `L` samples.
#[inline]
pub fn tile<const L: usize>(weights: &[[f32; TILE]], bias: &[f32; TILE], x: &[[f32; L]]) -> Tile<L> {
    if L == 1 { rows::<L, 0, TILE>(weights, bias, x) } else { halves(weights, bias, x) }
}

#[inline(always)]
fn halves<const L: usize>(weights: &[[f32; TILE]], bias: &[f32; TILE], x: &[[f32; L]]) -> Tile<L> {
    let mut sums = rows::<L, 0, HALF>(weights, bias, x);
    let upper = rows::<L, HALF, TILE>(weights, bias, x);
    sums[HALF..].copy_from_slice(&upper[HALF..]);
    sums
}

/// The rows `FROM..TO` of a tile; the others stay zero.
#[inline(always)]
fn rows<const L: usize, const FROM: usize, const TO: usize>(
    weights: &[[f32; TILE]],
    bias: &[f32; TILE],
    x: &[[f32; L]],
) -> Tile<L> {
    let mut sums = [[0.0; L]; TILE];
    for o in FROM..TO {
        sums[o] = [bias[o]; L];
    }
    for (w, x) in weights.iter().zip(x) {
        for o in FROM..TO {
            for l in 0..L {
                sums[o][l] += w[o] * x[l];
            }
        }
    }
    sums
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
