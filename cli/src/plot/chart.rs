//! The frame of a chart: axes, grid, legend, and what it shows in words.

use std::fmt::Write as _;

use super::axis::Axis;
use super::text::{escape, place};

/// What a mark is about, which gives it its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// normal rows, the data
    First,
    /// anomalous rows, the model
    Second,
    /// a line to compare with
    Rule,
    /// what stands apart
    Alarm,
}

impl Tone {
    pub(super) fn class(self) -> &'static str {
        match self {
            Tone::First => "first",
            Tone::Second => "second",
            Tone::Rule => "rule",
            Tone::Alarm => "alarm",
        }
    }
}

/// Pixels around the area of the marks: left, top, right, bottom.
const MARGIN: [f64; 4] = [68.0, 10.0, 14.0, 44.0];
/// Pixels of an axis for each tick.
const PER_TICK: [f64; 2] = [90.0, 45.0];

/// A picture in the making.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    title: String,
    says: String,
    size: [f64; 2],
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) marks: String,
    legend: Vec<(Tone, String)>,
}

impl Chart {
    /// Without marks; `says` is for those who do not see it.
    pub(crate) fn new(title: impl Into<String>, says: impl Into<String>, x: Axis, y: Axis) -> Chart {
        let size = [640.0, 300.0];
        Chart { title: title.into(), says: says.into(), size, x, y, marks: String::new(), legend: Vec::new() }
    }

    /// Of another size, in pixels.
    pub(crate) fn sized(self, width: f64, height: f64) -> Chart {
        Chart { size: [width, height], ..self }
    }

    /// Says what marks of this tone are.
    pub(crate) fn told(mut self, tone: Tone, label: impl Into<String>) -> Chart {
        self.legend.push((tone, label.into()));
        self
    }

    /// What stands in the legend.
    pub(crate) fn legend(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.legend.iter().map(|(tone, label)| (tone.class(), label.as_str()))
    }

    /// Where the area of the marks begins and ends: left, top, right, bottom.
    fn area(&self) -> [f64; 4] {
        let [left, top, right, bottom] = MARGIN;
        [left, top, self.size[0] - right, self.size[1] - bottom]
    }

    pub(super) fn left_of(&self, x: f64) -> f64 {
        let [left, _, right, _] = self.area();
        left + self.x.part(x) * (right - left)
    }

    pub(super) fn top_of(&self, y: f64) -> f64 {
        let [_, top, _, bottom] = self.area();
        bottom - self.y.part(y) * (bottom - top)
    }

    /// A point, as paths write it.
    pub(super) fn point(&self, (x, y): (f64, f64)) -> String {
        format!("{} {}", place(self.left_of(x)), place(self.top_of(y)))
    }

    /// A path of this tone.
    pub(super) fn path(&mut self, kind: &str, tone: Tone, path: &str) {
        let _ = write!(self.marks, "<path class=\"{kind} {}\" d=\"{path}\"/>", tone.class());
    }

    /// The picture.
    pub(crate) fn svg(&self) -> String {
        let ([width, height], [left, top, right, bottom]) = (self.size, self.area());
        let mut out = format!(
            "<svg role=\"img\" viewBox=\"0 0 {width} {height}\" style=\"max-width:{width}px\" \
             data-area=\"{left} {top} {right} {bottom}\" \
             data-domain=\"{} {} {} {}\"><title>{}</title><desc>{}</desc>",
            self.x.low,
            self.y.low,
            self.x.high,
            self.y.high,
            escape(&self.title),
            escape(&self.says)
        );
        let about = [(right - left) / PER_TICK[0], (bottom - top) / PER_TICK[1]];
        for (at, text) in self.x.marks(about[0] as usize) {
            let x = place(self.left_of(at));
            let _ = write!(
                out,
                "<path class=\"grid\" d=\"M{x} {top}V{bottom}\"/><text class=\"tick\" x=\"{x}\" y=\"{}\" \
                 text-anchor=\"middle\">{}</text>",
                bottom + 15.0,
                escape(&text)
            );
        }
        for (at, text) in self.y.marks(about[1] as usize) {
            let y = self.top_of(at);
            let _ = write!(
                out,
                "<path class=\"grid\" d=\"M{left} {y:.1}H{right}\"/><text class=\"tick\" x=\"{}\" \
                 y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                left - 5.0,
                y + 4.0,
                escape(&text)
            );
        }
        out += &self.marks;
        let _ = write!(
            out,
            "<path class=\"frame\" d=\"M{left} {top}V{bottom}H{right}\"/><text class=\"label\" x=\"{}\" \
             y=\"{}\" text-anchor=\"middle\">{}</text><text class=\"label\" transform=\"translate(13 {}) \
             rotate(-90)\" text-anchor=\"middle\">{}</text></svg>",
            0.5 * (left + right),
            height - 8.0,
            escape(&self.x.label),
            0.5 * (top + bottom),
            escape(&self.y.label)
        );
        out
    }
}
