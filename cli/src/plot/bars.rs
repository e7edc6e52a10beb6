//! Bars that stand side by side: histograms.

use super::chart::{Chart, Tone};
use super::text::place;

/// Values counted in bins of one width; what lies beyond the ends is in the bins there.
pub(crate) fn histogram(values: impl Iterator<Item = f64>, low: f64, high: f64, bins: usize) -> Vec<usize> {
    let mut counts = vec![0; bins];
    for value in values.filter(|value| !value.is_nan()) {
        let bin = ((value - low) / (high - low) * bins as f64).floor();
        counts[bin.clamp(0.0, bins as f64 - 1.0) as usize] += 1;
    }
    counts
}

impl Chart {
    /// Bars from the foot of the chart, equally wide over the whole axis.
    pub(crate) fn bars(mut self, tone: Tone, heights: &[f64]) -> Chart {
        let (low, foot) = (self.x.low, self.y.low);
        let width = (self.x.high - low) / heights.len().max(1) as f64;
        let mut path = format!("M{}", self.point((low, foot)));
        for (bar, height) in heights.iter().enumerate() {
            path += &format!("V{}", place(self.top_of(*height)));
            path += &format!("H{}", place(self.left_of(low + width * (bar + 1) as f64)));
        }
        path += &format!("V{}Z", place(self.top_of(foot)));
        self.path("bars", tone, &path);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::histogram;

    #[test]
    fn every_value_is_in_a_bin() {
        let values = [-9.0, 0.0, 0.1, 0.5, 0.99, 1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
        assert_eq!(histogram(values.into_iter(), 0.0, 1.0, 2), [4, 4]);
    }
}
