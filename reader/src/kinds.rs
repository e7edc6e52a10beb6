//! What the columns of a text file are, where nobody says: numbers, times, counters, names, words, labels.

use std::collections::HashSet;

use crate::categories::Categorical;
use crate::cell::{is_missing, number};
use crate::error::Problem;
use crate::names::names_labels;
use crate::numbers::{Numbers, comma};
use crate::options::LoadOptions;
use crate::report::{LeftOut, Reason};
use crate::rows::{Heading, RowReader};
use crate::time::TimeForms;

/// Rows that are looked at.
const SEEN: usize = 100_000;
/// Fewer rows than this rise, or have names of their own, by chance.
const LEAST: usize = 10;
/// Fewer steps than this of a sensor go one way by chance, with pauses between them.
const LEAST_STEPS: usize = 50;
/// Steps up for each down of what begins again now and then.
const STEPS_OF_A_RUN: usize = 40;
/// Different words that are kept apart.
const MOST_WORDS: usize = 1024;
/// Words in names of columns of labels.
const LABELS: [&str; 15] = [
    "anomaly",
    "anomalous",
    "anomalies",
    "abnormal",
    "outlier",
    "outliers",
    "fault",
    "faulty",
    "failure",
    "attack",
    "intrusion",
    "novelty",
    "changepoint",
    "label",
    "labels",
];
/// Names of columns of labels, which say nothing as a word among others.
const LABEL: [&str; 4] = ["class", "target", "y", "normal"];
/// Words that say of a row that nothing is wrong with it.
const SOUND: [&str; 8] = ["normal", "ok", "okay", "good", "healthy", "benign", "nominal", "inlier"];
/// Words in names of columns of times, whatever their numbers look like.
const TIMES: [&str; 6] = ["time", "timestamp", "datetime", "date", "seconds", "elapsed"];
/// Names of such columns, likewise.
const TIME: [&str; 2] = ["t", "ts"];
/// Words in names of columns of names of rows, though those be numbers.
const IDS: [&str; 5] = ["id", "ids", "uuid", "guid", "rowid"];
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
    times: TimeForms,
    words: HashSet<Vec<u8>>,
}

/// Looks at the first rows of a file; `words` says whether the model takes categories.
pub(crate) fn recognise(
    rows: &mut dyn RowReader,
    options: &LoadOptions,
    words: bool,
) -> Result<Kinds, Problem> {
    let Heading { names, numbers, affixes, .. } = rows.heading()?;
    let new = || Column { is_whole: true, ..Column::default() };
    let mut columns: Vec<Column> = names.iter().map(|_| new()).collect();
    let mut seen = 0;
    while seen < SEEN {
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
            || options.categorical.iter().any(|category| category.column == *name)
    };
    let mut kinds = Kinds::default();
    for (name, column) in names.iter().zip(&columns).filter(|(name, _)| !is_told(name)) {
        match column.reason(name, words) {
            Some(reason) => {
                if reason == Reason::LooksLikeLabels {
                    kinds.notes.push(column.of_labels(name, words));
                }
                kinds.left_out.push(LeftOut { column: name.clone(), reason });
            }
            None if column.is_words() => kinds.categorical.push(name.clone()),
            None => {}
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
        let part = if self.is_whole { 4 } else { 2 };
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

    /// Whether there are but two values, and name or values are as those of labels.
    fn looks_like_labels(&self, name: &str) -> bool {
        if !(1..=2).contains(&self.words.len()) {
            return false;
        }
        let is_flag = |word: &Vec<u8>| {
            let number = std::str::from_utf8(word).ok().and_then(|word| word.parse::<f64>().ok());
            number.is_none_or(|number| [-1.0, 0.0, 1.0].contains(&number))
        };
        let is_sound = |word: &Vec<u8>| SOUND.iter().any(|sound| word.eq_ignore_ascii_case(sound.as_bytes()));
        let is_verdict =
            self.words.len() == 2 && self.words.iter().filter(|word| is_sound(word)).count() == 1;
        let is_flags = self.words.len() == 2 && self.words.iter().all(is_flag);
        let is_called = is_called(name, &[], &LABEL)
            || is_called(name, &LABELS, &[]) && (is_flags || parts(name).len() < 3);
        is_called || is_verdict
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
            _ if !self.is_words() && self.is_whole && self.are_names() && is_called(name, &IDS, &ID) => {
                Some(Reason::Id)
            }
            _ if !self.is_words() && self.goes_one_way() => Some(Reason::Counter),
            _ if !self.is_words() => None,
            1 => Some(Reason::OneWord),
            _ if self.are_names() => Some(Reason::Id),
            _ if words => None,
            _ => Some(Reason::Words),
        }
    }
}

/// Whether a name has one of some words in it, be it behind `is`, or is one of others.
fn is_called(name: &str, words: &[&str], whole: &[&str]) -> bool {
    let parts = parts(name);
    let is_one = |part: &String| {
        words.contains(&&**part) || part.strip_prefix("is").is_some_and(|part| words.contains(&part))
    };
    parts.iter().any(is_one) || parts.len() == 1 && whole.contains(&&*parts[0])
}

/// The words of a column's name: `isAnomaly`, `Time (s)` and `device_id` have two each.
fn parts(name: &str) -> Vec<String> {
    let mut spaced = String::new();
    for (at, letter) in name.char_indices() {
        let after_small = name[..at].chars().next_back().is_some_and(char::is_lowercase);
        if letter.is_uppercase() && after_small {
            spaced.push(' ');
        }
        spaced.extend(letter.to_lowercase());
    }
    let words = spaced.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
