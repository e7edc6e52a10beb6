//! A channel from row to row.

use super::choice::{Choice, Law};
use super::integer_law::IntegerLaw;
use super::past::{Past, Recent};

/// A channel row by row: what is expected of the next value, and under which law its residual stands.
#[derive(Clone, Copy)]
pub(super) struct Walk {
    row: usize,
    past: Past,
    recent: Recent,
    choice: Choice,
}

impl Walk {
    /// Before a row, of whose past an adaptive law has seen nothing.
    #[inline(always)]
    pub(super) fn new(row: usize, past: Past, choice: Choice) -> Walk {
        Walk { row, past, recent: Recent::new(), choice }
    }

    /// The row from which on the residuals before `row` count.
    #[inline(always)]
    pub(super) fn start(row: usize, choice: Choice) -> usize {
        match choice.law {
            Law::Adaptive(_) => row.saturating_sub(Recent::ROWS),
            _ => row,
        }
    }

    #[inline]
    pub(super) fn expected(&self) -> i32 {
        self.past.expected(self.choice.form)
    }

    /// The law of the next residual; where all are 0 any.
    #[inline]
    pub(super) fn law(&self) -> IntegerLaw {
        match self.choice.law {
            Law::Zero => IntegerLaw::WIDEST,
            Law::Fixed(law) => law,
            Law::Adaptive(shape) => self.recent.law(shape),
        }
    }

    /// Goes to the next row and returns the residual of this one's value.
    #[inline]
    pub(super) fn step(&mut self, value: i32) -> i32 {
        let residual = value.wrapping_sub(self.expected());
        self.after(value, residual);
        residual
    }

    /// Goes on behind a number and its residual.
    #[inline(never)]
    pub(super) fn after(&mut self, value: i32, residual: i32) {
        if let Law::Adaptive(_) = self.choice.law {
            self.recent.push(residual);
        }
        self.skip(value);
    }

    /// Goes on behind a number that was coded by itself.
    #[inline]
    pub(super) fn skip(&mut self, value: i32) {
        self.past = self.past.then(self.row, value);
        self.row += 1;
    }
}
