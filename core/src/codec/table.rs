//! Static tables of masses: any distribution of a few symbols, as integers in flash.

use super::entropy_model::{EntropyModel, Interval};
use core::fmt;

/// Why a table was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum TableError {
    /// Fewer than two symbols, or a first entry that is not 0.
    Malformed,
    /// A symbol without mass.
    NoMass {
        /// which one
        symbol: usize,
    },
    /// The masses do not sum to `2^PRECISION`.
    WrongTotal {
        /// what they sum to
        found: u16,
    },
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TableError::Malformed => f.write_str("a table begins with 0 and has two symbols or more"),
            TableError::NoMass { symbol } => {
                write!(f, "symbol {symbol} has no mass; make tables with elbow::codec::quantize_masses")
            }
            TableError::WrongTotal { found } => {
                write!(f, "the masses sum to {found}; make tables with elbow::codec::quantize_masses")
            }
        }
    }
}

impl core::error::Error for TableError {}

/// A distribution of symbols `0..n` by its `n + 1` cumulative masses, borrowed from wherever they lie.
///
/// **Cost.** push: two look-ups; pop: a binary search. 2(n + 1) bytes of flash.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a, const PRECISION: u32> {
    cumulative: &'a [u16],
}

impl<'a, const PRECISION: u32> Table<'a, PRECISION> {
    /// Takes cumulative masses: they begin with 0, rise with each symbol and end with `2^PRECISION`.
    ///
    /// # Errors
    /// [`TableError`], naming what is wrong.
    pub const fn new(cumulative: &'a [u16]) -> Result<Self, TableError> {
        let symbols = cumulative.len().saturating_sub(1);
        if symbols < 2 || cumulative[0] != 0 {
            return Err(TableError::Malformed);
        }
        let mut symbol = 0;
        while symbol < symbols {
            if cumulative[symbol] >= cumulative[symbol + 1] {
                return Err(TableError::NoMass { symbol });
            }
            symbol += 1;
        }
        if cumulative[symbols] != 1 << PRECISION {
            return Err(TableError::WrongTotal { found: cumulative[symbols] });
        }
        Ok(Table { cumulative })
    }

    /// As [`new`](Self::new), for tables that were checked at compile time.
    pub(super) const fn new_unchecked(cumulative: &'a [u16]) -> Self {
        Table { cumulative }
    }

    #[inline]
    fn checked(&self, symbol: usize) -> Option<Interval> {
        let (start, end) = (*self.cumulative.get(symbol)?, *self.cumulative.get(symbol + 1)?);
        Some(Interval { start, mass: end - start })
    }
}

impl<const PRECISION: u32> EntropyModel for Table<'_, PRECISION> {
    const PRECISION: u32 = PRECISION;

    #[inline]
    fn interval(&self, symbol: u16) -> Option<Interval> {
        self.checked(usize::from(symbol))
    }

    #[inline]
    fn symbol(&self, slot: u16) -> (u16, Interval) {
        // the last symbol that begins at the slot or before: there is one, as the first begins at 0
        let symbol = self.cumulative.partition_point(|start| *start <= slot).saturating_sub(1);
        (symbol as u16, self.checked(symbol).unwrap_or(Interval { start: 0, mass: 0 }))
    }
}

/// Cumulative masses of `probabilities`: the table of a [`Table`].
///
/// Of the `2^precision` slots each symbol gets one and its share of the rest, rounded down; the likeliest
/// symbol gets what is left over. The probabilities need not sum to one exactly, their tables always do.
///
/// It is a host's work, or the compiler's: on the device a table is a constant.
///
/// # Panics
/// `cumulative` is not one longer than `probabilities`, the precision is not from 1 to 15, there are more
/// symbols than slots, or a probability is negative or NaN: at compile time, an error of the build.
pub const fn quantize_masses(probabilities: &[f64], precision: u32, cumulative: &mut [u16]) {
    assert!(cumulative.len() == probabilities.len() + 1, "one more cumulative mass than symbols");
    assert!(precision >= 1 && precision <= super::MAX_PRECISION, "precision from 1 to 15");
    assert!(probabilities.len() <= 1 << precision, "a slot for each symbol");
    let (mut likeliest, mut sum) = (0, 0.0);
    let mut symbol = 0;
    while symbol < probabilities.len() {
        assert!(probabilities[symbol] >= 0.0, "a probability is not negative");
        sum += probabilities[symbol];
        if probabilities[symbol] > probabilities[likeliest] {
            likeliest = symbol;
        }
        symbol += 1;
    }
    let slots = 1_u16 << precision;
    let free = (slots - probabilities.len() as u16) as f64;
    cumulative[0] = 0;
    let mut symbol = 0;
    while symbol < probabilities.len() {
        // m = 1 + ⌊p·(2^P − n)⌋
        let mass = 1 + (free * (probabilities[symbol] / sum)) as u16;
        cumulative[symbol + 1] = cumulative[symbol] + mass;
        symbol += 1;
    }
    let rest = slots - cumulative[probabilities.len()];
    let mut symbol = likeliest;
    while symbol < probabilities.len() {
        cumulative[symbol + 1] += rest;
        symbol += 1;
    }
}
