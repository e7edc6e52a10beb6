//! How a channel of a window is coded: which expectation, and which law for the differences from it.

use super::entropy_model::Uniform;
use super::integer_law::IntegerLaw;
use super::law_tables::{COST_UNITS, Shape};
use super::past::FORMS;
use super::rans::{Rans, StreamError};
use super::table::Table;

/// Laws that can be chosen: always zero, two shapes of each scale, and the
/// shapes with the scale of the last residuals.
const LAWS: u16 = 3 + 2 * IntegerLaw::SCALES as u16;

/// How the numbers of a channel are coded: their differences from an expectation, under a law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) form: u8,
    pub(super) law: Law,
}

/// The law of differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Law {
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
pub(super) const CHANGE_COST: u32 = COST_UNITS * 2 + 52 + COST_UNITS * 9 + 38;
