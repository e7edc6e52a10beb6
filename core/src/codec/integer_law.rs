//! Laws of integers about zero: quantised Gaussians and Laplacians by a scale index, all of it in integers.

use super::entropy_model::{RawBits, Uniform};
use super::law_tables::{COST_UNITS, ESCAPE, LEVELS, LawTable, REACH, Shape};
use super::rans::{Rans, StreamError};

/// A distribution of all 32-bit integers: `p(k) ≈ ∫ f(t) dt` over `k ± ½`, f a density of mean 0 and standard
/// deviation `σ = 2^(scale/2 − 2)`, scale 0 to 62.
///
/// Up to σ = 5.7 the masses of −31 … 31 and of an escape stand in a table. A larger σ has
/// the table of `σ/2^shift` for `⌊k/2^shift + ½⌋` and sends the low bits as they are, which
/// costs less than 0.003 bit. A number beyond the table takes the escape, its length and its
/// bits: at most 52 bits on a stack that holds a word.
///
/// Neighbouring scales differ by √2: the nearest one costs at most 0.05 bit a number more than the best σ.
///
/// The tables are computed by the compiler (`const`, in f64), so every build has the same integers and no
/// device computes a float: two machines cannot disagree about a law. A test holds their bits.
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

    /// The law of the same scale and another form.
    pub(super) fn of_shape(self, shape: Shape) -> Self {
        IntegerLaw { shape, ..self }
    }

    /// The scale index.
    pub fn scale(self) -> u8 {
        self.scale
    }

    /// Puts a number on the stack.
    ///
    /// # Errors
    /// As [`Rans::push`]; some symbols of the number may then be on the stack.
    #[inline(never)]
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
    #[inline(never)]
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
    #[inline(never)]
    pub fn cost(self, value: i32) -> u32 {
        let (table, shift) = self.table();
        match symbol(value.wrapping_add(half(shift)) >> shift) {
            Some(symbol) => table.cost(symbol) + COST_UNITS * shift,
            None => table.cost(ESCAPE) + cost_any(value),
        }
    }

    #[inline]
    fn table(self) -> (&'static LawTable, u32) {
        let (level, shift) = self.level();
        (LawTable::of(self.shape, level), shift)
    }

    /// Which table, and how many low bits are sent as they are.
    #[inline]
    fn level(self) -> (usize, u32) {
        let scale = usize::from(self.scale);
        match scale.checked_sub(LEVELS) {
            None => (scale, 0),
            Some(above) => (LEVELS - 2 + above % 2, 1 + above as u32 / 2),
        }
    }
}

/// `2^shift / 2`, so that the interval of numbers about 0 that share their high bits is about 0 too.
#[inline]
pub(super) fn half(shift: u32) -> i32 {
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

/// Any number, of which nothing is known: its length in bits, all lengths
/// as likely, and the bits below its first.
#[inline(never)]
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
#[inline(never)]
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

/// The low `bits` bits of a number, 15 at a time.
#[inline(never)]
pub(super) fn push_bits<B: AsRef<[u8]> + AsMut<[u8]>>(
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

#[inline(never)]
pub(super) fn pop_bits<B: AsRef<[u8]>>(bits: u32, rans: &mut Rans<B>) -> Result<u32, StreamError> {
    let (mut value, mut have) = (0, 0);
    while have < bits {
        let take = (bits - have).min(15);
        value |= u32::from(rans.pop(&RawBits::new(take))?) << have;
        have += take;
    }
    Ok(value)
}
