//! Rows in which a cell is missing: refused, left out, or filled with the last value.

use crate::error::{Fault, Problem};
use crate::options::Missing;
use crate::report::{Count, Why};

/// What becomes of missing cells, row by row.
pub(crate) struct Gaps {
    policy: Missing,
    first: Option<Problem>,
    /// of each column
    missing: Vec<usize>,
    /// the last row, where it stands in for what is missing
    held: Vec<f32>,
}

impl Gaps {
    pub(crate) fn new(policy: Missing, columns: usize) -> Self {
        Gaps { policy, first: None, missing: vec![0; columns], held: Vec::new() }
    }

    /// The last row, where it stands in for what is missing; else nothing.
    pub(crate) fn held(&self) -> &[f32] {
        &self.held
    }

    /// A row that was read.
    pub(crate) fn row(&mut self, values: &[f32]) {
        if self.policy == Missing::Hold {
            self.held.clear();
            self.held.extend_from_slice(values);
        }
    }

    /// Why a row is left out that could not be read. Which cells are missing is asked only then.
    pub(crate) fn fault(
        &mut self,
        problem: Problem,
        is_missing: impl Fn(usize) -> bool,
    ) -> Result<Why, Problem> {
        let why = match gap(&problem) {
            Some(Why::UnknownWord) if self.policy == Missing::Refuse => return Err(problem),
            Some(why) => why,
            None => return Err(problem),
        };
        (0..self.missing.len()).for_each(|at| self.missing[at] += usize::from(is_missing(at)));
        self.first.get_or_insert(problem);
        Ok(why)
    }

    /// Whether the file is refused when all is counted.
    pub(crate) fn refuses(&self) -> bool {
        self.policy == Missing::Refuse && self.first.is_some()
    }

    /// Refuses the file, or says how many cells of which columns were missing.
    pub(crate) fn finish(self, columns: &[String]) -> Result<Vec<Count>, Problem> {
        let counts = self.missing.iter().zip(columns).filter(|(count, _)| **count > 0);
        let counts: Vec<Count> =
            counts.map(|(count, name)| Count { name: name.clone(), count: *count }).collect();
        match self.first {
            Some(first) if self.policy == Missing::Refuse => {
                let cells = self.missing.iter().sum();
                let counts = counts.iter().map(|count| format!("{} {}", count.name, count.count));
                let counts = counts.collect::<Vec<_>>().join(", ");
                Err(Problem::MissingCells { first: Box::new(first), cells, counts })
            }
            _ => Ok(counts),
        }
    }
}

/// Why a row has no numbers, where its cells are missing or never seen, and not wrong.
pub(crate) fn gap(problem: &Problem) -> Option<Why> {
    let Problem::Cell { fault, .. } = problem else { return None };
    match fault {
        Fault::Missing => Some(Why::Missing),
        Fault::NotFinite(text) if text.eq_ignore_ascii_case("nan") => Some(Why::Missing),
        Fault::UnknownWord { .. } => Some(Why::UnknownWord),
        _ => None,
    }
}
