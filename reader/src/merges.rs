//! Columns whose numbers are too close to one another for 32 bits.

use std::collections::{HashMap, HashSet};

/// Numbers that are looked at.
const SEEN: usize = 1 << 18;

/// Different numbers of some columns, as they are written and as numbers of 32 bits.
pub(crate) struct Merges {
    columns: Vec<Column>,
    left: usize,
}

#[derive(Clone, Default)]
struct Column {
    written: HashSet<u64>,
    /// by the bits of a narrow number the first that became it
    narrow: HashMap<u32, f64>,
    /// two that became the same
    pair: Option<[f64; 2]>,
}

impl Merges {
    pub(crate) fn new(columns: usize) -> Self {
        Merges { columns: vec![Column::default(); columns], left: SEEN }
    }

    /// Whether enough was seen.
    pub(crate) fn is_done(&self) -> bool {
        self.left == 0
    }

    /// A number of a column.
    pub(crate) fn see(&mut self, column: usize, number: f64) {
        self.left = self.left.saturating_sub(1);
        // zeros are one number
        let (number, column) = (number + 0.0, &mut self.columns[column]);
        if column.written.insert(number.to_bits()) {
            let first = *column.narrow.entry((number as f32).to_bits()).or_insert(number);
            if first != number {
                column.pair.get_or_insert([first, number]);
            }
        }
    }

    /// A sentence for each column in which a tenth or more of the different numbers are lost: one here and
    /// there, of digits that no sensor has, is not worth one.
    pub(crate) fn notes(&self, names: &[String]) -> Vec<String> {
        let note = |(column, name): (&Column, &String)| {
            let (written, narrow) = (column.written.len(), column.narrow.len());
            let [one, other] = column.pair.filter(|_| 10 * (written - narrow) >= written)?;
            Some(format!(
                "`{name}`: of {written} different values {narrow} are left in 32 bits, in which {one} and \
                 {other} are the same; subtract what all have in common, or leave it out with --drop \
                 '{name}'"
            ))
        };
        self.columns.iter().zip(names).filter_map(note).collect()
    }
}
