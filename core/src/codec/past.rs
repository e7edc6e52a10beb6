//! What the rows before lead one to expect of the next, and how large a surprise.

use super::integer_law::IntegerLaw;
use super::law_tables::Shape;

/// Forms of expectation.
pub(super) const FORMS: usize = 6;
/// Rows that an expectation looks back to.
const DEPTH: usize = 4;
/// Rows that a scale looks back to.
const RECENT: u32 = 8;
/// Residuals count as no larger: eight of them, times eight, fit in 32 bits.
const LARGEST: u32 = 1 << 25;
/// The scale where nothing is known: σ = 16.
const UNKNOWN: u8 = 12;

/// The last values of a channel, the latest first; where there are fewer
/// the earliest stands for those before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Past([i32; DEPTH]);

impl Past {
    /// Before a row, of the values of all channels.
    #[inline]
    pub(super) fn before(row: usize, values: &[i32], channels: usize, channel: usize) -> Past {
        let value = |back: usize| values.get(row.saturating_sub(back + 1) * channels + channel).copied();
        Past(core::array::from_fn(|back| if row == 0 { 0 } else { value(back).unwrap_or(0) }))
    }

    /// E of a form: nothing, the last value; that it goes on as it went, or half as
    /// fast, or turns back half way; the mean of four.
    #[inline]
    pub(super) fn expected(&self, form: u8) -> i32 {
        let Past([last, second, third, fourth]) = *self;
        let below = |value: i32| value.wrapping_sub(last);
        let change = match form {
            0 => return 0,
            1 => 0,
            2 => last.wrapping_sub(second),
            3 => last.wrapping_sub(second) >> 1,
            4 => 0_i32.wrapping_sub(last.wrapping_sub(second) >> 1),
            _ => below(second).wrapping_add(below(third)).wrapping_add(below(fourth)) >> 2,
        };
        last.wrapping_add(change)
    }

    /// E of each form.
    #[inline]
    pub(super) fn expectations(&self) -> [i32; FORMS] {
        core::array::from_fn(|form| self.expected(form as u8))
    }

    /// After the value of a row.
    #[inline]
    pub(super) fn then(self, row: usize, value: i32) -> Past {
        let Past([last, second, third, _]) = self;
        if row == 0 { Past([value; DEPTH]) } else { Past([value, last, second, third]) }
    }
}

/// The sizes of the last residuals of a channel, from which the scale of the next follows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recent {
    sizes: [u32; RECENT as usize],
    sum: u32,
    count: u32,
}

impl Recent {
    /// Rows that it looks back to.
    pub(super) const ROWS: usize = RECENT as usize;

    pub(super) const fn new() -> Self {
        Recent { sizes: [0; RECENT as usize], sum: 0, count: 0 }
    }

    /// After a residual.
    #[inline]
    pub(super) fn push(&mut self, residual: i32) {
        let size = residual.unsigned_abs().min(LARGEST);
        if let Some(oldest) = self.sizes.get_mut((self.count % RECENT) as usize) {
            self.sum = self.sum - *oldest + size;
            *oldest = size;
        }
        // beyond 2·RECENT only the remainder and that it is full count
        self.count = if self.count < 2 * RECENT { self.count + 1 } else { RECENT + 1 };
    }

    /// The law of the next residual: `scale = ⌊2·log₂(S + 1) − ½⌋`, at least 0, S the sum of the last eight
    /// sizes, or as many eighths of the mean as there are; that is σ = √2·S/8, the standard deviation of a
    /// Laplacian of that mean size, to the nearest scale.
    #[inline(never)]
    pub(super) fn law(&self, shape: Shape) -> IntegerLaw {
        let sum = match self.count {
            0 => 0,
            count @ 1..RECENT => self.sum * RECENT / count,
            _ => self.sum,
        };
        // 1 ≤ r < 2³⁰
        let zeros = (sum + 1).leading_zeros();
        let fraction = (sum + 1).wrapping_shl(zeros);
        // 2^(31 + ¼), 2^(31 + ¾)
        let halves = u32::from(fraction >= 2_553_802_834) + u32::from(fraction >= 3_611_622_603);
        let scale = (2 * (31 - zeros) + halves).saturating_sub(1) as u8;
        IntegerLaw::new(shape, if self.count == 0 { UNKNOWN } else { scale }).unwrap_or(IntegerLaw::WIDEST)
    }
}
