//! Times as files write them, in nanoseconds since 1970-01-01 UTC.
//!
//! What has no zone is taken as UTC, what has no year as of 1972, and what has no day as of 1970-01-01: gaps
//! and order are what times are read for, and those stand.

mod clock;
mod date;
mod words;

use ::time::OffsetDateTime;

use clock::Clock;

/// How the times of a column are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimeForm {
    /// year, month, day, as in ISO 8601; behind them, after `T` or a space, a clock with fraction and zone
    YearFirst,
    /// `31.12.2024 23:59`, `31/12/24` or `31 Dec 2024`
    DayFirst,
    /// `12/31/2024 11:59 PM`, `Dec-31-2024` or `Tue Dec 31 23:59:00 2024`
    MonthFirst,
    /// `20241231` or `20241231T235900Z`
    Digits,
    /// a time of day such as `23:59:00`, or how long ago something was, as `2 days 23:59:00`
    Clock,
    /// a number of so many nanoseconds since 1970: seconds, or thousandths, millionths, billionths of them
    Epoch(u64),
}

const FORMS: [TimeForm; 9] = [
    TimeForm::YearFirst,
    TimeForm::DayFirst,
    TimeForm::MonthFirst,
    TimeForm::Digits,
    TimeForm::Clock,
    TimeForm::Epoch(SECOND as u64),
    TimeForm::Epoch(1_000_000),
    TimeForm::Epoch(1_000),
    TimeForm::Epoch(1),
];

const SECOND: i64 = 1_000_000_000;
const DAY: i64 = 86_400 * SECOND;

/// The days of 1973 to 2286, in which seconds, milliseconds, microseconds and nanoseconds since 1970 differ
/// by their number of digits.
const EPOCH_SECONDS: std::ops::Range<i64> = 100_000_000..10_000_000_000;

/// The forms that read every cell of a column so far: fed cell by cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeForms {
    /// those left
    left: Vec<TimeForm>,
    /// of each form, by its place in `left`
    course: Vec<Course>,
    cells: usize,
}

/// How time goes on in one form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Course {
    first: i64,
    last: i64,
    /// some time was earlier than the one before
    runs_back: bool,
}

impl Default for TimeForms {
    fn default() -> Self {
        TimeForms { left: FORMS.to_vec(), course: vec![Course::default(); FORMS.len()], cells: 0 }
    }
}

impl TimeForms {
    /// Looks at one more cell.
    pub fn see(&mut self, cell: &[u8]) {
        self.cells += 1;
        let mut at = 0;
        while at < self.left.len() {
            match self.left[at].parse(cell) {
                Some(time) => {
                    let course = &mut self.course[at];
                    match self.cells {
                        1 => course.first = time,
                        _ => course.runs_back |= time < course.last,
                    }
                    course.last = time;
                    at += 1;
                }
                None => {
                    self.left.remove(at);
                    self.course.remove(at);
                }
            }
        }
    }

    /// Whether all cells are times, be it in a form or in one of two.
    pub fn are_times(&self) -> bool {
        self.cells > 0 && !self.left.is_empty()
    }

    /// Whether no further cell can change how they are read.
    pub(crate) fn is_certain(&self) -> bool {
        self.cells > 0 && self.left.len() == 1
    }

    /// Their form: of two that read all cells, the one in which time does not run back. `None` where they
    /// are no times, or nobody can tell days from months.
    pub fn form(&self) -> Option<TimeForm> {
        match &self.rising()[..] {
            [(form, _)] => Some(*form),
            _ => None,
        }
    }

    /// As [`form`](Self::form), where steps of time are all that is asked: of two forms in which it does not
    /// run back the one in which less of it goes by, as rows that follow one another are close.
    pub fn form_of_steps(&self) -> Option<TimeForm> {
        let span = |(_, course): &(TimeForm, Course)| course.last.saturating_sub(course.first);
        self.form().or_else(|| self.rising().into_iter().min_by_key(span).map(|(form, _)| form))
    }

    /// The forms in which time does not run back, or else the only one.
    fn rising(&self) -> Vec<(TimeForm, Course)> {
        let all = || self.left.iter().copied().zip(self.course.iter().copied()).filter(|_| self.cells > 0);
        if self.left.len() == 1 {
            all().collect()
        } else {
            all().filter(|(_, course)| !course.runs_back).collect()
        }
    }
}

impl TimeForm {
    /// The time that a cell says, where it is written so.
    pub fn parse(self, cell: &[u8]) -> Option<i64> {
        let mut text = Text(cell.trim_ascii());
        match self {
            TimeForm::Epoch(unit) => text.epoch(unit),
            TimeForm::Clock => text.span(),
            form => text.moment(form),
        }
    }

    /// How much time goes by from one time to the next: a clock begins again at midnight.
    pub(crate) fn step(self, last: i64, next: i64) -> i64 {
        let step = next.saturating_sub(last);
        if self == TimeForm::Clock && step < 0 { step.rem_euclid(DAY) } else { step }
    }
}

/// A time for a message, in ISO 8601.
pub fn show(time: i64) -> String {
    let Ok(at) = OffsetDateTime::from_unix_timestamp_nanos(time.into()) else { return time.to_string() };
    let (year, month, day) = at.to_calendar_date();
    let (hour, minute, second) = at.to_hms();
    let month = u8::from(month);
    let nanos = match at.nanosecond() {
        0 => String::new(),
        nanos => format!(".{nanos:09}").trim_end_matches('0').to_owned(),
    };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{nanos}Z")
}

/// What is left of a cell.
struct Text<'a>(&'a [u8]);

impl Text<'_> {
    fn eat(&mut self, wanted: impl Fn(u8) -> bool) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        wanted(first).then(|| self.0 = rest)?;
        Some(first)
    }

    fn spaces(&mut self) {
        self.0 = self.0.trim_ascii_start();
    }

    /// A number of so many digits.
    fn number(&mut self, digits: std::ops::RangeInclusive<usize>) -> Option<i64> {
        let found = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = self.0.split_at(found);
        digits.contains(&found).then_some(())?;
        self.0 = rest;
        Some(number.iter().fold(0, |sum, digit| 10 * sum + i64::from(digit - b'0')))
    }

    /// A fraction of a unit of nanoseconds; 0 where there is none.
    fn fraction(&mut self, unit: i64) -> Option<i64> {
        if self.eat(|byte| matches!(byte, b'.' | b',')).is_none() {
            return Some(0);
        }
        let (mut nanos, mut digit) = (0, unit);
        while let Some(byte) = self.eat(|byte| byte.is_ascii_digit()) {
            digit /= 10;
            nanos += digit * i64::from(byte - b'0');
        }
        Some(nanos)
    }

    /// A date, and a clock where there is one.
    fn moment(&mut self, form: TimeForm) -> Option<i64> {
        let mut clock = Clock::default();
        let days = match form {
            TimeForm::Digits => self.compact(&mut clock)?,
            _ => self.date(form, &mut clock)?,
        };
        if !self.0.is_empty() {
            clock = self.clock()?;
        }
        if self.0.is_empty() { clock.on(i64::from(days)) } else { None }
    }

    fn epoch(&mut self, unit: u64) -> Option<i64> {
        let unit = unit as i64;
        let number = self.number(9..=19)?;
        EPOCH_SECONDS.contains(&(number / (SECOND / unit))).then_some(())?;
        let time = number.checked_mul(unit)?.checked_add(self.fraction(unit)?)?;
        self.0.is_empty().then_some(time)
    }
}
