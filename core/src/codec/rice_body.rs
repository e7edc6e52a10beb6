//! The body of a packet in Rice codes: for each window and channel an order, a parameter and the differences.

use super::bits::{BitReader, BitWriter};
use super::integer_law::{unzigzag, zigzag};
use super::rans::StreamError;
use super::rice::Rice;
use super::series::{Choice, ORDERS, Series, integrate};
use core::ops::Range;

const ORDER_BITS: u32 = 2;
/// A number by itself: its length from 0 to 32 in six bits, then its bits without the first.
const LENGTH_BITS: u32 = 6;

/// Bits of [`write`].
pub(super) fn bits(series: Series<'_>, rows: usize, choices: &[i32]) -> u64 {
    let heads = series.values.iter().take(series.skip * series.channels);
    let heads = heads.map(|value| u64::from(LENGTH_BITS + length(*value).saturating_sub(1))).sum::<u64>();
    let parts = parts(series, rows, choices);
    let one = |(rows, channel, order)| {
        u64::from(ORDER_BITS + Rice::PARAMETER_BITS) + Rice::best(series.residuals(rows, channel, order)).1
    };
    heads + parts.map(one).sum::<u64>()
}

/// Writes windows channel by channel, with the orders of the choices.
pub(super) fn write(
    series: Series<'_>,
    rows: usize,
    choices: &[i32],
    bits: &mut BitWriter<'_>,
) -> Result<(), StreamError> {
    for (rows, channel, order) in parts(series, rows, choices) {
        let residuals = series.residuals(rows.clone(), channel, order);
        let (rice, _) = Rice::best(residuals.clone());
        bits.write(u32::from(order), ORDER_BITS)?;
        bits.write(rice.parameter(), Rice::PARAMETER_BITS)?;
        for row in rows.start..series.skip {
            let value = series.value(row, channel);
            bits.write(length(value), LENGTH_BITS)?;
            bits.write(zigzag(value), length(value).saturating_sub(1))?;
        }
        for residual in residuals {
            rice.write(residual, bits)?;
        }
    }
    Ok(())
}

/// Reads what [`write`] wrote of a channel in some rows.
pub(super) fn read(
    values: &mut [i32],
    (channels, skip): (usize, usize),
    rows: Range<usize>,
    channel: usize,
    bits: &mut BitReader<'_>,
) -> Result<(), StreamError> {
    let order = bits.read(ORDER_BITS)? as u8;
    let rice = Rice::new(bits.read(Rice::PARAMETER_BITS)?);
    if order >= ORDERS {
        return Err(StreamError::NotAStream);
    }
    integrate(values, channels, rows, channel, order, |row| match row < skip {
        true => Ok(unzigzag(match bits.read(LENGTH_BITS)? {
            0 => 0,
            length @ 1..=32 => 1 << (length - 1) | bits.read(length - 1)?,
            _ => return Err(StreamError::NotAStream),
        })),
        false => rice.read(bits),
    })
}

/// Window by window the rows, channel and order of each part.
fn parts(
    series: Series<'_>,
    rows: usize,
    choices: &[i32],
) -> impl Iterator<Item = (Range<usize>, usize, u8)> {
    choices.iter().enumerate().map(move |(part, code)| {
        let (window, channel) = (part / series.channels, part % series.channels);
        (window * rows..(window + 1) * rows, channel, Choice::from_code(*code as u16).order())
    })
}

fn length(value: i32) -> u32 {
    u32::BITS - zigzag(value).leading_zeros()
}
