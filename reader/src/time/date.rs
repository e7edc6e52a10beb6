//! Days of a calendar, in numbers or with the month by its name.

use ::time::{Date, Month};

use super::clock::Clock;
use super::words::{is_weekday, month};
use super::{Text, TimeForm};

/// What stands behind years, months and days in Japanese and Chinese, and in Korean.
const SIGNS: [[&str; 3]; 2] = [["年", "月", "日"], ["년", "월", "일"]];
/// The year of a date that has none: a leap year, so that it has all days.
const NO_YEAR: i64 = 1972;

impl<'a> Text<'a> {
    /// Days since 1970. A clock may stand between day and year.
    pub(super) fn date(&mut self, form: TimeForm, clock: &mut Clock) -> Option<i32> {
        self.weekday();
        let whole = self.0;
        let ways = [Self::in_numbers, Self::in_signs, Self::in_words];
        ways.iter().find_map(|way| {
            self.0 = whole;
            way(self, form, clock)
        })
    }

    fn in_numbers(&mut self, form: TimeForm, _: &mut Clock) -> Option<i32> {
        let first = self.digits();
        let (a, sign) = (self.number(1..=4)?, self.eat(|byte| matches!(byte, b'-' | b'/' | b'.'))?);
        let b = self.number(1..=2)?;
        self.eat(|byte| byte == sign)?;
        let last = self.digits();
        let c = self.number(1..=4)?;
        match form {
            // with points, days come first wherever this is written
            TimeForm::YearFirst if last < 3 && (first == 4 || first == 2 && sign != b'.') => {
                days(year(a, first)?, b, c)
            }
            TimeForm::DayFirst if first < 3 => days(year(c, last)?, b, a),
            TimeForm::MonthFirst if first < 3 && sign != b'.' => days(year(c, last)?, a, b),
            _ => None,
        }
    }

    fn in_signs(&mut self, form: TimeForm, _: &mut Clock) -> Option<i32> {
        let year = self.number(4..=4)?;
        let [_, months, days_] = SIGNS.into_iter().find(|[years, ..]| self.sign(years).is_some())?;
        self.spaces();
        let month = self.number(1..=2)?;
        self.sign(months)?;
        self.spaces();
        let day = self.number(1..=2)?;
        self.sign(days_)?;
        if form == TimeForm::YearFirst { days(year, month, day) } else { None }
    }

    /// As C's `ctime` has it a clock stands between day and year, and as `syslog` has it no year follows.
    fn in_words(&mut self, form: TimeForm, clock: &mut Clock) -> Option<i32> {
        if form == TimeForm::YearFirst {
            let year = self.number(4..=4)?;
            let month = self.month()?;
            return days(year, month, self.day()?);
        }
        let (month, day) = if form == TimeForm::DayFirst {
            let day = self.day()?;
            (self.month()?, day)
        } else {
            (self.month()?, self.day()?)
        };
        let has_clock = self.0.get(..6).is_some_and(|next| next.contains(&b':')) && self.digits_behind() == 2;
        if has_clock {
            *clock = self.clock()?;
        }
        if self.0.is_empty() {
            return days(NO_YEAR, month, day);
        }
        self.between();
        let digits = self.digits();
        days(year(self.number(2..=4)?, digits)?, month, day)
    }

    /// Eight digits, and behind them perhaps those of a clock.
    pub(super) fn compact(&mut self, clock: &mut Clock) -> Option<i32> {
        let is_compact = matches!(self.digits(), 8 | 14);
        let (date, rest) = self.0.split_at_checked(8).filter(|_| is_compact)?;
        let date = Text(date).number(8..=8)?;
        self.0 = rest;
        self.eat(|byte| matches!(byte, b'T' | b'_' | b' ' | b'-'));
        if !self.0.is_empty() {
            *clock = self.compact_clock()?;
        }
        let year = date / 10_000;
        if (1900..2200).contains(&year) { days(year, date / 100 % 100, date % 100) } else { None }
    }

    /// Digits that come next.
    pub(super) fn digits(&self) -> usize {
        self.0.iter().take_while(|byte| byte.is_ascii_digit()).count()
    }

    /// Digits behind one sign.
    fn digits_behind(&self) -> usize {
        Text(self.0.get(1..).unwrap_or_default()).digits()
    }

    /// What stands between the parts of a date in words.
    fn between(&mut self) {
        while self.eat(|byte| b" -/.,".contains(&byte)).is_some() {}
        for word in [&b"de "[..], b"of "] {
            self.0 = self.0.strip_prefix(word).unwrap_or(self.0);
        }
    }

    /// A day such as `3`, `03.` or `3rd`.
    fn day(&mut self) -> Option<i64> {
        self.between();
        let day = self.number(1..=2)?;
        let behind = self.0.get(..2).unwrap_or_default().to_ascii_lowercase();
        if [&b"st"[..], b"nd", b"rd", b"th", b"er"].contains(&&behind[..]) {
            self.0 = &self.0[2..];
        }
        Some(day)
    }

    fn month(&mut self) -> Option<i64> {
        self.between();
        let (name, rest) = self.word();
        let month = month(name)?;
        self.0 = rest;
        Some(month)
    }

    /// A day of the week before a date says nothing more.
    fn weekday(&mut self) {
        let (name, rest) = self.word();
        // `Mar` is a Tuesday where another word follows
        let is_last = !rest.trim_ascii_start().first().is_some_and(|byte| is_letter(*byte));
        if is_weekday(name) && (month(name).is_none() || !is_last || rest.first() == Some(&b',')) {
            self.0 = rest;
            self.between();
        }
    }

    /// The letters that come next, and what follows them.
    fn word(&self) -> (&'a [u8], &'a [u8]) {
        let end = self.0.iter().take_while(|byte| is_letter(**byte)).count();
        self.0.split_at(end)
    }

    fn sign(&mut self, sign: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(sign.as_bytes())?;
        Some(())
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

/// A year of four digits, or of two: from 1970 to 2069.
fn year(year: i64, digits: usize) -> Option<i64> {
    match digits {
        4 => Some(year),
        2 => Some(if year < 70 { 2000 + year } else { 1900 + year }),
        _ => None,
    }
}

/// Days since 1970 of a year, a month and a day of it.
fn days(year: i64, month: i64, day: i64) -> Option<i32> {
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(year as i32, month, day as u8).ok()?;
    Some(date.to_julian_day() - Date::from_ordinal_date(1970, 1).ok()?.to_julian_day())
}
