//! Dots: clouds of points, all in one path, as a file of a million elements opens in no browser.

use super::chart::{Chart, Tone};

impl Chart {
    /// A dot at each point that is a number.
    pub(crate) fn dots(mut self, tone: Tone, points: impl IntoIterator<Item = (f64, f64)>) -> Chart {
        let are_there = points.into_iter().filter(|point| point.0.is_finite() && point.1.is_finite());
        let path: String = are_there.map(|point| format!("M{}h0", self.point(point))).collect();
        if !path.is_empty() {
            self.path("dots", tone, &path);
        }
        self
    }
}
