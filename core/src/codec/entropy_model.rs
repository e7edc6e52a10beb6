//! Models of symbols in integers: what an entropy coder must know of a distribution.

use core::num::NonZeroU16;

/// Largest precision of a model: a share of 2¹⁵ slots still fits in 16 bits.
pub const MAX_PRECISION: u32 = 15;

/// A symbol's share of the slots `0..2^PRECISION`: `mass` slots from `start` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// the first slot
    pub start: u16,
    /// how many; the symbol's probability is `mass / 2^PRECISION`
    pub mass: u16,
}

/// A distribution of symbols in integers, so that two machines can never disagree about it.
///
/// What holds of every model, and is checked where one is made or used:
///
/// 1. a symbol of the model has a mass of at least 1, even if its probability rounds to 0;
/// 2. any other symbol has none: [`interval`](Self::interval) refuses it;
/// 3. the intervals fill `0..2^PRECISION` without gap or overlap, so the masses sum to `2^PRECISION` exactly;
/// 4. no symbol has all of the mass: what is certain is not coded.
pub trait EntropyModel {
    /// Logarithm, to base 2, of the number of slots; from 1 to
    /// [`MAX_PRECISION`], which is checked at compile time.
    const PRECISION: u32;

    /// The slots of a symbol, or `None` where the model has no such symbol.
    fn interval(&self, symbol: u16) -> Option<Interval>;
    /// The symbol that owns a slot below `2^PRECISION`, with all its slots.
    fn symbol(&self, slot: u16) -> (u16, Interval);
}

/// Symbols `0..n`, all as likely; the last takes what the division leaves over.
#[derive(Clone, Copy, Debug)]
pub struct Uniform<const PRECISION: u32> {
    last: u16,
    mass: NonZeroU16,
}

impl<const PRECISION: u32> Uniform<PRECISION> {
    const SLOTS: u16 = 1 << PRECISION;

    /// The model of `symbols` symbols, or `None` where that is not from 2 to `2^PRECISION`.
    pub const fn new(symbols: u16) -> Option<Self> {
        if symbols < 2 || symbols > Self::SLOTS {
            return None;
        }
        match NonZeroU16::new(Self::SLOTS / symbols) {
            Some(mass) => Some(Uniform { last: symbols - 1, mass }),
            None => None,
        }
    }
}

impl<const PRECISION: u32> EntropyModel for Uniform<PRECISION> {
    const PRECISION: u32 = PRECISION;

    #[inline]
    fn interval(&self, symbol: u16) -> Option<Interval> {
        if symbol > self.last {
            return None;
        }
        let start = symbol * self.mass.get();
        Some(Interval {
            start,
            mass: if symbol == self.last { Self::SLOTS - start } else { self.mass.get() },
        })
    }

    #[inline]
    fn symbol(&self, slot: u16) -> (u16, Interval) {
        let symbol = (slot / self.mass).min(self.last);
        let start = symbol * self.mass.get();
        (
            symbol,
            Interval { start, mass: if symbol == self.last { Self::SLOTS - start } else { self.mass.get() } },
        )
    }
}

/// Numbers of `BITS` bits, all as likely: the cheapest model to compute.
#[derive(Clone, Copy, Debug)]
pub struct RawBits(u32);

impl RawBits {
    /// Numbers of `bits` bits, of which there are 1 to [`MAX_PRECISION`]; more
    /// or fewer are taken for the nearest.
    pub const fn new(bits: u32) -> Self {
        RawBits(if bits < 1 {
            1
        } else if bits > MAX_PRECISION {
            MAX_PRECISION
        } else {
            bits
        })
    }
}

impl EntropyModel for RawBits {
    const PRECISION: u32 = MAX_PRECISION;

    #[inline]
    fn interval(&self, symbol: u16) -> Option<Interval> {
        let shift = MAX_PRECISION - self.0;
        (symbol >> self.0 == 0).then_some(Interval { start: symbol << shift, mass: 1 << shift })
    }

    #[inline]
    fn symbol(&self, slot: u16) -> (u16, Interval) {
        let shift = MAX_PRECISION - self.0;
        let symbol = slot >> shift;
        (symbol, Interval { start: symbol << shift, mass: 1 << shift })
    }
}
