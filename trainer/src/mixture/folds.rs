//! Rows held out of a fit.

use super::Rows;
use super::normal::Normal;
use elbow_host::numbers::SumOfExp;

/// Parts of the rows that are held out in turn.
const FOLDS: usize = 5;

/// Rows that are held out, and the others.
pub(super) struct Fold<'a> {
    held: &'a [f32],
    others: Vec<f32>,
    of: Rows<'a>,
}

impl<'a> Fold<'a> {
    /// The first `most` rows, each of them held out once.
    pub(super) fn all(rows: Rows<'a>, most: usize) -> Vec<Fold<'a>> {
        let used = rows.len().min(most);
        let place = |fold: usize| fold * used / FOLDS * rows.dims;
        let fold = |fold: usize| Fold {
            held: &rows.features[place(fold)..place(fold + 1)],
            others: [&rows.features[..place(fold)], &rows.features[place(fold + 1)..used * rows.dims]]
                .concat(),
            of: rows,
        };
        (0..FOLDS).map(fold).collect()
    }

    /// The log density of the rows that are held out, by what `fit` makes of the others.
    pub(super) fn held_out(&self, fit: impl FnOnce(Rows<'_>) -> Vec<Normal>) -> Vec<f64> {
        let fitted = fit(Rows { features: &self.others, ..self.of });
        let log_density = |row| {
            let terms: Vec<f64> = fitted.iter().map(|component| component.log_joint(row)).collect();
            SumOfExp::of(&terms).log()
        };
        self.held.chunks_exact(self.of.dims).map(log_density).collect()
    }
}
