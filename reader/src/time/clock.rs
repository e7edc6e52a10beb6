//! Times of day, with their zones.

use super::words::{is_region, zone};
use super::{DAY, SECOND, Text};

/// Seconds in UTC since the beginning of a day, and nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock {
    seconds: i64,
    nanos: i64,
}

impl Clock {
    /// The time of this clock on a day since 1970.
    pub(super) fn on(self, days: i64) -> Option<i64> {
        let Clock { seconds, nanos } = self;
        (DAY / SECOND * days).checked_add(seconds)?.checked_mul(SECOND)?.checked_add(nanos)
    }
}

impl Text<'_> {
    /// A clock alone, be it after so many days.
    pub(super) fn span(&mut self) -> Option<i64> {
        let days = self.days();
        // as long as something went on: more hours than a day has
        let hour = self.number(1..=4)?;
        let between = self.eat(|byte| matches!(byte, b':' | b'h' | b'.'))?;
        let clock = self.clock_from(hour, between, between == b'.')?;
        if self.0.is_empty() { clock.on(days) } else { None }
    }

    /// The days of `2 days 23:59:00`.
    fn days(&mut self) -> i64 {
        let mut text = Text(self.0);
        let days = text.number(1..=5).and_then(|days| {
            text.eat(|byte| byte == b' ')?;
            text.0 = text.0.strip_prefix(b"day")?;
            text.eat(|byte| byte == b's');
            text.eat(|byte| byte == b',');
            text.eat(|byte| byte == b' ')?;
            Some(days)
        });
        if days.is_some() {
            self.0 = text.0;
        }
        days.unwrap_or(0)
    }

    /// A clock behind a date.
    pub(super) fn clock(&mut self) -> Option<Clock> {
        self.eat(|byte| byte == b',');
        self.eat(|byte| matches!(byte, b'T' | b't' | b' ' | b'_' | b':'))?;
        self.spaces();
        let hour = self.number(1..=2)?;
        let between = self.eat(|byte| matches!(byte, b':' | b'h' | b'.' | b'-'))?;
        if hour < 24 { self.clock_from(hour, between, between == b'-') } else { None }
    }

    /// What follows the hour and the sign behind it; `whole` where seconds must follow, as without them it
    /// could be something else.
    fn clock_from(&mut self, hour: i64, between: u8, whole: bool) -> Option<Clock> {
        let minute = self.number(2..=2)?;
        let second = match self.eat(|byte| byte == between) {
            Some(_) => self.number(2..=2)?,
            None if whole => return None,
            None => 0,
        };
        let nanos = self.fraction(SECOND)?;
        self.spaces();
        let hour = self.half_day(hour)?;
        // 60 is a leap second
        let zone = (minute < 60 && second <= 60).then(|| self.zone())??;
        Some(Clock { seconds: 3600 * hour + 60 * minute + second - zone, nanos })
    }

    /// Six or four digits.
    pub(super) fn compact_clock(&mut self) -> Option<Clock> {
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (minutes, second) = match digits {
            4 => (self.number(4..=4)?, 0),
            _ => {
                let number = self.number(6..=6)?;
                (number / 100, number % 100)
            }
        };
        let (hour, minute) = (minutes / 100, minutes % 100);
        let nanos = self.fraction(SECOND)?;
        self.spaces();
        let zone = (hour < 24 && minute < 60 && second <= 60).then(|| self.zone())??;
        Some(Clock { seconds: 3600 * hour + 60 * minute + second - zone, nanos })
    }

    /// The hour where AM or PM may follow.
    fn half_day(&mut self, hour: i64) -> Option<i64> {
        let letters: Vec<u8> = self.0.iter().filter(|byte| **byte != b'.').take(2).copied().collect();
        let noon = match &letters.to_ascii_uppercase()[..] {
            b"AM" => 0,
            b"PM" => 12,
            _ => return Some(hour),
        };
        let end = if self.0.get(1) == Some(&b'.') { self.0.len().min(4) } else { 2 };
        self.0 = &self.0[end..];
        self.spaces();
        (1..=12).contains(&hour).then_some(hour % 12 + noon)
    }

    /// Seconds that the zone is ahead of UTC; nothing but a year may follow.
    fn zone(&mut self) -> Option<i64> {
        let letters = self.0.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let mut ahead = 0;
        if letters > 0 && !is_region(self.0) {
            let (word, rest) = self.0.split_at(letters);
            ahead = zone(word)?;
            self.0 = rest;
        } else if letters > 0 {
            self.0 = &[];
        }
        if let Some(sign) = self.eat(|byte| matches!(byte, b'+' | b'-')) {
            let sign = if sign == b'+' { 1 } else { -1 };
            ahead += sign * self.offset()?;
        }
        // the region that Java puts behind an offset
        if self.0.first() == Some(&b'[') && self.0.last() == Some(&b']') {
            self.0 = &[];
        }
        let rest = self.0.trim_ascii_start();
        let is_year = rest.len() == 4 && rest.iter().all(u8::is_ascii_digit);
        (rest.is_empty() || is_year).then_some(ahead)
    }

    /// Hours and minutes.
    fn offset(&mut self) -> Option<i64> {
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (hours, minutes) = match digits {
            4 => {
                let joined = self.number(4..=4)?;
                (joined / 100, joined % 100)
            }
            _ => {
                let hours = self.number(1..=2)?;
                (hours, if self.eat(|byte| byte == b':').is_some() { self.number(2..=2)? } else { 0 })
            }
        };
        (hours < 24 && minutes < 60).then_some(3600 * hours + 60 * minutes)
    }
}
