//! Columns that are one signal, read again and again.

use super::{Preprocessing, column, mean_and_deviation};

/// Fewest columns of a waveform.
const LEAST: usize = 8;
/// Nine of ten neighbours correlate by this at least,
const CORRELATION: f64 = 0.75;
/// and have standard deviations that differ by this factor at most.
const FACTOR: f64 = 1.5;

impl Preprocessing {
    /// The same with one scale for the columns of a waveform, the root of their mean variance: they have
    /// one unit, and where little happens in it little counts. Of rows of several `channels`, one after
    /// another in each step, each is looked at alone.
    ///
    /// A waveform is known by its neighbours: nearly all of them correlate, and are spread alike.
    pub fn with_waveform_scale(mut self, values: &[f32], channels: usize) -> Self {
        let features = self.features(values);
        let Preprocessing::Standardize { log_rate: None, inverse_scale, .. } = &mut self else { return self };
        let dims = inverse_scale.len();
        for channel in 0..channels {
            let places: Vec<usize> = (channel..dims).step_by(channels).collect();
            let columns: Vec<Vec<f64>> = places.iter().map(|i| column(&features, dims, *i)).collect();
            let spread = |(i, column): (&usize, &Vec<f64>)| {
                mean_and_deviation(column).1 / f64::from(inverse_scale[*i])
            };
            let spreads: Vec<f64> = places.iter().zip(&columns).map(spread).collect();
            if is_waveform(&columns, &spreads) {
                let mean_square = spreads.iter().map(|s| s * s).sum::<f64>() / spreads.len() as f64;
                let inverse = (1.0 / mean_square.sqrt()) as f32;
                if inverse.is_normal() {
                    places.iter().for_each(|i| inverse_scale[*i] = inverse);
                }
            }
        }
        self
    }
}

fn is_waveform(columns: &[Vec<f64>], spreads: &[f64]) -> bool {
    if columns.len() < LEAST {
        return false;
    }
    let alike = columns.windows(2).zip(spreads.windows(2)).filter(|(columns, spreads)| {
        let ratio = spreads[0] / spreads[1];
        (1.0 / FACTOR..=FACTOR).contains(&ratio) && correlation(&columns[0], &columns[1]) >= CORRELATION
    });
    10 * alike.count() >= 9 * (columns.len() - 1)
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let ((mean_a, of_a), (mean_b, of_b)) = (mean_and_deviation(a), mean_and_deviation(b));
    let product: f64 = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum();
    product / (a.len() as f64 * of_a * of_b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use elbow::architecture::FeaturesKind;

    fn scales(values: &[f32], dims: usize, channels: usize) -> Vec<f32> {
        let fitted = Preprocessing::fit(FeaturesKind::Standardize, values, dims, 8.0);
        match fitted.with_waveform_scale(values, channels) {
            Preprocessing::Standardize { inverse_scale, .. } => inverse_scale,
            other => panic!("{other:?}"),
        }
    }

    /// A slow wave whose phase moves from row to row, of twice the amplitude at its end.
    fn wave(row: usize, step: usize) -> f32 {
        let (row, step) = (row as f64, step as f64);
        ((1.0 + step / 16.0) * libm::sin(0.3 * step + 0.9 * row)) as f32
    }

    #[test]
    fn one_scale_for_a_waveform_and_no_other() {
        let values: Vec<f32> = (0..200).flat_map(|row| (0..16).map(move |step| wave(row, step))).collect();
        let together = scales(&values, 16, 1);
        assert!(together.iter().all(|scale| *scale == together[0]), "{together:?}");
        // the same columns in another order are none
        let mixed: Vec<f32> =
            (0..200).flat_map(|row| (0..16).map(move |step| wave(row, 5 * step % 16))).collect();
        let apart = scales(&mixed, 16, 1);
        assert!(apart[0] != apart[1], "{apart:?}");
    }

    #[test]
    fn each_channel_is_looked_at_alone() {
        let noise = |row: usize, step: usize| ((row * 7919 + step * 104_729) % 1000) as f32;
        let row = |row| (0..16).flat_map(move |step| [wave(row, step), noise(row, step), 3.0]);
        let scales = scales(&(0..200).flat_map(row).collect::<Vec<_>>(), 48, 3);
        let of = |channel: usize| scales.iter().skip(channel).step_by(3).collect::<Vec<_>>();
        assert!(of(0).iter().all(|scale| *scale == of(0)[0]));
        assert!(of(1).iter().any(|scale| *scale != of(1)[0]));
        assert!(scales.iter().all(|scale| scale.is_normal()), "{scales:?}");
    }
}
