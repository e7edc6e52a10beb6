//! What the columns of a text file are, where nobody says: numbers, times, counters, names, words, labels.

use std::collections::HashSet;
use std::io::BufRead;

use crate::categories::Categorical;
use crate::cell::{is_missing, number};
use crate::csv::Rows;
use crate::error::Problem;
use crate::names::names_labels;
use crate::numbers::{Numbers, comma};
use crate::options::LoadOptions;
use crate::report::{LeftOut, Reason};
use crate::time::TimeForms;

/// Rows that are looked at.
const SEEN: usize = 100_000;
/// Fewer rows than this rise, or have names of their own, by chance.
const LEAST: usize = 10;
/// Different words that are kept apart.
const MOST_WORDS: usize = 1024;
/// Names that columns of labels have.
const LABELS: [&str; 12] = [
    "anomaly",
    "is_anomaly",
    "anomalous",
    "outlier",
    "is_outlier",
    "class",
    "target",
    "fault",
    "attack",
    "y",
    "changepoint",
    "is_fault",
];
/// Names that columns of times have, whatever their numbers look like.
const TIMES: [&str; 8] = ["time", "timestamp", "datetime", "date", "time_s", "t", "ts", "seconds"];

/// What was found, and what is read because of it.
#[derive(Debug, Default)]
pub(crate) struct Kinds {
    /// columns that say nothing of a frame
    pub(crate) left_out: Vec<LeftOut>,
    /// columns of few words
    pub(crate) categorical: Vec<String>,
    /// how the text is written, where that is not as usual
    pub(crate) dialect: Option<String>,
}

/// What is known of one column.
#[derive(Default)]
struct Column {
    cells: usize,
    numbers: usize,
    is_whole: bool,
    rises: bool,
    last: Option<f64>,
    times: TimeForms,
    words: HashSet<Vec<u8>>,
}

/// Looks at the first rows; `words` says whether the model takes categories.
pub(crate) fn recognise(input: impl BufRead, options: &LoadOptions, words: bool) -> Result<Kinds, Problem> {
    let bare = LoadOptions { keep: Vec::new(), categorical: Vec::new(), ..options.clone() };
    let mut rows = Rows::open(input, &bare)?;
    let names = rows.names().to_vec();
    let new = || Column { is_whole: true, rises: true, ..Column::default() };
    let mut columns: Vec<Column> = names.iter().map(|_| new()).collect();
    while rows.row < SEEN && rows.next()? {
        columns
            .iter_mut()
            .enumerate()
            .for_each(|(at, column)| column.see(rows.cell(at), rows.dialect.numbers));
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
    let mut kinds = Kinds { dialect: rows.dialect.told(), ..Kinds::default() };
    for (name, column) in names.iter().zip(&columns).filter(|(name, _)| !is_told(name)) {
        match column.reason(name, words) {
            Some(reason) => kinds.left_out.push(LeftOut { column: name.clone(), reason }),
            None if column.is_words() => kinds.categorical.push(name.clone()),
            None => {}
        }
    }
    let is_left = |name: &String| {
        let is_named = |left: &LeftOut| left.column == *name;
        !kinds.left_out.iter().any(is_named) && !names_labels(name) && options.labels.as_ref() != Some(name)
    };
    // where nothing would be left, it is what there is to fit
    Ok(if names.iter().any(is_left) { kinds } else { Kinds { dialect: kinds.dialect, ..Kinds::default() } })
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

    /// What a person should know, a sentence each.
    pub(crate) fn notes(&self) -> Vec<String> {
        let labels = self.left_out.iter().filter(|left| left.reason == Reason::LooksLikeLabels);
        let of_labels = |left: &LeftOut| {
            let name = &left.column;
            format!(
                "`{name}` looks like labels and is left out: --labels '{name}' fits to its normal rows \
                 alone, --all-columns takes it for a number like others"
            )
        };
        labels.map(of_labels).collect()
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
            (self.is_whole, self.rises) = (false, false);
            return;
        };
        self.numbers += 1;
        self.is_whole &= number.fract() == 0.0;
        self.rises &= self.last.is_none_or(|last| number > last);
        self.last = Some(number);
    }

    /// A word here and there is a mistake in a column of numbers, which is told where it is read.
    fn is_words(&self) -> bool {
        2 * self.numbers < self.cells
    }

    /// Why the column is left out.
    fn reason(&self, name: &str, words: bool) -> Option<Reason> {
        let is_called = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known));
        let rises = self.cells >= LEAST && self.rises;
        match self.words.len() {
            0 => Some(Reason::Empty),
            1 | 2 if is_called(&LABELS) => Some(Reason::LooksLikeLabels),
            _ if self.is_words() && self.times.are_times() => Some(Reason::Time),
            _ if rises && (self.times.are_times() || is_called(&TIMES)) => Some(Reason::Time),
            _ if rises && self.is_whole => Some(Reason::Counter),
            _ if !self.is_words() => None,
            1 => Some(Reason::OneWord),
            many if many > MOST_WORDS || (self.cells >= LEAST && 2 * many > self.cells) => Some(Reason::Id),
            _ if words => None,
            _ => Some(Reason::Words),
        }
    }
}
