//! Passes over slices with the widest vectors that the machine has. Each element is computed on its own and every
//! sum has a fixed order, so the width changes the speed and never a bit.

use super::real::Real;

/// Runs `op` compiled for this machine's vector instructions. Write loops in it over slices of equal length.
#[inline(always)]
pub fn wide<R>(op: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(op)
}

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
    lanes.iter().map(|lane| lane.to_f64()).sum::<f64>() + tail
}

/// `Σ x²` in `f64`: many partial sums side by side, since each waits for its last addition.
pub fn sum_of_squares(x: &[f32]) -> f64 {
    let (chunks, rest) = x.as_chunks::<{ 4 * LANES }>();
    let mut lanes = [0.0; 4 * LANES];
    wide(
        #[inline(always)]
        || {
            for chunk in chunks {
                for (lane, x) in lanes.iter_mut().zip(chunk) {
                    *lane += f64::from(*x) * f64::from(*x);
                }
            }
        },
    );
    lanes.iter().sum::<f64>() + rest.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>()
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
