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

/// A law's masses: `above[k]` is that of all numbers of the table above k, which is that of all below −k.
///
/// The symbols' intervals follow each other from −REACH to REACH, then the escape: half of a symmetric law says all of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct LawTable {
    above: [u16; REACH as usize + 1],
    escape: u16,
}

/// By shape and scale.
static TABLES: [[LawTable; LEVELS]; 2] = [tables(Shape::Gaussian), tables(Shape::Laplace)];

impl LawTable {
    const SLOTS: u16 = 1 << PRECISION;

    /// The table of a shape and scale.
    #[inline]
    pub(super) fn of(shape: Shape, level: usize) -> &'static LawTable {
        let [gaussian, laplace] = &TABLES;
        let tables = if shape == Shape::Laplace { laplace } else { gaussian };
        tables.get(level).unwrap_or(const { &LawTable { above: [0; REACH as usize + 1], escape: 1 } })
    }

    /// What a symbol costs in units of 1/[`COST_UNITS`] bit: `−64 log₂ (m / 2^P)`.
    #[inline]
    pub(super) fn cost(&self, symbol: u16) -> u32 {
        let mass = self.interval(symbol).map_or(1, |interval| interval.mass);
        COST_UNITS * PRECISION - log2(mass.into())
    }

    /// The mass of the numbers above k, and of those from k on.
    #[inline]
    fn tails(&self, k: usize) -> Option<(u16, u16)> {
        let above = *self.above.get(k)?;
        let numbers = Self::SLOTS - self.escape;
        // from 0 on: all but those below 0, which are as many as above 0
        let from = k.checked_sub(1).map_or(Some(numbers - above), |below| self.above.get(below).copied());
        Some((above, from?))
    }
}

impl EntropyModel for &LawTable {
    const PRECISION: u32 = PRECISION;

    #[inline]
    fn interval(&self, symbol: u16) -> Option<Interval> {
        let numbers = LawTable::SLOTS - self.escape;
        let k = i32::from(symbol) - REACH;
        if symbol == ESCAPE {
            return Some(Interval { start: numbers, mass: self.escape });
        }
        let (above, from) = self.tails(k.unsigned_abs() as usize)?;
        Some(Interval { start: if k > 0 { numbers - from } else { above }, mass: from - above })
    }

    #[inline]
    fn symbol(&self, slot: u16) -> (u16, Interval) {
        let numbers = LawTable::SLOTS - self.escape;
        let mirrored = slot.min((numbers - 1).wrapping_sub(slot));
        // the largest k whose numbers above are not all that lie beyond the slot
        let k = self.above.partition_point(|above| *above > mirrored) as u16;
        let symbol = match slot >= numbers {
            true => ESCAPE,
            false if slot > mirrored => REACH as u16 + k,
            false => (REACH as u16).wrapping_sub(k),
        };
        (symbol, self.interval(symbol).unwrap_or(Interval { start: 0, mass: 0 }))
    }
}

const fn tables(shape: Shape) -> [LawTable; LEVELS] {
    let mut tables = [LawTable { above: [0; REACH as usize + 1], escape: 0 }; LEVELS];
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
const fn exp(x: f64) -> f64 {
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
