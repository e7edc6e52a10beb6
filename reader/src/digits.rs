//! The resolution of a column of text, by its digits.

/// What the digits of a column of text say of its resolution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digits {
    /// cells that are numbers
    pub cells: u64,
    /// of 0 to 9 digits behind the decimal point: how many of the cells have more than that, zeros at the end
    /// not counted, or too many before it for 32 bits
    pub misfits: [u64; 10],
    /// how many digits all cells have behind the point, zeros counted, where that is the same
    pub alike: Option<u32>,
}

impl Digits {
    /// Looks at one more cell, with a point before its fraction.
    pub(crate) fn see(&mut self, cell: &[u8]) {
        let Some(text) = std::str::from_utf8(cell).ok() else { return };
        let Some(value) = text.parse::<f64>().ok().filter(|value| value.is_finite()) else { return };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let fraction = mantissa.split_once('.').map_or("", |(_, fraction)| fraction);
        let behind = fraction.trim_end_matches('0').len() as i64 - exponent.parse::<i64>().unwrap_or(0);
        for (digits, misfits) in self.misfits.iter_mut().enumerate() {
            let is_large = value.abs() * 10_f64.powi(digits as i32) > f64::from(i32::MAX);
            *misfits += u64::from(is_large || behind > digits as i64);
        }
        let written = (mantissa.len() == text.len()).then_some(fraction.len() as u32);
        self.alike = if self.cells == 0 { written } else { self.alike.filter(|_| self.alike == written) };
        self.cells += 1;
    }

    /// The digits behind the point that cost the fewest bits: about 3.3 for each digit of each number, 80 for
    /// a number that must be written by itself.
    pub fn best(&self) -> u32 {
        let cost = |digits: usize| 33 * digits as u64 * self.cells + 800 * self.misfits[digits];
        (0..self.misfits.len()).min_by_key(|digits| cost(*digits)).unwrap_or(0) as u32
    }
}
