//! The resolution of a column of text, by its digits.

/// What the digits of a column of text say of its resolution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digits {
    /// cells that are numbers
    pub cells: u64,
    /// of 0 to 9 digits behind the decimal point: how many of the cells have more than that, zeros at the end
    /// not counted, or too many before it for 32 bits
    pub misfits: [u64; 10],
    /// of 0 to 9 digits behind the point: how many cells are written with as many, zeros at the end counted
    pub written: [u64; 10],
    /// cells written with no more digits than they need
    pub shortest: u64,
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
        if mantissa.len() == text.len() {
            self.written.get_mut(fraction.len()).into_iter().for_each(|cells| *cells += 1);
            self.shortest += u64::from(!fraction.ends_with('0'));
        }
        self.cells += 1;
    }

    /// How many digits to write behind the point, so that most cells come back as they were written; `None`
    /// for as many as a number needs.
    pub fn alike(&self) -> Option<u32> {
        let most = (0..self.written.len()).max_by_key(|digits| self.written[*digits])?;
        (self.written[most] > self.shortest).then_some(most as u32)
    }

    /// Whether more than one number in eight has more digits than those that cost the fewest bits.
    pub fn are_too_many(&self) -> bool {
        8 * self.misfits[self.best() as usize] > self.cells
    }

    /// The digits behind the point that cost the fewest bits: about 3.3 for each digit of each number, 80 for
    /// a number that must be written by itself.
    pub fn best(&self) -> u32 {
        let cost = |digits: usize| 33 * digits as u64 * self.cells + 800 * self.misfits[digits];
        (0..self.misfits.len()).min_by_key(|digits| cost(*digits)).unwrap_or(0) as u32
    }
}
