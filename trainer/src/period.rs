//! The period of a series: how many steps until it repeats itself.

/// Points of a series that are compared; a longer one is averaged down to as many.
const MOST_POINTS: usize = 1 << 13;
/// Periods that a series must hold, so that one is not taken for two.
const LEAST_PERIODS: usize = 3;
/// A weaker autocorrelation is no period.
const LEAST_CORRELATION: f64 = 0.4;
/// Of peaks about as high the first is the period, and the others its multiples.
const AS_HIGH: f64 = 0.9;

/// What repeats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Period {
    /// after how many steps
    pub steps: usize,
    /// how alike the series and itself so many steps later are: their autocorrelation, 1 where they are equal
    pub correlation: f64,
}

/// The period of columns of equal steps, none where nothing repeats: the first of the highest peaks of their
/// mean autocorrelation behind its first zero. Trends are taken out before, constant columns left out.
///
/// # Source
/// Box and Jenkins (1976), "Time series analysis", section 2.1.5: the sample autocorrelation, here with its
/// sums divided by their number of terms.
pub fn period(columns: &[Vec<f64>]) -> Option<Period> {
    let points = columns.first().map_or(0, Vec::len);
    let joined = points.div_ceil(MOST_POINTS).max(1);
    let columns: Vec<Vec<f64>> =
        columns.iter().map(|column| without_trend(&averaged(column, joined))).collect();
    let moving: Vec<&Vec<f64>> = columns.iter().filter(|column| covariance(column, 0) > 1e-12).collect();
    let points = moving.first()?.len();
    let most = points / LEAST_PERIODS;
    let mean = |lag: usize| {
        let of = |column: &&Vec<f64>| covariance(column, lag) / covariance(column, 0);
        moving.iter().map(of).sum::<f64>() / moving.len() as f64
    };
    let correlations: Vec<f64> = (0..=most).map(mean).collect();
    let from = correlations.iter().position(|correlation| *correlation <= 0.0)?;
    let is_peak = |lag: &usize| {
        let at = |lag: usize| correlations.get(lag).copied().unwrap_or(f64::NEG_INFINITY);
        *lag < most && at(*lag) >= at(lag - 1) && at(*lag) >= at(lag + 1)
    };
    let peaks = || (from + 1..=most).filter(is_peak).map(|lag| (lag, correlations[lag]));
    let highest = peaks().map(|(_, correlation)| correlation).fold(LEAST_CORRELATION, f64::max);
    let (lag, correlation) = peaks()
        .find(|(_, correlation)| *correlation >= LEAST_CORRELATION && *correlation >= AS_HIGH * highest)?;
    Some(Period { steps: lag * joined, correlation })
}

/// Means of so many points each; what is left over is left out.
fn averaged(series: &[f64], joined: usize) -> Vec<f64> {
    series.chunks_exact(joined).map(|points| points.iter().sum::<f64>() / joined as f64).collect()
}

/// The series minus its least-squares line.
fn without_trend(series: &[f64]) -> Vec<f64> {
    let n = series.len() as f64;
    let (center, mean) = (0.5 * (n - 1.0), series.iter().sum::<f64>() / n);
    let from_center = || series.iter().enumerate().map(|(at, value)| (at as f64 - center, value - mean));
    let squares: f64 = from_center().map(|(t, _)| t * t).sum();
    let slope = from_center().map(|(t, value)| t * value).sum::<f64>() / squares.max(1.0);
    from_center().map(|(t, value)| value - slope * t).collect()
}

/// The mean product of the series and itself later.
fn covariance(series: &[f64], lag: usize) -> f64 {
    let products = series.iter().zip(&series[lag..]).map(|(one, other)| one * other);
    products.sum::<f64>() / (series.len() - lag).max(1) as f64
}

/// A series at equal steps between its first and last time, by straight lines between its points; as it is
/// where times do not rise, or so many steps are missing that most of it would be made up. Also gives the
/// step: the median of those between times.
pub fn resampled(times: &[i64], column: &[f64]) -> (Vec<f64>, Option<i64>) {
    let mut steps: Vec<i64> = times.windows(2).map(|two| two[1].saturating_sub(two[0])).collect();
    let rises = steps.iter().all(|step| *step >= 0);
    steps.sort_unstable();
    let step = steps.get(steps.len() / 2).copied().filter(|step| rises && *step > 0);
    let (Some(step), [first, .., last]) = (step, times) else { return (column.to_vec(), None) };
    let points = (last - first) / step + 1;
    if points > 2 * times.len() as i64 {
        return (column.to_vec(), Some(step));
    }
    let mut at = 0;
    let value = |point: i64| {
        let time = first + point * step;
        while at + 2 < times.len() && times[at + 1] < time {
            at += 1;
        }
        let width = (times[at + 1] - times[at]).max(1) as f64;
        let part = ((time - times[at]) as f64 / width).clamp(0.0, 1.0);
        column[at] + part * (column[at + 1] - column[at])
    };
    ((0..points).map(value).collect(), Some(step))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::Rng;
    use rand_pcg::Pcg32;

    fn noise(rng: &mut Pcg32) -> f64 {
        f64::from(rng.next_u32()) / f64::from(u32::MAX) - 0.5
    }

    #[test]
    fn what_repeats_is_found_under_noise_and_trend() {
        let mut rng = Pcg32::new(1, 5);
        for steps in [6_usize, 24, 97, 288] {
            let turn = |at: usize| std::f64::consts::TAU * at as f64 / steps as f64;
            let value = |at: usize| libm::sin(turn(at)) + 0.5 * libm::cos(2.0 * turn(at)) + 0.001 * at as f64;
            let series: Vec<f64> =
                (0..12 * steps + 100).map(|at| value(at) + 0.5 * noise(&mut rng)).collect();
            let found = period(&[series]).unwrap();
            assert!(found.steps.abs_diff(steps) <= 1 + steps / 50, "{steps}: {found:?}");
            assert!(found.correlation > 0.6, "{steps}: {found:?}");
        }
    }

    #[test]
    fn noise_smooth_or_not_and_constants_have_no_period() {
        let mut rng = Pcg32::new(2, 5);
        let white: Vec<f64> = (0..3000).map(|_| noise(&mut rng)).collect();
        assert_eq!(period(std::slice::from_ref(&white)), None);
        assert_eq!(period(&[vec![3.0; 500]]), None);
        assert_eq!(period(&[Vec::new()]), None);
        assert_eq!(period(&[vec![1.0, 2.0]]), None);
        let mut value = 0.0;
        let smooth: Vec<f64> = white
            .iter()
            .map(|step| {
                value = 0.9 * value + step;
                value
            })
            .collect();
        assert_eq!(period(&[smooth]), None);
    }

    #[test]
    fn steps_that_are_missing_are_filled_by_lines() {
        let (series, step) = resampled(&[0, 10, 20, 40, 50], &[0.0, 1.0, 2.0, 4.0, 9.0]);
        assert_eq!((series, step), (vec![0.0, 1.0, 2.0, 3.0, 4.0, 9.0], Some(10)));
        let (series, step) = resampled(&[0, 10, 5], &[1.0, 2.0, 3.0]);
        assert_eq!((series, step), (vec![1.0, 2.0, 3.0], None));
        assert_eq!(resampled(&[7], &[1.0]), (vec![1.0], None));
    }
}
