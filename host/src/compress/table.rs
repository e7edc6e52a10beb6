//! How a text file is put together again.

use elbow_reader::{Category, Digits, TextTable};
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Column {
    /// in packets: which of the model's it is, and how many digits stand behind the point, where not as many
    /// as a number needs
    Packed { at: u32, digits: Option<u8> },
    /// beside them
    Other,
    /// in packets likewise, and what stands before its numbers and behind them
    Around { at: u32, digits: Option<u8>, before: Vec<u8>, behind: Vec<u8> },
}

/// A column that is packed.
pub(super) struct Packed<'a> {
    /// which of the model's it is
    pub(super) at: usize,
    pub(super) digits: Option<u8>,
    /// what stands before its numbers and behind them
    pub(super) around: [&'a [u8]; 2],
}

impl Column {
    /// What is packed of it.
    pub(super) fn packed(&self) -> Option<Packed<'_>> {
        let packed = |at: u32, digits, around| Packed { at: at as usize, digits, around };
        match self {
            Column::Packed { at, digits } => Some(packed(*at, *digits, [&[], &[]])),
            Column::Around { at, digits, before, behind } => Some(packed(*at, *digits, [before, behind])),
            Column::Other => None,
        }
    }
}

impl Table {
    /// That of a file; `digits` of the columns that are packed, where nothing is to be lost of them. The
    /// words of `categories` have in them what stands there.
    pub(super) fn of(table: &TextTable, digits: &[Digits], categories: &[Category]) -> Table {
        let mut columns = vec![Column::Other; table.names.len()];
        for (at, place) in table.features.iter().enumerate() {
            let alike = digits.get(at).and_then(Digits::alike);
            if let Some(column) = columns.get_mut(*place) {
                let digits = alike.and_then(|digits| u8::try_from(digits).ok());
                let is_word = categories.iter().any(|category| category.feature == at);
                let around = table.around.get(at).and_then(Option::clone).filter(|_| !is_word);
                *column = match around {
                    Some([before, behind]) => Column::Around { at: at as u32, digits, before, behind },
                    None => Column::Packed { at: at as u32, digits },
                };
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
    pub(super) fn is_sound(&self, columns: usize) -> bool {
        let packed = self.columns.iter().filter_map(|column| Some(column.packed()?.at));
        let mut places: Vec<usize> = packed.collect();
        places.sort_unstable();
        self.names.len() == self.columns.len()
            && places.into_iter().eq(0..columns)
            && matches!(self.decimal, b'.' | b',')
    }
}
