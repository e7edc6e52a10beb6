//! Moments as a column writes them, so that they can be written again.

use serde::{Deserialize, Serialize};
use time::{Date, Month};

/// Where year, month and day stand among the numbers of a moment.
const ORDERS: [[usize; 3]; 3] = [[0, 1, 2], [2, 1, 0], [2, 0, 1]];
/// Units of hours, minutes and seconds, in seconds.
const CLOCK: [i64; 3] = [3600, 60, 1];
/// The Julian day of 1 January 1970.
const UNIX_EPOCH_DAY: i32 = 2_440_588;

/// How moments are written: a date, and behind it a clock to the minute, the second or a fraction of it; what
/// stands around their digits is the same in all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    /// which of the orders of year, month and day
    order: u8,
    /// what stands before each number, and behind the last
    between: Vec<Vec<u8>>,
    /// digits of a second's fraction
    digits: u8,
}

impl Stamp {
    /// How a cell may be written: in no way where it is no moment, in two where day and month may be either.
    pub(super) fn of(cell: &[u8]) -> Vec<Stamp> {
        let of = |order| {
            let (runs, between) = runs(cell);
            let has_fraction = runs.len() >= 7 && matches!(between[6][..], [b'.' | b',']);
            let numbers = match runs.len() {
                0..=2 => return None,
                3 | 4 => 3,
                5 => 5,
                6 => 6,
                _ => 6 + usize::from(has_fraction),
            };
            let end: usize = between[..numbers].iter().map(Vec::len).sum::<usize>()
                + runs[..numbers].iter().map(|run| run.len()).sum::<usize>();
            let mut between = between[..numbers].to_vec();
            between.push(cell[end..].to_vec());
            let digits =
                if has_fraction { u8::try_from(runs[6].len()).ok().filter(|n| *n <= 9)? } else { 0 };
            let stamp = Stamp { order, between, digits };
            (stamp.text(stamp.parse(cell)?) == cell).then_some(stamp)
        };
        (0..ORDERS.len() as u8).filter_map(of).collect()
    }

    fn unit(&self) -> i64 {
        10_i64.pow(u32::from(self.digits.min(9)))
    }

    fn days(&self) -> [usize; 3] {
        ORDERS.get(usize::from(self.order)).copied().unwrap_or(ORDERS[0])
    }

    /// The moment in units of the last digit since 1 January 1970; of a date, the day.
    pub(super) fn parse(&self, cell: &[u8]) -> Option<i64> {
        let mut left = cell;
        let mut numbers = Vec::new();
        for before in self.between.split_last()?.1 {
            left = left.strip_prefix(&before[..])?;
            let end = left.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(left.len());
            let (run, rest) = left.split_at(end);
            numbers.push(std::str::from_utf8(run).ok()?.parse::<i64>().ok()?);
            left = rest;
        }
        let [year, month, day] = self.days().map(|at| numbers.get(at).copied().unwrap_or(0));
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let date =
            Date::from_calendar_date(i32::try_from(year).ok()?, month, u8::try_from(day).ok()?).ok()?;
        let days = i64::from(date.to_julian_day() - UNIX_EPOCH_DAY);
        if numbers.len() == 3 {
            return Some(days);
        }
        let clock: i64 = numbers.iter().skip(3).zip(CLOCK).map(|(n, unit)| n.saturating_mul(unit)).sum();
        let fraction = numbers.get(6).copied().unwrap_or(0);
        (days * 86_400 + clock).checked_mul(self.unit())?.checked_add(fraction)
    }

    /// The moment as text.
    pub(super) fn text(&self, moment: i64) -> Vec<u8> {
        let count = self.between.len().saturating_sub(1);
        let (seconds, fraction) = (moment.div_euclid(self.unit()), moment.rem_euclid(self.unit()));
        let (days, clock) =
            if count == 3 { (moment, 0) } else { (seconds.div_euclid(86_400), seconds.rem_euclid(86_400)) };
        let julian = i32::try_from(days).ok().and_then(|days| days.checked_add(UNIX_EPOCH_DAY));
        let Some(date) = julian.and_then(|day| Date::from_julian_day(day).ok()) else { return Vec::new() };
        let mut numbers = [0; 7];
        let dates = [i64::from(date.year()), u8::from(date.month()).into(), date.day().into()];
        for (at, n) in self.days().into_iter().zip(dates) {
            numbers[at] = n;
        }
        numbers[3..].copy_from_slice(&[clock / 3600, clock / 60 % 60, clock % 60, fraction]);
        let mut text = Vec::new();
        for (at, (before, n)) in self.between.iter().take(count).zip(numbers).enumerate() {
            let width = match at {
                6 => self.digits.into(),
                at if at == self.days()[0] => 4,
                _ => 2,
            };
            text.extend(before);
            text.extend(format!("{n:0width$}").bytes());
        }
        text.extend(self.between.last().into_iter().flatten());
        text
    }
}

/// The runs of digits of a cell, and what stands before each and behind the last.
fn runs(cell: &[u8]) -> (Vec<&[u8]>, Vec<Vec<u8>>) {
    let (mut runs, mut between, mut left) = (Vec::new(), Vec::new(), cell);
    while let Some(start) = left.iter().position(u8::is_ascii_digit) {
        let (before, rest) = left.split_at(start);
        let end = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        let (run, rest) = rest.split_at(end);
        between.push(before.to_vec());
        runs.push(run);
        left = rest;
    }
    between.push(left.to_vec());
    (runs, between)
}
