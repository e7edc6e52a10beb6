//! Numbers that loggers write where they have none.

/// Such numbers, either sign of them.
const USUAL: [f64; 9] = [99.0, 127.0, 200.0, 999.0, 9_999.0, 99_999.0, 32_767.0, 32_768.0, 65_535.0];

/// The numbers of a column, those that may stand for missing ones apart from the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct StandIns {
    low: f64,
    high: f64,
    others: usize,
    /// the first that may be one, and how often it is there
    found: Option<(f64, usize)>,
}

impl Default for StandIns {
    fn default() -> Self {
        StandIns { low: f64::INFINITY, high: f64::NEG_INFINITY, others: 0, found: None }
    }
}

impl StandIns {
    /// Looks at one more number.
    pub(crate) fn see(&mut self, number: f64) {
        match &mut self.found {
            Some((found, count)) if *found == number => *count += 1,
            None if USUAL.contains(&number.abs()) => self.found = Some((number, 1)),
            _ => {
                (self.low, self.high) = (self.low.min(number), self.high.max(number));
                self.others += 1;
            }
        }
    }

    /// What should be known of a column of this name: a number that others are far from, as from none of a
    /// sensor's. Where all others are the same nobody knows what is far.
    pub(crate) fn note(&self, name: &str) -> Option<String> {
        let (number, count) = self.found?;
        let width = self.high - self.low;
        let distance = (self.low - number).max(number - self.high);
        let is_far = width > 0.0 && distance > 3.0 * width && self.others > count;
        is_far.then(|| {
            format!(
                "`{name}` is {number} in {count} of the rows looked at, far from its other numbers, and is \
                 taken as that: where it stands for a missing number, write NaN in its place and give \
                 --missing drop"
            )
        })
    }
}
