//! Series of integers in several channels: put on the stack as differences
//! from what is expected, and taken from it.

use super::choice::{Choice, Law};
use super::integer_law::{IntegerLaw, pop_any, push_any};
use super::past::Past;
use super::rans::{Rans, StreamError};
use super::walk::Walk;
use core::num::NonZeroUsize;
use core::ops::Range;

/// Rows that are put on the stack at a time.
const BLOCK: usize = 16;

/// Numbers of several channels, row after row. The first row of a plain channel is coded by itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Series<'a> {
    values: &'a [i32],
    channels: NonZeroUsize,
    plain: bool,
}

impl<'a> Series<'a> {
    pub(super) fn new(values: &'a [i32], channels: NonZeroUsize, plain: bool) -> Self {
        Series { values, channels, plain }
    }

    pub(super) fn channels(self) -> NonZeroUsize {
        self.channels
    }

    pub(super) fn rows(self) -> usize {
        self.values.len() / self.channels
    }

    /// Rows to skip: 1 of a plain channel, else 0.
    pub(super) fn skip(self) -> usize {
        usize::from(self.plain)
    }

    pub(super) fn value(self, row: usize, channel: usize) -> i32 {
        self.values.get(row * self.channels.get() + channel).copied().unwrap_or(0)
    }

    /// What is known of a channel before a row.
    pub(super) fn past(self, row: usize, channel: usize) -> Past {
        Past::before(row, self.values, self.channels.get(), channel)
    }

    /// The number of a channel in some rows that is coded by itself: the first of all where it is plain.
    pub(super) fn free(self, rows: &Range<usize>, channel: usize) -> Option<i32> {
        (rows.start < self.skip()).then(|| self.value(rows.start, channel))
    }

    /// A walk that stands before a row.
    #[inline(never)]
    fn walk(self, row: usize, channel: usize, choice: Choice) -> Walk {
        let start = Walk::start(row, choice).max(self.skip()).min(row);
        let mut walk = Walk::new(start, self.past(start, channel), choice);
        for before in start..row {
            walk.step(self.value(before, channel));
        }
        walk
    }

    /// The other rows of some: shows their residuals, each with the law that those before it give.
    ///
    /// A call each, so that flash holds one of these loops.
    #[inline(never)]
    pub(super) fn each(
        self,
        rows: Range<usize>,
        channel: usize,
        choice: Choice,
        visit: &mut dyn FnMut(i32, IntegerLaw),
    ) {
        let rows = rows.start.max(self.skip())..rows.end;
        let mut walk = self.walk(rows.start, channel, choice);
        for row in rows {
            let law = walk.law();
            visit(walk.step(self.value(row, channel)), law);
        }
    }

    /// Puts a channel's numbers in some rows on the stack: from the last to the
    /// first, each under the law that those before it give.
    #[inline(never)]
    pub(super) fn push(
        self,
        rows: Range<usize>,
        channel: usize,
        choice: Choice,
        rans: &mut Rans<&mut [u8]>,
    ) -> Result<(), StreamError> {
        let first = rows.start.max(self.skip());
        let mut end = if choice.law == Law::Zero { first } else { rows.end };
        while end > first {
            let start = end.saturating_sub(BLOCK).max(first);
            let mut block = [(0, IntegerLaw::WIDEST); BLOCK];
            let mut places = block.iter_mut();
            self.each(start..end, channel, choice, &mut |residual, law| {
                if let Some(place) = places.next() {
                    *place = (residual, law);
                }
            });
            for (residual, law) in block.iter().take(end - start).rev() {
                law.push(*residual, rans)?;
            }
            end = start;
        }
        self.free(&rows, channel).map_or(Ok(()), |value| push_any(value, rans))
    }
}

/// The inverse of [`Series::push`], into the places of `values`: numbers by
/// themselves in the rows to skip, else by the law.
#[inline(never)]
pub(super) fn pop(
    values: &mut [i32],
    layout: (NonZeroUsize, bool),
    rows: Range<usize>,
    channel: usize,
    choice: Choice,
    rans: &mut Rans<&[u8]>,
) -> Result<(), StreamError> {
    integrate(values, layout, rows, channel, choice, &mut |is_free, law| match choice.law {
        _ if is_free => pop_any(rans),
        Law::Zero => Ok(0),
        _ => law.pop(rans),
    })
}

/// A channel's values in some rows from their residuals, which may depend on the law that they stand under;
/// in the rows to skip from the values themselves.
#[inline(never)]
pub(super) fn integrate(
    values: &mut [i32],
    (channels, plain): (NonZeroUsize, bool),
    rows: Range<usize>,
    channel: usize,
    choice: Choice,
    read: &mut dyn FnMut(bool, IntegerLaw) -> Result<i32, StreamError>,
) -> Result<(), StreamError> {
    let mut walk = Series::new(values, channels, plain).walk(rows.start, channel, choice);
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
            walk.after(value, read);
        }
    }
    Ok(())
}
