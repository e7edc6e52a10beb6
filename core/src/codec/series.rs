//! Series of integers in several channels: which differences to code, and under which law.

use super::entropy_model::Uniform;
use super::integer_law::{COST_UNITS, IntegerLaw, Shape, pop_any, push_any};
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

/// Numbers of several channels, row after row, of which the first `skip` rows are coded by themselves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Series<'a> {
    pub(super) values: &'a [i32],
    pub(super) channels: usize,
    pub(super) skip: usize,
}

/// What the rows before lead one to expect, by differences of an order that there are enough rows for.
#[inline]
fn expected(order: u8, values: &[i32], at: usize, channels: usize) -> i32 {
    let before = |rows: usize| values.get(at.checked_sub(rows * channels)?).copied();
    match (order, before(1), before(2)) {
        (0, ..) | (_, None, _) => 0,
        (1, Some(last), _) | (_, Some(last), None) => last,
        (_, Some(last), Some(second)) => last.wrapping_mul(2).wrapping_sub(second),
    }
}

impl<'a> Series<'a> {
    /// Differences of a channel in some rows.
    #[inline]
    pub(super) fn residuals(
        self,
        rows: Range<usize>,
        channel: usize,
        order: u8,
    ) -> impl DoubleEndedIterator<Item = i32> + Clone + 'a {
        (rows.start.max(self.skip)..rows.end).map(move |row| {
            let at = row * self.channels + channel;
            let value = self.values.get(at).copied().unwrap_or(0);
            value.wrapping_sub(expected(order, self.values, at, self.channels))
        })
    }

    /// Chooses for each window and channel into `choices`, and returns what all the numbers cost, about.
    pub(super) fn choose(self, rows: usize, choices: &mut [i32]) -> u32 {
        let all = self.values.len() / self.channels;
        let windows = all / rows;
        let mut total = 0_u32;
        for channel in 0..self.channels {
            // begin with what is best on the whole, change where a window gains by it
            let (mut choice, whole) = self.best(0..all, channel);
            total = total.saturating_add(CHANGE_COST);
            for window in 0..windows {
                let cost = if windows == 1 {
                    whole
                } else {
                    let rows = window * rows..(window + 1) * rows;
                    let keep = self.cost(rows.clone(), channel, choice);
                    let (best, cost) = self.best(rows, channel);
                    let change = cost.saturating_add(CHANGE_COST);
                    choice = if change < keep { best } else { choice };
                    change.min(keep)
                };
                total = total.saturating_add(cost);
                if let Some(place) = choices.get_mut(window * self.channels + channel) {
                    *place = i32::from(choice.code());
                }
            }
        }
        total
    }

    /// The order of the smallest differences, and the cheapest law near their mean size.
    fn best(self, rows: Range<usize>, channel: usize) -> (Choice, u32) {
        let size = |order| {
            let residuals = self.residuals(rows.clone(), channel, order);
            residuals.map(|u| u64::from(u.unsigned_abs())).sum::<u64>()
        };
        let sizes = [size(0), size(1), size(2)];
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
        let candidates = (guess.saturating_sub(1)..=guess + 1).flat_map(|scale| {
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
        let mut residuals = self.residuals(rows, channel, choice.order);
        match choice.law {
            Some(law) => residuals.map(|u| law.cost(u)).fold(0, u32::saturating_add),
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
            push_any(self.values.get(row * self.channels + channel).copied().unwrap_or(0), rans)?;
        }
        Ok(())
    }
}

/// The inverse of [`Series::push`], into the places of `values`.
pub(super) fn pop<B: AsRef<[u8]>>(
    values: &mut [i32],
    (channels, skip): (usize, usize),
    rows: Range<usize>,
    channel: usize,
    choice: Choice,
    rans: &mut Rans<B>,
) -> Result<(), StreamError> {
    for row in rows {
        let at = row * channels + channel;
        let value = match choice.law {
            _ if row < skip => pop_any(rans)?,
            law => {
                let residual = law.map_or(Ok(0), |law| law.pop(rans))?;
                expected(choice.order, values, at, channels).wrapping_add(residual)
            }
        };
        if let Some(place) = values.get_mut(at) {
            *place = value;
        }
    }
    Ok(())
}

/// The value from the residual, for codes that have no law.
pub(super) fn integrate(values: &mut [i32], at: usize, channels: usize, order: u8, residual: i32) {
    let value = expected(order, values, at, channels).wrapping_add(residual);
    if let Some(place) = values.get_mut(at) {
        *place = value;
    }
}
