//! Series of integers in several channels: differences from which expectation to code, and under which law.

use super::entropy_model::Uniform;
use super::integer_law::{IntegerLaw, cost_any, pop_any, push_any};
use super::law_tables::{COST_UNITS, Shape};
use super::past::{FORMS, Past, Recent};
use super::rans::{Rans, StreamError};
use super::table::Table;
use core::num::NonZeroUsize;
use core::ops::Range;

/// Laws that can be chosen: always zero, two shapes of each scale, and the shapes with the scale of the last residuals.
const LAWS: u16 = 3 + 2 * IntegerLaw::SCALES as u16;

/// Rows that are put on the stack at a time.
const BLOCK: usize = 16;

/// How the numbers of a channel are coded: their differences from an expectation, under a law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    form: u8,
    law: Law,
}

/// The law of differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Law {
    /// all are 0, and none is coded
    Zero,
    /// the same throughout
    Fixed(IntegerLaw),
    /// the scale follows the last eight
    Adaptive(Shape),
}

impl Choice {
    const MODEL: Uniform<15> = Uniform::new(LAWS * FORMS as u16).expect("2 to 2^15 symbols");

    /// A form alone, for codes that have no law.
    pub(super) fn of_form(form: u8) -> Choice {
        Choice { form, law: Law::Zero }
    }

    pub(super) fn form(self) -> u8 {
        self.form
    }

    /// `form·LAWS + law`, law 0 for zero, `1 + 2·scale + shape`, and after all scales `127 + shape`.
    pub(super) fn code(self) -> u16 {
        let law = match self.law {
            Law::Zero => 0,
            Law::Fixed(law) => 1 + 2 * u16::from(law.scale()) + law.shape() as u16,
            Law::Adaptive(shape) => LAWS - 2 + shape as u16,
        };
        u16::from(self.form) * LAWS + law
    }

    pub(super) fn from_code(code: u16) -> Choice {
        let law = (code % LAWS).checked_sub(1).map_or(Law::Zero, |law| {
            let shape = if law % 2 == 0 { Shape::Gaussian } else { Shape::Laplace };
            IntegerLaw::new(shape, (law / 2) as u8).map_or(Law::Adaptive(shape), Law::Fixed)
        });
        Choice { form: (code / LAWS) as u8, law }
    }

    /// Puts it on the stack, given the choice before it in the same channel, if there is one.
    pub(super) fn push(self, before: Option<Choice>, rans: &mut Rans<&mut [u8]>) -> Result<(), StreamError> {
        let changes = before != Some(self);
        if changes {
            rans.push(self.code(), &Self::MODEL)?;
        }
        if before.is_some() { rans.push(u16::from(changes), &CHANGES) } else { Ok(()) }
    }

    /// The inverse of [`push`](Self::push).
    pub(super) fn pop(before: Option<Choice>, rans: &mut Rans<&[u8]>) -> Result<Choice, StreamError> {
        match before {
            Some(before) if rans.pop(&CHANGES)? == 0 => Ok(before),
            _ => Ok(Choice::from_code(rans.pop(&Self::MODEL)?)),
        }
    }
}

/// Whether a channel's choice changes from one window to the next: it does once in eight.
static CHANGES: Table<'static, 4> = Table::new_unchecked(&[0, 14, 16]);
/// What a choice costs more when it changes: `log₂(7) + log₂(774)` bits.
const CHANGE_COST: u32 = COST_UNITS * 2 + 52 + COST_UNITS * 9 + 38;

/// Numbers of several channels, row after row. The first row of a plain channel is coded by itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Series<'a> {
    values: &'a [i32],
    channels: NonZeroUsize,
    /// rows to skip: 1 of a plain channel, else 0
    skip: usize,
}

/// A channel row by row: what is expected of the next value, and under which law its residual stands.
#[derive(Clone, Copy)]
struct Walk {
    row: usize,
    past: Past,
    recent: Recent,
    choice: Choice,
}

impl Walk {
    /// Before a row.
    #[inline(never)]
    fn new(series: Series<'_>, row: usize, channel: usize, choice: Choice) -> Walk {
        let start = match choice.law {
            Law::Adaptive(_) => row.saturating_sub(Recent::ROWS).max(series.skip).min(row),
            _ => row,
        };
        let past = Past::before(start, series.values, series.channels.get(), channel);
        let mut walk = Walk { row: start, past, recent: Recent::new(), choice };
        for before in start..row {
            walk.step(series.value(before, channel));
        }
        walk
    }

    #[inline]
    fn expected(&self) -> i32 {
        self.past.expected(self.choice.form)
    }

    /// The law of the next residual; where all are 0 any.
    #[inline]
    fn law(&self) -> IntegerLaw {
        match self.choice.law {
            Law::Zero => IntegerLaw::WIDEST,
            Law::Fixed(law) => law,
            Law::Adaptive(shape) => self.recent.law(shape),
        }
    }

    /// Goes to the next row and returns the residual of this one's value.
    #[inline(never)]
    fn step(&mut self, value: i32) -> i32 {
        let residual = value.wrapping_sub(self.expected());
        if let Law::Adaptive(_) = self.choice.law {
            self.recent.push(residual);
        }
        self.skip(value);
        residual
    }

    /// Goes on behind a number that was coded by itself.
    #[inline]
    fn skip(&mut self, value: i32) {
        self.past = self.past.then(self.row, value);
        self.row += 1;
    }
}

impl<'a> Series<'a> {
    pub(super) fn new(values: &'a [i32], channels: NonZeroUsize, plain: bool) -> Self {
        Series { values, channels, skip: usize::from(plain) }
    }

    pub(super) fn channels(self) -> NonZeroUsize {
        self.channels
    }

    pub(super) fn value(self, row: usize, channel: usize) -> i32 {
        self.values.get(row * self.channels.get() + channel).copied().unwrap_or(0)
    }

    /// The numbers of a channel in some rows that are coded by themselves, the first of all where it is plain.
    pub(super) fn free(self, rows: &Range<usize>, channel: usize) -> Option<i32> {
        (rows.start < self.skip).then(|| self.value(rows.start, channel))
    }

    /// The other rows of some: their residuals, each with the law that those before it give.
    pub(super) fn residuals(
        self,
        rows: Range<usize>,
        channel: usize,
        choice: Choice,
    ) -> impl Iterator<Item = (i32, IntegerLaw)> + 'a {
        let rows = rows.start.max(self.skip)..rows.end;
        let mut walk = Walk::new(self, rows.start, channel, choice);
        rows.map(move |row| {
            let law = walk.law();
            (walk.step(self.value(row, channel)), law)
        })
    }

    /// Chooses for each window of a channel into `choices`, and returns what its numbers cost, about.
    pub(super) fn choose(self, rows: NonZeroUsize, channel: usize, choices: &mut [i32]) -> u32 {
        let all = self.values.len() / self.channels;
        let windows = all / rows;
        // begin with what is best on the whole, change where a window gains by it
        let (mut choice, whole) = self.best(0..all, channel);
        let free = self.free(&(0..all), channel).map_or(0, cost_any);
        let mut total = free + CHANGE_COST;
        for window in 0..windows {
            let cost = if windows == 1 {
                whole
            } else {
                let rows = window * rows.get()..(window + 1) * rows.get();
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
            if let Some(place) = choices.get_mut(window * self.channels.get() + channel) {
                *place = i32::from(choice.code());
            }
        }
        total
    }

    /// The form of the smallest differences, and the cheapest law for them: fixed ones of the likelier shape near their mean size, and
    /// adaptive ones.
    #[inline(never)]
    fn best(self, rows: Range<usize>, channel: usize) -> (Choice, u32) {
        let (form, sum) = self.smallest(rows.clone(), channel);
        if sum == 0 {
            return (Choice::of_form(form), 0);
        }
        let n = rows.len() as u64;
        let square = |u: i32| u64::from(u.unsigned_abs().min(1 << 24)).pow(2);
        let squares = self.sum(rows.clone(), channel, Choice::of_form(form), &square);
        // E u² / (E|u|)² is π/2 of a Gaussian, 2 of a Laplacian: between them 25/14
        let heavy = u128::from(squares) * u128::from(14 * n) > u128::from(sum) * u128::from(25 * sum);
        let shape = if heavy { Shape::Laplace } else { Shape::Gaussian };
        // the smallest scale with ¾·σ·n ≥ Σ|u|, σ = 2^(scale/2 − 2)
        let covers = |scale: &u8| {
            let root = if scale % 2 == 1 { (3 * n * 181) >> 7 } else { 3 * n };
            root << (scale / 2) >= 16 * sum
        };
        let guess = (0..IntegerLaw::SCALES).find(covers).unwrap_or(IntegerLaw::SCALES - 1);
        // below a mean of a half rounding to integers asks for a larger scale
        let last = guess + u8::from(guess < 4);
        let fixed = |scale: u8| IntegerLaw::new(shape, scale.min(last)).map_or(Law::Zero, Law::Fixed);
        let laws = [
            Law::Adaptive(Shape::Gaussian),
            Law::Adaptive(Shape::Laplace),
            fixed(guess.saturating_sub(1)),
            fixed(guess),
            fixed(guess + 1),
        ];
        let mut costs = [0; 5];
        self.costs(rows, channel, form, &laws, &mut costs);
        let best = laws.into_iter().zip(costs).min_by_key(|(_, cost)| *cost);
        best.map_or((Choice::of_form(form), u32::MAX), |(law, cost)| (Choice { form, law }, cost))
    }

    /// The form whose residuals have the smallest sum of sizes, and the sum.
    #[inline(never)]
    fn smallest(self, rows: Range<usize>, channel: usize) -> (u8, u64) {
        let start = rows.start.max(self.skip);
        let mut past = Past::before(start, self.values, self.channels.get(), channel);
        let mut sums = [0_u32; FORMS];
        for row in start..rows.end {
            let value = self.value(row, channel);
            for (form, sum) in (0..).zip(&mut sums) {
                *sum = sum.saturating_add(value.wrapping_sub(past.expected(form)).unsigned_abs());
            }
            past = past.then(row, value);
        }
        let (form, sum) = (0..).zip(sums).min_by_key(|(_, sum)| *sum).unwrap_or((0, 0));
        (form, sum.into())
    }

    /// The sum of what each residual comes to.
    #[inline(never)]
    pub(super) fn sum(
        self,
        rows: Range<usize>,
        channel: usize,
        choice: Choice,
        of: &dyn Fn(i32) -> u64,
    ) -> u64 {
        self.residuals(rows, channel, choice).map(|(residual, _)| of(residual)).sum()
    }

    /// What a channel costs in some rows.
    fn cost(self, rows: Range<usize>, channel: usize, choice: Choice) -> u32 {
        let mut cost = [0];
        self.costs(rows, channel, choice.form, &[choice.law], &mut cost);
        let [cost] = cost;
        cost
    }

    /// The same under each of some laws, all at once.
    #[inline(never)]
    fn costs(self, rows: Range<usize>, channel: usize, form: u8, laws: &[Law], costs: &mut [u32]) {
        // one law alone needs no other's scales
        let law = if let [law] = laws { *law } else { Law::Adaptive(Shape::Gaussian) };
        for (residual, adaptive) in self.residuals(rows, channel, Choice { form, law }) {
            for (cost, law) in costs.iter_mut().zip(laws) {
                let one = match law {
                    Law::Zero if residual == 0 => 0,
                    Law::Zero => u32::MAX,
                    Law::Fixed(law) => law.cost(residual),
                    Law::Adaptive(shape) => adaptive.of_shape(*shape).cost(residual),
                };
                *cost = cost.saturating_add(one);
            }
        }
    }

    /// Puts a channel's numbers in some rows on the stack: from the last to the first, each under the law that those before it give.
    #[inline(never)]
    pub(super) fn push(
        self,
        rows: Range<usize>,
        channel: usize,
        choice: Choice,
        rans: &mut Rans<&mut [u8]>,
    ) -> Result<(), StreamError> {
        let first = rows.start.max(self.skip);
        let mut end = if choice.law == Law::Zero { first } else { rows.end };
        while end > first {
            let start = end.saturating_sub(BLOCK).max(first);
            let mut block = [(0, IntegerLaw::WIDEST); BLOCK];
            block
                .iter_mut()
                .zip(self.residuals(start..end, channel, choice))
                .for_each(|(place, one)| *place = one);
            for (residual, law) in block.iter().take(end - start).rev() {
                law.push(*residual, rans)?;
            }
            end = start;
        }
        self.free(&rows, channel).map_or(Ok(()), |value| push_any(value, rans))
    }
}

/// The inverse of [`Series::push`], into the places of `values`: numbers by themselves in the rows to skip, else by the law.
#[inline(never)]
pub(super) fn pop(
    values: &mut [i32],
    (channels, plain): (NonZeroUsize, bool),
    rows: Range<usize>,
    channel: usize,
    choice: Choice,
    rans: &mut Rans<&[u8]>,
) -> Result<(), StreamError> {
    integrate(values, (channels, plain), rows, channel, choice, |is_free, law| match choice.law {
        _ if is_free => pop_any(rans),
        Law::Zero => Ok(0),
        _ => law.pop(rans),
    })
}

/// A channel's values in some rows from their residuals, which may depend on the law that they stand under; in the rows to skip from
/// the values themselves.
pub(super) fn integrate(
    values: &mut [i32],
    (channels, plain): (NonZeroUsize, bool),
    rows: Range<usize>,
    channel: usize,
    choice: Choice,
    mut read: impl FnMut(bool, IntegerLaw) -> Result<i32, StreamError>,
) -> Result<(), StreamError> {
    let mut walk = Walk::new(Series::new(values, channels, plain), rows.start, channel, choice);
    for row in rows {
        let is_free = plain && row == 0;
        let read = read(is_free, walk.law())?;
        let value = if is_free { read } else { walk.expected().wrapping_add(read) };
        if let Some(place) = values.get_mut(row * channels.get() + channel) {
            *place = value;
        }
        if is_free {
            walk.skip(value);
        } else {
            walk.step(value);
        }
    }
    Ok(())
}
