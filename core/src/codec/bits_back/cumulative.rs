//! Laws by a distribution function: a symbol has the mass between where it begins and where the next one
//! does.

use crate::codec::entropy_model::{EntropyModel, Interval, MAX_PRECISION};

/// Precision of these laws.
pub(super) const PRECISION: u32 = MAX_PRECISION;
pub(super) const SLOTS: u16 = 1 << PRECISION;
/// Slots that the function shares out: the first and the last symbol have one anyway, so that none has all of
/// the mass.
const FREE: u32 = SLOTS as u32 - 2;
/// An argument is in units of 1/4096 of the distribution's scale.
pub(super) const STEPS: f32 = 4096.0;
/// Steps in a cell of a table: 1/16 of the scale. A law linear within cells costs 0.0002 bit more than one
/// that is not.
const CELL: u32 = 256;

/// A law of the symbols `0..SYMBOLS`.
///
/// `c(b) = 1 + (2^15 − 2)·F(begin_b)` rounded, `c(0) = 0`, `c(n) = 2^15`
///
/// Only what has mass is a symbol of the model. F is symmetric about 0 and comes from a table, linear in
/// between: where `begin` never falls as the symbol rises, no step here does, so the masses cannot be
/// negative, whatever a network gave.
pub(super) trait Cumulative {
    const SYMBOLS: u16;
    /// `1 − F` as [`scaled`] has it, cell by cell.
    const TAILS: &'static [u32];

    /// Where a symbol begins: F's argument, in [`STEPS`].
    fn begin(&self, symbol: u16) -> i32;

    fn cumulative(&self, symbol: u16) -> u16 {
        if symbol == 0 {
            0
        } else if symbol >= Self::SYMBOLS {
            SLOTS
        } else {
            let t = self.begin(symbol);
            let tail = tail(Self::TAILS, t.unsigned_abs());
            (1 + if t < 0 { tail } else { FREE - tail }) as u16
        }
    }
}

/// An entry of a table: `(2^15 − 2)·2^8·(1 − F(cell/16))`.
pub(super) const fn scaled(tail: f64) -> u32 {
    ((FREE << 8) as f64 * tail + 0.5) as u32
}

/// The argument of an entry.
pub(super) const fn argument(cell: usize) -> f64 {
    cell as f64 / 16.0
}

/// `(2^15 − 2)·(1 − F(t/4096))`, rounded.
fn tail(tails: &[u32], t: u32) -> u32 {
    let (cell, within) = ((t / CELL) as usize, t % CELL);
    match tails.get(cell..).and_then(<[u32]>::first_chunk) {
        Some([from, to]) => (from * (CELL - within) + to * within + (1 << 15)) >> 16,
        None => 0,
    }
}

/// The last of so many symbols that `begins`, which all do up to one.
pub(super) fn search(symbols: u16, mut begins: impl FnMut(u16) -> bool) -> u16 {
    let (mut low, mut high) = (0, symbols);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if begins(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

impl<C: Cumulative> EntropyModel for C {
    const PRECISION: u32 = PRECISION;

    fn interval(&self, symbol: u16) -> Option<Interval> {
        if symbol >= Self::SYMBOLS {
            return None;
        }
        let start = self.cumulative(symbol);
        let mass = self.cumulative(symbol + 1) - start;
        (mass > 0).then_some(Interval { start, mass })
    }

    fn symbol(&self, slot: u16) -> (u16, Interval) {
        let symbol = search(Self::SYMBOLS, |symbol| self.cumulative(symbol) <= slot);
        let start = self.cumulative(symbol);
        (symbol, Interval { start, mass: self.cumulative(symbol + 1) - start })
    }
}

/// The four rules of [`EntropyModel`], slot by slot.
#[cfg(test)]
pub(super) fn assert_partition(model: &impl EntropyModel, symbols: u16) {
    let mut next = 0;
    for symbol in 0..symbols {
        let Some(Interval { start, mass }) = model.interval(symbol) else { continue };
        assert!(start == next && mass > 0 && mass < SLOTS, "{symbol}: {mass} from {start}, not {next}");
        for slot in [start, start + mass / 2, start + mass - 1] {
            assert_eq!(model.symbol(slot), (symbol, Interval { start, mass }));
        }
        next += mass;
    }
    assert_eq!((next, model.interval(symbols)), (SLOTS, None));
}
