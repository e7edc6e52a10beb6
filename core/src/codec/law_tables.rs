//! The tables of the integer laws: made by the compiler, so that no device computes a float.

use super::entropy_model::{EntropyModel, Interval};
use super::table::{Table, quantize_masses};

/// Precision of the tables: at 14 bits rounding costs 0.03 %, the coder 0.01 %.
pub(super) const PRECISION: u32 = 14;
/// Numbers from −REACH to REACH have a symbol each.
pub(super) const REACH: i32 = 31;
/// One symbol more: a number out of reach, which follows.
pub(super) const ESCAPE: u16 = 2 * REACH as u16 + 1;
const SYMBOLS: usize = ESCAPE as usize + 1;
/// Scales that have a table; beyond them the last octave is used for the number without its low bits.
pub(super) const LEVELS: usize = 10;
/// Costs are counted in units of 1/64 bit.
pub const COST_UNITS: u32 = 64;

/// The form of a law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The normal distribution.
    Gaussian = 0,
    /// The two-sided exponential: heavier tails, for residuals with outliers.
    Laplace = 1,
}

/// A law's masses: `above(k)` is that of all numbers of the table above k, which is that of all below −k.
///
/// The symbols' intervals follow each other from −REACH to REACH, then the escape: half of
/// a symmetric law says all of it. Far out every number has a mass of 1, so that REACH − k
/// is above k; only what lies before that is stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct LawTable {
    first: u16,
    stored: u16,
    escape: u16,
}

/// By shape and scale.
static TABLES: [[LawTable; LEVELS]; 2] = packed().0;
/// What the tables store, one after the other.
static ABOVE: [u16; STORED] = packed().1;

impl LawTable {
    const SLOTS: u16 = 1 << PRECISION;

    /// The table of a shape and scale.
    #[inline]
    pub(super) fn of(shape: Shape, level: usize) -> &'static LawTable {
        let [gaussian, laplace] = &TABLES;
        let tables = if shape == Shape::Laplace { laplace } else { gaussian };
        tables.get(level).unwrap_or(const { &LawTable { first: 0, stored: 0, escape: 1 } })
    }

    /// The mass of the numbers above k; of those above REACH, none.
    #[inline]
    fn above(&self, k: u16) -> u16 {
        let stored = if k < self.stored { ABOVE.get(usize::from(self.first + k)) } else { None };
        stored.copied().unwrap_or((REACH as u16).saturating_sub(k))
    }

    /// What a symbol costs in units of 1/[`COST_UNITS`] bit: `−64 log₂ (m / 2^P)`.
    #[inline]
    pub(super) fn cost(&self, symbol: u16) -> u32 {
        COST_UNITS * PRECISION - log2(self.slots(symbol).mass.into())
    }

    /// All numbers of the table.
    #[inline]
    fn numbers(&self) -> u16 {
        Self::SLOTS - self.escape
    }

    /// A symbol's slots; of one that there is not, none.
    #[inline(never)]
    fn slots(&self, symbol: u16) -> Interval {
        let (numbers, k) = (self.numbers(), i32::from(symbol) - REACH);
        if symbol >= ESCAPE {
            return Interval { start: numbers, mass: if symbol == ESCAPE { self.escape } else { 0 } };
        }
        let size = k.unsigned_abs() as u16;
        let above = self.above(size);
        // from 0 on: all but those below 0, which are as many as above 0
        let from = size.checked_sub(1).map_or(numbers - above, |below| self.above(below));
        Interval { start: if k > 0 { numbers - from } else { above }, mass: from - above }
    }
}

impl EntropyModel for &LawTable {
    const PRECISION: u32 = PRECISION;

    #[inline]
    fn interval(&self, symbol: u16) -> Option<Interval> {
        Some(self.slots(symbol)).filter(|slots| slots.mass > 0)
    }

    #[inline]
    fn symbol(&self, slot: u16) -> (u16, Interval) {
        let numbers = self.numbers();
        let mirrored = slot.min((numbers - 1).wrapping_sub(slot));
        // the smallest k with no more above it than lie beyond the slot
        let (mut k, mut step) = (0, (REACH as u16).div_ceil(2));
        while step > 0 {
            k += if self.above(k + step - 1) > mirrored { step } else { 0 };
            step /= 2;
        }
        let symbol = match slot >= numbers {
            true => ESCAPE,
            false if slot > mirrored => REACH as u16 + k,
            false => (REACH as u16).wrapping_sub(k),
        };
        (symbol, self.slots(symbol))
    }
}

/// A table as it is made: `above(k)` for each k, and the escape.
#[derive(Clone, Copy)]
struct Whole {
    above: [u16; REACH as usize + 1],
    escape: u16,
}

impl Whole {
    /// Numbers that must be stored: up to the last one with another mass above it than one each.
    const fn stored(&self) -> usize {
        let mut stored = REACH as usize + 1;
        while stored > 0 && self.above[stored - 1] == REACH as u16 + 1 - stored as u16 {
            stored -= 1;
        }
        stored
    }
}

const WHOLE: [[Whole; LEVELS]; 2] = [tables(Shape::Gaussian), tables(Shape::Laplace)];

const STORED: usize = {
    let (mut stored, mut table) = (0, 0);
    while table < 2 * LEVELS {
        stored += WHOLE[table / LEVELS][table % LEVELS].stored();
        table += 1;
    }
    stored
};

const fn packed() -> ([[LawTable; LEVELS]; 2], [u16; STORED]) {
    let mut tables = [[LawTable { first: 0, stored: 0, escape: 0 }; LEVELS]; 2];
    let mut above = [0; STORED];
    let (mut first, mut table) = (0, 0);
    while table < 2 * LEVELS {
        let whole = WHOLE[table / LEVELS][table % LEVELS];
        let stored = whole.stored();
        tables[table / LEVELS][table % LEVELS] =
            LawTable { first: first as u16, stored: stored as u16, escape: whole.escape };
        let mut k = 0;
        while k < stored {
            above[first + k] = whole.above[k];
            k += 1;
        }
        first += stored;
        table += 1;
    }
    (tables, above)
}

const fn tables(shape: Shape) -> [Whole; LEVELS] {
    let mut tables = [Whole { above: [0; REACH as usize + 1], escape: 0 }; LEVELS];
    let (mut level, mut sigma) = (0, 0.25);
    while level < LEVELS {
        // P(k) = F((k + ½)/σ) − F((k − ½)/σ), the escape what is left
        let mut probabilities = [0.0; SYMBOLS];
        let mut k = 0;
        while k <= REACH {
            let lower = tail(shape, (k as f64 - 0.5) / sigma);
            let upper = tail(shape, (k as f64 + 0.5) / sigma);
            probabilities[(REACH + k) as usize] = lower - upper;
            probabilities[(REACH - k) as usize] = lower - upper;
            k += 1;
        }
        probabilities[ESCAPE as usize] = 2.0 * tail(shape, (REACH as f64 + 0.5) / sigma);
        let mut cumulative = [0; SYMBOLS + 1];
        quantize_masses(&probabilities, PRECISION, &mut cumulative);
        assert!(Table::<PRECISION>::new(&cumulative).is_ok());
        tables[level].escape = (1 << PRECISION) - cumulative[ESCAPE as usize];
        let mut k = 0;
        while k <= REACH {
            let below = cumulative[(REACH - k) as usize];
            assert!(cumulative[ESCAPE as usize] - cumulative[(REACH + k + 1) as usize] == below);
            tables[level].above[k as usize] = below;
            k += 1;
        }
        sigma *= core::f64::consts::SQRT_2;
        level += 1;
    }
    tables
}

/// `64 log₂ m` for m from 1 to 2^15, within 1.
#[inline]
const fn log2(mass: u32) -> u32 {
    let whole = 31 - (mass | 1).leading_zeros();
    // log₂(1 + f) ≈ f + 0.344 f (1 − f), f in units of 1/256
    let f = (mass << 8 >> whole) & 255;
    COST_UNITS * whole + (f + ((88 * f * (256 - f)) >> 16)) / 4
}

/// `1 − F(x)` of the distribution with mean 0 and standard deviation 1.
pub(super) const fn tail(shape: Shape, x: f64) -> f64 {
    if x < 0.0 {
        return 1.0 - tail(shape, -x);
    }
    match shape {
        // ½ e^(−√2 x)
        Shape::Laplace => 0.5 / exp(core::f64::consts::SQRT_2 * x),
        // beyond 7.5 it is less than a hundredth of 2^−14 in all
        Shape::Gaussian if x > 7.5 => 0.0,
        Shape::Gaussian => {
            // Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + …), Abramowitz and Stegun (1964), 26.2.11
            let (mut term, mut sum, mut n) = (x, x, 3.0);
            while term > 1e-17 * sum {
                term *= x * x / n;
                sum += term;
                n += 2.0;
            }
            const ROOT_TAU: f64 = 2.506_628_274_631_000_5;
            let tail = 0.5 - sum / (ROOT_TAU * exp(0.5 * x * x));
            if tail > 0.0 { tail } else { 0.0 }
        }
    }
}

/// `e^x` for x ≥ 0, at compile time: `(e^(x/1024))^1024` by nine terms of the series.
pub(super) const fn exp(x: f64) -> f64 {
    let x = x / 1024.0;
    let (mut sum, mut n) = (1.0, 9.0);
    while n > 0.0 {
        sum = 1.0 + sum * x / n;
        n -= 1.0;
    }
    let mut squarings = 0;
    while squarings < 10 {
        sum *= sum;
        squarings += 1;
    }
    sum
}
