//! What is known of one column, and what it is taken for.

use std::collections::HashSet;

use crate::cell::{is_missing, number};
use crate::encoding::word;
use crate::labels::{is_called, is_sound, is_wrong, names_labels_of_many, names_labels_of_two};
use crate::numbers::{Numbers, comma};
use crate::pauses::Pauses;
use crate::report::Reason;
use crate::stand_ins::StandIns;
use crate::time::TimeForms;

/// Fewer steps than this of a sensor go one way by chance, with pauses between them.
const LEAST_STEPS: usize = 50;
/// Steps up for each down of what begins again now and then.
const STEPS_OF_A_RUN: usize = 40;
/// Fewer rows than this rise, or have names of their own, by chance.
const LEAST: usize = 10;
/// Different words that are kept apart.
const MOST_WORDS: usize = 1024;
/// Different labels, at most.
const MOST_LABELS: usize = 20;
/// Rows for each step of what only rises, at most.
const ROWS_OF_A_STEP: usize = 64;
/// Words in names of columns of times, whatever their numbers look like.
const TIMES: [&str; 6] = ["time", "timestamp", "datetime", "date", "seconds", "elapsed"];
/// Names of such columns, likewise.
const TIME: [&str; 2] = ["t", "ts"];
/// Words in names of columns that add up what was there before.
const SUMS: [&str; 13] = [
    "energy",
    "kwh",
    "wh",
    "mwh",
    "total",
    "totals",
    "counter",
    "count",
    "cumulative",
    "odometer",
    "uptime",
    "runtime",
    "cycles",
];
/// Words in names of columns of names of rows, though those be numbers.
const IDS: [&str; 6] = ["id", "ids", "uuid", "guid", "rowid", "serial"];
/// Names of such columns, likewise.
const ID: [&str; 2] = ["index", "key"];

/// What is known of one column.
#[derive(Default)]
pub(super) struct Column {
    pub(super) cells: usize,
    /// holds what is neither a number nor text, as lists are
    pub(super) is_strange: bool,
    pub(super) numbers: usize,
    pub(super) is_whole: bool,
    /// steps from a number to the next that go up, and down
    up: usize,
    down: usize,
    last: Option<f64>,
    pub(super) stand_ins: StandIns,
    times: TimeForms,
    /// where rows are joined
    pub(super) pauses: Option<Pauses>,
    words: HashSet<Vec<u8>>,
}

impl Column {
    /// Of which nothing is known; `pauses` are looked for where rows are joined.
    pub(super) fn new(pauses: Option<Pauses>) -> Self {
        Column { is_whole: true, pauses, ..Column::default() }
    }

    pub(super) fn see(&mut self, cell: &[u8], numbers: Numbers) {
        if is_missing(cell) || cell.eq_ignore_ascii_case(b"nan") {
            return;
        }
        self.cells += 1;
        self.times.see(cell);
        self.pauses.iter_mut().for_each(|pauses| pauses.see(cell, &self.times));
        if self.words.len() <= MOST_WORDS && !self.words.contains(cell) {
            self.words.insert(cell.to_vec());
        }
        let Ok(number) = number::<f64>(cell, numbers) else {
            // what commas mean in it is asked where it is read
            self.numbers += usize::from(comma(cell).is_some());
            self.is_whole = false;
            return;
        };
        self.numbers += 1;
        self.is_whole &= number.fract() == 0.0;
        self.stand_ins.see(number);
        if let Some(last) = self.last.replace(number) {
            self.up += usize::from(number > last);
            self.down += usize::from(number < last);
        }
    }

    /// A word here and there is a mistake in a column of numbers, which is told where it is read.
    pub(super) fn is_words(&self) -> bool {
        2 * self.numbers < self.cells
    }

    /// Whether numbers go up, but for few that begin again, as after a restart.
    fn rises(&self) -> bool {
        self.up >= LEAST.min(self.numbers.saturating_sub(1)) && STEPS_OF_A_RUN * self.down <= self.up
    }

    /// Whether all numbers go one way, as those of counters and times do and no sensor's: each a step, or in
    /// so many rows that pauses between steps are no chance. Counters may begin again.
    fn goes_one_way(&self) -> bool {
        let steps = self.up + self.down;
        let part = match (self.down, self.is_whole) {
            (0, _) => ROWS_OF_A_STEP,
            (_, true) => 4,
            (_, false) => 2,
        };
        let is_one_way = self.up == 0 || self.down == 0;
        let is_steady = steps + 1 == self.numbers && self.is_whole && self.cells >= LEAST && is_one_way;
        let is_long = steps >= LEAST_STEPS && part * steps >= self.numbers;
        self.numbers == self.cells && (is_steady || is_long && (is_one_way || self.is_whole && self.rises()))
    }

    /// Whether nearly every row has a word of its own.
    fn are_names(&self) -> bool {
        let many = self.words.len();
        many > MOST_WORDS || (self.cells >= LEAST && 2 * many > self.cells)
    }

    /// Whether there are few values, and name or values are as those of labels.
    fn looks_like_labels(&self, name: &str) -> bool {
        let is_flag = |cell: &Vec<u8>| {
            let number = std::str::from_utf8(cell).ok().and_then(|cell| cell.parse::<f64>().ok());
            number.is_none_or(|number| [-1.0, 0.0, 1.0].contains(&number))
        };
        let count = |is_so: fn(&str) -> bool| self.words.iter().filter(|cell| is_so(&word(cell))).count();
        match self.words.len() {
            0 => false,
            many @ (1 | 2) => {
                let is_verdict = many == 2 && count(is_sound) == 1;
                names_labels_of_two(name, many == 2 && self.words.iter().all(is_flag)) || is_verdict
            }
            many if many > MOST_LABELS || 2 * many > self.cells => false,
            _ if self.is_words() => names_labels_of_many(name) || count(is_sound) == 1 && count(is_wrong) > 0,
            _ => self.is_whole && names_labels_of_many(name),
        }
    }

    /// What is said of a column that is left out as it looks like labels.
    pub(super) fn of_labels(&self, name: &str, words: bool) -> String {
        let other = match (self.is_words(), words) {
            (false, _) => "--all-columns takes it for a number like others".into(),
            (true, true) => format!("--categorical '{name}' takes its words for states"),
            (true, false) => format!("--drop '{name}' leaves it out without a word"),
        };
        format!(
            "`{name}` looks like labels and is left out: --labels '{name}' fits to its normal rows alone, \
             {other}"
        )
    }

    /// Whether these are times of which each stands in several rows.
    pub(super) fn are_times_of_several(&self) -> bool {
        self.is_words()
            && self.times.are_times()
            && self.cells >= LEAST
            && self.words.len() <= MOST_WORDS
            && 2 * self.words.len() <= self.cells
    }

    /// Whether these are a few words.
    pub(super) fn are_few_words(&self) -> bool {
        self.is_words() && !self.times.are_times() && (2..=MOST_LABELS).contains(&self.words.len())
    }

    /// Why the column is left out.
    pub(super) fn reason(&self, name: &str, words: bool) -> Option<Reason> {
        let rises = self.rises();
        let is_named_time = is_called(name, &TIMES, &TIME);
        match self.words.len() {
            _ if self.is_strange => Some(Reason::Type),
            0 => Some(Reason::Empty),
            _ if self.looks_like_labels(name) => Some(Reason::LooksLikeLabels),
            _ if self.is_words() && self.times.are_times() => Some(Reason::Time),
            _ if self.cells < LEAST && !self.is_words() => None,
            _ if !self.is_words() && self.times.are_times() && (rises || is_named_time) => Some(Reason::Time),
            _ if !self.is_words() && rises && is_named_time => Some(Reason::Time),
            _ if !self.is_words() && self.is_whole && is_called(name, &IDS, &[]) => Some(Reason::Id),
            _ if !self.is_words() && self.is_whole && self.are_names() && is_called(name, &[], &ID) => {
                Some(Reason::Id)
            }
            _ if !self.is_words() && self.goes_one_way() => Some(Reason::Counter),
            _ if !self.is_words() && rises && is_called(name, &SUMS, &[]) => Some(Reason::Counter),
            _ if !self.is_words() => None,
            1 => Some(Reason::OneWord),
            _ if self.are_names() => Some(Reason::Id),
            _ if words => None,
            _ => Some(Reason::Words),
        }
    }
}
