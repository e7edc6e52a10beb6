//! What the columns of a text file are, where nobody says: numbers, times, counters, names, words, labels.

mod column;

use crate::categories::Categorical;
use crate::error::{Fault, Problem};
use crate::labels::is_called;
use crate::names::names_labels;
use crate::options::LoadOptions;
use crate::pauses::Pauses;
use crate::report::{LeftOut, Reason};
use crate::rows::{Heading, RowReader};
use column::Column;

/// Rows that are looked at.
const SEEN: usize = 100_000;
/// Cells that are looked at of what is no text, of which frames may be as wide as images.
const SEEN_CELLS: usize = 1 << 21;
/// Rows of what is no text, at least.
const LEAST: usize = 10;
/// Names of columns that are a time together.
const CALENDAR: [&str; 8] = ["year", "month", "day", "hour", "minute", "second", "weekday", "dayofweek"];

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

/// Looks at the first rows of a file; `words` says whether the model takes categories.
pub(crate) fn recognise(
    rows: &mut dyn RowReader,
    options: &LoadOptions,
    words: bool,
) -> Result<Kinds, Problem> {
    let Heading { names, numbers, affixes, is_text, .. } = rows.heading()?;
    let most = if is_text { SEEN } else { (SEEN_CELLS / names.len().max(1)).clamp(LEAST, SEEN) };
    let pauses = (options.window > 1 && options.part.gap.is_none()).then(Pauses::default);
    let mut columns: Vec<Column> = names.iter().map(|_| Column::new(pauses.clone())).collect();
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
            Err(Problem::Cell { fault: Fault::Type(_) | Fault::Text(_), .. }) => column.is_strange = true,
            // a number that is missing or infinite, which is told where it is read
            Err(_) => {}
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
    kinds.notes.extend(several(&names, &columns, &kinds));
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

/// Whether columns are a time together: a year, a month or a day, and another part of one.
fn is_calendar(names: &[String], columns: &[Column]) -> bool {
    let parts = |of: &[&str]| {
        let named = names.iter().zip(columns).filter(|(name, _)| is_called(name, &[], of));
        named.filter(|(_, column)| column.is_whole && column.numbers > 0).count()
    };
    parts(&CALENDAR[..3]) > 0 && parts(&CALENDAR) > 1
}

/// What should be known of a table whose rows are of one of several sensors each.
fn several(names: &[String], columns: &[Column], kinds: &Kinds) -> Option<String> {
    let reason = |name: &String| kinds.left_out.iter().find(|left| left.column == *name);
    let all = || names.iter().zip(columns);
    let mut kept = all().filter(|(name, column)| !column.is_words() && reason(name).is_none());
    let ((value, _), None) = (kept.next()?, kept.next()) else { return None };
    let (time, _) = all().find(|(_, column)| column.are_times_of_several())?;
    let is_words = |name| reason(name).is_some_and(|left| left.reason == Reason::Words);
    let (sensor, _) = all().find(|(name, column)| is_words(name) && column.are_few_words())?;
    Some(format!(
        "each time of `{time}` stands in several rows, which `{sensor}` tells apart, and `{value}` is taken \
         for one number: give each of them a column of its own, or fit a network, without --auto, that takes \
         `{sensor}` for a state"
    ))
}
