//! The cells of a column that is in no packet: numbers and times by their differences, else as they are.

use serde::{Deserialize, Serialize};

use super::stamp::Stamp;

/// Some cells of a column.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Cells {
    /// lengths, and the bytes of all
    Text { lengths: Vec<u32>, bytes: Vec<u8> },
    /// integers as [`Differences`], of which the last so many digits stand behind a point
    Numbers { digits: u8, steps: Differences },
    /// moments
    Times { stamp: Stamp, steps: Differences },
}

/// Integers by their differences, or by the differences of those.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Differences {
    twice: bool,
    steps: Vec<i64>,
}

impl Cells {
    /// In the way that takes the fewest bytes of those that give every cell back.
    pub(super) fn of(cells: &[Vec<u8>]) -> Cells {
        let first = cells.first().map_or(&[][..], |cell| &cell[..]);
        let digits = first.iter().position(|byte| *byte == b'.').map_or(0, |at| first.len() - at - 1);
        let digits = u8::try_from(digits).unwrap_or(u8::MAX);
        if let Some(steps) = all(cells, |cell| number(cell, digits), |n| number_text(n, digits)) {
            return Cells::Numbers { digits, steps };
        }
        for stamp in Stamp::of(first) {
            if let Some(steps) = all(cells, |cell| stamp.parse(cell), |n| stamp.text(n)) {
                return Cells::Times { stamp, steps };
            }
        }
        Cells::Text { lengths: cells.iter().map(|cell| cell.len() as u32).collect(), bytes: cells.concat() }
    }

    /// The cells, so many at most.
    pub(super) fn texts(&self, most: usize) -> Vec<Vec<u8>> {
        match self {
            Cells::Text { lengths, bytes } => {
                let mut left = &bytes[..];
                let take = |length: &u32| {
                    let (cell, rest) = left.split_at_checked(*length as usize).unwrap_or((left, &[]));
                    left = rest;
                    cell.to_vec()
                };
                lengths.iter().take(most).map(take).collect()
            }
            Cells::Numbers { digits, steps } => steps.sums(most, |n| number_text(n, *digits)),
            Cells::Times { stamp, steps } => steps.sums(most, |n| stamp.text(n)),
        }
    }
}

/// The integers of cells, where each cell is what its integer is written as.
fn all(
    cells: &[Vec<u8>],
    parse: impl Fn(&[u8]) -> Option<i64>,
    text: impl Fn(i64) -> Vec<u8>,
) -> Option<Differences> {
    let exact = |cell: &Vec<u8>| parse(cell).filter(|n| text(*n) == *cell);
    Some(Differences::of(cells.iter().map(exact).collect::<Option<Vec<i64>>>()?))
}

impl Differences {
    fn of(numbers: Vec<i64>) -> Differences {
        let once = differences(&numbers);
        let twice = differences(&once);
        let size =
            |steps: &[i64]| steps.iter().map(|n| u64::BITS - n.unsigned_abs().leading_zeros()).sum::<u32>();
        let is_twice = size(&twice) < size(&once);
        Differences { twice: is_twice, steps: if is_twice { twice } else { once } }
    }

    fn sums(&self, most: usize, text: impl Fn(i64) -> Vec<u8>) -> Vec<Vec<u8>> {
        let (mut slope, mut sum) = (0_i64, 0_i64);
        let next = |step: &i64| {
            slope = if self.twice { slope.wrapping_add(*step) } else { *step };
            sum = sum.wrapping_add(slope);
            text(sum)
        };
        self.steps.iter().take(most).map(next).collect()
    }
}

fn differences(numbers: &[i64]) -> Vec<i64> {
    let before = std::iter::once(&0).chain(numbers);
    numbers.iter().zip(before).map(|(n, before)| n.wrapping_sub(*before)).collect()
}

/// A number with so many digits behind its point, in units of the last one.
fn number(cell: &[u8], digits: u8) -> Option<i64> {
    let text = std::str::from_utf8(cell).ok()?;
    let (whole, fraction) = if digits == 0 { (text, "") } else { text.split_once('.')? };
    (whole.to_owned() + fraction).parse().ok()
}

fn number_text(n: i64, digits: u8) -> Vec<u8> {
    let (digits, sign) = (usize::from(digits), if n < 0 { "-" } else { "" });
    let all = format!("{:0width$}", n.unsigned_abs(), width = digits + 1);
    let (whole, fraction) = all.split_at(all.len() - digits);
    let point = if digits == 0 { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(cells: &[&str]) -> &'static str {
        let cells: Vec<Vec<u8>> = cells.iter().map(|cell| cell.as_bytes().to_vec()).collect();
        let packed = Cells::of(&cells);
        assert_eq!(packed.texts(usize::MAX), cells);
        match packed {
            Cells::Text { .. } => "text",
            Cells::Numbers { .. } => "numbers",
            Cells::Times { .. } => "times",
        }
    }

    #[test]
    fn every_cell_comes_back_as_it_was() {
        for (cells, expected) in [
            (&["1", "2", "3"][..], "numbers"),
            (&["-0.50", "0.00", "12.25"], "numbers"),
            (&["9223372036854775807", "-9223372036854775808", "0"], "numbers"),
            (&["007", "008"], "text"),
            (&["1.5", "1.50"], "text"),
            (&["-0", "1"], "text"),
            (&["1e3", ""], "text"),
            (&["2020-02-28 23:59:59", "2020-02-29 00:00:00", "2020-03-01 00:00:01"], "times"),
            (&["2024-03-01T12:00:00.250Z", "1969-12-31T23:59:59.750Z"], "times"),
            (&["31.12.2024 23:59", "01.01.2025 00:00"], "times"),
            (&["12/31/2024 11:59", "01/01/2025 00:00"], "times"),
            (&["2024-03-01", "2024-03-02"], "times"),
            (&["2024-03-01T12:00:00+01:00", "2024-03-01T12:00:01+02:00"], "text"),
            (&["2024-03-01 24:00:00"], "text"),
            (&["run", "idle", "a,b\"c"], "text"),
            (&[], "numbers"),
        ] {
            assert_eq!(kind(cells), expected, "{cells:?}");
        }
    }

    #[test]
    fn regular_times_take_no_bytes() {
        let cells: Vec<Vec<u8>> = (0..60).map(|i| format!("2020-02-08 13:{i:02}:47").into_bytes()).collect();
        let Cells::Times { steps, .. } = Cells::of(&cells) else { panic!("times") };
        assert!(steps.steps[2..].iter().all(|step| *step == 0), "{steps:?}");
    }
}
