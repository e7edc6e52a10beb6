//! Axes: what a length of pixels stands for, and where its ticks are.

use elbow_reader::time;

use super::text::number;

/// What stands at the ticks of an axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ticks {
    Numbers,
    /// nanoseconds since 1970
    Times,
    /// these, where they are
    Named(Vec<(f64, String)>),
    Nothing,
}

/// What one side of a chart stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Axis {
    pub(crate) label: String,
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) ticks: Ticks,
}

impl Axis {
    /// From `low` to `high`; where they are one, or none, some room around them.
    pub(crate) fn new(label: impl Into<String>, low: f64, high: f64) -> Axis {
        let (low, high) = match (low.is_finite() && high.is_finite(), high - low) {
            (false, _) => (0.0, 1.0),
            (true, span) if span > 1e-12 * low.abs().max(high.abs()) => (low, high),
            _ => (low - 0.5 * low.abs().max(1.0), low + 0.5 * low.abs().max(1.0)),
        };
        Axis { label: label.into(), low, high, ticks: Ticks::Numbers }
    }

    /// Over all of these that are numbers, with a little room.
    pub(crate) fn over(label: impl Into<String>, values: impl Iterator<Item = f64>) -> Axis {
        let ends = values.filter(|value| value.is_finite()).fold(None, |ends: Option<(f64, f64)>, value| {
            Some(ends.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
        });
        let (low, high) = ends.unwrap_or((0.0, 1.0));
        let room = 0.03 * (high - low);
        Axis::new(label, low - room, high + room)
    }

    pub(crate) fn with(self, ticks: Ticks) -> Axis {
        Axis { ticks, ..self }
    }

    /// Which part of the axis lies below a value.
    pub(super) fn part(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(-0.05, 1.05)
    }

    /// Where ticks are and what stands there, about so many.
    pub(super) fn marks(&self, about: usize) -> Vec<(f64, String)> {
        match &self.ticks {
            Ticks::Numbers => self.round(about).into_iter().map(|at| (at, number(at))).collect(),
            Ticks::Times => {
                let step = (self.high - self.low) / about.max(1) as f64;
                let at = |i: usize| self.low + step * (i as f64 + 0.5);
                let shown =
                    |at: f64| time::show(at as i64 / SECOND * SECOND).replace('T', " ").replace('Z', "");
                (0..about).map(|i| (at(i), shown(at(i)))).collect()
            }
            Ticks::Named(named) => named.clone(),
            Ticks::Nothing => Vec::new(),
        }
    }

    /// Multiples of 1, 2 or 5 times a power of ten.
    fn round(&self, about: usize) -> Vec<f64> {
        let raw = (self.high - self.low) / about.max(1) as f64;
        let power = 10f64.powf(raw.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|step| *step >= raw);
        let step = step.unwrap_or(10.0 * power);
        let (first, last) = ((self.low / step).ceil(), (self.high / step).floor());
        // of numbers so large that a step is lost in them there is one tick
        if (last - first).is_nan() || last - first >= 100.0 {
            return vec![self.low];
        }
        (0..=(last - first).max(0.0) as usize).map(|i| (first + i as f64) * step).collect()
    }
}

const SECOND: i64 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_numbers_within_the_axis() {
        for (low, high, ticks) in [
            (0.0, 1.0, "0 0.2 0.4 0.6 0.8 1"),
            (-130.0, 20.0, "−100 −50 0"),
            (3.2e-3, 4.1e-3, "0.0032 0.0034 0.0036 0.0038 0.004"),
            (7.0, 7.0, "4 6 8 10"),
            (f64::NAN, 2.0, "0 0.2 0.4 0.6 0.8 1"),
        ] {
            let axis = Axis::new("", low, high);
            let found: Vec<_> = axis.marks(5).into_iter().map(|(_, text)| text).collect();
            assert_eq!(found.join(" "), ticks, "{low} {high}");
        }
        for extreme in [f64::MAX, f64::MIN, f64::MIN_POSITIVE, 1e300] {
            assert!(Axis::new("", extreme, extreme).marks(5).len() < 100);
            assert!(Axis::over("", [extreme, 0.0].into_iter()).marks(5).len() < 100);
        }
    }
}
