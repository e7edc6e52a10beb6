//! How far a row stands for its surroundings.

use elbow::math::exp;
use rayon::prelude::*;

use super::Rows;
use crate::net::simd::wide;
use elbow_host::numbers::HALF_LOG_TAU;

/// Bandwidths that are tried, in standard deviations of a feature: this
/// many from the first, each larger by the factor.
const FIRST: f64 = 0.03;
const FACTOR: f64 = 1.19;
const COUNT: i32 = 24;
/// Rows whose density is measured, and rows that it is measured by, at most.
const MEASURED: usize = 1_000;
const MOST_ROWS: usize = 8_192;

/// A bandwidth, and what the kernels of the other rows make of a row.
pub(super) struct Bandwidth {
    pub(super) h: f64,
    /// of the first rows, in all dimensions
    pub(super) log_densities: Vec<f64>,
}

/// The bandwidth h of the kernel density estimate that gives each row the largest density by the others, on
/// average over the rows: `argmax_h Σ_n log 1/(N−1) Σ_{m≠n} N(x_n; x_m, h² I)`, over the dimensions that the
/// rows span: in the others all rows agree, and the narrowest kernel would always be the best.
///
/// Rows should be in random order: the first of them are taken where there are many.
///
/// # Cost
/// At most 8 million distances, and an `exp` of each for every bandwidth tried.
///
/// # Source
/// Habbema, Hermans and van den Broek (1974), "A stepwise discrimination analysis program
/// using density estimation"; Duin (1976), "On the choice of smoothing parameters for
/// Parzen estimators of probability density functions".
pub(super) fn leave_one_out(rows: Rows<'_>) -> Bandwidth {
    let measured: Vec<Vec<f32>> = (0..rows.len().min(MEASURED))
        .into_par_iter()
        .map(|n| {
            let others = (0..rows.len().min(MOST_ROWS)).filter(|m| *m != n);
            others.map(|m| square_distance(rows.row(n), rows.row(m))).collect()
        })
        .collect();
    let logs = |h: f64| -> Vec<f64> { measured.par_iter().map(|squares| log_sum(squares, h)).collect() };
    let score = |h: f64| -> f64 {
        let logs = logs(h);
        logs.iter().sum::<f64>() / logs.len() as f64 - rows.spanned as f64 * libm::log(h)
    };
    let tried = (0..COUNT).map(|i| FIRST * FACTOR.powi(i)).map(|h| (h, score(h)));
    let h = tried.fold((FIRST, f64::NEG_INFINITY), |best, now| if now.1 > best.1 { now } else { best }).0;
    // there are no others of one row alone
    let others = rows.len().clamp(2, MOST_ROWS) - 1;
    let constant = libm::log(others as f64) + rows.dims as f64 * (libm::log(h) + HALF_LOG_TAU);
    Bandwidth { h, log_densities: logs(h).into_iter().map(|log| log - constant).collect() }
}

/// Mean log density of the first rows by the kernels of the others, in nats, over the dimensions that the
/// rows span.
///
/// # Cost
/// As [`leave_one_out`].
pub(crate) fn log_density(rows: Rows<'_>) -> f64 {
    let Bandwidth { h, log_densities } = leave_one_out(rows);
    let beyond = (rows.dims - rows.spanned) as f64 * (libm::log(h) + HALF_LOG_TAU);
    log_densities.iter().sum::<f64>() / log_densities.len() as f64 + beyond
}

fn square_distance(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// `log Σ exp(−square/(2h²))`
fn log_sum(squares: &[f32], h: f64) -> f64 {
    const LANES: usize = 16;
    let precision = (1.0 / (h * h)) as f32;
    let least = squares.iter().copied().fold(f32::INFINITY, f32::min);
    let term = |square: &f32| exp(-0.5 * precision * (square - least));
    let (chunks, rest) = squares.as_chunks::<LANES>();
    let mut sums = [0.0_f32; LANES];
    wide(
        #[inline(always)]
        || {
            for chunk in chunks {
                sums.iter_mut().zip(chunk).for_each(|(sum, square)| *sum += term(square));
            }
        },
    );
    let sum: f64 = sums.iter().map(|sum| f64::from(*sum)).sum::<f64>()
        + rest.iter().map(|square| f64::from(term(square))).sum::<f64>();
    libm::log(sum) - 0.5 * f64::from(precision) * f64::from(least)
}
