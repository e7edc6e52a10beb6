//! How a text file is put together again.

use elbow_reader::{Digits, TextTable};
use serde::{Deserialize, Serialize};

/// A text file's columns, and how its numbers are written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Table {
    /// the names of all columns, as the header has them
    pub(super) names: Vec<String>,
    /// lines before the header
    pub(super) preamble: String,
    /// rows of units below it
    pub(super) units: Vec<Vec<String>>,
    pub(super) has_header: bool,
    /// what stands before a fraction
    pub(super) decimal: u8,
    pub(super) columns: Vec<Column>,
}

/// Where the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Column {
    /// in packets: which of the model's it is, and how many digits stand behind the point, where not as many
    /// as a number needs
    Packed { at: u32, digits: Option<u8> },
    /// beside them
    Other,
}

impl Table {
    /// That of a file; `digits` of the columns that are packed, where nothing is to be lost of them.
    pub(super) fn of(table: &TextTable, digits: &[Digits]) -> Table {
        let mut columns = vec![Column::Other; table.names.len()];
        for (at, place) in table.features.iter().enumerate() {
            let alike = digits.get(at).and_then(Digits::alike);
            if let Some(column) = columns.get_mut(*place) {
                let digits = alike.and_then(|digits| u8::try_from(digits).ok());
                *column = Column::Packed { at: at as u32, digits };
            }
        }
        let TextTable { names, preamble, units, has_header, decimal, .. } = table.clone();
        Table { names, preamble, units, has_header, decimal, columns }
    }

    /// Columns that are not packed.
    pub(super) fn others(&self) -> usize {
        self.columns.iter().filter(|column| **column == Column::Other).count()
    }

    /// Their places.
    pub(super) fn places(&self) -> Vec<usize> {
        let is_other = |at: &usize| self.columns[*at] == Column::Other;
        (0..self.columns.len()).filter(is_other).collect()
    }

    /// Whether it is of so many columns of a model's.
    pub(super) fn is_sound(&self, packed: usize) -> bool {
        let at = |column: &Column| match column {
            Column::Packed { at, .. } => Some(*at as usize),
            Column::Other => None,
        };
        let mut places: Vec<usize> = self.columns.iter().filter_map(at).collect();
        places.sort_unstable();
        self.names.len() == self.columns.len()
            && places.into_iter().eq(0..packed)
            && matches!(self.decimal, b'.' | b',')
    }
}
