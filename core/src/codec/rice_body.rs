//! The body of a packet in Rice codes: for each window and channel a form, a parameter and the differences.

use super::bits::{BitReader, BitWriter};
use super::choice::Choice;
use super::integer_law::{unzigzag, zigzag};
use super::past::FORMS;
use super::rans::StreamError;
use super::rice::Rice;
use super::series::{Series, integrate};
use core::num::NonZeroUsize;
use core::ops::Range;

const FORM_BITS: u32 = 3;
/// A number by itself: its length from 0 to 32 in six bits, then its bits without the first.
const LENGTH_BITS: u32 = 6;

/// Writes a channel in some rows, with the form of a choice.
#[inline(never)]
pub(super) fn write(
    series: Series<'_>,
    rows: Range<usize>,
    channel: usize,
    choice: Choice,
    bits: &mut BitWriter<'_>,
) -> Result<(), StreamError> {
    let choice = Choice::of_form(choice.form);
    let rice = best(series, rows.clone(), channel, choice);
    bits.write(u32::from(choice.form), FORM_BITS)?;
    bits.write(rice.parameter(), Rice::PARAMETER_BITS)?;
    if let Some(value) = series.free(&rows, channel) {
        let length = u32::BITS - zigzag(value).leading_zeros();
        bits.write(length, LENGTH_BITS)?;
        bits.write(zigzag(value), length.saturating_sub(1))?;
    }
    let mut written = Ok(());
    series.each(rows, channel, choice, &mut |residual, _| {
        if written.is_ok() {
            written = rice.write(residual, bits);
        }
    });
    written
}

/// The best code of a channel in some rows.
fn best(series: Series<'_>, rows: Range<usize>, channel: usize, choice: Choice) -> Rice {
    let (mut sum, count) = (0_u64, rows.len() as u64);
    series.each(rows.clone(), channel, choice, &mut |u, _| sum += u64::from(zigzag(u)));
    let mut best = (Rice::new(0), u64::MAX);
    for rice in Rice::near(sum, count) {
        let mut cost = 0_u64;
        series.each(rows.clone(), channel, choice, &mut |u, _| cost += u64::from(rice.cost(u)));
        best = if cost < best.1 { (rice, cost) } else { best };
    }
    best.0
}

/// Reads what [`write`] wrote.
#[inline(never)]
pub(super) fn read(
    values: &mut [i32],
    layout: (NonZeroUsize, bool),
    rows: Range<usize>,
    channel: usize,
    bits: &mut BitReader<'_>,
) -> Result<(), StreamError> {
    let form = bits.read(FORM_BITS)? as u8;
    let rice = Rice::new(bits.read(Rice::PARAMETER_BITS)?);
    if usize::from(form) >= FORMS {
        return Err(StreamError::NotAStream);
    }
    integrate(values, layout, rows, channel, Choice::of_form(form), &mut |is_free, _| match is_free {
        true => Ok(unzigzag(match bits.read(LENGTH_BITS)? {
            0 => 0,
            length @ 1..=32 => 1 << (length - 1) | bits.read(length - 1)?,
            _ => return Err(StreamError::NotAStream),
        })),
        false => rice.read(bits),
    })
}
