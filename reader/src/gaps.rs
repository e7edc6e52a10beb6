//! Rows in which a cell is missing: refused, left out, filled with the last value, or kept with gaps.

use crate::error::{Fault, Problem};
use crate::options::Missing;
use crate::report::Count;

/// What becomes of missing cells, row by row.
pub(crate) struct Gaps {
    policy: Missing,
    first: Option<Problem>,
    /// of each column
    missing: Vec<usize>,
    /// what stands in for what is missing: the last row, or no number
    held: Vec<f32>,
    /// rows that are kept with gaps
    rows: usize,
}

impl Gaps {
    /// For so many features and the label behind them.
    pub(crate) fn new(policy: Missing, features: usize) -> Self {
        let held = if policy.keeps_gaps() { vec![f32::NAN; features] } else { Vec::new() };
        Gaps { policy, first: None, missing: vec![0; features + 1], held, rows: 0 }
    }

    /// How many features a row has.
    pub(crate) fn features(&self) -> usize {
        self.missing.len() - 1
    }

    /// What stands in for what is missing; nothing where nothing does.
    pub(crate) fn held(&self) -> &[f32] {
        &self.held
    }

    /// A row that was read. False where nothing is in it: it is left out.
    pub(crate) fn row(&mut self, values: &[f32]) -> bool {
        match self.policy {
            Missing::Hold => {
                self.held.clear();
                self.held.extend_from_slice(values);
            }
            policy if policy.keeps_gaps() && values.iter().any(|x| x.is_nan()) => {
                let counts = self.missing.iter_mut().zip(values);
                counts.for_each(|(count, x)| *count += usize::from(x.is_nan()));
                let is_kept = !values.iter().all(|x| x.is_nan());
                self.rows += usize::from(is_kept);
                return is_kept;
            }
            _ => {}
        }
        true
    }

    /// How many rows are kept with gaps.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Leaves out a row that could not be read as a cell is missing. Which are is asked only then.
    pub(crate) fn fault(
        &mut self,
        problem: Problem,
        is_missing: impl Fn(usize) -> bool,
    ) -> Result<(), Problem> {
        if !is_gap(&problem) {
            return Err(problem);
        }
        (0..self.missing.len()).for_each(|at| self.missing[at] += usize::from(is_missing(at)));
        self.first.get_or_insert(problem);
        Ok(())
    }

    /// Whether the file is refused when all is counted.
    pub(crate) fn refuses(&self) -> bool {
        self.policy == Missing::Refuse && self.first.is_some()
    }

    /// Refuses the file, or says how many cells of which columns were missing: those of the features, and
    /// that of the labels where there are some.
    pub(crate) fn finish(self, features: &[String], labels: Option<&String>) -> Result<Vec<Count>, Problem> {
        let names = features.iter().chain(labels);
        let counts = self.missing.iter().zip(names).filter(|(count, _)| **count > 0);
        let counts: Vec<Count> =
            counts.map(|(count, name)| Count { name: name.clone(), count: *count }).collect();
        match self.first {
            Some(first) if self.policy == Missing::Refuse => {
                let cells = self.missing.iter().sum();
                let counts = counts.iter().map(|count| format!("{} {}", count.name, count.count));
                let counts = counts.collect::<Vec<_>>().join(", ");
                let only_labels = self.missing[..features.len()].iter().all(|count| *count == 0);
                Err(Problem::MissingCells { first: Box::new(first), cells, counts, only_labels })
            }
            _ => Ok(counts),
        }
    }
}

/// Whether a row cannot be read as a cell is missing, and not as one is wrong.
pub(crate) fn is_gap(problem: &Problem) -> bool {
    match problem {
        Problem::InArray { problem, .. } => is_gap(problem),
        Problem::Cell { fault: Fault::Missing, .. } => true,
        Problem::Cell { fault: Fault::NotFinite(text), .. } => text.eq_ignore_ascii_case("nan"),
        _ => false,
    }
}
