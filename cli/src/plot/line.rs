//! Lines: curves through points, and rules across a chart.

use super::chart::{Chart, Tone};
use super::text::{escape, place};

impl Chart {
    /// A line through points in their order; one that is no number parts it.
    pub(crate) fn line(mut self, tone: Tone, points: &[(f64, f64)]) -> Chart {
        let path = self.through(points);
        self.path("line", tone, &path);
        self
    }

    /// An upright line across the chart, with a word beside it.
    pub(crate) fn upright(mut self, tone: Tone, x: f64, word: &str) -> Chart {
        let (low, high) = (self.y.low, self.y.high);
        let path = self.through(&[(x, low), (x, high)]);
        self.path("line", tone, &path);
        let left = self.left_of(x);
        let (anchor, shift) = if self.x.part(x) > 0.7 { ("end", -5.0) } else { ("start", 5.0) };
        self.marks += &format!(
            "<text class=\"word\" x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
            place(left + shift),
            place(self.top_of(high) + 14.0),
            escape(word)
        );
        self
    }

    /// The path of a line.
    pub(super) fn through(&self, points: &[(f64, f64)]) -> String {
        let (mut path, mut is_begun) = (String::new(), false);
        for point in points {
            let is_there = point.0.is_finite() && point.1.is_finite();
            if is_there {
                path.push(if is_begun { 'L' } else { 'M' });
                path += &self.point(*point);
            }
            is_begun = is_there;
        }
        path
    }
}
