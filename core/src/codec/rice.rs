//! Golomb–Rice codes of integers about zero: no table, no division, and
//! hardly worse than better codes on noise.

use super::bits::{BitReader, BitWriter};
use super::integer_law::{unzigzag, zigzag};
use super::rans::StreamError;

/// Ones in a row that say: the number follows with all its 32 bits.
const LONGEST: u32 = 20;

/// The Rice code of parameter k: z = 2|v| or 2|v| − 1 by the sign,
/// `⌊z/2^k⌋` ones, a zero, the k low bits of z.
///
/// A number costs `⌊z/2^k⌋ + 1 + k` bits, and never more than 52.
///
/// **Source.** Rice (1979), "Some practical universal noiseless coding techniques".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rice(u32);

impl Rice {
    /// Bits that a parameter takes.
    pub const PARAMETER_BITS: u32 = 5;

    /// The code of a parameter, of which the low [`PARAMETER_BITS`](Self::PARAMETER_BITS) count.
    pub fn new(parameter: u32) -> Self {
        Rice(parameter & ((1 << Self::PARAMETER_BITS) - 1))
    }

    /// The best code for some numbers, and what they cost with it, in bits.
    pub fn best(values: impl Iterator<Item = i32> + Clone) -> (Self, u64) {
        let (mut sum, mut count) = (0_u64, 0_u64);
        for value in values.clone() {
            sum += u64::from(zigzag(value));
            count += 1;
        }
        let cost = |code: Rice| values.clone().map(|value| u64::from(code.cost(value))).sum::<u64>();
        Rice::near(sum, count)
            .map(|code| (code, cost(code)))
            .min_by_key(|(_, cost)| *cost)
            .unwrap_or((Rice(0), 0))
    }

    /// Codes about the best, of so many numbers whose [`zigzag`]s have this
    /// sum: the best k is about log₂ of the mean.
    pub(super) fn near(sum: u64, count: u64) -> impl Iterator<Item = Rice> {
        let mut guess = 0_u32;
        while guess < 30 && count << (guess + 1) <= sum {
            guess += 1;
        }
        (guess.saturating_sub(1)..=guess + 1).map(Rice)
    }

    /// The parameter.
    pub fn parameter(self) -> u32 {
        self.0
    }

    /// What a number costs, in bits.
    #[inline]
    pub fn cost(self, value: i32) -> u32 {
        let ones = zigzag(value) >> self.0;
        if ones < LONGEST { ones + 1 + self.0 } else { LONGEST + u32::BITS }
    }

    /// Writes a number.
    ///
    /// # Errors
    /// [`StreamError::Full`].
    #[inline(never)]
    pub fn write(self, value: i32, bits: &mut BitWriter<'_>) -> Result<(), StreamError> {
        let value = zigzag(value);
        let ones = value >> self.0;
        if ones < LONGEST {
            bits.write((1 << ones) - 1, ones + 1)?;
            bits.write(value, self.0)
        } else {
            bits.write(u32::MAX, LONGEST)?;
            bits.write(value, u32::BITS)
        }
    }

    /// Reads a number.
    ///
    /// # Errors
    /// [`StreamError::Exhausted`].
    #[inline(never)]
    pub fn read(self, bits: &mut BitReader<'_>) -> Result<i32, StreamError> {
        let ones = bits.ones(LONGEST)?;
        let value = if ones < LONGEST { ones << self.0 | bits.read(self.0)? } else { bits.read(u32::BITS)? };
        Ok(unzigzag(value))
    }
}
