//! Passes over slices with the widest vectors that the machine has. Each element is computed on its own and
//! every sum has a fixed order, so the width changes the speed and never a bit.

pub use elbow_host::simd::wide;

use super::real::Real;

/// Partial sums side by side.
const LANES: usize = 16;

/// `y = f(y)` for every element.
pub fn map<T: Real>(y: &mut [T], f: impl Fn(T) -> T) {
    wide(
        #[inline(always)]
        || y.iter_mut().for_each(|y| *y = f(*y)),
    );
}

/// `y = f(y, x)` for every pair.
pub fn zip<T: Real>(y: &mut [T], x: &[T], f: impl Fn(T, T) -> T) {
    debug_assert_eq!(y.len(), x.len());
    wide(
        #[inline(always)]
        || y.iter_mut().zip(x).for_each(|(y, x)| *y = f(*y, *x)),
    );
}

/// `Σ terms`: sixteen partial sums side by side, added up in `f64`. Call it within [`wide`].
#[inline(always)]
pub fn sum<T: Real>(terms: &[T]) -> f64 {
    let (chunks, rest) = terms.as_chunks::<LANES>();
    let mut lanes = [T::ZERO; LANES];
    for chunk in chunks {
        for (lane, term) in lanes.iter_mut().zip(chunk) {
            *lane += *term;
        }
    }
    let tail: f64 = rest.iter().map(|t| t.to_f64()).sum();
    total(lanes) + tail
}

/// `(y, t) = f(y, x)` for every element y and what stands beside it in each of `x`; `Σ t`, by [`sum`]'s
/// partial sums. The last elements are computed as a whole vector too: one by one they would take longer than
/// all others of a short row. Call it within [`wide`].
#[inline(always)]
pub fn map_and_sum<T: Real, const N: usize>(
    y: &mut [T],
    x: [&[T]; N],
    f: impl Fn(T, [T; N]) -> (T, T),
) -> f64 {
    let (whole, rest) = (y.len() / LANES * LANES, y.len() % LANES);
    let mut lanes = [T::ZERO; LANES];
    for start in (0..whole).step_by(LANES) {
        let mut beside = [[T::ZERO; LANES]; N];
        for n in 0..N {
            beside[n].copy_from_slice(&x[n][start..][..LANES]);
        }
        let terms = map_vector(&mut y[start..], &beside, &f);
        for i in 0..LANES {
            lanes[i] += terms[i];
        }
    }
    if rest > 0 {
        let (mut last, mut beside) = ([T::ZERO; LANES], [[T::ONE; LANES]; N]);
        last[..rest].copy_from_slice(&y[whole..]);
        for n in 0..N {
            beside[n][..rest].copy_from_slice(&x[n][whole..][..rest]);
        }
        let terms = map_vector(&mut last, &beside, &f);
        y[whole..].copy_from_slice(&last[..rest]);
        for i in 0..rest {
            lanes[i] += terms[i];
        }
    }
    total(lanes)
}

/// The sum in `f64`, of halves: one after the other each would wait for the one before.
#[inline(always)]
fn total<T: Real>(lanes: [T; LANES]) -> f64 {
    let mut sums = [0.0; LANES];
    for i in 0..LANES {
        sums[i] = lanes[i].to_f64();
    }
    for half in [8, 4, 2, 1] {
        for i in 0..half {
            sums[i] += sums[i + half];
        }
    }
    sums[0]
}

/// `(y, t) = f(y, x)` for the first vector of `y`; the t.
#[inline(always)]
fn map_vector<T: Real, const N: usize>(
    y: &mut [T],
    x: &[[T; LANES]; N],
    f: &impl Fn(T, [T; N]) -> (T, T),
) -> [T; LANES] {
    let y: &mut [T; LANES] = y.first_chunk_mut().expect("a whole vector");
    let mut terms = [T::ZERO; LANES];
    for i in 0..LANES {
        let mut beside = [T::ZERO; N];
        for n in 0..N {
            beside[n] = x[n][i];
        }
        (y[i], terms[i]) = f(y[i], beside);
    }
    terms
}

/// Numbers whose squares are added up in `f32`.
const SQUARES: usize = 1024;

/// `Σ x²`: blocks in `f32`, many partial sums side by side, since each waits for its last addition; the
/// blocks in `f64`. Where a square is beyond `f32`, all in `f64`.
pub fn sum_of_squares(x: &[f32]) -> f64 {
    let block = |block: &[f32]| {
        let (chunks, rest) = block.as_chunks::<{ 4 * LANES }>();
        let mut lanes = [0.0_f32; 4 * LANES];
        for chunk in chunks {
            for (lane, x) in lanes.iter_mut().zip(chunk) {
                *lane += x * x;
            }
        }
        f64::from(lanes.iter().sum::<f32>()) + squares(rest)
    };
    let total = wide(
        #[inline(always)]
        || x.chunks(SQUARES).map(block).sum(),
    );
    if f64::is_finite(total) { total } else { squares(x) }
}

fn squares(x: &[f32]) -> f64 {
    x.iter().map(|x| f64::from(*x) * f64::from(*x)).sum()
}

/// `total[j] += Σ_r rows[r][j]`, rows rising.
pub fn add_rows<T: Real>(rows: &[T], total: &mut [T]) {
    wide(
        #[inline(always)]
        || {
            for row in rows.chunks_exact(total.len()) {
                total.iter_mut().zip(row).for_each(|(t, x)| *t += *x);
            }
        },
    );
}

/// `x` held between the ends of `range`; no number stays.
#[inline(always)]
pub fn clamp<T: Real>(x: T, range: (f32, f32)) -> T {
    x.max(T::from_f64(range.0.into())).min(T::from_f64(range.1.into()))
}

/// Whether [`clamp`] leaves `x` as it is and passes its derivative.
#[inline(always)]
pub fn is_within<T: Real>(x: T, range: (f32, f32)) -> bool {
    x >= T::from_f64(range.0.into()) && x <= T::from_f64(range.1.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_maps_follow_the_definition_at_every_length() {
        for length in [0, 1, 15, 16, 17, 30, 64, 100] {
            let x: Vec<f64> = (0..length).map(|i| f64::from(i % 7) - 2.0).collect();
            let z: Vec<f64> = (0..length).map(|i| f64::from(i % 5) + 1.0).collect();
            let mut y = z.clone();
            let found = map_and_sum(&mut y, [&x, &z], |y, [x, z]| (y + x, x * z));
            assert_eq!(found, x.iter().zip(&z).map(|(x, z)| x * z).sum::<f64>(), "{length}");
            assert_eq!(y, x.iter().zip(&z).map(|(x, z)| x + z).collect::<Vec<_>>());
            assert_eq!(sum(&x), x.iter().sum::<f64>());
        }
    }

    #[test]
    fn squares_beyond_the_range_are_added_up_too() {
        let x: Vec<f32> = (0..3000).map(|i| (i % 11) as f32 - 5.0).collect();
        let expected = squares(&x);
        assert_eq!(sum_of_squares(&x), expected);
        let scale = f32::from_bits((127 + 90) << 23); // 2⁹⁰
        let huge: Vec<f32> = x.iter().map(|x| x * scale).collect();
        assert_eq!(sum_of_squares(&huge), expected * f64::from(scale) * f64::from(scale));
    }
}
