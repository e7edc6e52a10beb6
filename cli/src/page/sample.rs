//! A few of many frames: some spread evenly over them, and those at the ends.

use std::path::PathBuf;

use elbow_reader::Dataset;

/// Frames that a sample has at least, where there are so many; it has less than twice as many.
const LEAST: usize = 2048;
/// Numbers that it has at most, whatever the width of a frame.
const MOST_NUMBERS: usize = 1 << 21;
/// Frames of each end.
const EXTREMES: usize = 3;

/// Frames evenly spread: every one, or every second, fourth, …
#[derive(Debug, Default)]
pub(super) struct Sample {
    pub(super) dims: usize,
    /// which frames
    pub(super) at: Vec<usize>,
    values: Vec<f32>,
    seen: usize,
    /// two to this: frames from one to the next
    doubled: u32,
}

impl Sample {
    pub(super) fn take(&mut self, data: &Dataset) {
        self.dims = data.dims;
        let most = (2 * LEAST).min(MOST_NUMBERS / data.dims).max(2);
        for row in 0..data.rows {
            let at = self.seen + row;
            if !at.is_multiple_of(1 << self.doubled) {
                continue;
            }
            if self.at.len() == most {
                self.halve();
                if !at.is_multiple_of(1 << self.doubled) {
                    continue;
                }
            }
            self.at.push(at);
            self.values.extend_from_slice(data.row(row));
        }
        self.seen += data.rows;
    }

    fn halve(&mut self) {
        self.doubled += 1;
        let kept: Vec<usize> = (0..self.at.len()).step_by(2).collect();
        self.values = kept.iter().flat_map(|n| self.frame(*n).to_vec()).collect();
        self.at = kept.iter().map(|n| self.at[*n]).collect();
    }

    /// The n-th frame of the sample.
    pub(super) fn frame(&self, n: usize) -> &[f32] {
        &self.values[n * self.dims..(n + 1) * self.dims]
    }
}

/// A frame at one end of the scores.
#[derive(Clone, Debug)]
pub(super) struct Extreme {
    rank: f64,
    /// its number among all frames
    pub(super) at: usize,
    pub(super) file: PathBuf,
    /// the data row of the file at which it begins, from 1
    pub(super) row: usize,
    pub(super) frame: Vec<f32>,
}

/// The few frames of the greatest rank, the greatest first; of equal ones the earlier.
#[derive(Debug, Default)]
pub(super) struct Extremes(pub(super) Vec<Extreme>);

impl Extremes {
    pub(super) fn see(&mut self, rank: f64, at: usize, data: &Dataset, row: usize) {
        let place = self.0.partition_point(|other| other.rank >= rank);
        if place < EXTREMES {
            let (file, source) = data.source(row);
            let frame = data.row(row).to_vec();
            self.0.insert(place, Extreme { rank, at, file: file.to_path_buf(), row: source + 1, frame });
            self.0.truncate(EXTREMES);
        }
    }
}

/// Range, mean and spread of numbers that come one by one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moments {
    count: f64,
    pub(super) mean: f64,
    squares: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Default for Moments {
    fn default() -> Self {
        Moments { count: 0.0, mean: 0.0, squares: 0.0, low: f64::INFINITY, high: f64::NEG_INFINITY }
    }
}

impl Moments {
    /// Welford's update; what is missing is passed over.
    pub(super) fn push(&mut self, value: f64) {
        if value.is_nan() {
            return;
        }
        self.count += 1.0;
        let before = value - self.mean;
        self.mean += before / self.count;
        self.squares += before * (value - self.mean);
        (self.low, self.high) = (self.low.min(value), self.high.max(value));
    }

    /// Standard deviation.
    pub(super) fn deviation(&self) -> f64 {
        (self.squares / (self.count - 1.0).max(1.0)).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_even_and_bounded() {
        for rows in [1, 100, 4096, 4097, 50_000] {
            let data = Dataset::of("d", (0..rows).map(|i| i as f32).collect(), 1);
            let (mut whole, mut parts) = (Sample::default(), Sample::default());
            whole.take(&data);
            let all: Vec<usize> = (0..rows).collect();
            all.chunks(777).for_each(|part| parts.take(&data.select(part)));
            assert_eq!(whole.at, parts.at, "{rows}");
            assert!(whole.at.len() >= rows.min(LEAST) && whole.at.len() <= 2 * LEAST, "{rows}");
            assert!(whole.at.windows(2).all(|pair| pair[1] - pair[0] == whole.at[1]));
            assert!((0..whole.at.len()).all(|n| whole.frame(n) == [whole.at[n] as f32]));
        }
    }

    #[test]
    fn extremes_are_the_greatest_and_the_first_of_equals() {
        let data = Dataset::of("d", vec![0.0; 6], 1);
        let mut worst = Extremes::default();
        for (row, rank) in [1.0, 5.0, 3.0, 5.0, f64::NEG_INFINITY, 5.0].into_iter().enumerate() {
            worst.see(rank, row, &data, row);
        }
        assert_eq!(worst.0.iter().map(|extreme| extreme.at).collect::<Vec<_>>(), [1, 3, 5]);
    }
}
