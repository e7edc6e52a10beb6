//! Laws of integers about zero: quantised Gaussians and Laplacians by a scale index, all of it in integers.

use super::entropy_model::{EntropyModel, RawBits, Uniform};
use super::rans::{Rans, StreamError};
use super::table::{Table, quantize_masses};

/// Precision of the tables: at 14 bits rounding costs 0.03 %, the coder 0.01 %.
const PRECISION: u32 = 14;
/// Numbers from −REACH to REACH have a symbol each.
const REACH: i32 = 31;
/// One symbol more: a number out of reach, which follows.
const ESCAPE: u16 = 2 * REACH as u16 + 1;
const SYMBOLS: usize = ESCAPE as usize + 1;
/// Scales that have a table; beyond them the last octave is used for the number without its low bits.
const LEVELS: usize = 10;
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

/// A distribution of all 32-bit integers: `p(k) ≈ ∫ f(t) dt` over `k ± ½`, f a density of mean 0 and standard deviation
/// `σ = 2^(scale/2 − 2)`, scale 0 to 62.
///
/// Up to σ = 5.7 the masses of −31 … 31 and of an escape stand in a table. A larger σ has the table of
/// `σ/2^shift` for `⌊k/2^shift + ½⌋` and sends the low bits as they are, which costs less than 0.003 bit. A number
/// beyond the table takes the escape, its length and its bits: at most 52 bits on a stack that holds a word.
///
/// Neighbouring scales differ by √2: the nearest one costs at most 0.05 bit a number more than the best σ.
///
/// The tables are computed by the compiler (`const`, in f64), so every build has the same integers and no device computes
/// a float: two machines cannot disagree about a law. A test holds their bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntegerLaw {
    shape: Shape,
    scale: u8,
}

impl IntegerLaw {
    /// Number of scales.
    pub const SCALES: u8 = 63;
    /// The Laplacian of the largest scale.
    pub const WIDEST: IntegerLaw = IntegerLaw { shape: Shape::Laplace, scale: Self::SCALES - 1 };

    /// The law of a scale index, or `None` where there is no such scale.
    pub const fn new(shape: Shape, scale: u8) -> Option<Self> {
        if scale < Self::SCALES { Some(IntegerLaw { shape, scale }) } else { None }
    }

    /// The form.
    pub fn shape(self) -> Shape {
        self.shape
    }

    /// The scale index.
    pub fn scale(self) -> u8 {
        self.scale
    }

    /// Puts a number on the stack.
    ///
    /// # Errors
    /// As [`Rans::push`]; some symbols of the number may then be on the stack.
    #[inline]
    pub fn push<B: AsRef<[u8]> + AsMut<[u8]>>(
        self,
        value: i32,
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        let (table, shift) = self.table();
        let shifted = value.wrapping_add(half(shift));
        match symbol(shifted >> shift) {
            Some(symbol) => {
                push_bits(shifted as u32, shift, rans)?;
                rans.push(symbol, &table)
            }
            None => {
                push_any(value, rans)?;
                rans.push(ESCAPE, &table)
            }
        }
    }

    /// Takes a number from the stack.
    ///
    /// # Errors
    /// As [`Rans::pop`].
    #[inline]
    pub fn pop<B: AsRef<[u8]>>(self, rans: &mut Rans<B>) -> Result<i32, StreamError> {
        let (table, shift) = self.table();
        let symbol = rans.pop(&table)?;
        if symbol == ESCAPE {
            return pop_any(rans);
        }
        let low = pop_bits(shift, rans)? as i32;
        let high = (i32::from(symbol) - REACH).wrapping_shl(shift);
        Ok((high | low).wrapping_sub(half(shift)))
    }

    /// What a number costs in units of 1/[`COST_UNITS`] bit, within 0.03 bit: for choosing between laws.
    #[inline]
    pub fn cost(self, value: i32) -> u32 {
        let (table, shift) = self.table();
        let (symbol, rest) = match symbol(value.wrapping_add(half(shift)) >> shift) {
            Some(symbol) => (symbol, COST_UNITS * shift),
            None => (ESCAPE, cost_any(value)),
        };
        let mass = table.interval(symbol).map_or(1, |interval| u32::from(interval.mass));
        rest + COST_UNITS * PRECISION - log2(mass)
    }

    #[inline]
    fn table(self) -> (Table<'static, PRECISION>, u32) {
        let scale = usize::from(self.scale);
        let (level, shift) = match scale.checked_sub(LEVELS) {
            None => (scale, 0),
            Some(above) => (LEVELS - 2 + above % 2, 1 + above as u32 / 2),
        };
        (Table::new_unchecked(&TABLES[self.shape as usize][level]), shift)
    }
}

/// `2^shift / 2`, so that the interval of numbers about 0 that share their high bits is about 0 too.
#[inline]
fn half(shift: u32) -> i32 {
    (1_i32 << shift) >> 1
}

#[inline]
fn symbol(value: i32) -> Option<u16> {
    (-REACH..=REACH).contains(&value).then(|| (value + REACH) as u16)
}

/// 0, −1, 1, −2, … as 0, 1, 2, 3, …
#[inline]
pub(super) fn zigzag(value: i32) -> u32 {
    (value << 1 ^ value >> 31) as u32
}

/// The inverse of [`zigzag`].
#[inline]
pub(super) fn unzigzag(value: u32) -> i32 {
    (value >> 1) as i32 ^ -((value & 1) as i32)
}

const LENGTHS: Uniform<15> = Uniform::new(33).expect("2 to 2^15 symbols");

/// Any number, of which nothing is known: its length in bits, all lengths as likely, and the bits below its first.
pub(super) fn push_any<B: AsRef<[u8]> + AsMut<[u8]>>(
    value: i32,
    rans: &mut Rans<B>,
) -> Result<(), StreamError> {
    let bits = zigzag(value);
    let length = u32::BITS - bits.leading_zeros();
    push_bits(bits, length.saturating_sub(1), rans)?;
    rans.push(length as u16, &LENGTHS)
}

/// The inverse of [`push_any`].
pub(super) fn pop_any<B: AsRef<[u8]>>(rans: &mut Rans<B>) -> Result<i32, StreamError> {
    match u32::from(rans.pop(&LENGTHS)?).checked_sub(1) {
        None => Ok(0),
        Some(below) => Ok(unzigzag(pop_bits(below, rans)? | 1 << below)),
    }
}

/// What [`push_any`] costs in units of 1/[`COST_UNITS`] bit.
pub(super) fn cost_any(value: i32) -> u32 {
    // 64 log₂ 33
    323 + COST_UNITS * (u32::BITS - zigzag(value).leading_zeros()).saturating_sub(1)
}

/// `64 log₂ m` for m from 1 to 2^15, within 1.
#[inline]
fn log2(mass: u32) -> u32 {
    let whole = mass.ilog2();
    // log₂(1 + f) ≈ f + 0.344 f (1 − f), f in units of 1/256
    let f = (mass << 8 >> whole) & 255;
    COST_UNITS * whole + (f + ((88 * f * (256 - f)) >> 16)) / 4
}

/// The low `bits` bits of a number, 15 at a time.
#[inline]
fn push_bits<B: AsRef<[u8]> + AsMut<[u8]>>(
    value: u32,
    bits: u32,
    rans: &mut Rans<B>,
) -> Result<(), StreamError> {
    let mut left = bits;
    while left > 0 {
        let take = (left - 1) % 15 + 1;
        left -= take;
        rans.push((value >> left) as u16 & ((1 << take) - 1), &RawBits::new(take))?;
    }
    Ok(())
}

#[inline]
fn pop_bits<B: AsRef<[u8]>>(bits: u32, rans: &mut Rans<B>) -> Result<u32, StreamError> {
    let (mut value, mut have) = (0, 0);
    while have < bits {
        let take = (bits - have).min(15);
        value |= u32::from(rans.pop(&RawBits::new(take))?) << have;
        have += take;
    }
    Ok(value)
}

static TABLES: [[[u16; SYMBOLS + 1]; LEVELS]; 2] = [tables(Shape::Gaussian), tables(Shape::Laplace)];

const fn tables(shape: Shape) -> [[u16; SYMBOLS + 1]; LEVELS] {
    let mut tables = [[0; SYMBOLS + 1]; LEVELS];
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
        quantize_masses(&probabilities, PRECISION, &mut tables[level]);
        assert!(Table::<PRECISION>::new(&tables[level]).is_ok());
        sigma *= core::f64::consts::SQRT_2;
        level += 1;
    }
    tables
}

/// `1 − F(x)` of the distribution with mean 0 and standard deviation 1.
const fn tail(shape: Shape, x: f64) -> f64 {
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
