//! Which rows of a file are read, and where windows end.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::{TimeForm, TimeForms, show};

/// Which rows of a file are read, and where windows end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// the column of times; it is no feature
    pub time: Option<String>,
    /// whether a file may do without it, as one has it that a model remembers
    pub time_if_there: bool,
    /// no window goes across a step of time that is longer than this, or backwards
    pub gap: Option<Gap>,
    /// the rows that are read, of each file
    pub rows: Option<RowRange>,
    /// rows of this time and later ones are left out
    pub until: Option<Instant>,
}

/// A step of time, such as `10m` or `1h 30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Gap(pub Duration);

/// Data rows as people count: `100:200` are the rows from 100 to 200, `100:` all from 100 on, `:200` those up
/// to 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RowRange {
    /// the first, from 1
    pub first: usize,
    /// the last
    pub last: Option<usize>,
}

/// A point in time, in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Instant(pub i64);

impl Part {
    /// With the column of times and the gap that a model remembers, where none are given.
    #[must_use]
    pub fn or(self, time: Option<String>, gap: Option<Gap>) -> Self {
        let time_if_there = self.time.is_none();
        Part { time: self.time.or(time), time_if_there, gap: self.gap.or(gap), ..self }
    }
}

impl RowRange {
    /// Whether a data row, from 0, is one of them.
    pub fn contains(&self, row: usize) -> bool {
        self.first <= row + 1 && !self.ends_before(row)
    }

    /// Whether neither this data row, from 0, nor any behind it is one of them.
    pub fn ends_before(&self, row: usize) -> bool {
        self.last.is_some_and(|last| last <= row)
    }
}

impl FromStr for Gap {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let gap = humantime::parse_duration(text).ok().filter(|gap| *gap > Duration::ZERO);
        gap.map(Gap).ok_or_else(|| format!("`{text}` is no time span, such as 90s, 10m, 1h or 2d"))
    }
}

impl FromStr for RowRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("`{text}` is no range of rows, such as 1:1000, 1001: or :1000; the first row is 1");
        let (first, last) = text.split_once(':').ok_or_else(wrong)?;
        let number = |text: &str| text.trim().parse::<usize>().ok().filter(|row| *row > 0).ok_or_else(wrong);
        let first = if first.trim().is_empty() { 1 } else { number(first)? };
        let last = if last.trim().is_empty() { None } else { Some(number(last)?) };
        if last.is_some_and(|last| last < first) { Err(wrong()) } else { Ok(RowRange { first, last }) }
    }
}

impl FromStr for Instant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut forms = TimeForms::default();
        forms.see(text.as_bytes());
        let time = forms.form().and_then(|form: TimeForm| form.parse(text.as_bytes()));
        time.map(Instant)
            .ok_or_else(|| format!("`{text}` is no time, such as 2024-03-01 or 2024-03-01T12:00"))
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        humantime::format_duration(self.0).fmt(f)
    }
}

impl fmt::Display for RowRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.first)?;
        self.last.map_or(Ok(()), |last| last.fmt(f))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&show(self.0))
    }
}

/// Written and read as their text.
macro_rules! as_text {
    ($($name:ident)*) => {$(
        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(of: $name) -> String {
                of.to_string()
            }
        }
    )*};
}

as_text!(Gap RowRange Instant);
