//! The body of a packet in Rice codes: for each window and channel a form, a parameter and the differences.

use super::bits::{BitReader, BitWriter};
use super::integer_law::{unzigzag, zigzag};
use super::past::FORMS;
use super::rans::StreamError;
use super::rice::Rice;
use super::series::{Choice, Series, integrate};
use core::num::NonZeroUsize;
use core::ops::Range;

const FORM_BITS: u32 = 3;
/// A number by itself: its length from 0 to 32 in six bits, then its bits without the first.
const LENGTH_BITS: u32 = 6;

/// Bits of [`write`].
pub(super) fn bits(series: Series<'_>, rows: NonZeroUsize, choices: &[i32]) -> u64 {
    let one = |(rows, channel, choice): (Range<usize>, usize, Choice)| {
        let free =
            series.free(&rows, channel).map_or(0, |value| LENGTH_BITS + length(value).saturating_sub(1));
        u64::from(FORM_BITS + Rice::PARAMETER_BITS + free) + best(series, rows, channel, choice).1
    };
    parts(series, rows, choices).map(one).sum::<u64>()
}

/// Writes windows channel by channel, with the forms of the choices.
pub(super) fn write(
    series: Series<'_>,
    rows: NonZeroUsize,
    choices: &[i32],
    bits: &mut BitWriter<'_>,
) -> Result<(), StreamError> {
    for (rows, channel, choice) in parts(series, rows, choices) {
        let (rice, _) = best(series, rows.clone(), channel, choice);
        bits.write(u32::from(choice.form()), FORM_BITS)?;
        bits.write(rice.parameter(), Rice::PARAMETER_BITS)?;
        if let Some(value) = series.free(&rows, channel) {
            bits.write(length(value), LENGTH_BITS)?;
            bits.write(zigzag(value), length(value).saturating_sub(1))?;
        }
        for (residual, _) in series.residuals(rows, channel, choice) {
            rice.write(residual, bits)?;
        }
    }
    Ok(())
}

/// The best code of a channel in some rows, and what its residuals cost.
#[inline(never)]
fn best(series: Series<'_>, rows: Range<usize>, channel: usize, choice: Choice) -> (Rice, u64) {
    let sum = |of: &dyn Fn(i32) -> u64| series.sum(rows.clone(), channel, choice, of);
    let mut best = (Rice::new(0), u64::MAX);
    for rice in Rice::near(sum(&|u| zigzag(u).into()), rows.len() as u64) {
        let cost = sum(&|u| rice.cost(u).into());
        best = if cost < best.1 { (rice, cost) } else { best };
    }
    best
}

/// Reads what [`write`] wrote of a channel in some rows.
pub(super) fn read(
    values: &mut [i32],
    (channels, plain): (NonZeroUsize, bool),
    rows: Range<usize>,
    channel: usize,
    bits: &mut BitReader<'_>,
) -> Result<(), StreamError> {
    let form = bits.read(FORM_BITS)? as u8;
    let rice = Rice::new(bits.read(Rice::PARAMETER_BITS)?);
    if usize::from(form) >= FORMS {
        return Err(StreamError::NotAStream);
    }
    integrate(values, (channels, plain), rows, channel, Choice::of_form(form), |is_free, _| match is_free {
        true => Ok(unzigzag(match bits.read(LENGTH_BITS)? {
            0 => 0,
            length @ 1..=32 => 1 << (length - 1) | bits.read(length - 1)?,
            _ => return Err(StreamError::NotAStream),
        })),
        false => rice.read(bits),
    })
}

/// Window by window the rows, channel and choice of each part.
fn parts(
    series: Series<'_>,
    rows: NonZeroUsize,
    choices: &[i32],
) -> impl Iterator<Item = (Range<usize>, usize, Choice)> {
    choices.iter().enumerate().map(move |(part, code)| {
        let (window, channel) = (part / series.channels(), part % series.channels());
        let choice = Choice::of_form(Choice::from_code(*code as u16).form());
        (window * rows.get()..(window + 1) * rows.get(), channel, choice)
    })
}

fn length(value: i32) -> u32 {
    u32::BITS - zigzag(value).leading_zeros()
}
