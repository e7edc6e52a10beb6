//! Rows in which a cell is missing: refused, left out, or filled with the last value.

use crate::error::{Fault, Problem};
use crate::options::Missing;
use crate::report::{Skipped, Why};
use crate::table::Table;

/// What becomes of missing cells, row by row.
pub(crate) struct Gaps {
    policy: Missing,
    first: Option<Problem>,
    /// of each column
    missing: Vec<usize>,
    skipped: Vec<Skipped>,
}

impl Gaps {
    pub(crate) fn new(policy: Missing, columns: usize) -> Self {
        Gaps { policy, first: None, missing: vec![0; columns], skipped: Vec::new() }
    }

    /// The last row, where it stands in for what is missing; else nothing.
    pub(crate) fn held(&self, table: &Table) -> Vec<f32> {
        match self.policy {
            Missing::Hold => table.values[table.values.len().saturating_sub(self.missing.len())..].to_vec(),
            Missing::Refuse | Missing::Drop => Vec::new(),
        }
    }

    /// Appends the numbers of a row of the file, from 0; false where the row is left out. Which cells are
    /// missing is asked only where one is.
    pub(crate) fn read(
        &mut self,
        mut read: impl FnMut(&mut Vec<f32>) -> Result<(), Problem>,
        is_missing: impl Fn(usize) -> bool,
        row: usize,
        table: &mut Table,
    ) -> Result<bool, Problem> {
        let before = table.values.len();
        let problem = match read(&mut table.values) {
            Ok(()) => return Ok(true),
            Err(problem) => problem,
        };
        let why = match gap(&problem) {
            Some(Why::UnknownWord) if self.policy == Missing::Refuse => return Err(problem),
            Some(why) => why,
            None => return Err(problem),
        };
        let dims = self.missing.len();
        (0..dims).for_each(|at| self.missing[at] += usize::from(is_missing(at)));
        self.first.get_or_insert(problem);
        table.values.truncate(before);
        self.skipped.push(Skipped { row, why });
        Ok(false)
    }

    /// Refuses the file, or says in the table what was left out.
    pub(crate) fn finish(self, table: &mut Table) -> Result<(), Problem> {
        let counts = self.missing.iter().zip(&table.columns).filter(|(count, _)| **count > 0);
        let counts = counts.map(|(count, name)| format!("{name} {count}")).collect::<Vec<_>>().join(", ");
        match self.first {
            Some(first) if self.policy == Missing::Refuse => {
                let cells = self.missing.iter().sum();
                Err(Problem::MissingCells { first: Box::new(first), cells, counts })
            }
            _ => {
                (table.gaps.missing, table.gaps.skipped) = (self.missing, self.skipped);
                Ok(())
            }
        }
    }
}

/// Why a row has no numbers, where its cells are missing or never seen, and not wrong.
fn gap(problem: &Problem) -> Option<Why> {
    let Problem::Cell { fault, .. } = problem else { return None };
    match fault {
        Fault::Missing => Some(Why::Missing),
        Fault::NotFinite(text) if text.eq_ignore_ascii_case("nan") => Some(Why::Missing),
        Fault::UnknownWord { .. } => Some(Why::UnknownWord),
        _ => None,
    }
}
