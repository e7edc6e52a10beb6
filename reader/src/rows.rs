//! A file's rows as tables of some rows each: what is the same whatever the format.

use std::borrow::Cow;

use crate::categories::Codes;
use crate::dialect::Affix;
use crate::error::{Place, Problem};
use crate::gaps::{Gaps, is_gap};
use crate::merges::Merges;
use crate::numbers::Numbers;
use crate::options::LoadOptions;
use crate::reading::Reading;
use crate::report::{Count, Skipped};
use crate::table::{Classes, Table, UNLABELLED};
use crate::times::Times;

/// Rows of one file, one after another.
pub(crate) trait RowReader {
    /// What the file says before its first row.
    fn heading(&mut self) -> Result<Heading, Problem>;
    /// Goes to the next row; false where there is none.
    fn next(&mut self) -> Result<bool, Problem>;
    /// The number of the row among the data rows, from 0.
    fn number(&self) -> usize;
    /// Where it stands, for people.
    fn place(&self) -> Place;
    /// Appends its features, categories as codes. What is missing is taken from `held`, where that is a row.
    fn features(&self, codes: &mut Codes, held: &[f32], to: &mut Vec<f32>) -> Result<(), Problem>;
    /// A feature as it is written, where it is a number.
    fn wide(&self, feature: usize) -> Option<f64>;
    /// Whether the cell of a feature says that there is none.
    fn is_missing(&self, feature: usize) -> bool;
    /// Its label, where there are labels.
    fn label(&self) -> Result<Option<Cow<'_, str>>, Problem>;
    /// A column's cell as text, were it no feature.
    fn text(&self, column: usize) -> Result<Cow<'_, [u8]>, Problem>;
    /// Appends the cells that are kept as text.
    fn keep(&self, to: &mut Vec<String>);
    /// Whether the next row is not there yet, as it may be of a pipe.
    fn waits(&self) -> bool;
}

/// What a file says before its first row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heading {
    /// names of all columns
    pub(crate) names: Vec<String>,
    /// names of those that are read, in order
    pub(crate) columns: Vec<String>,
    pub(crate) is_labelled: bool,
    /// whether its cells are text, which can be kept as it is
    pub(crate) is_text: bool,
    /// what was passed over, a sentence each
    pub(crate) notes: Vec<String>,
    /// how its text is written, for people; nothing where that is as usual
    pub(crate) dialect: Option<String>,
    /// how the numbers in its text are written
    pub(crate) numbers: Numbers,
    /// what stands around those of columns; nothing where that is so in none
    pub(crate) affixes: Vec<Option<Affix>>,
    pub(crate) reading: Reading,
}

/// What was found in a file, when its rows are read.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// data rows that were looked at
    pub(crate) rows: usize,
    /// how many cells are missing in which columns
    pub(crate) missing: Vec<Count>,
    /// rows that are left out
    pub(crate) missing_rows: usize,
    /// rows that are kept with gaps
    pub(crate) gap_rows: usize,
    /// rows that cannot be read
    pub(crate) broken_rows: usize,
    /// what is wrong with the first of them
    pub(crate) first_broken: Option<String>,
    /// rows with a word that was never seen
    pub(crate) unseen_rows: usize,
    /// what else was noticed, a sentence each
    pub(crate) notes: Vec<String>,
}

/// Numbers after which rows are handed on.
pub(crate) const NUMBERS: usize = 1 << 18;
/// Rows after which they are, however narrow.
pub(crate) const ROWS: usize = 1 << 15;

/// What goes on from file to file.
pub(crate) struct Shared {
    pub(crate) codes: Codes,
    pub(crate) classes: Classes,
}

/// Reads a file; `take` gets its rows, some at a time and each as soon as the next may be long in coming, and
/// says whether it wants more.
pub(crate) fn read(
    rows: &mut dyn RowReader,
    heading: &Heading,
    shared: &mut Shared,
    (options, most): (&LoadOptions, usize),
    take: &mut dyn FnMut(Table) -> Result<bool, Problem>,
) -> Result<Found, Problem> {
    let mut times = Times::of(&heading.names, &options.part)?;
    let mut gaps = Gaps::new(options.missing, heading.columns.len());
    let (mut table, mut found, mut any) = (Table::default(), Found::default(), false);
    let mut merges = Merges::new(heading.columns.len());
    let mut is_empty = true;
    loop {
        let broken = match rows.next() {
            Ok(true) => None,
            Ok(false) => break,
            Err(problem) => Some(left_out(problem, options)?),
        };
        let row = rows.number();
        is_empty = false;
        match options.part.rows {
            Some(part) if part.ends_before(row) => break,
            Some(part) if !part.contains(row) => continue,
            _ => found.rows = row + 1,
        }
        let read = match broken {
            Some(problem) => Err(problem),
            None => match frame(rows, &mut shared.codes, &mut gaps, options, &mut table.values) {
                Ok(read) => Ok(read),
                Err(problem) => Err(left_out(problem, options)?),
            },
        };
        match read {
            Err(problem) => {
                found.broken_rows += 1;
                found.first_broken.get_or_insert_with(|| problem.clone());
                table.skipped.push(Skipped { row, kept: Vec::new(), problem: Some(problem) });
            }
            Ok(None) => {
                found.missing_rows += 1;
                let mut kept = Vec::new();
                rows.keep(&mut kept);
                table.skipped.push(Skipped { row, kept, problem: None });
            }
            Ok(Some(Read { is_unseen, label })) => {
                any = true;
                found.unseen_rows += usize::from(is_unseen);
                if !options.is_fitted && !merges.is_done() {
                    see(rows, &mut shared.codes, &mut merges, heading.columns.len());
                }
                table.classes.extend(label.map(|label| shared.classes.number(&label)));
                if let Some(times) = &mut times {
                    times.push(&rows.text(times.column)?, || rows.place())?;
                }
                rows.keep(&mut table.kept);
                table.source.push(row);
            }
        }
        let is_full = table.values.len() >= most || table.rows() + table.skipped.len() >= ROWS;
        if (is_full || rows.waits()) && times.as_ref().is_none_or(Times::is_certain) {
            let some = std::mem::take(&mut table);
            if !gaps.refuses() && !hand_on(some, times.as_mut(), options, take)? {
                return Ok(found);
            }
        }
        options.memory.allows(size_of_val(&table.values[..]))?;
    }
    if is_empty {
        return Err(Problem::NoRows);
    }
    found.gap_rows = gaps.rows();
    found.missing = gaps.finish(&heading.columns, heading.reading.labels.as_ref())?;
    found.notes = merges.notes(&heading.columns);
    if !any && found.missing_rows > 0 {
        return Err(Problem::NoWholeRows { rows: found.missing_rows });
    }
    if let (false, Some(first)) = (any, &found.first_broken) {
        return Err(Problem::NoRowReads { first: first.clone() });
    }
    times.as_ref().map_or(Ok(()), Times::finish)?;
    hand_on(table, times.as_mut(), options, take)?;
    Ok(found)
}

/// What is wrong with a row that is left out for it.
fn left_out(problem: Problem, options: &LoadOptions) -> Result<String, Problem> {
    match problem {
        Problem::Ragged { .. } | Problem::Cell { .. } if options.skip_broken => Ok(problem.to_string()),
        problem => Err(problem),
    }
}

/// Looks at the numbers of a row as they are written.
fn see(rows: &dyn RowReader, codes: &mut Codes, merges: &mut Merges, features: usize) {
    for feature in (0..features).filter(|feature| codes.of(*feature).is_none()).collect::<Vec<_>>() {
        if let Some(number) = rows.wide(feature) {
            merges.see(feature, number);
        }
    }
}

/// What is known of a row beside its features.
struct Read<'r> {
    /// a word of it was never seen
    is_unseen: bool,
    label: Option<Cow<'r, str>>,
}

/// Appends the features of a row. Nothing where the row is left out, as a cell of it is missing.
fn frame<'r>(
    rows: &'r dyn RowReader,
    codes: &mut Codes,
    gaps: &mut Gaps,
    options: &LoadOptions,
    to: &mut Vec<f32>,
) -> Result<Option<Read<'r>>, Problem> {
    let (before, unseen) = (to.len(), codes.unseen());
    match rows.features(codes, gaps.held(), to).and_then(|()| label(rows, options)) {
        Ok(label) => {
            let is_kept = gaps.row(&to[before..]);
            if !is_kept {
                to.truncate(before);
            }
            Ok(is_kept.then(|| Read { is_unseen: codes.unseen() > unseen, label }))
        }
        Err(problem) => {
            to.truncate(before);
            let labels = gaps.features();
            let is_unlabelled = || label(rows, options).is_err_and(|problem| is_gap(&problem));
            let is_missing = |at| if at == labels { is_unlabelled() } else { rows.is_missing(at) };
            gaps.fault(problem, is_missing).map(|()| None)
        }
    }
}

/// The label of a row. Where none is asked of each, an empty one stands for what is missing.
fn label<'r>(rows: &'r dyn RowReader, options: &LoadOptions) -> Result<Option<Cow<'r, str>>, Problem> {
    match rows.label() {
        Err(problem) if options.unlabelled && is_gap(&problem) => Ok(Some(UNLABELLED.into())),
        label => label,
    }
}

fn hand_on(
    mut table: Table,
    times: Option<&mut Times>,
    options: &LoadOptions,
    take: &mut dyn FnMut(Table) -> Result<bool, Problem>,
) -> Result<bool, Problem> {
    times.map_or(Ok(()), |times| times.cut(&mut table, &options.part))?;
    take(table)
}
