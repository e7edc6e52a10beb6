//! Series of integers in several channels: which differences to code, and under which law.

use super::entropy_model::Uniform;
use super::integer_law::{IntegerLaw, cost_any, pop_any, push_any};
use super::law_tables::{COST_UNITS, Shape};
use super::rans::{Rans, StreamError};
use super::table::Table;
use core::ops::Range;

/// Orders of difference: the numbers, their differences, the differences of those.
pub(super) const ORDERS: u8 = 3;
/// Laws that can be chosen: always zero, and two shapes of each scale.
const LAWS: u16 = 1 + 2 * IntegerLaw::SCALES as u16;

/// How the numbers of a channel are coded: their differences of some order, under a law; none where all of them are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    order: u8,
    law: Option<IntegerLaw>,
}

impl Choice {
    const MODEL: Uniform<15> = Uniform::new(LAWS * ORDERS as u16).expect("2 to 2^15 symbols");

    pub(super) fn order(self) -> u8 {
        self.order
    }

    /// `order·LAWS + law`, law 0 for none, else `1 + 2·scale + shape`.
    pub(super) fn code(self) -> u16 {
        let law = self.law.map_or(0, |law| 1 + 2 * u16::from(law.scale()) + law.shape() as u16);
        u16::from(self.order) * LAWS + law
    }

    pub(super) fn from_code(code: u16) -> Choice {
        let law = (code % LAWS).checked_sub(1).and_then(|law| {
            let shape = if law % 2 == 0 { Shape::Gaussian } else { Shape::Laplace };
            IntegerLaw::new(shape, (law / 2) as u8)
        });
        Choice { order: (code / LAWS) as u8, law }
    }

    /// Puts it on the stack, given the choice before it in the same channel, if there is one.
    pub(super) fn push<B: AsRef<[u8]> + AsMut<[u8]>>(
        self,
        before: Option<Choice>,
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        let changes = before != Some(self);
        if changes {
            rans.push(self.code(), &Self::MODEL)?;
        }
        if before.is_some() { rans.push(u16::from(changes), &CHANGES) } else { Ok(()) }
    }

    /// The inverse of [`push`](Self::push).
    pub(super) fn pop<B: AsRef<[u8]>>(
        before: Option<Choice>,
        rans: &mut Rans<B>,
    ) -> Result<Choice, StreamError> {
        match before {
            Some(before) if rans.pop(&CHANGES)? == 0 => Ok(before),
            _ => Ok(Choice::from_code(rans.pop(&Self::MODEL)?)),
        }
    }
}

/// Whether a channel's choice changes from one window to the next: it does once in eight.
static CHANGES: Table<'static, 4> = Table::new_unchecked(&[0, 14, 16]);
/// What a choice costs more when it changes: `log₂(7) + log₂(381)` bits.
const CHANGE_COST: u32 = COST_UNITS * 2 + 52 + COST_UNITS * 8 + 37;

/// Numbers of several channels, row after row. The first row of a plain channel is coded by itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Series<'a> {
    pub(super) values: &'a [i32],
    pub(super) channels: usize,
    pub(super) skip: usize,
}

/// What the rows before lead one to expect of the next: nothing, the last value, or that it goes on as it went.
#[derive(Clone, Copy)]
struct Past {
    last: i32,
    /// from the value before the last to the last; 0 where there is none
    slope: i32,
}

impl Past {
    /// Before a row.
    #[inline]
    fn before(row: usize, values: &[i32], channels: usize, channel: usize) -> Past {
        let value = |rows: usize| values.get(row.checked_sub(rows)? * channels + channel).copied();
        let last = value(1).unwrap_or(0);
        Past { last, slope: value(2).map_or(0, |second| last.wrapping_sub(second)) }
    }

    /// E of each order.
    #[inline]
    fn expected(self) -> [i32; ORDERS as usize] {
        [0, self.last, self.last.wrapping_add(self.slope)]
    }

    #[inline]
    fn of_order(self, order: u8) -> i32 {
        let [zero, last, line] = self.expected();
        match order {
            0 => zero,
            1 => last,
            _ => line,
        }
    }

    /// After the value of a row.
    #[inline]
    fn then(self, row: usize, value: i32) -> Past {
        Past { last: value, slope: if row == 0 { 0 } else { value.wrapping_sub(self.last) } }
    }
}

impl<'a> Series<'a> {
    pub(super) fn new(values: &'a [i32], channels: usize, plain: bool) -> Self {
        Series { values, channels, skip: usize::from(plain) }
    }

    pub(super) fn value(self, row: usize, channel: usize) -> i32 {
        self.values.get(row * self.channels + channel).copied().unwrap_or(0)
    }

    /// Differences of a channel in some rows.
    #[inline]
    pub(super) fn residuals(
        self,
        rows: Range<usize>,
        channel: usize,
        order: u8,
    ) -> impl DoubleEndedIterator<Item = i32> + Clone + 'a {
        (rows.start.max(self.skip)..rows.end).map(move |row| {
            let past = Past::before(row, self.values, self.channels, channel);
            self.value(row, channel).wrapping_sub(past.of_order(order))
        })
    }

    /// As [`residuals`](Self::residuals), of all orders at once and forwards only.
    #[inline]
    fn all_residuals(
        self,
        rows: Range<usize>,
        channel: usize,
    ) -> impl Iterator<Item = [i32; ORDERS as usize]> + 'a {
        let rows = rows.start.max(self.skip)..rows.end;
        let past = Past::before(rows.start, self.values, self.channels, channel);
        let values = self.values.get(rows.start * self.channels + channel..).unwrap_or_default();
        let values = values.iter().step_by(self.channels);
        rows.zip(values).scan(past, |past, (row, value)| {
            let residuals = past.expected().map(|expected| value.wrapping_sub(expected));
            *past = past.then(row, *value);
            Some(residuals)
        })
    }

    /// Chooses for each window of a channel into `choices`, and returns what its numbers cost, about.
    pub(super) fn choose(self, rows: usize, channel: usize, choices: &mut [i32]) -> u32 {
        let all = self.values.len() / self.channels;
        let windows = all / rows;
        // begin with what is best on the whole, change where a window gains by it
        let (mut choice, whole) = self.best(0..all, channel);
        let free = (0..self.skip).map(|row| cost_any(self.value(row, channel)));
        let mut total = free.fold(CHANGE_COST, u32::saturating_add);
        for window in 0..windows {
            let cost = if windows == 1 {
                whole
            } else {
                let rows = window * rows..(window + 1) * rows;
                let keep = self.cost(rows.clone(), channel, choice);
                // a window of a few bits cannot pay for a choice of its own
                if keep > 2 * CHANGE_COST {
                    let (best, cost) = self.best(rows, channel);
                    let change = cost.saturating_add(CHANGE_COST);
                    choice = if change < keep { best } else { choice };
                    change.min(keep)
                } else {
                    keep
                }
            };
            total = total.saturating_add(cost);
            if let Some(place) = choices.get_mut(window * self.channels + channel) {
                *place = i32::from(choice.code());
            }
        }
        total
    }

    /// The order of the smallest differences, and the cheapest law near their mean size.
    fn best(self, rows: Range<usize>, channel: usize) -> (Choice, u32) {
        let mut sizes = [0_u64; ORDERS as usize];
        for residuals in self.all_residuals(rows.clone(), channel) {
            for (size, u) in sizes.iter_mut().zip(residuals) {
                *size += u64::from(u.unsigned_abs());
            }
        }
        let (order, sum) = (0..ORDERS).zip(sizes).min_by_key(|(_, size)| *size).unwrap_or((0, 0));
        if sum == 0 {
            return (Choice { order, law: None }, 0);
        }
        // the smallest scale with ¾·σ·n ≥ Σ|u|, σ = 2^(scale/2 − 2)
        let three_n = 3 * rows.len() as u64;
        let covers = |scale: &u8| {
            let root = if scale % 2 == 1 { (three_n * 181) >> 7 } else { three_n };
            root << (scale / 2) >= 16 * sum
        };
        let guess = (0..IntegerLaw::SCALES).find(covers).unwrap_or(IntegerLaw::SCALES - 1);
        // below a mean of a half rounding to integers asks for a larger scale
        let last = guess + u8::from(guess < 4);
        let candidates = (guess.saturating_sub(1)..=last).flat_map(|scale| {
            let law = |shape| Choice { order, law: IntegerLaw::new(shape, scale) };
            [law(Shape::Gaussian), law(Shape::Laplace)]
        });
        candidates
            .filter(|choice| choice.law.is_some())
            .map(|choice| (choice, self.cost(rows.clone(), channel, choice)))
            .min_by_key(|(_, cost)| *cost)
            .unwrap_or((Choice { order, law: None }, u32::MAX))
    }

    fn cost(self, rows: Range<usize>, channel: usize, choice: Choice) -> u32 {
        let order = usize::from(choice.order.min(ORDERS - 1));
        let mut residuals = self.all_residuals(rows, channel).map(|residuals| residuals[order]);
        match choice.law {
            Some(law) => law.costs(residuals),
            None if residuals.all(|u| u == 0) => 0,
            None => u32::MAX,
        }
    }

    /// Puts a channel's numbers in some rows on the stack.
    pub(super) fn push<B: AsRef<[u8]> + AsMut<[u8]>>(
        self,
        rows: Range<usize>,
        channel: usize,
        choice: Choice,
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        if let Some(law) = choice.law {
            for residual in self.residuals(rows.clone(), channel, choice.order).rev() {
                law.push(residual, rans)?;
            }
        }
        for row in (rows.start..self.skip).rev() {
            push_any(self.value(row, channel), rans)?;
        }
        Ok(())
    }
}

/// The inverse of [`Series::push`], into the places of `values`: numbers by themselves in the rows to skip, else by the law.
pub(super) fn pop<B: AsRef<[u8]>>(
    values: &mut [i32],
    (channels, skip): (usize, usize),
    rows: Range<usize>,
    channel: usize,
    choice: Choice,
    rans: &mut Rans<B>,
) -> Result<(), StreamError> {
    integrate(values, channels, rows, channel, choice.order, |row| match choice.law {
        _ if row < skip => pop_any(rans),
        Some(law) => law.pop(rans),
        None => Ok(0),
    })
}

/// A channel's values in some rows from their residuals. Nothing is expected of row 0, so there it is the value.
pub(super) fn integrate(
    values: &mut [i32],
    channels: usize,
    rows: Range<usize>,
    channel: usize,
    order: u8,
    mut residual: impl FnMut(usize) -> Result<i32, StreamError>,
) -> Result<(), StreamError> {
    let mut past = Past::before(rows.start, values, channels, channel);
    for row in rows {
        let value = past.of_order(order).wrapping_add(residual(row)?);
        if let Some(place) = values.get_mut(row * channels + channel) {
            *place = value;
        }
        past = past.then(row, value);
    }
    Ok(())
}
