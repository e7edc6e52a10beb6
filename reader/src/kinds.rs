//! What the columns of a text file are, where nobody says: numbers, times, counters, names, words, labels.

use std::collections::HashSet;

use crate::categories::Categorical;
use crate::cell::{is_missing, number};
use crate::encoding::word;
use crate::error::Problem;
use crate::labels::{is_called, is_sound, is_wrong, names_labels_of_many, names_labels_of_two};
use crate::names::names_labels;
use crate::numbers::{Numbers, comma};
use crate::options::LoadOptions;
use crate::pauses::Pauses;
use crate::report::{LeftOut, Reason};
use crate::rows::{Heading, RowReader};
use crate::stand_ins::StandIns;
use crate::time::TimeForms;

/// Rows that are looked at.
const SEEN: usize = 100_000;
/// Cells that are looked at of what is no text, of which frames may be as wide as images.
const SEEN_CELLS: usize = 1 << 21;
/// Fewer rows than this rise, or have names of their own, by chance.
const LEAST: usize = 10;
/// Fewer steps than this of a sensor go one way by chance, with pauses between them.
const LEAST_STEPS: usize = 50;
/// Steps up for each down of what begins again now and then.
const STEPS_OF_A_RUN: usize = 40;
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
/// Names of columns that are a time together.
const CALENDAR: [&str; 8] = ["year", "month", "day", "hour", "minute", "second", "weekday", "dayofweek"];
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

/// What was found, and what is read because of it.
#[derive(Debug, Default)]
pub(crate) struct Kinds {
    /// columns that say nothing of a frame
    pub(crate) left_out: Vec<LeftOut>,
    /// columns of few words
    pub(crate) categorical: Vec<String>,
    /// what a person should know, a sentence each
    pub(crate) notes: Vec<String>,
}

/// What is known of one column.
#[derive(Default)]
struct Column {
    cells: usize,
    /// holds what is neither a number nor text, as lists are
    is_strange: bool,
    numbers: usize,
    is_whole: bool,
    /// steps from a number to the next that go up, and down
    up: usize,
    down: usize,
    last: Option<f64>,
    stand_ins: StandIns,
    times: TimeForms,
    /// where rows are joined
    pauses: Option<Pauses>,
    words: HashSet<Vec<u8>>,
}

/// Looks at the first rows of a file; `words` says whether the model takes categories.
pub(crate) fn recognise(
    rows: &mut dyn RowReader,
    options: &LoadOptions,
    words: bool,
) -> Result<Kinds, Problem> {
    let Heading { names, numbers, affixes, is_text, .. } = rows.heading()?;
    let most = if is_text { SEEN } else { (SEEN_CELLS / names.len().max(1)).clamp(LEAST, SEEN) };
    let pauses = (options.window > 1 && options.part.gap.is_none()).then(Pauses::default);
    let new = || Column { is_whole: true, pauses: pauses.clone(), ..Column::default() };
    let mut columns: Vec<Column> = names.iter().map(|_| new()).collect();
    let mut seen = 0;
    while seen < most {
        match rows.next() {
            Ok(true) => {}
            Ok(false) => break,
            Err(Problem::Ragged { .. }) if options.skip_broken => continue,
            Err(problem) => return Err(problem),
        }
        columns.iter_mut().enumerate().for_each(|(at, column)| match rows.text(at) {
            Ok(cell) => {
                let affix = affixes.get(at).and_then(Option::as_ref);
                column.see(affix.and_then(|affix| affix.bare(&cell)).unwrap_or(&cell), numbers);
            }
            Err(_) => column.is_strange = true,
        });
        seen += 1;
    }
    if columns.iter().all(|column| column.cells == 0) {
        // what is wrong with such a file is said where it is read
        return Ok(Kinds::default());
    }
    let is_told = |name: &String| {
        options.labels.as_ref() == Some(name)
            || names_labels(name)
            || options.drop.contains(name)
            || options.numbers.contains(name)
            || options.categorical.iter().any(|category| category.column == *name)
    };
    let mut kinds = Kinds::default();
    let has_calendar = is_calendar(&names, &columns);
    for (name, column) in names.iter().zip(&columns).filter(|(name, _)| !is_told(name)) {
        let of_calendar = Some(Reason::Time).filter(|_| has_calendar && column.is_whole);
        let of_calendar = of_calendar.filter(|_| is_called(name, &[], &CALENDAR));
        match of_calendar.or_else(|| column.reason(name, words)) {
            Some(reason) => {
                kinds.notes.extend(match &reason {
                    Reason::LooksLikeLabels => Some(column.of_labels(name, words)),
                    Reason::Time => column.pauses.as_ref().and_then(|pauses| pauses.note(name)),
                    _ => None,
                });
                kinds.left_out.push(LeftOut { column: name.clone(), reason });
            }
            None if column.is_words() => kinds.categorical.push(name.clone()),
            None => kinds.notes.extend(column.stand_ins.note(name)),
        }
    }
    let is_left = |name: &&String| {
        let is_named = |left: &LeftOut| left.column == **name;
        !kinds.left_out.iter().any(is_named) && !names_labels(name) && options.labels.as_ref() != Some(name)
    };
    if names.iter().any(|name| is_left(&name)) {
        return Ok(kinds);
    }
    // where nothing would be left, numbers are what there is to fit
    let is_number =
        |(name, column): (&String, &Column)| !is_told(name) && !column.is_words() && column.cells > 0;
    if names.iter().zip(&columns).any(is_number) {
        return Ok(Kinds::default());
    }
    Err(Problem::NothingToFit { left_out: kinds.left_out })
}

impl Kinds {
    /// The options with what was found.
    pub(crate) fn over(&self, options: &LoadOptions) -> LoadOptions {
        let mut options = options.clone();
        options.drop.extend(self.left_out.iter().map(|left| left.column.clone()));
        let learned = |column: &String| Categorical { column: column.clone(), words: None };
        options.categorical.extend(self.categorical.iter().map(learned));
        options
    }
}

impl Column {
    fn see(&mut self, cell: &[u8], numbers: Numbers) {
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
    fn is_words(&self) -> bool {
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
    fn of_labels(&self, name: &str, words: bool) -> String {
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

    /// Why the column is left out.
    fn reason(&self, name: &str, words: bool) -> Option<Reason> {
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

/// Whether columns are a time together: a year, a month or a day, and another part of one.
fn is_calendar(names: &[String], columns: &[Column]) -> bool {
    let parts = |of: &[&str]| {
        let named = names.iter().zip(columns).filter(|(name, _)| is_called(name, &[], of));
        named.filter(|(_, column)| column.is_whole && column.numbers > 0).count()
    };
    parts(&CALENDAR[..3]) > 0 && parts(&CALENDAR) > 1
}
